"""Hours and cost a head against 80 hours and 500 yuan, onboarding apart; every figure opens what it counts (domain 5.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kmsvc.core import options
from kmsvc.training.plans import attending, further, usecases
from kmsvc.training.plans.figures import HELD, PLANNED, counted, minutes_of, year_figures
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import Purpose
from kmsvc.training.plans.targets import HOURS_EACH
from tests.support.centre import Centre
from tests.support.pages import problems
from tests.training.plans.test_plans import ZONE_NAME, a_plan, a_session

BASE = "/training/plans/figures"


def held_once(world: Centre) -> int:
    """A plan of two hours and 100 yuan for two people, one of whom came to a session of three hours; it cost 90."""
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, ends="12:00")
    with world.look("trainer") as work:
        ahead = work.get(TrainingSession, one).starts_at - work.now
    world.clock.move(seconds=int(ahead.total_seconds()) + 5)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, one, person=world.people["agent"], reason="r")
        work.permit(MAKE_PLANS)
        work.get(Plan, plan).spent = 90
    with world.begin("trainer") as work:
        usecases.make_plan(work, title="草稿", year=2026, purpose="other", hours=50, cost=9000, target="t", evaluation="e")
    return plan


def test_planned_and_held_are_counted_a_head_and_onboarding_apart(world: Centre, client: Callable[..., Any]) -> None:
    plan = held_once(world)
    with world.look("trainer") as work:
        found = year_figures(work.session, work.actor, 2026, ZONE_NAME, world.clock.today)
        rows = counted(work.session, work.actor, 2026, ZONE_NAME, today=world.clock.today)
    heads = found.whole.heads
    assert (found.hours_goal, found.yuan_goal) == (80, 500) and heads > 2
    assert [found.whole.hours(stage) for stage in (PLANNED, HELD)] == [4 / heads, 3 / heads]  # a draft is not counted
    assert [round(found.whole.yuan(stage) * heads, 6) for stage in (PLANNED, HELD)] == [100, 90]
    assert found.whole.hours(HELD, Purpose.ONBOARDING) == 0 and found.whole.hours(HELD, Purpose.OTHER) == 3 / heads
    assert sum(one.heads for one in found.units) == heads
    assert sum(one.planned["other"][0] for one in found.units) == found.whole.planned["other"][0] == 240
    assert [(one.stage, one.minutes, one.fen) for one in rows] == [(PLANNED, 120, 5000), (PLANNED, 120, 5000), (HELD, 180, 9000)]
    with world.begin("trainer") as work:
        work.permit(MAKE_PLANS)
        work.get(Plan, plan).purpose = Purpose.ONBOARDING
    program = client("trainer")
    body = program.get(f"/api/v1{BASE}?year=2026").get_json()
    assert body["whole"]["held"]["by_purpose"][0]["hours"] == round(3 / heads, 2) and body["hours_target"] == 80
    assert len(program.get(f"/api/v1{BASE}/rows?year=2026&stage=held").get_json()["items"]) == 1
    assert program.get(f"/api/v1{BASE}/rows?year=2025").get_json()["items"] == []


def test_a_page_shows_them_and_each_number_opens_its_rows(world: Centre, client: Callable[..., Any]) -> None:
    held_once(world)
    trainer = client("trainer")
    assert client("agent").get(BASE).status_code == client("agent").get(f"{BASE}/rows").status_code == 403
    with world.begin("trainer") as work:
        work.permit(MAKE_PLANS)
        options.put(work.session, HOURS_EACH, 40)
    page = trainer.get(f"{BASE}?year=2026").text
    assert not problems(page) and "/ 40" in page and "stage=held" in page
    rows = trainer.get(f"{BASE}/rows?year=2026&stage=held").text
    assert not problems(rows) and "3.0 hours, 90.00 yuan" in rows and "TS-" in rows
    for place in (BASE, f"{BASE}/rows"):
        assert trainer.get(f"{place}?year=2026&format=xlsx").status_code == 200


def test_a_session_over_a_clock_that_is_put_forward_is_an_hour_shorter() -> None:
    """J3: Berlin, 2027-03-28, from one to four by the clock on the wall."""
    from zoneinfo import ZoneInfo

    it = ZoneInfo("Europe/Berlin")
    assert minutes_of(datetime(2027, 3, 28, 1, tzinfo=it).astimezone(UTC), datetime(2027, 3, 28, 4, tzinfo=it).astimezone(UTC)) == 120


def test_hours_of_newcomers_by_their_timetable_count_as_onboarding_until_today(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[date, date]] = []
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, starts="10:00", ends="11:00")
    day = world.clock.today + timedelta(days=1)
    with world.look("trainer") as work:
        ahead = work.get(TrainingSession, one).starts_at - work.now

    def source(session: Any, people: Any, since: date, until: date) -> list[further.Span]:
        asked.append((since, until))
        who = world.people["agent"]
        found = [further.Span(who, day, time(9), time(10, 30)), further.Span(who, day, time(10, 45), time(12)),
                 further.Span(who, day - timedelta(days=1), time(9), time(10), missed=True),
                 further.Span(who, day + timedelta(days=1), time(9), time(10))]
        return [one for one in found if since <= one.day <= until]
    monkeypatch.setattr(further, "ONBOARDING", [source])

    def onboarding() -> list[tuple[str, int]]:
        with world.look("trainer") as work:
            found = year_figures(work.session, work.actor, 2026, ZONE_NAME, world.clock.today)
            rows = counted(work.session, work.actor, 2026, ZONE_NAME, today=world.clock.today, purpose="onboarding")
        assert [found.whole.planned["onboarding"][0], found.whole.held["onboarding"][0]] == [
            sum(it.minutes for it in rows if it.stage == stage) for stage in (PLANNED, HELD)]
        return [(it.stage, it.minutes) for it in rows]
    assert onboarding() == [(PLANNED, 60 + 60 + 60 + 60)]  # an hour of the two lines is the session's
    assert asked[0] == (date(2026, 1, 1), date(2026, 12, 31)) and asked[1] == (date(2026, 1, 1), world.clock.today)
    world.clock.move(seconds=int(ahead.total_seconds()) + 5)
    assert onboarding() == [(PLANNED, 240), (HELD, 165)]  # nobody has signed in: the timetable counts
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, one, person=world.people["agent"], reason="r")
    assert onboarding() == [(PLANNED, 240), (HELD, 120)]


def test_hours_of_a_year_that_is_over_end_with_it(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def source(session: Any, people: Any, since: date, until: date) -> list[further.Span]:
        asked.append(until)
        return []
    monkeypatch.setattr(further, "ONBOARDING", [source])
    with world.look("trainer") as work:
        counted(work.session, work.actor, 2025, ZONE_NAME, today=world.clock.today)
    assert asked == [date(2025, 12, 31), date(2025, 12, 31)]
