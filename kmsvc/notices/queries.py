"""Reads over inboxes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.notices.models import Notice
from kmsvc.notices.wording import HIDDEN

_OF_ADDRESS = {"process/changes": "change", "process/definitions": "process", "knowledge/articles": "article"}
_ADDRESS = re.compile(rf"/({'|'.join(_OF_ADDRESS)})/(\d{{1,15}})\b")
_UNREAD = select(func.count()).select_from(Notice.__table__).where(
    Notice.__table__.c.person_id == bindparam("person"), Notice.__table__.c.read_at.is_(None))


@dataclass(frozen=True)
class NoticeCard:
    """One inbox line, still as code and parameters."""

    id: int
    kind: str
    params: dict[str, Any]
    url: str
    made_at: datetime
    read_at: datetime | None


def last_told(session: Session, person_ids: list[int], prefix: str, since: datetime) -> dict[int, datetime]:
    """When each of these people was last told something since then whose dedup begins so."""
    return {row.person_id: row.at for row in session.execute(
        select(Notice.person_id, func.max(Notice.made_at).label("at")).where(
            Notice.person_id.in_(person_ids), Notice.dedup.startswith(prefix, autoescape=True), Notice.made_at >= since)
        .group_by(Notice.person_id))}


def unread_count(session: Session, person_id: int | None) -> int:
    """How many notices a person has not read."""
    return session.scalar(_UNREAD, {"person": person_id}) or 0


def inbox(session: Session, actor: Actor, *, unread_only: bool = False, about: str | None = None, before: int | None = None,
          limit: int = 50) -> list[NoticeCard]:
    """A person's notices, newest first; the title of a thing this person may not see now is left out (R-A4).

    about: the beginning of a kind, up to a full stop.
    """
    query = select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id.desc()).limit(limit)
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    if about:
        query = query.where(Notice.kind.startswith(f"{about}.", autoescape=True))
    if before:
        query = query.where(Notice.id < before)
    rows = list(session.scalars(query))
    things = {row.id: thing for row in rows if (thing := _subject(row)) is not None}
    open_now = {(kind, one) for kind in {kind for kind, _ in things.values()}
                for one in cards.whole_cards(session, actor, kind, {ref for of, ref in things.values() if of == kind})}
    return [NoticeCard(
        row.id, row.kind, row.params if things.get(row.id) is None or things[row.id] in open_now else row.params | {"title": HIDDEN},
        row.url, row.made_at, row.read_at) for row in rows]


def _subject(row: Notice) -> tuple[str, int] | None:
    """The thing a notice names; of one written before it was kept, the thing its address leads to."""
    if "about" in row.params:
        kept = row.params["about"]
        return (str(kept[0]), int(kept[1])) if kept else None
    found = _ADDRESS.match(row.url)
    return (_OF_ADDRESS[found[1]], int(found[2])) if found else None
