"""Exams that were sat, for tests of marking: a short answer and what the machine judges, handed in by some people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.marking.desk import Done, Points, give_mark, take_next
from kmsvc.training.questions.kinds import Choice, Criterion, Question, ShortAnswer, TrueFalse, options_of
from kmsvc.training.sittings import queries
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.usecases import Came, save_answers, submit
from tests.support.centre import Centre, password_hash
from tests.training.sittings.exams import begin, make_exam

OPTIONS = options_of(["七天", "十天", "三十天"])
CLOSED = Question("退款几天内？", Choice(OPTIONS, (OPTIONS[0].id,)), "七天内", Decimal(4))
OTHER_KEY = Question("退款几天内？", Choice(OPTIONS, (OPTIONS[1].id,)), "改了", Decimal(4))
TRUE = Question("退款要登记。", TrueFalse(True), "", Decimal(4))
OPEN = Question("怎样安抚客户？", ShortAnswer((), "先道歉，再说明。"), "看态度", Decimal(4))
RUBRIC = Question("写出退款的两步。", ShortAnswer((Criterion("a", "核对订单", Decimal(2)), Criterion("b", "登记退款", Decimal(2))),
                                          "核对、登记"), "", Decimal(4))
RIGHT, WRONG = OPTIONS[0].id, OPTIONS[1].id


def people(world: Centre, count: int, role: str = "agent") -> list[str]:
    """So many people of a role beside those of the small centre; returns their logins."""
    logins = [f"{role}{number}" for number in range(1, count + 1)]
    with world.begin("operator") as work:
        for login in logins:
            add_account(work, login=login, name=login.title(), roles=[role], unit_code="TEAM-A", email=f"{login}@centre.test",
                        language="en", password_hash=password_hash())
    world.__post_init__()
    return logins


def sat(world: Centre, answers: Mapping[str, Sequence[Any]], *, markers: Sequence[str] = ("marker", "trainer"),
        questions: Sequence[Question] = (CLOSED, OPEN), end: bool = True, **columns: Any) -> int:
    """An exam that these people sat with these answers; over unless `end` is False. Returns its id."""
    exam_id = make_exam(world, people=tuple(answers), questions=questions, points=Decimal(4),
                        **{"border": Decimal(-1), "second_percent": 0, "limit": Decimal(1), "shows": "answers", **columns})
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        for login in markers:
            work.session.add(ExamMarker(exam_id=exam_id, person_id=world.people[login]))
    for login, given in answers.items():
        hand_in(world, exam_id, login, given)
    if end:
        world.clock.move(hours=5)
        settle(world, exam_id)
    return exam_id


def hand_in(world: Centre, exam_id: int, login: str, given: Sequence[Any]) -> int:
    """Somebody sits the exam with these answers, place by place, and hands in."""
    sitting = begin(world, exam_id, login)
    with world.look(login) as work:
        items = queries.items_of(work.session, queries.own_card(work.session, work.actor, sitting, work.now))
    with world.begin(login) as work:
        save_answers(work, sitting, [Came(place, place, one) for place, one in enumerate(given, 1) if one is not None], items, "one")
    with world.begin(login) as work:
        submit(work, sitting)
    world.drain(index=False)
    return sitting


def settle(world: Centre, exam_id: int) -> None:
    """What the worker does each minute."""
    from kmsvc.training.marking.automatic import draw_seconds

    with world.begin("system") as work:
        draw_seconds(work, exam_id)
    world.drain(index=False)


def question_at(world: Centre, exam_id: int, place: int) -> int:
    """The id of a question by its place."""
    with world.look() as work:
        return work.session.scalars(select(SittingItem.question_id).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
            Sitting.exam_id == exam_id, SittingItem.place == place).limit(1)).one()


def item_of(world: Centre, exam_id: int, login: str, place: int) -> SittingItem:
    """The row of somebody's answer."""
    with world.look() as work:
        return work.session.scalars(select(SittingItem).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
            Sitting.exam_id == exam_id, Sitting.person_id == world.people[login], SittingItem.place == place)).one()


def sitting_of(world: Centre, exam_id: int, login: str) -> Sitting:
    """The row of somebody's sitting."""
    with world.look() as work:
        return work.session.scalars(select(Sitting).where(
            Sitting.exam_id == exam_id, Sitting.person_id == world.people[login])).one()


def exam_of(world: Centre, exam_id: int) -> Exam:
    """The row."""
    with world.look() as work:
        return work.get(Exam, exam_id)


def mark_next(world: Centre, login: str, exam_id: int, question_id: int, points: Any, *, line: str = "",
              **more: Any) -> tuple[Any, Done]:
    """Somebody marks the next answer by lot; returns the answer and what was done."""
    with world.begin(login) as work:
        found = take_next(work, exam_id, question_id)
    assert found is not None, "nothing waits"
    lines = points if isinstance(points, dict) else {line: Decimal(str(points))}
    with world.begin(login) as work:
        done = give_mark(work, exam_id, question_id, found.handle, Points(lines, found.part.value, **more))
    return found, done


def mark_all(world: Centre, login: str, exam_id: int, question_id: int, points: Any) -> int:
    """Somebody marks all that wait for this person; points: a number, or what makes one of an answer. How many."""
    count = 0
    while True:
        with world.begin(login) as work:
            found = take_next(work, exam_id, question_id)
        if found is None:
            return count
        value = points(found.answer) if callable(points) else points
        with world.begin(login) as work:
            give_mark(work, exam_id, question_id, found.handle, Points({"": Decimal(str(value))}, found.part.value))
        count += 1


DAY = timedelta(days=1)
