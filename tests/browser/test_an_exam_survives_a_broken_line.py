"""R-E4: an exam of every kind of question by keyboard at 420 px, its line cut for a minute, gone on with on another device."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.training.sittings import queries
from kmsvc.training.sittings.models import FocusLossRow, Sitting
from kmsvc.training.sittings.steering import reopen
from tests.browser.conftest import House
from tests.support.centre import PASSWORD
from tests.support.chromium import axe_findings, type_by_pinyin
from tests.training.sittings.exams import EVERY_KIND, RIGHT, make_exam

FAULTS = r"net::|Failed to (load|fetch)|ERR_"


def kept(house: House, sitting: int) -> dict[int, Any]:
    with house.world.look("agent") as work:
        card = queries.own_card(work.session, work.actor, sitting, work.now)
        return {one.place: one.answer for one in queries.kept_answers(work.session, card) if one.answer is not None}


def state_of(house: House, sitting: int) -> str:
    with house.world.look() as work:
        return work.get(Sitting, sitting).state


def opened(house: House, exam: int, **options: Any) -> tuple[Page, int]:
    page = house.window("agent", f"/training/sittings/begin/{exam}", **options)
    page.get_by_role("button", name="Begin now").click()
    page.wait_for_selector("body.sit")
    page.wait_for_selector("html.km-ready")
    return page, int(page.url.split("#")[0].rsplit("/", 1)[1])


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "0")


def test_every_kind_is_answered_by_keyboard_and_the_line_may_break(house: House) -> None:
    exam = make_exam(house.world, questions=EVERY_KIND)
    page, sitting = opened(house, exam, width=420, height=860)
    house.open_window.watches[-1].allow(FAULTS)
    first, second, *_ = page.locator("#q-1 input").all()
    page.keyboard.press("1")
    expect(first).to_be_checked()
    page.keyboard.press("b")
    expect(second).to_be_checked()
    page.keyboard.press("m")
    expect(page.locator("[data-go='1']")).to_have_class("done flag")
    saved(page)
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("2")
    saved(page)
    assert kept(house, sitting)[3] is False
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.locator("#q-4 [data-blank='1']").focus()
    type_by_pinyin(page, "dingdanhao", "订单号")
    page.locator("#q-4 [data-blank='2']").fill("日期")
    page.keyboard.press("Enter")
    page.locator("#q-5 input").fill("7")
    page.keyboard.press("Enter")
    row = page.locator("#q-6 [data-id]").nth(1)
    moved = row.get_attribute("data-id")
    row.press("Alt+ArrowUp")
    assert page.locator("#q-6 [data-id]").first.get_attribute("data-id") == moved
    expect(page.locator("[data-band]")).to_be_visible()
    assert set(kept(house, sitting)) == {1, 2, 3}
    house.world.clock.move(seconds=60)
    page.context.set_offline(False)
    saved(page)
    expect(page.locator("[data-band]")).to_be_hidden()
    assert kept(house, sitting)[4] == {"1": "订单号", "2": "日期"}
    assert kept(house, sitting)[5] == "7"
    assert kept(house, sitting)[6][0] == moved
    page.keyboard.press("PageDown")
    for place in (0, 1):
        page.locator("#q-7 select").nth(place).focus()
        page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    page.locator("#q-8 textarea").focus()
    type_by_pinyin(page, "xiandaoqian", "先道歉，再说明。")
    page.keyboard.press("PageDown")
    page.locator("#q-9 .sit-p input").first.focus()
    page.keyboard.press("1")
    page.locator("#q-9 textarea").fill("换货")
    page.keyboard.press("PageDown")
    page.locator("#q-10 input[type=file]").set_input_files({"name": "记录.txt", "mimeType": "text/plain", "buffer": "通话记录".encode()})
    expect(page.locator("#q-10 [data-file-said]")).to_have_text("Handed over: 记录.txt")
    saved(page)
    assert set(kept(house, sitting)) == set(range(1, 11))
    assert kept(house, sitting)[8] == RIGHT[8]
    assert axe_findings(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-asks]")).to_be_visible()
    expect(page.locator("[data-asks-said]")).to_contain_text("Flagged: 1")
    page.get_by_role("button", name="Hand in now").dblclick()
    page.wait_for_selector("[data-sitting-over]")
    assert state_of(house, sitting) == "submitted"
    assert page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('km-sitting'))") == []


def test_a_reload_in_the_break_loses_nothing_and_another_device_goes_on(house: House) -> None:
    exam = make_exam(house.world, questions=EVERY_KIND)
    page, sitting = opened(house, exam, width=1280, height=800)
    house.open_window.watches[-1].allow(FAULTS)
    page.keyboard.press("1")
    saved(page)
    page.route("**/api/v1/training/sittings/**", lambda route: route.abort())  # the page can be loaded again, answers cannot be sent
    page.keyboard.press("2")
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "1")
    page.reload()
    page.wait_for_selector("html.km-ready")
    expect(page.locator("#q-1 input").nth(1)).to_be_checked()
    other = house.window("agent", f"/training/sittings/{sitting}", width=420, height=860)
    expect(other.locator("#q-1 input").nth(0)).to_be_checked()
    other.locator("[data-go='3']").click()
    other.keyboard.press("1")
    saved(other)
    page.unroute("**/api/v1/training/sittings/**")
    saved(page)
    expect(page.locator("[data-go='3']")).to_have_class("done")  # it hears of what the other device answered
    chosen = page.locator("#q-1 input").nth(1).get_attribute("value")
    assert kept(house, sitting) == {1: chosen, 3: True}
    other.locator("[data-go='1']").click()
    other.keyboard.press("4")
    saved(other)
    page.locator("[data-go='2']").click()
    page.keyboard.press("1")
    saved(page)
    page.locator("[data-go='1']").click()
    expect(page.locator("#q-1 [data-other]")).to_contain_text("Another device answered this at 09:00:")
    expect(page.locator("#q-1 input").nth(3)).to_be_checked()
    page.get_by_role("button", name="Use mine").click()
    saved(page)
    assert kept(house, sitting)[1] == chosen


def test_copying_and_printing_are_noted_and_end_nothing(house: House) -> None:
    page, sitting = opened(house, make_exam(house.world))
    page.locator("#q-1 .sit-stem").click(click_count=3)
    with page.expect_response("**/focus"):
        page.keyboard.press("Control+c")
    expect(page.locator("#toasts")).to_contain_text("The attempt was noted.")
    with page.expect_response("**/focus"):
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    with house.world.look() as work:
        assert {"copied", "printed"} <= {one.act for one in work.session.scalars(select(FocusLossRow).order_by(FocusLossRow.id))}
    assert state_of(house, sitting) == "running"


def test_the_clock_is_the_servers_and_hands_in_by_itself(house: House) -> None:
    exam = make_exam(house.world, minutes=30, grace_s=0)
    page, sitting = opened(house, exam)
    page.evaluate("Date.now = () => 0")  # somebody sets the clock of this computer
    expect(page.locator("[data-clock] b")).to_contain_text("29:")
    house.world.clock.move(minutes=25, seconds=1)
    page.keyboard.press("1")
    expect(page.locator("[data-alert]")).to_have_text("Five minutes left.")
    expect(page.locator("[data-clock]")).to_have_class("sit-k soon")
    house.world.clock.move(minutes=4, seconds=57)
    page.keyboard.press("2")
    page.wait_for_selector("[data-sitting-over]")
    assert state_of(house, sitting) in ("submitted", "timed_out")


def test_what_comes_too_late_is_named_and_sent_if_the_paper_is_opened_again(house: House) -> None:
    exam = make_exam(house.world, minutes=30, grace_s=60)
    page, sitting = opened(house, exam)
    house.open_window.watches[-1].allow(FAULTS)
    page.keyboard.press("1")
    saved(page)
    page.context.set_offline(True)
    page.locator("[data-go='3']").click()
    page.keyboard.press("1")
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "1")
    house.world.clock.move(minutes=40)
    page.context.set_offline(False)
    page.wait_for_selector("[data-sitting-over]")
    assert state_of(house, sitting) == "timed_out"
    expect(page.locator("[data-late-list]")).to_have_text("3")
    assert set(kept(house, sitting)) == {1}
    with house.world.begin("trainer") as work:
        reopen(work, sitting, minutes=5, reason="断网")
    page.reload()
    page.wait_for_selector("html.km-ready")
    saved(page)
    assert kept(house, sitting)[3] is True
    assert state_of(house, sitting) == "running"


def test_a_session_that_ends_in_the_middle_takes_a_password_and_nothing_else(house: House) -> None:
    page, sitting = opened(house, make_exam(house.world))
    house.open_window.watches[-1].allow(r"401|sign-in")
    page.keyboard.press("1")
    saved(page)
    page.context.clear_cookies()
    page.keyboard.press("2")
    expect(page.locator("dialog.signs-in")).to_be_visible()
    page.locator("dialog.signs-in input[name=password]").fill(PASSWORD)
    page.locator("dialog.signs-in input[name=password]").press("Enter")
    saved(page)
    assert kept(house, sitting)[1] == page.locator("#q-1 input").nth(1).get_attribute("value")


def test_a_pause_covers_the_questions_and_costs_nobody_a_second(house: House) -> None:
    """R-E3: paused by who watches, also for who opens the paper meanwhile; it goes on by itself, and nothing is said that is not so."""
    exam = make_exam(house.world, minutes=30)
    page, sitting = opened(house, exam)
    page.keyboard.press("1")
    saved(page)
    board = house.window("trainer", f"/training/sittings/board/{exam}")
    assert page.locator("#toasts").inner_text() == "", "nobody was given time"
    house.world.clock.move(minutes=5)
    board.fill("input[name=reason]", "消防演习")
    board.locator("#pause").click()
    board.wait_for_selector("#resume")
    page.keyboard.press("2")
    expect(page.locator("[data-paused]")).to_be_visible()
    expect(page.locator(".sit-b")).to_be_hidden()
    expect(page.locator("[data-clock] b")).to_contain_text("25:00")
    page.keyboard.press("3")  # goes nowhere
    other = house.window("agent", f"/training/sittings/{sitting}", width=420, height=860)
    expect(other.locator("[data-sitting-paused]")).to_contain_text("The exam is paused")
    assert axe_findings(other) == []
    house.world.clock.move(minutes=20)
    board.fill("input[name=reason]", "演习结束")
    board.locator("#resume").click()
    board.wait_for_selector("#pause")
    expect(page.locator(".sit-b")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-clock] b")).to_contain_text(re.compile("2[45]:"))
    expect(page.locator("#toasts")).to_contain_text("The exam goes on.")
    other.wait_for_selector("body.sit", timeout=20_000)
    page.keyboard.press("3")
    saved(page)
    assert kept(house, sitting)[1] == page.locator("#q-1 input").nth(2).get_attribute("value")


def test_a_service_that_does_not_answer_is_told_calmly(house: House) -> None:
    """R-E4: the line is there, the service is not: other words than for a broken line, and the answer is sent once it is back."""
    page, sitting = opened(house, make_exam(house.world))
    house.open_window.watches[-1].allow(FAULTS)
    house.open_window.watches[-1].allow("503")
    page.route("**/api/v1/training/sittings/**", lambda route: route.fulfill(status=503, body="{}"))
    page.keyboard.press("1")
    expect(page.locator("[data-band]")).to_contain_text("perhaps it is being started again")
    page.unroute("**/api/v1/training/sittings/**")
    saved(page)
    expect(page.locator("[data-band]")).to_be_hidden()
    assert 1 in kept(house, sitting)
