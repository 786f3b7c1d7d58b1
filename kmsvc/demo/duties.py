"""The duties of the year in the demo: the rules are switched on at its beginning, and who answers does them month by month; the absences
of the last quarter are late, one survey was waived, one drill was moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.demo.asking import Told
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.standards.duties import life
from kmsvc.standards.duties.clauses import switch_on_clauses
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import DutyState
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.standards.duties.wheel import level_year

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

KEEPER = "compliance"
ARCHIVE = "https://files.example/standards"
LEFT = {"54"}
"""clauses whose newest duty nobody has done"""
YEARLY = {"4": 2, "27": 3, "35": 6, "77": 4, "94": 9, "108": 8, "114": 7, "153": 2}
"""clause done early in the year -> month"""
WAIVED = ("135", 2, "春节停业两周，本月外呼量不足抽样下限，并入下月。")
MOVED = ("24", "机房改造，演练改到改造完成之后。")


def kept_the_year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    """What happens between the first of January and today."""
    year = stage.today.year
    begins = date(year, 1, 1)

    def when(day: date, hour: int) -> datetime:
        return stage.at((stage.today - day).days, hour)

    def begin(now: datetime) -> None:
        with stage.quiet.begin(OPERATOR, now) as work:
            switch_on_clauses(work, begins)
        with stage.quiet.begin(SYSTEM, now) as work:
            run_duties(work, begins, tell=False)
    yield when(begins, 1), begin
    month = date(year, 2, 3)
    while month <= stage.today:
        def act(now: datetime, month: date = month) -> None:
            _month(stage, now, month)
        yield when(month, 15), act
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=3)
    yield stage.at(1, 16), lambda now: _plan(stage, now)


def _keeper(stage: Stage) -> str:
    return next(login for login, person in stage.cast.items() if KEEPER in person.role_names)


def _month(stage: Stage, now: datetime, day: date) -> None:
    """What fell due in the month before is noted as done by whoever answers for it."""
    with stage.quiet.look(SYSTEM, now) as work:
        run = work.session.scalars(select(Obligation).where(
            Obligation.rule_id.is_not(None), Obligation.state == DutyState.OPEN).order_by(
            Obligation.due_on, Obligation.id)).all()
    for row in run:
        done_on = _done_on(row, day, stage.today)
        if done_on is None:
            continue
        if (row.clause, row.due_on.month) == WAIVED[:2]:
            with stage.quiet.begin(stage.actor(_keeper(stage)), now) as work:
                life.waive(work, row.id, reason=WAIVED[2])
            continue
        owner = stage.logins.get(row.owner_id or 0)
        with stage.quiet.begin(stage.actor(owner or _keeper(stage)), now) as work:
            life.do(work, row.id, on=done_on, today=day, record=f"{ARCHIVE}/{row.clause}/{row.period.replace(chr(32), chr(45))}")


def _done_on(row: Obligation, day: date, today: date) -> date | None:
    """When a duty was done, as told on a day; None when it was not."""
    if row.due_on < day:
        newest = row.due_on + timedelta(days=95) > today
        return None if row.clause in LEFT and newest else row.due_on - timedelta(days=row.id % 5)
    if row.period == str(row.due_on.year) and YEARLY.get(row.clause or "") == day.month - 1:
        return day - timedelta(days=5 + row.id % 9)
    return None


def _plan(stage: Stage, now: datetime) -> None:
    """The rest of the year is planned into the months that are left; one drill waits for the works in the server room."""
    with stage.quiet.begin(stage.actor(_keeper(stage)), now) as work:
        row = work.session.scalars(select(Obligation).where(
            Obligation.clause == MOVED[0], Obligation.rule_id.is_not(None), Obligation.state == DutyState.OPEN).order_by(
            Obligation.due_on)).first()
        if row is not None:
            life.move(work, row.id, due_on=row.due_on + timedelta(days=20), reason=MOVED[1])
        level_year(work, stage.today.year, stage.today)
