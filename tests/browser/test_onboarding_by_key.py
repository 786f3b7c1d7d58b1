"""Onboarding by keyboard alone, and without barriers: what axe finds on its pages, light and dark, wide and narrow, is nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from kmsvc.people.accounts.usecases import change_person
from kmsvc.training.onboarding import rules, timetabling, usecases
from kmsvc.training.onboarding.models import OnboardingDecision
from kmsvc.training.onboarding.rules import Programme
from tests.browser.barriers import faults
from tests.browser.conftest import House

BASE = "/training/onboarding"
START = date(2026, 3, 9)


def on(number: int) -> date:
    return rules.day_of(Programme(START), number)


@pytest.fixture
def klass(house: House) -> tuple[int, int]:
    """A class on day 34 with two newcomers, one of whom has something of everything."""
    world = house.world
    with world.begin("operator") as work:
        for login in ("agent", "agent_b", "class_teacher", "marker"):
            change_person(work, world.people[login], language="zh_Hans_CN")
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=START).id
        who = usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"]).id
        usecases.add_trainee(work, one, world.people["marker"])
        timetabling.copy_hours(work, one, from_class_id=None, titles=timetabling.template((10, 20, 30)))
        usecases.tick(work, who, "letter")
        usecases.leave_out(work, who, "nda", reason="不接触机密")
        usecases.hold_talk(work, who, talk="first", held_on=on(20), shortcomings="语速快", advice="慢一点", today=on(20))
        usecases.note_day(work, who, kind="quality", on=on(31), today=on(31), score=Decimal("86.5"))
        usecases.note_day(work, who, kind="absent", on=on(32), today=on(32))
        usecases.decide(work, who, "extend", days=5, reason="补课", today=on(33))
    world.clock.move(days=(on(34) - world.clock.today).days)
    return one, who


def test_the_pages_of_onboarding_have_no_barriers(house: House, klass: tuple[int, int]) -> None:
    one, who = klass
    page = house.window("class_teacher")
    assert faults(page, [
        f"{BASE}/overdue", f"{BASE}/today", f"{BASE}/classes/{one}",
        f"{BASE}/classes/{one}/people", f"{BASE}/classes/{one}/timetable", f"{BASE}/classes/{one}/lists", f"{BASE}/trainees/{who}",
        f"{BASE}/trainees/{who}/weeks/7", f"{BASE}/trainees/{who}/decide", f"{BASE}/trainees/{who}/forms/training/34"], fits=True) == []
    page = house.window("agent")
    assert faults(page, [f"{BASE}/today", f"{BASE}/trainees/{who}", f"{BASE}/trainees/{who}/forms/evaluation/30"], fits=True) == []
    assert faults(house.window("agent_b"), [f"{BASE}/today"], fits=True) == []


def test_a_week_is_decided_by_keys_and_the_next_newcomer_follows(house: House, klass: tuple[int, int]) -> None:
    one, who = klass
    page = house.window("class_teacher", f"{BASE}/classes/{one}")
    page.keyboard.press("w")
    page.wait_for_url("**/decide?queue=1")
    page.wait_for_selector("html.km-ready")
    waits = int(page.url.split("/trainees/")[1].split("/")[0])
    assert waits != who, "the first newcomer's weeks are settled by the extension"
    page.locator("input[name=verb]:checked").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("照计划")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/classes/{one}")
    with house.world.look() as work:
        made = work.get(OnboardingDecision, 2)
        assert (made.trainee_id, made.verb, made.week, made.reason) == (waits, "go_on", 6, "照计划")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trainees/*")
