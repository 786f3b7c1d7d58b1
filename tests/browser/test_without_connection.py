"""Losing the network or the service keeps the last answers readable in their window, for their reader, for a time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Page, Route, expect
from sqlalchemy import select

from kmsvc.core.options import put
from kmsvc.knowledge.contacts.models import ContactLink
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.operations.permissions import SET_OPTION
from kmsvc.search.models import SearchEvent
from kmsvc.search.offline import INTERNAL, KEEP
from tests.browser.conftest import House
from tests.builders import make_article
from tests.support.centre import PASSWORD, Centre
from tests.support.chromium import Windows, type_by_pinyin
from tests.support.web import serve

BODY = """:::say
您好，退款三到七个工作日原路退回。
:::

:::internal
班长可先行补偿。
:::

:::secret
底线是五十元。
:::
"""
KEPT = "Object.values(sessionStorage).join() + Object.values(localStorage).join()"
FAULTS = r"file answered|net::|Failed to (load|fetch)"


def answers(house: House) -> list[int]:
    return [make_article(house.world, title=title, body=body, drain=True, publish=True).id for title, body in (
        ("退费标准", BODY), ("发票抬头更正", "发票抬头填错可以在三十天内更正。"), ("套餐变更", "套餐变更次月生效。"))]


def search(page: Page, letters: str, words: str, title: str) -> None:
    page.locator("[data-search]").fill("")
    type_by_pinyin(page, letters, words)
    expect(page.locator("#answer h2")).to_have_text(title)


def read(page: Page, letters: str, words: str, title: str) -> None:
    """Find an answer and leave it in view until the window has kept it."""
    with page.expect_response(re.compile("/search/kept"), timeout=8000):
        search(page, letters, words, title)
    page.wait_for_timeout(100)


def listed(page: Page) -> None:
    """Wait for the titles of the list; asked from here, for the policy of the page lets no text be run again and again."""
    while not page.evaluate("JSON.parse(sessionStorage['km-read:answers'] || '{}').list"):
        page.wait_for_timeout(50)


def disconnect(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text(re.compile(r"No connection since \d\d:\d\d"))


def test_last_answers_stay_readable_and_all_goes_on_when_the_connection_is_back(house: House) -> None:
    answers(house)
    needed = make_article(house.world, title="改签手续费", body="起飞前两小时内收百分之二十。", aliases=("退改",), publish=True).id
    with house.world.begin("system") as work:
        work.session.add(SearchEvent(at=house.world.clock(), query="q", found=1, opened_kind="article", opened_id=needed, acted=True))
    page = house.window("agent", "/search", language="zh_Hans_CN")
    page.add_init_script("Math.random = () => 0.999")  # what is fetched ahead comes late, however slow the machine is
    page.reload()
    read(page, "tuifei", "退费", "退费标准")
    read(page, "fapiao", "发票", "发票抬头更正")
    disconnect(page)
    search(page, "tuifei", "退费标准", "退费标准")  # by its title, from what was kept
    expect(page.locator("#answer #kept-say")).to_contain_text("三到七个工作日")
    expect(page.locator("#lost")).to_contain_text(re.compile(r"since \d\d:\d\d.+kept at \d\d:\d\d"))
    expect(page.locator("#answer .hint.warn").first).to_be_visible()
    assert "底线" not in page.content()
    page.locator("[data-search]").fill("天气")
    expect(page.locator("#results")).to_contain_text("No kept answer has these words")
    expect(page.locator("#answer")).to_have_text("")  # no answer stands under words it was not found for
    page.locator("[data-search]").fill("")
    expect(page.locator("#hits [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer h2")).to_have_text("退费标准")
    page.evaluate("Math.random = () => 0")  # what is fetched ahead comes at once
    with page.expect_response("**/search/kept/several?*"):
        page.context.set_offline(False)
    expect(page.locator("#lost")).to_have_count(0)
    search(page, "taocan", "套餐", "套餐变更")
    disconnect(page)
    for words in ("退改", "两小时内"):  # never opened; by another name, by its text
        page.locator("[data-search]").fill(words)
        expect(page.locator("#answer h2")).to_have_text("改签手续费")
    assert "百分之二十" in page.evaluate(KEPT)
    page.context.set_offline(False)
    page.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/sign-in*")
    assert "百分之二十" not in page.evaluate(KEPT)


def said(house: House) -> tuple[list[str], int]:
    with house.world.look() as work:
        links = work.session.scalars(select(ContactLink.id).order_by(ContactLink.id)).all()
        return list(work.session.scalars(select(Feedback.kind).order_by(Feedback.id))), len(links)


def test_keys_pressed_without_connection_are_kept_said_and_sent_once_it_is_back(house: House) -> None:
    answers(house)
    page = house.window("agent", "/search?q=退费标准")
    page.watch.allow(FAULTS)
    expect(page.locator("#answer h2")).to_have_text("退费标准")
    page.keyboard.press("Enter")
    page.context.set_offline(True)
    page.keyboard.press("l")
    expect(page.locator("#use-part")).to_contain_text("Kept: “Used”")
    page.keyboard.press("1")
    expect(page.locator("#fb-part")).to_contain_text("Kept: “Helpful”")
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#fb-part .st")).to_be_in_viewport()  # the band does not push the bar out of sight
    page.keyboard.press("Escape")
    page.keyboard.press("u")  # taken back, and something else said
    expect(page.locator("#fb-part button[data-key='2']")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#fb-part")).to_contain_text("Kept: “Wrong”")
    assert said(house) == ([], 0)
    page.context.set_offline(False)
    expect(page.locator(".toasts")).to_contain_text("Sent what was kept meanwhile: 2", timeout=20_000)
    assert said(house) == (["wrong"], 1)
    assert "km-read:posts" not in page.evaluate("Object.keys(sessionStorage)")


def test_keys_kept_to_be_sent_go_with_their_reader(house: House) -> None:
    answers(house)
    page = house.window("agent", "/search?q=退费标准")
    page.watch.allow(FAULTS)
    page.keyboard.press("Enter")
    page.context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator("#fb-part")).to_contain_text("Kept: “Helpful”")
    page.evaluate("localStorage.setItem('km-read:wiped', String(Date.now()))")  # signed out in another window meanwhile
    page.context.set_offline(False)
    expect(page.locator("#lost")).to_have_count(0, timeout=20_000)
    page.reload()
    while page.evaluate("'km-read:posts' in sessionStorage"):
        page.wait_for_timeout(50)
    assert said(house) == ([], 0)


def test_nothing_secret_is_ever_kept_not_even_after_it_was_opened(house: House) -> None:
    answers(house)
    make_article(house.world, title="退费底价", body="全文机密。", confidentiality="secret", drain=True, publish=True)
    page = house.window("business_owner", "/search")
    read(page, "tuifei", "退费标准", "退费标准")
    page.keyboard.press("Enter")
    page.keyboard.press("o")
    expect(page.locator(".answer")).to_contain_text("底线是五十元")
    page.goto("/search")
    read(page, "dijia", "底价", "退费底价")
    page.wait_for_timeout(300)
    kept = page.evaluate(KEPT)
    assert "三到七个工作日" in kept and "班长可先行补偿" in kept
    assert "底线" not in kept and "全文机密" not in kept and "退费底价" not in kept


def test_the_house_decides_whether_internal_text_or_anything_is_kept(house: House, client: Any) -> None:
    article, *_ = answers(house)
    place = f"/search/kept?kind=article&id={article}"
    assert "班长" in client("agent").get(place).get_json()["html"]
    for option in (INTERNAL, KEEP):
        with house.world.begin("admin") as work:
            work.permit(SET_OPTION)
            put(work.session, option, False)
        answer = client("agent").get(place)
        if option is INTERNAL:
            assert "班长" not in answer.get_json()["html"] and "三到七个工作日" in answer.get_json()["html"]
        else:
            assert answer.status_code == 204 and not answer.get_data()


@pytest.mark.parametrize("way", ["signs out", "signs out in another window", "session ended", "somebody else",
                                 "somebody else in another window", "time is over"])
def test_what_was_kept_is_gone_with_its_reader(house: House, way: str) -> None:
    answers(house)
    page = house.window("agent", "/search")
    read(page, "tuifei", "退费", "退费标准")
    assert "三到七个工作日" in page.evaluate(KEPT)
    if way == "signs out":
        page.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
        page.wait_for_url("**/sign-in*")
    elif way == "signs out in another window":
        other = page.context.new_page()
        other.goto("/")
        other.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
        other.wait_for_url("**/sign-in*")
    elif way == "session ended":
        page.context.clear_cookies()
        page.locator("[data-search]").fill("套餐")
        expect(page.locator(".signed-out")).to_be_visible()
    elif way.startswith("somebody else"):
        page.context.clear_cookies()
        other = page.context.new_page()
        other.goto("/sign-in")
        other.fill("input[name=login]", "agent_b")
        other.fill("input[name=password]", PASSWORD)
        other.press("input[name=password]", "Enter")
        other.wait_for_url(house.address + "/")
        if way == "somebody else":
            page.reload()
    else:
        page.context.set_offline(True)
        page.evaluate("() => { sessionStorage['km-read:seen'] -= 241 * 60000; }")
        page.locator("[data-search]").fill("退费标准")
        expect(page.locator("#results")).to_contain_text("Nothing is kept")
    assert "三到七个工作日" not in page.evaluate(KEPT)


def test_nothing_is_kept_that_comes_after_its_reader_left(house: House) -> None:
    answers(house)
    page = house.window("agent", "/search")
    came: list[tuple[Route, APIResponse]] = []
    page.route("**/search/kept*", lambda route: came.append((route, route.fetch())))
    search(page, "tuifei", "退费", "退费标准")
    while not came:
        page.wait_for_timeout(100)
    other = page.context.new_page()
    other.goto("/")
    other.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
    other.wait_for_url("**/sign-in*")
    route, answer = came[0]
    assert "三到七个工作日" in answer.text()
    with page.expect_response("**/search/kept*"):
        route.fulfill(response=answer)
    page.wait_for_timeout(200)
    assert "三到七个工作日" not in page.evaluate(KEPT)


def test_titles_of_what_is_internal_stay_only_where_the_house_lets_them(house: House) -> None:
    answers(house)
    make_article(house.world, title="退费例外", body="退费例外。", confidentiality="internal", drain=True, publish=True)
    page = house.window("agent", "/search")
    read(page, "tuifei", "退费标准", "退费标准")
    expect(page.locator("#hits")).to_contain_text("退费例外")
    listed(page)
    assert "退费例外" in page.evaluate(KEPT)
    with house.world.begin("admin") as work:
        work.permit(SET_OPTION)
        put(work.session, INTERNAL, False)
    page = house.window("agent_b", "/search")
    read(page, "tuifei", "退费标准", "退费标准")
    listed(page)
    kept = page.evaluate(KEPT)
    assert "退费标准" in kept and "退费例外" not in kept


def test_signing_out_without_connection_leaves_nothing_and_is_done_when_it_is_back(house: House) -> None:
    answers(house)
    page = house.window("agent", "/search")
    page.watch.allow(FAULTS)
    read(page, "tuifei", "退费", "退费标准")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    disconnect(page)
    page.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
    page.wait_for_selector("[data-offline-page]")
    assert "三到七个工作日" not in page.content() + page.evaluate(KEPT)
    page.context.set_offline(False)
    page.wait_for_selector(".gate-form", timeout=20_000)
    page.goto("/search")
    expect(page.locator(".gate-form")).to_be_visible()


def test_a_page_loaded_without_connection_shows_what_its_window_kept_and_comes_by_itself(house: House) -> None:
    article, *_ = answers(house)
    page = house.window("agent", "/search", width=420)
    page.watch.allow(FAULTS)
    read(page, "tuifei", "退费", "退费标准")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(f"/knowledge/articles/{article}")
    expect(page.locator("#kept-say")).to_contain_text("三到七个工作日")
    expect(page.locator("#lost")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    stranger = page.context.new_page()
    stranger.goto("/search")
    expect(stranger.locator("#room")).to_contain_text("Nothing is kept")
    stranger.close()
    page.context.set_offline(False)
    page.wait_for_selector("html.km-ready", timeout=20_000)
    expect(page.locator("h1")).to_contain_text("退费标准")


def test_on_other_pages_a_link_opens_what_was_kept_and_never_loses_the_page(house: House) -> None:
    first, second, _ = answers(house)
    page = house.window("agent", f"/knowledge/articles/{first}")
    with page.expect_response(re.compile("/search/kept")):
        pass
    page.wait_for_timeout(100)
    page.goto("/knowledge/articles")
    disconnect(page)
    page.locator(f"a[href='/knowledge/articles/{second}']").first.click()
    expect(page.locator(".toasts")).to_contain_text("This needs the connection")
    assert page.url.endswith("/knowledge/articles")
    page.locator(f"a[href='/knowledge/articles/{first}']").first.click()
    expect(page.locator("dialog.room-d #kept-say")).to_contain_text("三到七个工作日")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.room-d")).to_have_count(0)
    page.locator("#lost button").click()
    expect(page.locator("dialog.room-d #hits [role=option]")).to_have_count(1)


def test_an_answer_that_expires_meanwhile_is_marked(house: House) -> None:
    answers(house)
    page = house.window("agent", "/search")
    read(page, "tuifei", "退费", "退费标准")
    page.evaluate("""() => { const held = JSON.parse(sessionStorage["km-read:answers"]);
        held.items[0].valid_to = "2020-01-31"; sessionStorage["km-read:answers"] = JSON.stringify(held); }""")
    disconnect(page)
    page.locator("[data-search]").fill("退费标")
    expect(page.locator("#answer .hint.bad")).to_contain_text("2020-01-31")


def test_a_service_that_is_gone_is_told_as_a_network_that_is(world: Centre, app: Flask, open_window: Windows) -> None:
    with serve(app) as address:
        house = House(world, address, open_window)
        answers(house)
        page = house.window("agent", "/search")
        page.watch.allow(FAULTS)
        read(page, "tuifei", "退费", "退费标准")
    page.locator("[data-search]").fill("退费标")
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#answer #kept-say")).to_contain_text("三到七个工作日")
    open_window.close()


def test_the_worker_and_the_page_hold_nothing_of_anybody_and_know_the_prefix(client: Any) -> None:
    at = {"environ_overrides": {"SCRIPT_NAME": "/kms"}}
    worker = client("agent").get("/offline/worker.js?language=en&theme=dark", **at)
    assert worker.headers["Service-Worker-Allowed"] == "/kms/" and "text/javascript" in worker.content_type
    text = worker.get_data(as_text=True)
    assert "/kms/static/js/read.js" in text and '"/static' not in text
    page = client().get("/offline?language=en&theme=dark", **at)
    shown = page.get_data(as_text=True)
    assert "No connection" in shown and 'data-bs-theme="dark"' in shown and "Agent" not in shown
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
