"""Training sessions and exams see each other's times: people, rooms and the trainer, both ways (C2, C7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput
from kmsvc.training.exams import usecases
from kmsvc.training.exams.clashes import clashes_of
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.rules import Room
from kmsvc.training.plans import attending, holding
from tests.support.centre import Centre
from tests.training.exams.test_exam_usecases import OPENS, bank, paper, planned  # noqa: F401 (fixtures)
from tests.training.plans.test_plans import ZONE_NAME, a_plan, a_session

DAY = local_date(OPENS, ZONE_NAME)


def said(world: Centre, exam: int) -> dict[str, list[str]]:
    names = {person: login for login, person in world.people.items()}
    with world.look("trainer") as work:
        found = clashes_of(work.session, work.get(Exam, exam))
        return {names[one]: [it.said for it in its] for one, its in found.items()}


def test_a_session_asks_for_exams_of_its_people_its_trainer_and_its_room(world: Centre, paper: int) -> None:  # noqa: F811
    exam = planned(world, paper, people=("agent", "trainer"), closes_at=OPENS + timedelta(hours=3))
    with world.begin("trainer") as work:
        usecases.set_rooms(work, exam, [Room("A", 20)])
    plan, trainer = a_plan(world)
    with pytest.raises(InvalidInput) as refused:
        a_session(world, plan, trainer, day=DAY, room="a")
    against = [str(one) for one in refused.value.fields["anyway"]]
    assert len(against) == 3 and sum("exam" in one for one in against) == 2 and any("room" in one for one in against)
    with world.begin("trainer") as work:
        usecases.cancel(work, exam, zone=ZONE_NAME, reason="r")
    assert a_session(world, plan, trainer, day=DAY, room="a")


def test_an_exam_asks_for_sessions_of_its_candidates(world: Centre, paper: int) -> None:  # noqa: F811
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, day=DAY, seats=1, anyway="r")
    exam = planned(world, paper, people=("agent", "agent_b", "marker"), closes_at=OPENS + timedelta(hours=3))
    assert said(world, exam) == {"agent": ["in training session %(number)s at that time"]}
    with world.begin("agent") as work:
        attending.leave(work, one)
    assert list(said(world, exam)) == ["agent_b"]
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="r")
    assert said(world, exam) == {}


def test_in_a_window_of_days_everybody_finds_another_hour(world: Centre, paper: int) -> None:  # noqa: F811
    exam = planned(world, paper, people=("agent",), closes_at=OPENS + timedelta(days=3))
    plan, trainer = a_plan(world)
    assert a_session(world, plan, trainer, day=DAY + timedelta(days=1))
    assert said(world, exam) == {}
