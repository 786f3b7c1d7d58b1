"""What released exams tell: failed questions hurt, by what they are about and never by whom; learning of five people and more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from kmsvc.training.evaluations import effects, usecases
from kmsvc.training.evaluations.models import Evaluation
from kmsvc.training.marking.releasing import release
from kmsvc.training.needs.sources import what_hurts
from kmsvc.training.questions.models import Topic
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import CLOSED, RIGHT, TRUE, WRONG, people, sat

pytestmark = pytest.mark.usefixtures("steady")


def released(world: Centre, answers: dict[str, list[object]]) -> int:
    exam = sat(world, answers, questions=(CLOSED, TRUE))
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    world.drain(index=False)
    return exam


def failed(world: Centre) -> dict[str, int]:
    with world.look("trainer") as work:
        rows = what_hurts(work.session, work.actor, world.clock.today.year, world.clock.today, ["failed"])
        return {one.subject: one.parts[0][0].count for one in rows}


def test_failed_questions_of_released_exams_hurt_by_what_they_are_about(world: Centre) -> None:
    with world.db.engine.begin() as connection:
        connection.execute(text("INSERT INTO training_topic (name, version) VALUES ('退款时限', 1)"))
    with world.look() as work:
        topic = work.session.scalars(select(Topic.id)).one()
    exam = sat(world, {"agent": [WRONG, True], "agent_b": [RIGHT, True]}, questions=(CLOSED, TRUE))
    with world.db.engine.begin() as connection:
        connection.execute(text("UPDATE training_question SET topic_id = :topic"), {"topic": topic})
    assert failed(world) == {}  # nothing before it is released
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    assert failed(world) == {"退款时限": 1}
    with world.look("auditor") as work:
        [row] = what_hurts(work.session, work.actor, world.clock.today.year, world.clock.today, ["failed"])
    assert "Agent" not in str(row)


def test_learning_is_the_mean_of_released_exams_before_and_after_from_five_people_on(world: Centre) -> None:
    who = people(world, 5)
    before = world.clock.today
    with world.begin("trainer") as work:
        one = usecases.begin_evaluation(work, kind="other", title="课", held_on=before - timedelta(days=1)).id
        usecases.choose_method(work, one, levels=["learning"], why="w")
        usecases.set_strategy(work, one, strategy="s", people=who[:4])
    released(world, {login: [RIGHT if place else WRONG, True] for place, login in enumerate(who)})
    with world.look() as work:
        assert list(effects.learning(work.session, work.get(Evaluation, one))) == []  # of four it would be nearly a person's mark
    with world.begin("trainer") as work:
        usecases.set_strategy(work, one, strategy="s", people=who)
    with world.look() as work:
        found = {it.indicator: it for it in effects.learning(work.session, work.get(Evaluation, one))}
    assert (found["Mean exam score"].before, found["Mean exam score"].after, found["Mean exam score"].n) == (None, 90.0, 5)
    assert found["Share that passed"].after is not None
