"""Marking at the pace of the keyboard: digits and Enter, undo and flag, with a Chinese input method switched on, at 420 pixels too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.training.marking.models import Mark
from tests.browser.barriers import faults_now
from tests.browser.conftest import House
from tests.support.centre import Centre
from tests.training.marking.marked import OPEN, RUBRIC, people, question_at, sat


def given(world: Centre) -> list[Decimal]:
    with world.look() as work:
        return list(work.session.scalars(select(Mark.points).where(Mark.part == "mark", Mark.undone_at.is_(None)).order_by(Mark.id)))


def in_hand(page: Page) -> str:
    return str(page.locator("#mark-form input[name=answer]").get_attribute("value"))


def next_answer(page: Page, before: str) -> None:
    """The page shows another answer than before."""
    page.wait_for_function("(was) => document.querySelector('#mark-form input[name=answer]')?.value !== was", arg=before)
    page.wait_for_selector("html.km-ready")


def desk(world: Centre, question: Any, answers: int) -> str:
    logins = people(world, answers)
    exam = sat(world, {login: [f"先道歉，再说明第{number}步。"] for number, login in enumerate(logins)}, questions=(question,))
    return f"/training/marking/{exam}/questions/{question_at(world, exam, 1)}"


def test_a_simple_answer_takes_two_keys_and_one_is_taken_back(house: House) -> None:
    page = house.window("marker", desk(house.world, OPEN, 8))
    for points in (3, 0, 4, 2, 1, 4):
        before = in_hand(page)
        page.keyboard.press(f"Digit{points}")
        page.keyboard.press("Enter")
        next_answer(page, before)
    assert given(house.world) == [3, 0, 4, 2, 1, 4]
    expect(page.locator("[data-progress]")).to_have_text("6/8")
    before = in_hand(page)
    page.keyboard.press("KeyU")
    next_answer(page, before)
    assert given(house.world) == [3, 0, 4, 2, 1]
    page.keyboard.press("KeyF")
    expect(page.locator("#mark-form [data-flag]")).to_be_checked()
    page.locator("#mark-form textarea").fill("看语气")
    page.locator("#mark-form textarea").press("Enter")  # a line of the remark, not the next answer
    assert "\n" in page.locator("#mark-form textarea").input_value()
    page.locator("#mark-form textarea").evaluate("(field) => field.blur()")
    before = in_hand(page)
    page.keyboard.press("Digit2")
    page.keyboard.press("Enter")
    next_answer(page, before)
    with house.world.look() as work:
        last = work.session.scalars(select(Mark).where(Mark.part == "mark").order_by(Mark.id.desc()).limit(1)).one()
    assert (last.points, last.flag, last.comment) == (2, "", "看语气")


def test_digits_give_lines_of_a_rubric_and_leave_what_is_being_composed_alone(house: House) -> None:
    page = house.window("marker", desk(house.world, RUBRIC, 2), width=420, height=800)
    first, second = page.locator("#line-1"), page.locator("#line-2")
    page.evaluate("""document.body.dispatchEvent(new KeyboardEvent('keydown', {
        code: 'Digit1', key: 'Process', bubbles: true, isComposing: true}))""")
    expect(first).to_have_value("")
    page.keyboard.press("Digit2")
    expect(second).to_have_value("2")
    expect(first).to_have_value("0")
    page.keyboard.press("Digit1")
    page.keyboard.press("Digit2")
    expect(first).to_have_value("2")
    expect(second).to_have_value("0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert not faults_now(page, fits=True)
    before = in_hand(page)
    first.fill("9")
    first.press("Enter")  # refused in place, what was typed stays
    expect(page.locator(".mk-line.wrong")).to_be_visible()
    assert in_hand(page) == before and given(house.world) == []
    page.locator("#line-1").fill("1.5")
    page.locator("#line-1").press("Enter")
    next_answer(page, before)
    assert given(house.world) == [Decimal("1.5")]
