"""Reads over themed optimisations: those of a year, one with the processes it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import options
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits.models import Optimisation, OptimisationProcess
from kmsvc.process.audits.options import THEMES_LEAST, THEMES_MOST
from kmsvc.process.audits.permissions import SEE_AUDITS
from kmsvc.process.audits.rules import OptimisationState
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process


@dataclass(frozen=True)
class TouchedLine:
    """A process a theme touches. change: (id, number, state) of the request opened from here."""

    process_id: int
    number: str
    name: str
    change: tuple[int, str, str] | None


@dataclass(frozen=True)
class ThemeLine:
    """A themed optimisation in a list."""

    id: int
    number: str
    version: int
    year: int
    quarter: int
    theme: str
    owner_id: int
    owner: str
    owner_login: str | None
    state: str
    result: str | None
    closed_on: date | None
    processes: int
    changes: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"/process/audits/themes/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether its quarter is over while it is under way."""
        ends = date(self.year + (self.quarter == 4), self.quarter * 3 % 12 + 1, 1)
        return self.state == OptimisationState.OPEN and today >= ends


@dataclass(frozen=True)
class ThemeCard:
    """One themed optimisation."""

    line: ThemeLine
    why: str
    expected: str
    measured: str | None
    conclusion: str | None
    reason: str | None
    made_by: str
    made_at: datetime
    closed_by: str
    touched: tuple[TouchedLine, ...]


@dataclass(frozen=True)
class ThemeYear:
    """How a year stands: «2 of 3–4 done». least, most: how many a year are asked for."""

    year: int
    done: int
    open: int
    least: int
    most: int


def _narrowed(query: Select[Any], q: str | None, year: int | None, state: str | None) -> Select[Any]:
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Optimisation.number, Optimisation.theme, Optimisation.why))))
    if year:
        query = query.where(Optimisation.year == year)
    return query.where(Optimisation.state == state) if state else query


def theme_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None,
                start: int = 0, limit: int = 50) -> tuple[list[ThemeLine], int | None]:
    """Themed optimisations, newest year first and by quarter, and where the list goes on. Raises NotPermitted."""
    if not can(actor, SEE_AUDITS):
        raise NotPermitted()
    rows = list(session.scalars(_narrowed(select(Optimisation), q, year, state).order_by(
        Optimisation.year.desc(), Optimisation.quarter, Optimisation.id).offset(start).limit(limit + 1)))
    return _lines(session, rows[:limit]), start + limit if len(rows) > limit else None


def count_themes(session: Session, *, q: str | None = None, year: int | None = None, state: str | None = None) -> int:
    """How many fit."""
    return session.scalar(_narrowed(select(func.count()).select_from(Optimisation), q, year, state)) or 0


def _lines(session: Session, rows: Sequence[Optimisation]) -> list[ThemeLine]:
    people = directory(session).people
    counts = {theme: (many, changes) for theme, many, changes in session.execute(select(
        OptimisationProcess.theme_id, func.count(), func.count(OptimisationProcess.change_id)).where(
        OptimisationProcess.theme_id.in_([one.id for one in rows])).group_by(OptimisationProcess.theme_id))}
    return [ThemeLine(row.id, row.number, row.version, row.year, row.quarter, row.theme, row.owner_id,
                      people[row.owner_id].name if row.owner_id in people else "",
                      people[row.owner_id].login if row.owner_id in people else None, row.state, row.result, row.closed_on,
                      *counts.get(row.id, (0, 0))) for row in rows]


def theme_card(session: Session, actor: Actor, theme_id: int) -> ThemeCard:
    """One themed optimisation. Raises NotFound."""
    row = session.get(Optimisation, theme_id) if can(actor, SEE_AUDITS) else None
    if row is None:
        raise NotFound()
    people = directory(session).people
    touched = tuple(TouchedLine(process.id, process.number, process.name,
                                (line.change_id, number, state) if line.change_id is not None else None)
                    for line, process, number, state in session.execute(select(
                        OptimisationProcess, Process, Change.number, Change.state).join(
                        Process, Process.id == OptimisationProcess.process_id).outerjoin(
                        Change, Change.id == OptimisationProcess.change_id).where(
                        OptimisationProcess.theme_id == row.id).order_by(OptimisationProcess.id)))
    return ThemeCard(_lines(session, [row])[0], row.why, row.expected, row.measured, row.conclusion, row.reason,
                     people[row.made_by_id].name if row.made_by_id in people else "", row.made_at,
                     people[row.closed_by_id].name if row.closed_by_id in people else "", touched)


def year_of(session: Session, year: int) -> ThemeYear:
    """How many of a year are done, and how many are asked for."""
    states = Counter(session.scalars(select(Optimisation.state).where(Optimisation.year == year)))
    return ThemeYear(year, states[OptimisationState.CLOSED], states[OptimisationState.OPEN],
                     options.value(session, THEMES_LEAST), options.value(session, THEMES_MOST))
