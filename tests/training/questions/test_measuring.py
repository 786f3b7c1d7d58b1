"""Figures of released exams reach the questions, and what they speak against leaves the pool until a person has looked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from kmsvc.notices.models import Notice
from kmsvc.training.questions import usecases
from kmsvc.training.questions.kinds import Choice, Question, TrueFalse, options_of
from kmsvc.training.questions.measuring import Answered, measure
from kmsvc.training.questions.models import QuestionFlag, QuestionMeasure
from kmsvc.training.questions.statistics import analysed
from tests.support.centre import Centre
from tests.training.questions.test_usecases import bank, pool, row, write
from tests.training.sittings.exams import make_exam

_OPTIONS = options_of(["甲", "乙", "丙"])
SINGLE = Question("选哪个？", Choice(_OPTIONS, (_OPTIONS[0].id,)))


def exam_with(world: Centre, table: list[list[int]], ids: list[int], exam_id: int | None = None) -> int:
    """Persons x questions, 1 for right; returns the exam."""
    exam = exam_id or make_exam(world, questions=())
    rows = []
    for person, line in enumerate(table, 1):
        for place, got in enumerate(line):
            answer = _OPTIONS[0 if got else 1].id
            version = row(world, ids[place]).current_version_id
            assert version is not None
            rows.append(Answered(exam, person, ids[place], version, Decimal(2 * got), Decimal(2), answer))
    with world.begin("operator") as work:
        from kmsvc.people.units.permissions import MANAGE_UNITS
        work.permit(MANAGE_UNITS)
        measure(work, rows)
    return exam


def test_figures_are_those_of_the_statistics_and_are_written_anew(world: Centre) -> None:
    where = bank(world)
    ids = [write(world, where, SINGLE), write(world, where, Question("对？", TrueFalse(True))),
           write(world, where, Question("对吗？", TrueFalse(False)))]
    table = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 1, 1]] * 8
    exam = exam_with(world, table, ids)
    wanted = analysed([[2 * got for got in line] for line in table], [2, 2, 2])
    first = row(world, ids[0])
    item = wanted.items[0]
    assert item.facility is not None and item.discrimination is not None
    assert (first.answered, first.difficulty, first.discrimination) == (
        40, round((1 - item.facility) * 1000), round(item.discrimination * 1000))
    with world.look() as work:
        one = work.session.scalars(select(QuestionMeasure).where(QuestionMeasure.question_id == ids[0])).one()
        assert one.paper["alpha"] == pytest.approx(wanted.alpha) and one.figures["discrimination"] == pytest.approx(item.discrimination)
        assert [(each["chosen"], each["is_key"]) for each in one.options] == [(24, True), (16, False), (0, False)]
    exam_with(world, table[:30], ids, exam)
    with world.look() as work:
        assert work.session.scalars(select(QuestionMeasure.asked).where(QuestionMeasure.question_id == ids[0])).all() == [30]


def test_who_measures_backwards_leaves_the_pool_and_one_key_puts_it_back(world: Centre) -> None:
    where = bank(world)
    ids = [write(world, where, SINGLE), *(write(world, where, Question(f"{n}？", TrueFalse(True))) for n in range(3))]
    table = [[0, 1, 1, 1], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]] * 10
    exam_with(world, table[:28], ids)
    assert pool(world) == ids, "too few answers say nothing"
    exam = exam_with(world, table, ids)
    assert row(world, ids[0]).flagged_why == "negative" and pool(world) == ids[1:]
    world.drain()
    with world.look() as work:
        assert work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["trainer"])).all() == [
            "training.question.flagged"]
    with world.begin("trainer") as work:
        usecases.unflag(work, ids[0], note="the key is right")
    exam_with(world, table, ids, exam)
    assert pool(world) == ids, "what a person has looked at stays"
    exam_with(world, table * 3, ids)
    assert row(world, ids[0]).flagged_why == "negative", "with many more answers it is looked at again"
    with world.look() as work:
        held = list(work.session.scalars(select(QuestionFlag).order_by(QuestionFlag.id)))
        assert held[0].ended_note == "the key is right" and held[0].params["discrimination"] < 0


def test_what_everybody_or_nobody_solves_leaves_the_pool(world: Centre) -> None:
    where = bank(world)
    ids = [write(world, where, Question(f"{n}？", TrueFalse(True))) for n in range(4)]
    exam_with(world, [[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1], [1, 0, 0, 0]] * 8, ids)
    assert [row(world, one).flagged_why for one in ids] == ["everybody", "nobody", None, None]
