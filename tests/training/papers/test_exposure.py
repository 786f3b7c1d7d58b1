"""Exposure: each announced exam counts once for every question it asks; what was asked less comes first."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.usecases import Wish, add_candidates, cancel, plan_exam, publish, take_back
from kmsvc.training.papers.blueprint import Blueprint, Cell
from kmsvc.training.papers.giving import asked_in
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.questions.figures import asked_by
from kmsvc.training.questions.queries import exposures
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.banks import small_bank


def planned(world: Centre, paper: int, people: list[int], title: str) -> int:
    with world.begin("trainer") as work:
        row = plan_exam(work, Wish(title, paper, world.clock.now + timedelta(days=2), "weekly"), zone=ZONE)
        add_candidates(work, row.id, people)
        return row.id


def held(world: Centre) -> dict[int, int]:
    with world.look() as work:
        return exposures(work.session)


def test_an_announced_exam_counts_once_and_one_taken_back_does_not(world: Centre) -> None:
    _, topics = small_bank(world)
    people = [world.actor(one).person_id or 0 for one in ("agent", "agent_b")]
    with world.begin("trainer") as work:
        picked = make_paper(work, Draft("同一份", "picked")).id
        pick(work, picked, [(1, None), (2, None)])
        ready(work, picked)
        it = Blueprint((Cell(str(topics["时限"]), "single", 2, Decimal(2)),), 60)
        each = make_paper(work, Draft("每人一份", "each", blueprint=it)).id
        ready(work, each)
    first = planned(world, picked, people, "第一场")
    assert held(world) == {}, "what is only planned was seen by nobody"
    with world.begin("trainer") as work:
        publish(work, first, zone=ZONE)
    assert held(world) == {1: 1, 2: 1}, "two people, one exam"
    with world.begin("trainer") as work:
        take_back(work, first, zone=ZONE)
    assert held(world) == {}
    with world.begin("trainer") as work:
        publish(work, first, zone=ZONE)
    second = planned(world, each, people, "第二场")
    with world.begin("trainer") as work:
        publish(work, second, zone=ZONE)
    with world.look() as work:
        asked = asked_in(work.session, work.get(Exam, second))
    assert held(world) == {one: (one in (1, 2)) + (one in asked) for one in {1, 2} | asked}
    assert not asked & {1, 2}, "what was asked already comes last"
    with world.look("trainer") as work:
        assert [name for name, _ in asked_by(work.session, work.actor, 1)] == ["EX-2026-0001 第一场"]
        assert asked_by(work.session, world.actor("agent"), 1) == []
    with world.begin("trainer") as work:
        cancel(work, second, zone=ZONE, reason="改期")
    assert held(world) == {1: 1, 2: 1}, "nobody had seen it"
