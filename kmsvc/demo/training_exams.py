"""Papers and exams of the demo: one composed for each person, one picked; exams announced, open, marked, cancelled, still planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.errors import RuleBroken
from kmsvc.core.work import Work
from kmsvc.demo.content.exams import (
    CANCELLED,
    DRAFT,
    EACH,
    OPEN,
    PICKED,
    TOMORROW,
    WEEKLY,
    WHY_CANCELLED,
    WHY_MORE_TIME,
)
from kmsvc.training.exams import usecases
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.rules import Room
from kmsvc.training.exams.usecases import Wish
from kmsvc.training.papers.blueprint import Blueprint, Cell, feasibility
from kmsvc.training.papers.stocking import pool_for
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.practice.usecases import answer, begin_run
from kmsvc.training.questions.kinds import Kind
from kmsvc.training.questions.models import QuestionRow

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
LEAD, HAND = "fangyuan", "chengyuqing"
MOST = 6
CLOSED = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)


def examined(stage: Stage, now: datetime) -> list[Iterator[tuple[datetime, Told]]]:
    """From three weeks ago to tomorrow."""
    return [_exams(stage, now)]


def _exams(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Told]]:
    papers: dict[str, int] = {}
    yield stage.at(21, 10), lambda at: _papers(stage, papers, at)
    yield stage.at(12, 9), lambda at: _plan(stage, papers, "picked", WEEKLY, stage.at(3, 15), "weekly", at)
    yield stage.at(6, 9, 40), lambda at: _cancelled(stage, papers, at)
    yield stage.at(2, 14), lambda at: _plan(stage, papers, "each", TOMORROW, stage.at(-1, 9), "go_live", at, rooms=True)
    yield stage.at(1, 16), lambda at: _plan(stage, papers, "picked", OPEN, now - timedelta(minutes=20), "weekly", at)
    yield stage.at(1, 17), lambda at: _plan(stage, papers, "each", DRAFT, stage.at(-8, 14), "retraining", at, announced=False)
    yield stage.at(1, 18), lambda at: _practised(stage, at)


def _people(stage: Stage) -> list[int]:
    return [person.id for login, person in sorted(stage.cast.items()) if "agent" in person.role_names][:MOST]


def _papers(stage: Stage, papers: dict[str, int], now: datetime) -> None:
    with stage.db.begin(stage.actor(LEAD), now) as work:
        it = _blueprint(work)
        if it is None:
            return
        made = make_paper(work, Draft(EACH, "each", blueprint=it, pass_percent=80, seed="4711"))
        papers["each"] = ready(work, made.id).id
        ids = list(work.session.scalars(select(QuestionRow.id).where(
            QuestionRow.state == "active", QuestionRow.kind.in_([one.value for one in CLOSED])).order_by(
            QuestionRow.id.desc()).limit(8)))
        made = make_paper(work, Draft(PICKED, "picked", pass_percent=80))
        pick(work, made.id, [(one, Decimal(5)) for one in ids])
        papers["picked"] = ready(work, made.id).id


def _blueprint(work: Work) -> Blueprint | None:
    """As many topics, types and questions as the bank of the demo can give, about half of what it has."""
    pool = pool_for(work.session)
    cells = []
    for topic in sorted(pool.topics, key=int):
        for kind, points in (("single", 4), ("true_false", 2)):
            if there := len(pool.matching(topic, kind, None)):
                cells.append(Cell(topic, kind, max(1, there // 2), Decimal(points)))
    it = Blueprint(tuple(cells[:12]), 80)
    return it if cells and not feasibility(it, pool).missing else None


def _plan(stage: Stage, papers: dict[str, int], paper: str, title: str, opens_at: datetime, template: str, now: datetime, *,
          announced: bool = True, rooms: bool = False) -> None:
    if paper not in papers:
        return
    with stage.db.begin(stage.actor(LEAD), now) as work:
        row = usecases.plan_exam(work, Wish(title, papers[paper], opens_at, template), zone=stage.zone)
        usecases.add_candidates(work, row.id, _people(stage))
        usecases.set_markers(work, row.id, [stage.cast[HAND].id])
        if rooms:
            usecases.set_rooms(work, row.id, [Room("201", 4), Room("202", 8)])
        if announced:
            usecases.publish(work, row.id, zone=stage.zone)
        if rooms:
            usecases.set_extra(work, row.id, _people(stage)[0], percent=20, reason=WHY_MORE_TIME)


def _cancelled(stage: Stage, papers: dict[str, int], now: datetime) -> None:
    _plan(stage, papers, "picked", CANCELLED, stage.at(-2, 10), "weekly", now)
    with stage.db.begin(stage.actor(LEAD), now + timedelta(hours=3)) as work:
        for one in list(work.session.scalars(select(Exam.id).where(Exam.title == CANCELLED).order_by(Exam.id))):
            usecases.cancel(work, one, zone=stage.zone, reason=WHY_CANCELLED)


def _practised(stage: Stage, now: datetime) -> None:
    """An agent does some of the five questions of the day before, not all of them right."""
    login = next((one for one, person in sorted(stage.cast.items()) if "agent" in person.role_names), None)
    if login is None:
        return
    with stage.db.begin(stage.actor(login), now) as work:
        try:
            run = begin_run(work, "daily", today=now.date())
        except RuleBroken:  # every question of a small bank may stand in an exam
            return
        for place in range(1, min(3, len(run.items)) + 1):
            answer(work, run.id, place, None, today=now.date())
