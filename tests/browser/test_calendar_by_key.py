"""The calendar of training in Chinese: looked at, narrowed, a session moved by keys with what speaks against it, and taken back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from kmsvc.people.accounts.usecases import change_person
from kmsvc.training.plans.models import Busy, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import BusyKind
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.support.clock import ZONE as _ZONE
from tests.training.plans.test_plans import a_plan, a_session

PLACE = "/training/plans/calendar"
ZONE = ZoneInfo(_ZONE)


@pytest.fixture
def session(house: House) -> int:
    """Tomorrow from nine to eleven in room A; at ten in the morning of the day after somebody on its list is on leave."""
    world = house.world
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    other = a_session(world, plan, trainer, starts="14:00", ends="15:00", room="B", anyway="第二个教室")
    assert other != one
    with world.begin("operator") as work:
        work.permit(MAKE_PLANS)
        for login in ("trainer", "class_teacher"):
            change_person(work, world.people[login], language="zh_Hans_CN")
        row = work.get(TrainingSession, one)
        work.session.add(Busy(kind=BusyKind.LEAVE, person_id=world.people["agent"], starts_at=row.starts_at + timedelta(days=1),
                              ends_at=row.ends_at + timedelta(days=1)))
    return one


def taken_up(page: Page, one: int) -> None:
    page.locator(f".cal [data-move='{one}']").focus()
    page.keyboard.press("m")
    expect(page.locator("[data-moving]")).to_be_visible()


def stands(house: House, one: int) -> tuple[str, str, int]:
    with house.world.look("trainer") as work:
        row = work.get(TrainingSession, one)
        return f"{row.starts_at.astimezone(ZONE):%H:%M}", row.room, row.version


def test_a_session_is_moved_by_keys_and_taken_back(house: House, session: int) -> None:
    page = house.window("trainer", PLACE)
    before = stands(house, session)
    taken_up(page, session)
    told = page.locator("[data-told]")
    expect(told).to_have_text("没有冲突。")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("请假")
    page.keyboard.press("Enter")
    expect(page.locator("#moving-why")).to_be_focused()  # refused until somebody says why
    assert stands(house, session) == before
    page.keyboard.press("Escape")
    expect(page.locator("[data-moving]")).to_be_hidden()
    taken_up(page, session)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("]")
    page.keyboard.press("Enter")  # before it was judged: it is put down once it is
    expect(page.locator("[data-take-back]")).to_be_visible()
    assert stands(house, session) == ("09:30", "B", before[2] + 1)
    expect(page.locator(f".cal [data-move='{session}']")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator("[data-moving]")).to_be_hidden()
    expect(page.locator(f".cal [data-move='{session}'][data-starts='09:00']")).to_be_visible()
    assert stands(house, session)[:2] == before[:2]


def test_it_is_dragged_and_who_was_second_overwrites_nothing(house: House, session: int) -> None:
    first, second = (house.window(who, PLACE, height=1500) for who in ("trainer", "class_teacher"))
    box = first.locator(f".cal [data-move='{session}']")
    slot = first.locator(".cal .slot").filter(has=first.locator("a[title*='16:00']")).nth(2)
    box.drag_to(slot, source_position={"x": 20, "y": 8}, target_position={"x": 20, "y": 8})
    expect(first.locator("[data-take-back]")).to_be_visible()
    kept = stands(house, session)
    assert kept[0] == "16:00"
    taken_up(second, session)
    second.keyboard.press("ArrowDown")
    second.keyboard.press("Enter")
    expect(second.locator("#toasts")).to_contain_text("别人")
    assert stands(house, session) == kept


def test_it_is_narrowed_and_the_address_keeps_it(house: House, session: int) -> None:
    page = house.window("trainer", PLACE)
    page.locator("select[name=room]").select_option("B")
    page.wait_for_url("**room=B*")
    expect(page.locator(f".cal [data-move='{session}']")).to_have_count(0)
    expect(page.locator(".cal [data-move]")).to_have_count(1)
    page.keyboard.press("n")
    page.wait_for_url("**day=*")
    assert "room=B" in page.url
    assert faults(page, [PLACE, f"{PLACE}?view=month", f"{PLACE}?view=rooms"], fits=True) == []


def test_on_a_phone_it_is_moved_in_a_form(house: House, session: int) -> None:
    page = house.window("trainer", PLACE, width=420)
    page.locator(f".agenda-m[href$='/{session}/edit']").click()
    page.wait_for_url(f"**/sessions/{session}/edit")
    expect(page.locator("input[name=starts]")).to_have_value("09:00")
