"""What is said about a change: remarks with their answers, on the whole text or on one paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.markup.diff import places
from kmsvc.markup.kept import revive
from kmsvc.people.accounts.queries import names
from kmsvc.process.changes.models import Change, Comment
from kmsvc.process.definitions.models import ProcessVersion


@dataclass(frozen=True)
class Remark:
    """One remark. place: section and headings of its paragraph, empty for the whole text; label: the version it is about."""

    id: int
    who: str
    at: datetime
    text: str
    block_id: str | None
    place: str
    label: str | None
    wants_answer: bool
    answer: str | None
    answered_by: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the author still owes an answer."""
        return self.wants_answer and self.answered_at is None


def remarks(session: Session, change: Change, *, with_places: bool = True) -> list[Remark]:
    """All remarks on a change, those waiting for an answer first, then newest first."""
    rows = list(session.scalars(select(Comment).where(Comment.change_id == change.id).order_by(Comment.id.desc())))
    who = names(session, [row.person_id for row in rows] + [row.answered_by_id for row in rows])
    versions = {row.id: row for row in session.scalars(select(ProcessVersion).where(
        ProcessVersion.id.in_({row.version_id for row in rows if row.version_id})))}
    where = {row.id: places(revive(row.blocks)) for row in versions.values()} if with_places else {}
    found = []
    for row in rows:
        version = versions.get(row.version_id or 0)
        place = where.get(row.version_id or 0, {}).get(row.block_id or "")
        found.append(Remark(
            row.id, who.get(row.person_id or 0, ""), row.at, row.text, row.block_id,
            " ".join(filter(None, (place.section, place.path[-1] if place.path else ""))) if place else "",
            version.label if version else None, row.wants_answer, row.answer, who.get(row.answered_by_id or 0, ""),
            row.answered_at))
    return sorted(found, key=lambda one: not one.is_open)
