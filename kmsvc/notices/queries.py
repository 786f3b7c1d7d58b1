"""Reads over inboxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kmsvc.notices.models import Notice

_UNREAD = select(func.count()).select_from(Notice).where(Notice.person_id == bindparam("person"), Notice.read_at.is_(None))


@dataclass(frozen=True)
class NoticeCard:
    """One inbox line, still as code and parameters."""

    id: int
    kind: str
    params: dict[str, Any]
    url: str
    made_at: datetime
    read_at: datetime | None


def unread_count(session: Session, person_id: int | None) -> int:
    """How many notices a person has not read."""
    return session.scalar(_UNREAD, {"person": person_id}) or 0


def inbox(session: Session, person_id: int | None, *, unread_only: bool = False, before: int | None = None,
          limit: int = 50) -> list[NoticeCard]:
    """A person's notices, newest first."""
    query = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    if before:
        query = query.where(Notice.id < before)
    return [NoticeCard(row.id, row.kind, row.params, row.url, row.made_at, row.read_at) for row in session.scalars(query)]
