"""The yearly process audit by keyboard: the process manager walks the board, one finding becomes a change request. N14, clause 42."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from kmsvc.process.audits import usecases
from kmsvc.process.changes.models import Change
from tests.browser.conftest import House
from tests.builders import make_process


def stands(page: Page, name: str) -> None:
    """The board shows this process and listens to keys."""
    expect(page.locator("h1")).to_contain_text(name)
    page.wait_for_selector("#audit-form[data-ready]")


def test_a_manager_walks_the_board_and_a_finding_becomes_a_change_request(house: House) -> None:
    world = house.world
    today = world.clock.today
    for name in ("流程甲", "流程乙", "流程丙"):
        make_process(world, name=name)
    with world.begin("process_manager") as work:
        one = usecases.plan_audit(work, year=today.year, due_on=today + timedelta(days=30)).id
        usecases.start_audit(work, one, today=today)
    with world.begin("process_manager") as work:
        usecases.assign(work, one, auditor="process_manager")
    page = house.window("process_manager", f"/process/audits/{one}")
    page.keyboard.press("a")
    stands(page, "流程甲")
    page.keyboard.press("j")
    stands(page, "流程乙")
    page.keyboard.press("k")
    stands(page, "流程甲")
    page.keyboard.press("0")
    expect(page.locator("input[name=result][value=keep]")).to_be_checked()
    page.keyboard.press("Enter")
    stands(page, "流程乙")
    expect(page.locator("[data-progress]")).to_have_text("1/3")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("2")
    page.keyboard.press("3")
    expect(page.locator("input[name=correct][value=no]")).to_be_checked()
    expect(page.locator("input[name=result][value=update]")).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("第三步的时限与系统不一致")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    stands(page, "流程丙")
    page.keyboard.press("k")
    stands(page, "流程乙")
    page.keyboard.press("c")
    page.locator("dialog[open] button.btn-primary, details[open] button.btn-primary").press("Enter")
    request = page.locator("a.num[href*='/process/changes/']").first
    expect(request).to_be_visible()
    request.press("Enter")
    expect(page.locator("main")).to_contain_text("第三步的时限与系统不一致")
    with world.look() as work:
        change = work.get(Change, 1)
        assert change.trigger == "audit" and change.place is not None and change.place.startswith("/process/audits/items/")
