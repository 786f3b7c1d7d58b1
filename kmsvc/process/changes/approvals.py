"""Who approved a version: the signatures whose hash is the version's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.queries import names
from kmsvc.process.changes.models import Signature
from kmsvc.process.definitions.models import ProcessVersion


def approvals_of(session: Session, version_id: int, content_hash: str) -> list[dict[str, Any]]:
    """Signatures given in the version's change on exactly this text: capacity, who, when, hash."""
    version = session.get(ProcessVersion, version_id)
    if version is None or version.change_id is None:
        return []
    rows = list(session.scalars(select(Signature).where(
        Signature.change_id == version.change_id, Signature.content_hash == content_hash).order_by(Signature.id)))
    who = names(session, [row.person_id for row in rows])
    return [{"capacity": row.capacity, "person": who.get(row.person_id, ""), "at": row.at, "step": row.step,
             "content_hash": row.content_hash, "meaning": row.meaning, "comment": row.comment} for row in rows]
