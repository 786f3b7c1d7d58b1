"""Change requests as they stood at the end of a day: the step by the history, which is never changed. W3.

Who had it in hands then is not on record, and is left out; who may see a request is today's right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import columns_then
from kmsvc.core.clock import start_of_day
from kmsvc.process.changes import rules
from kmsvc.process.changes.holding import visible
from kmsvc.process.changes.models import Change, HistoryEntry
from kmsvc.process.changes.queries import ChangeLine, lines_of

OF_THEN = ("title", "process_id", "urgency", "wanted_on")
"""what may be corrected later, and is told as it was"""


def lines_on(session: Session, actor: Actor, day: date, zone: str, *, q: str | None = None, state: str | None = None,
             phase: str | None = None, process_id: int | None = None, asker_id: int | None = None,
             urgency: str | None = None) -> list[ChangeLine]:
    """The requests that had been submitted by the end of a day, newest first, at their steps of then; filters as in the list of now."""
    cut = start_of_day(day + timedelta(days=1), zone)
    query = select(Change).where(Change.submitted_at < cut)
    if asker_id:
        query = query.where(Change.asker_id == asker_id)
    rows = visible(session, actor, session.scalars(query.order_by(Change.id.desc())).all())
    stood, was = _stood(session, cut), columns_then(session, Change.__tablename__, cut)
    told = {one.id: one for one in lines_of(session, rows)}
    found = [_then(told[row.id], was.get(row.id, {}), stood.get(row.id), cut) for row in rows]
    typed = (q or "").strip().casefold()
    return [one for one in found if (not typed or typed in one.title.casefold() or typed in one.number.casefold())
            and _fits(one, state) and phase in (None, one.phase) and process_id in (None, one.process_id)
            and urgency in (None, one.urgency)]


def _stood(session: Session, cut: datetime) -> dict[int, tuple[str, datetime]]:
    """Request -> the state it was in at the cut, and since when."""
    found: dict[int, tuple[str, datetime]] = {}
    for change_id, before, after, at in session.execute(select(
            HistoryEntry.change_id, HistoryEntry.from_state, HistoryEntry.to_state, HistoryEntry.at).where(
            HistoryEntry.at < cut).order_by(HistoryEntry.id)):
        if before != after or change_id not in found:
            found[change_id] = (after, at)
    return found


def _then(line: ChangeLine, was: dict[str, Any], stood: tuple[str, datetime] | None, cut: datetime) -> ChangeLine:
    state, since = stood or (rules.State.RECEIVED.value, line.submitted_at)
    step = rules.BY_STATE.get(state)
    held = {name: was.get(name, getattr(line, name)) for name in OF_THEN}
    wanted = held.pop("wanted_on")
    return ChangeLine(**vars(line) | held | {
        "wanted_on": date.fromisoformat(wanted) if isinstance(wanted, str) else wanted, "state": state, "step_since": since,
        "step": step.number if step else (15 if state == rules.State.RELEASED2 else 0), "phase": step.phase if step else None,
        "limit_days": step.limit_days if step else 0, "holders": (), "live_on": None,
        "closed_at": line.closed_at if line.closed_at is not None and line.closed_at < cut else None})


def _fits(one: ChangeLine, state: str | None) -> bool:
    if state in ("open", "closed"):
        return (one.closed_at is None) == (state == "open")
    return state in (None, "all", one.state)


def page_of(lines: Sequence[ChangeLine], before: int | None, limit: int) -> tuple[list[ChangeLine], int | None]:
    """So many of them from the one before this id, and the id to go on from."""
    left = [one for one in lines if before is None or one.id < before]
    return left[:limit], left[limit - 1].id if len(left) > limit else None
