"""What change requests say on the page of their process: which are open, who approved a version, their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.process.changes import rules
from kmsvc.process.changes.approvals import approvals_of
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import lines_of, may_see
from kmsvc.process.definitions.beside import Beside, OpenChange, give


def open_changes(session: Session, actor: Actor, process_ids: Sequence[int]) -> list[OpenChange]:
    """Open requests about these processes that this caller may see, oldest first; holders for a single process only."""
    rows = [row for row in session.scalars(select(Change).where(
        Change.process_id.in_(list(process_ids)), Change.closed_at.is_(None)).order_by(Change.id))
        if may_see(session, actor, row)]
    # who has it is for the page of one process; the list wants only what waits for its day
    wanted = rows if len(process_ids) == 1 else [row for row in rows if row.state == rules.State.RELEASING2]
    lines = {line.id: line for line in lines_of(session, wanted)}
    found = []
    for row in rows:
        step, line = rules.BY_STATE.get(row.state), lines.get(row.id)
        if step is not None:
            found.append(OpenChange(
                row.id, row.process_id or 0, row.number, row.title, step.number, step.state.label,
                line.holders if line else (), f"/process/changes/{row.id}", line.live_on if line else None))
    return found


def numbers(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """Change id -> number."""
    wanted = {one for one in ids if one}
    return {row.id: row.number for row in session.execute(
        select(Change.id, Change.number).where(Change.id.in_(wanted)))} if wanted else {}


give(Beside(open_changes, approvals_of, numbers))
