"""Seats: given by one alone, given up by who leaves and taken again by who comes back, told each time; what a cancelled session and a
sign-in that was taken back leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kmsvc.core.errors import NotFound, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.usecases import resume_person, suspend_person
from kmsvc.training.plans import attending, calendar_queries, duties, holding, people, queries, usecases
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.models import PlanLeaver, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import Place, PlanState
from tests.support.centre import Centre
from tests.training.plans.test_plans import ZONE_NAME, a_plan, a_session

ME = "agent"


def stand(world: Centre, one: int) -> dict[str, str]:
    """account -> place, of everybody in a session."""
    names = {person: login for login, person in world.people.items()}
    with world.look("trainer") as work:
        return {names[row.person_id]: row.place for row in seated(work.session, one)}


def go_to(world: Centre, one: int) -> None:
    """It is the time of a session."""
    with world.look("trainer") as work:
        ahead = work.get(TrainingSession, one).starts_at - work.now
    world.clock.move(seconds=int(ahead.total_seconds()) + 5)


def told_seats(world: Centre, who: str) -> list[dict[str, Any]]:
    world.drain()
    with world.look("trainer") as work:
        return [row.params for row in work.session.scalars(select(Notice).where(
            Notice.kind == "training.session.seat_given", Notice.person_id == world.people[who]).order_by(Notice.id))]


@pytest.mark.parametrize("way", ["plan", "put_back", "person"])
def test_two_who_want_the_last_seat_at_once_do_not_both_get_it(world: Centre, way: str) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, seats=2)
    with world.begin("trainer") as work:
        if way == "person":
            suspend = work.get(Person, world.people[ME])
            work.permit(MAKE_PLANS)
            suspend.state = "suspended"
            people.follow_person(work, suspend.id)
            suspend.state = "active"
        else:
            people.remove_people(work, plan, [world.people[ME]], reason="r")
        attending.take_out(work, one, person=world.people["agent_b"], reason="r")
    with world.begin("trainer") as work:
        holding.move(work, one, day=world.clock.today + timedelta(days=1), starts="09:00", ends="11:00", room="A", seats=1, reason="r",
                     anyway="r", zone=ZONE_NAME)
    done, wrong = threading.Event(), []

    def join() -> None:
        try:
            with world.begin("agent_b") as work:
                attending.join(work, one)
        except Exception as error:  # told below
            wrong.append(error)
        done.set()
    other = threading.Thread(target=join)
    with world.begin("trainer") as work:
        if way == "plan":
            usecases.add_people(work, plan, logins=[ME])
        elif way == "put_back":
            people.put_back(work, plan, [world.people[ME]])
        else:
            people.follow_person(work, world.people[ME])
        other.start()
        done.wait(1)  # with a lock it waits for us, without one it has taken the seat by now
    other.join(30)
    assert not wrong and sorted(stand(world, one).values()) == [Place.SEAT, Place.WAITING]


def test_who_leaves_the_centre_gives_the_seat_up_and_has_it_again_who_comes_back(world: Centre) -> None:
    plan, trainer = a_plan(world, people=(ME, "agent_b", "marker"))
    one = a_session(world, plan, trainer, seats=1, anyway="r")
    first = next(login for login, place in stand(world, one).items() if place == Place.SEAT)
    second, third = [login for login in stand(world, one) if login != first]
    for login in (first, second):
        with world.begin("admin") as work:
            suspend_person(work, world.people[login], reason="走了")
        world.drain()
    assert stand(world, one) == {third: Place.SEAT}
    with world.begin("admin") as work:
        resume_person(work, world.people[first], reason="回来")
    world.drain()
    assert stand(world, one) == {first: Place.WAITING, third: Place.SEAT}
    with world.begin(third) as work:
        attending.leave(work, one)
    assert stand(world, one) == {first: Place.SEAT}
    other = a_session(world, plan, trainer, day=world.clock.today + timedelta(days=2), seats=3)
    assert set(stand(world, other)) == {first, third}, "nobody who left is planned"
    with world.begin("admin") as work:
        resume_person(work, world.people[second], reason="回来")
    world.drain()
    assert stand(world, one) == {first: Place.SEAT, second: Place.WAITING}


def test_nobody_who_left_moves_up(world: Centre) -> None:
    plan, trainer = a_plan(world, people=(ME, "agent_b"))
    one = a_session(world, plan, trainer, seats=1, anyway="r")
    seat, waiting = stand(world, one)
    with world.begin("admin") as work:
        suspend_person(work, world.people[waiting], reason="走了")
    with world.begin(seat) as work:  # before anything followed from it
        attending.leave(work, one)
    assert Place.SEAT not in stand(world, one).values()


def test_each_moving_up_is_told_with_day_and_room(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, seats=1, room="B 座 3", anyway="r")
    seat, waiting = stand(world, one)
    for turn in (1, 2):
        with world.begin(seat) as work:
            attending.leave(work, one)
        told = told_seats(world, waiting)
        assert len(told) == turn and told[-1]["room"] == "B 座 3" and told[-1]["when"].endswith("09:00")
        world.clock.move(minutes=1)
        with world.begin(seat) as work:
            attending.join(work, one)
        with world.begin(waiting) as work:
            attending.leave(work, one)
        world.clock.move(minutes=1)
        with world.begin(waiting) as work:
            attending.join(work, one)
        assert stand(world, one) == {seat: Place.SEAT, waiting: Place.WAITING}


def test_who_stayed_away_from_a_session_waits_for_another_and_who_left_does_not(world: Centre) -> None:
    plan, trainer = a_plan(world, people=(ME, "agent_b", "marker"))
    one = a_session(world, plan, trainer)

    def waiting() -> list[int]:
        with world.look("trainer") as work:
            return [it.people for it in calendar_queries.unplanned(work.session)]
    assert waiting() == []
    go_to(world, one)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, one, person=world.people[ME], reason="r")
    with world.begin("trainer") as work:
        holding.hold(work, one, minutes="m")
    assert waiting() == [2]
    with world.begin("admin") as work:
        suspend_person(work, world.people["marker"], reason="走了")
    assert waiting() == [1]


def test_a_cancelled_session_counts_as_attended_nowhere_and_again_when_it_is_brought_back(world: Centre) -> None:
    plan, trainer = a_plan(world, people=(ME,))
    with world.begin("trainer") as work:
        usecases.change_plan(work, plan, {"due_on": world.clock.today + timedelta(days=5)}, reason="r")
    one = a_session(world, plan, trainer)
    go_to(world, one)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, one, person=world.people[ME], reason="r")

    def counts() -> tuple[bool, int, bool]:
        with world.look("trainer") as work:
            line = queries.plan_card(work.session, work.actor, plan, work.now)
            missing = list(duties.missing(work.session, PlanState.RUNNING, PlanState.APPROVED))
            return not missing, line.line.present, bool(line.members[0].present)
    assert counts() == (True, 1, True)
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="r")
    assert counts() == (False, 0, False)
    with world.begin("trainer") as work:
        holding.bring_back(work, one, zone=ZONE_NAME)
    assert counts() == (True, 1, True)


def test_after_a_cancelled_session_the_approval_is_taken_back_and_the_session_waits_for_the_next(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.take_back(work, plan, reason="r")
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="r")
    with world.begin("manager") as work:
        assert usecases.take_back(work, plan, reason="r").state == PlanState.DRAFT
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        holding.bring_back(work, one, zone=ZONE_NAME)
    with world.begin("manager") as work:
        usecases.approve(work, plan)
    with world.begin("trainer") as work:
        holding.bring_back(work, one, zone=ZONE_NAME)
    with world.look("trainer") as work:
        assert queries.visible(work.session, work.actor, plan).state == PlanState.RUNNING


def test_taking_back_is_offered_only_while_it_can_be_done(world: Centre, client: Callable[..., Any]) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    manager = client("manager")

    def offered() -> bool:
        return "take_back" in [it["verb"] for it in manager.get(f"/api/v1/training/plans/{plan}").get_json()["allowed"]]
    assert not offered()
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="r")
    assert offered()


def test_who_was_taken_off_a_plan_is_put_back_as_they_were(world: Centre) -> None:
    plan, trainer = a_plan(world, people=(ME, "agent_b", "marker"))
    one = a_session(world, plan, trainer, seats=1, anyway="r")
    first, second, third = stand(world, one)
    with world.look("trainer") as work:
        before = [(row.person_id, row.because, row.added_at) for row in work.session.scalars(
            select(PlanParticipant).order_by(PlanParticipant.person_id))]
    with world.begin("trainer") as work:
        people.remove_people(work, plan, [world.people[first], world.people[second]], reason="错")
    assert stand(world, one) == {third: Place.SEAT}
    with world.begin("trainer") as work:
        people.put_back(work, plan, [world.people[second], world.people[first]])
    assert stand(world, one) == {first: Place.WAITING, second: Place.WAITING, third: Place.SEAT}
    with world.look("trainer") as work:
        assert before == [(row.person_id, row.because, row.added_at) for row in work.session.scalars(
            select(PlanParticipant).order_by(PlanParticipant.person_id))]
        assert work.session.scalar(select(func.count(PlanLeaver.id))) == 0
    with world.begin("trainer") as work:
        people.remove_people(work, plan, [world.people[first]], reason="错")
        usecases.add_people(work, plan, logins=[first])  # by another way: nothing is left to put back
    with world.look("trainer") as work:
        assert work.session.scalar(select(func.count(PlanLeaver.id))) == 0
        assert work.session.scalar(select(func.count(SessionPerson.id)).where(SessionPerson.gone.is_not(None))) == 0


def test_who_was_taken_out_of_a_session_is_put_in_again_unless_gone(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    for login in (ME, "agent_b"):
        with world.begin("trainer") as work:
            attending.take_out(work, one, person=world.people[login], reason="r")
    with world.begin("admin") as work:
        suspend_person(work, world.people["agent_b"], reason="走了")
    with world.begin("trainer") as work:
        attending.put_again(work, one, person=world.people[ME], reason="r")
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        attending.put_again(work, one, person=world.people["agent_b"], reason="r")
    with pytest.raises(NotFound), world.begin("trainer") as work:
        attending.put_again(work, one, person=world.people[ME], reason="r")
    assert stand(world, one) == {ME: Place.SEAT} and len(told_seats(world, ME)) == 1
