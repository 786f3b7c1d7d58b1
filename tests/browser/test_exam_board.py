"""Who watches an exam: the board refreshes itself, keeps what is typed and chosen, and one click gives time."""

from __future__ import annotations

from playwright.sync_api import expect

from kmsvc.training.sittings.models import Sitting
from tests.browser.barriers import faults, faults_now
from tests.browser.conftest import House
from tests.browser.test_an_exam_survives_a_broken_line import opened, saved
from tests.training.sittings.exams import make_exam


def test_the_board_refreshes_itself_and_gives_time_by_one_click(house: House) -> None:
    exam = make_exam(house.world, people=("agent", "agent_b"))
    page, sitting = opened(house, exam)
    board = house.window("trainer", f"/training/sittings/board/{exam}", width=1280, height=860)
    row = board.locator("tr[data-row-id]").filter(has_text="Agent").first
    expect(row).to_contain_text("0/10")
    board.keyboard.press("j")
    board.locator("input[name=reason]").fill("停电")
    chosen = board.locator("tr.on").get_attribute("data-row-id")
    board.evaluate("document.getElementById('board').dataset.first = '1'")
    page.keyboard.press("1")
    saved(page)
    expect(row).to_contain_text("1/10", timeout=9000)
    assert board.locator("#board").get_attribute("data-first") is None, "it was drawn anew"
    assert board.locator("tr.on").get_attribute("data-row-id") == chosen
    expect(board.locator("input[name=reason]")).to_have_value("停电")
    assert faults_now(board) == []
    board.get_by_role("button", name="More time: Agent", exact=True).click()
    expect(board.locator("#toasts")).to_contain_text("More time is given.")
    with house.world.look() as work:
        assert work.get(Sitting, sitting).more_s == 600
    page.keyboard.press("2")
    expect(page.locator("[data-clock] b")).to_contain_text("39:")
    expect(page.locator("[data-alert]")).to_have_text("You were given more time.")
    assert faults(board, [f"/training/sittings/{sitting}/protocol", f"/training/sittings/board/{exam}/protocol",
                          f"/training/sittings/{sitting}/given"]) == []


def test_the_board_fits_a_phone(house: House) -> None:
    exam = make_exam(house.world, people=("agent", "agent_b"))
    _, sitting = opened(house, exam)
    for place in (f"/training/sittings/board/{exam}", f"/training/sittings/{sitting}/protocol"):
        board = house.window("trainer", place, width=420, height=860)
        assert board.evaluate("document.documentElement.scrollWidth") <= 420, place
