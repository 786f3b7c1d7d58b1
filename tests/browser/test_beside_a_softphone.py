"""Search and answer at 420 px beside a softphone: by keyboard alone, with an input method that composes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.browser.test_one_key_feedback import COVERED
from tests.builders import make_article
from tests.knowledge.test_bulletins import send
from tests.support.chromium import type_by_pinyin

SAY = ":::say\n您好，{}。\n:::\n\n适用于线上渠道。"
SEEN = """(node) => { const at = node.getBoundingClientRect(); return at.height > 0 && at.top >= 0 && at.bottom <= innerHeight; }"""


def compose(page: Page, letters: str) -> None:
    """Letters that stand in the field but are no word yet."""
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)})
    session.detach()


def commit(page: Page, words: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Input.insertText", {"text": words})
    session.detach()


def test_what_may_be_said_is_in_sight_at_once_under_two_bulletins(house: House) -> None:
    send(house.world, "城西断网，统一答复正在抢修，恢复后短信通知，不在范围内的按平时流程", body="一二三。\n\n- 不登记", must_read=True)
    send(house.world, "旧套餐停售", urgency="important", body="改推新版。")
    for n in range(4):
        make_article(house.world, title=f"退费标准{n}", body=SAY.format("我已经核对了账单，三到七个工作日原路退回" * 2), drain=n == 3)
    page = house.window("agent", "/search?q=退费标准", width=420, height=800)
    expect(page.locator("#answer .say")).to_be_visible()
    bottom, bar = (page.locator(place).first.bounding_box() for place in ("#answer .say", "#answer .fb"))
    assert bottom and bar and bottom["y"] + bottom["height"] <= bar["y"]
    expect(page.locator("#bulletins .bulletin:visible")).to_have_count(1)
    assert page.locator("#bulletins").evaluate("node => node.offsetHeight") <= 70
    page.keyboard.press("Enter")
    assert page.locator("#answer .say").evaluate(SEEN)
    page.keyboard.press("i")
    expect(page.locator("#bulletins .km-prose").first).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#pick-on")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 860})
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    assert page.locator("#bulletins").evaluate("node => node.offsetHeight") <= 44
    page.locator("[data-bulletins-all]").click()
    expect(page.locator("#bulletins .bulletin:visible")).to_have_count(2)


@pytest.mark.parametrize("dark", [False, True])
def test_an_answer_is_found_read_copied_and_judged_without_a_mouse(house: House, dark: bool) -> None:
    first = make_article(house.world, title="退费标准", body=SAY.format("三到七个工作日退回"), drain=True)
    make_article(house.world, title="退费进度查询", body=SAY.format("审核要一天"), drain=True)
    page = house.window("agent", "/search", width=420, height=740, dark=dark)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/search/live" in request.url else None)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    compose(page, "tui")
    compose(page, "tuifei")
    page.wait_for_timeout(200)
    assert asked == [], "letters that are being composed ask for nothing"
    commit(page, "退费标准")
    expect(page.locator("#answer h2")).to_have_text("退费标准")
    assert len(asked) == 1
    assert page.locator("#answer #answer-say").evaluate(SEEN), "what to say is in sight without scrolling"
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.keyboard.press("Enter")
    expect(page.locator("[data-search]")).not_to_be_focused()
    page.keyboard.press("c")
    expect(page.locator(".toasts")).to_contain_text("Copied")
    assert page.evaluate(COVERED) == []
    assert page.evaluate("navigator.clipboard.readText()") == "您好，三到七个工作日退回。"
    page.keyboard.press("Escape")
    expect(page.locator("#toasts .toast-i")).to_have_count(0)
    page.keyboard.press("/")
    type_by_pinyin(page, "tuifei", "退费")
    expect(page.locator("#hits [role=option]")).to_have_count(2)
    before = page.locator("#answer h2").inner_text()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer h2")).not_to_have_text(before)
    compose(page, "jindu")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-search]")).to_be_focused()  # those keys belonged to the input method
    expect(page.locator("#answer h2")).not_to_have_text(before)
    commit(page, "")
    page.goto(f"/knowledge/articles/{first.id}")
    page.wait_for_selector("html.km-ready")
    assert page.locator(".km-prose .say").evaluate("node => node.getBoundingClientRect().top < innerHeight")
    page.keyboard.press("c")
    expect(page.locator(".toasts")).to_contain_text("Copied")
    page.keyboard.press("1")
    expect(page.locator(".use-bar, .fb").first).to_contain_text("Helpful")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#palette input")).to_be_focused()
    type_by_pinyin(page, "jindu", "退费进度")
    expect(page.locator("#palette-list [role=option]").first).to_contain_text("退费进度查询")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("退费进度查询")
