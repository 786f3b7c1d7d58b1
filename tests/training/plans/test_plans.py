"""Plans and sessions: only authorised trainers teach (#79), clashes before saving, waiting list, signing in, feedback, notices (C2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.training.plans import attending, calendar, holding, usecases
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.models import Busy, Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import FACTORS, BusyKind, How, Place, SessionState, clock_time
from kmsvc.training.trainers import usecases as trainers
from tests.support.centre import Centre
from tests.support.clock import ZONE

GOOD = dict.fromkeys(FACTORS, 4)
ZONE_NAME = str(ZONE)


def a_plan(world: Centre, *, days: int = 30, people: tuple[str, ...] = ("agent", "agent_b")) -> tuple[int, int]:
    """An approved plan with people, and a trainer authorised for `days`."""
    today = world.clock.today
    with world.begin("manager") as work:
        trainer = trainers.open_file(work, login="trainer", qualification="q").id
        trainers.authorise(work, trainer, from_on=today, until_on=today + timedelta(days=days), proof="p")
    with world.begin("trainer") as work:
        plan = usecases.make_plan(work, title="退费", year=2026, purpose="other", hours=2, cost=100, target="t", evaluation="e").id
        usecases.add_people(work, plan, logins=people)
    with world.begin("manager") as work:
        usecases.approve(work, plan)
    return plan, trainer


def a_session(world: Centre, plan: int, trainer: int, **given: Any) -> int:
    held = {"day": world.clock.today + timedelta(days=1), "starts": "09:00", "ends": "11:00", "room": "A", "seats": 20} | given
    with world.begin("trainer") as work:
        return holding.plan_session(work, plan, trainer=trainer, zone=ZONE_NAME, **held).id


def places(world: Centre, one: int) -> list[str]:
    with world.look("trainer") as work:
        return [row.place for row in seated(work.session, one)]


@pytest.mark.parametrize("word", ["25:00", "9", "nine", "", "9:5:1"])
def test_a_time_is_a_time(word: str) -> None:
    with pytest.raises(InvalidInput):
        clock_time(word, "starts")


def test_who_is_not_authorised_on_the_day_does_not_teach(world: Centre) -> None:
    plan, trainer = a_plan(world, days=1)
    assert a_session(world, plan, trainer)
    for anyway in (None, "trotzdem"):  # no reason lifts it
        with pytest.raises(InvalidInput) as refused:
            a_session(world, plan, trainer, day=world.clock.today + timedelta(days=2), anyway=anyway)
        assert list(refused.value.fields) == ["trainer"]


def test_a_stranger_plans_nothing_and_nobody_approves_the_own_plan(world: Centre) -> None:
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.make_plan(work, title="t", year=2026, purpose="other", hours=1, cost=0, target="t", evaluation="e")
    with world.begin("everything") as work:
        mine = usecases.make_plan(work, title="t", year=2026, purpose="other", hours=1, cost=0, target="t", evaluation="e").id
    with pytest.raises(RuleBroken), world.begin("everything") as work:
        usecases.approve(work, mine)


def test_room_teacher_seats_leave_and_shift_in_a_peak_speak_against_it_until_a_reason_is_given(world: Centre) -> None:
    plan, trainer = a_plan(world)
    first = a_session(world, plan, trainer)
    with world.begin("operator") as work:
        work.permit(MAKE_PLANS)
        row = work.get(TrainingSession, first)
        who = {name: person_by_login(work.session, name).id for name in ("agent", "agent_b")}  # type: ignore[union-attr]
        span = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        work.session.add_all([Busy(kind=BusyKind.LEAVE, person_id=who["agent"], **span), Busy(kind=BusyKind.PEAK, **span),
                              Busy(kind=BusyKind.SHIFT, person_id=who["agent_b"], **span)])
    with pytest.raises(InvalidInput) as refused:
        a_session(world, plan, trainer, room="a", starts="10:59", ends="12:00", seats=1)
    assert len(refused.value.fields["anyway"]) == 7
    with pytest.raises(InvalidInput) as after:  # one that begins when the other ends meets none of them but the seats
        a_session(world, plan, trainer, starts="11:00", ends="12:00", seats=1)
    assert len(after.value.fields["anyway"]) == 1
    again = a_session(world, plan, trainer, room="a", starts="10:59", ends="12:00", seats=1, anyway="只有这间")
    with world.look("trainer") as work:
        assert work.get(TrainingSession, again).all_the_same == "只有这间"


def test_who_waits_longest_moves_up_and_is_told(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, seats=1, anyway="r")
    assert places(world, one) == [Place.SEAT, Place.WAITING]
    with pytest.raises(NotFound), world.begin("marker") as work:
        attending.join(work, one)
    with world.begin("agent") as work:
        attending.leave(work, one)
    assert places(world, one) == [Place.SEAT]
    world.drain()
    world.clock.move(minutes=1)
    with world.begin("agent") as work:
        attending.join(work, one)
    assert places(world, one) == [Place.SEAT, Place.WAITING]
    with world.look("trainer") as work:
        told = list(work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.session.seat_given")))
        other = person_by_login(work.session, "agent_b")
        assert other is not None and told == [other.id]


def test_one_signs_in_around_the_session_once_and_then_says_what_one_thinks_once(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        attending.sign_in(work, one)  # a day too early
    with pytest.raises(NotFound), world.begin("agent") as work:
        attending.rate(work, one, marks=GOOD)
    with world.begin("operator") as work:  # it is now
        work.permit(MAKE_PLANS)
        row = work.get(TrainingSession, one)
        row.starts_at, row.ends_at = work.now, work.now + timedelta(hours=1)
    for _ in range(2):
        with world.begin("agent") as work:
            attending.sign_in(work, one)
    with pytest.raises(RuleBroken), world.begin("marker") as work:
        attending.sign_in(work, one)
    with world.begin("trainer") as work:
        other = person_by_login(work.session, "agent_b")
        assert other is not None
        attending.sign_in_by_hand(work, one, person=other.id, reason="手机没电")
    with world.look("trainer") as work:
        rows = list(work.session.scalars(select(SessionPerson).where(SessionPerson.session_id == one).order_by(SessionPerson.id)))
        assert [(row.how, row.reason) for row in rows] == [(How.CODE, None), (How.HAND, "手机没电")]
    for marks in ({}, GOOD | {"content": 6}):
        with pytest.raises(InvalidInput), world.begin("agent") as work:
            attending.rate(work, one, marks=marks)
    with world.begin("agent") as work:
        attending.rate(work, one, marks=GOOD, said="好")
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        attending.rate(work, one, marks=GOOD)


def test_who_is_concerned_hears_of_a_cancelled_session_and_it_comes_back(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="停电")
    world.drain()
    with world.look("trainer") as work:
        assert len(list(work.session.scalars(select(Notice.id).where(Notice.kind == "training.session.cancelled")))) == 3
    with world.begin("trainer") as work:
        holding.bring_back(work, one, zone=ZONE_NAME)
    world.drain()
    with world.look("trainer") as work:
        assert len(list(work.session.scalars(select(Notice.id).where(Notice.kind == "training.session.changed")))) == 3
    with world.begin("trainer") as work:  # the plan is cancelled right after: everybody hears of that too
        usecases.cancel(work, plan, reason="没人了")
    world.drain()
    with world.look("trainer") as work:
        assert len(list(work.session.scalars(select(Notice.id).where(Notice.kind == "training.session.cancelled")))) == 6
    with world.begin("trainer") as work:
        usecases.restore(work, plan)
        holding.bring_back(work, one, zone=ZONE_NAME)
    with world.look("trainer") as work:
        assert work.get(TrainingSession, one).state == "planned"


def test_an_event_makes_one_draft_and_adds_who_is_missing(world: Centre) -> None:
    with world.begin("system") as work:
        ids = [person_by_login(work.session, name).id for name in ("agent", "agent_b")]  # type: ignore[union-attr]
        usecases.plan_for(work, ids[:1], title="变更", because="change 1", year=2026)
        usecases.plan_for(work, ids, title="变更", because="change 1", year=2026)
    with world.look("trainer") as work:
        assert len(list(work.session.scalars(select(Plan.id)))) == 1
        assert list(work.session.scalars(select(PlanParticipant.person_id).order_by(PlanParticipant.person_id))) == sorted(ids)


def test_the_calendar_asks_whoever_registered(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    begins = datetime(2026, 3, 2, tzinfo=UTC)
    late = calendar.CalendarEntry(begins + timedelta(hours=3), begins + timedelta(hours=4), "late")
    early = calendar.CalendarEntry(begins, begins + timedelta(hours=1), "early")
    outside = calendar.CalendarEntry(begins - timedelta(hours=1), begins, "outside")
    monkeypatch.setattr(calendar, "SOURCES", {"test": lambda *asked: iter([late, outside, early])})
    with world.look("trainer") as work:
        assert calendar.entries(work.session, work.actor, begins, begins + timedelta(days=1)) == [early, late]


def test_a_peak_alone_speaks_against_it_unless_everybodys_shift_is_known(world: Centre) -> None:
    """Nobody should leave the line then: who has another shift that day may; of whom nothing is known nobody can say so."""
    plan, trainer = a_plan(world)
    first = a_session(world, plan, trainer)
    with world.begin("operator") as work:
        work.permit(MAKE_PLANS)
        row = work.get(TrainingSession, first)
        span = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        work.session.add(Busy(kind=BusyKind.PEAK, **span))
        row.state = SessionState.CANCELLED
    with pytest.raises(InvalidInput) as refused:
        a_session(world, plan, trainer)
    assert [str(one) for one in refused.value.fields["anyway"]] == ["It lies in a peak; of 2 people no shift is known."]
    with world.begin("operator") as work:
        work.permit(MAKE_PLANS)
        for name in ("agent", "agent_b"):
            person = person_by_login(work.session, name)
            assert person is not None
            work.session.add(Busy(kind=BusyKind.SHIFT, person_id=person.id, starts_at=span["ends_at"] + timedelta(hours=2),
                                  ends_at=span["ends_at"] + timedelta(hours=8)))
    assert a_session(world, plan, trainer)
