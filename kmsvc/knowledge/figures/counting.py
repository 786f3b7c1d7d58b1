"""From notes of searches to figures: how each ended is judged while it is known who searched, noted beside it, and counted by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.work import Database
from kmsvc.knowledge.figures.ending import outcomes_of
from kmsvc.knowledge.figures.models import FigureDay, FigureProgress
from kmsvc.knowledge.figures.permissions import COUNT_FIGURES
from kmsvc.knowledge.figures.rules import NO_TIME, OPENED, Outcome, step_of
from kmsvc.knowledge.gaps.rules import AGAIN, Noted, by_person
from kmsvc.search.models import SearchEvent
from kmsvc.search.noting import SAME_SEARCH, note_outcomes

BATCH = 500
FOLLOWING = 2000
REST = SAME_SEARCH + timedelta(minutes=5)
"""a note is judged when nothing changes it any more"""
_EVENT = SearchEvent.__table__
_NOTES = select(_EVENT.c.id, _EVENT.c.at, _EVENT.c.person_id, _EVENT.c.query, _EVENT.c.filters, _EVENT.c.found, _EVENT.c.opened_id,
                _EVENT.c.acted, _EVENT.c.unit_id, _EVENT.c.took_ms).order_by(_EVENT.c.id)
Key = tuple[date, int, str, int]


def count_all(db: Database, actor: Actor, zone: str, stopping: Callable[[], bool] = lambda: False, rest: Rest = at_once) -> int:
    """Judge and count all notes that came to rest, a batch at a time; returns how many."""
    total = 0
    while not stopping() and (count := count_some(db, actor, zone)):
        total += count
        if count < BATCH:
            break
        rest()
    return total


def count_some(db: Database, actor: Actor, zone: str) -> int:
    """Judge and count the next notes; returns how many. Twice is once: how far it is stands in the same transaction."""
    with db.look(actor) as work:
        done = _done(work.session)
        rows = list(takewhile(lambda row: row.at <= work.now - REST, work.session.execute(
            _NOTES.where(_EVENT.c.id > done).limit(BATCH))))
        if not rows:
            return 0
        after = list(work.session.execute(_NOTES.where(
            _EVENT.c.id > rows[-1].id, _EVENT.c.at <= rows[-1].at + AGAIN).limit(FOLLOWING)))
    ended = _ended(rows, after)
    counts: Counter[Key] = Counter(_key(row, ended[row.id], zone) for row in rows if ended[row.id] is not Outcome.PASSED)
    with db.begin(actor) as work:
        work.permit(COUNT_FIGURES)
        leases.wait_turn(work.session, "figures")
        if _done(work.session) != done:
            return 0
        note_outcomes(work, {one: outcome.value for one, outcome in ended.items()})
        for key, times in sorted(counts.items()):
            row = work.session.get(FigureDay, key)
            if row is None:
                row = FigureDay(day=key[0], unit_id=key[1], outcome=key[2], took=key[3], searches=0)
                work.session.add(row)
            row.searches += times
        progress = work.session.get(FigureProgress, 1)
        if progress is None:
            progress = FigureProgress(id=1, event_id=0)
            work.session.add(progress)
        progress.event_id = rows[-1].id
    return len(rows)


def _done(session: Session) -> int:
    return session.scalar(select(FigureProgress.event_id).where(FigureProgress.id == 1)) or 0


def _ended(rows: list[Any], after: list[Any]) -> dict[int, Outcome]:
    mine = {row.id for row in rows}
    noted = [Noted(row.id, row.at, row.person_id, row.query, bool(row.filters), row.found, row.opened_id is not None, row.acted)
             for row in (*rows, *after)]
    return {one.id: outcome for part in by_person(noted) for one, outcome in outcomes_of(part) if one.id in mine}


def _key(row: Any, outcome: Outcome, zone: str) -> Key:
    took = step_of(row.took_ms) if outcome in OPENED else NO_TIME
    return local_date(row.at, zone), row.unit_id or 0, outcome.value, took
