"""Who approved a version: the signatures whose hash is the version's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.queries import names
from kmsvc.process.changes.models import Signature
from kmsvc.process.definitions.models import ProcessVersion


def approvals_of(session: Session, versions: Mapping[int, str]) -> dict[int, list[dict[str, Any]]]:
    """Signatures given in each version's change on exactly its text: capacity, who, when, hash. versions: id -> content
    hash."""
    rows = session.execute(
        select(ProcessVersion.id.label("version_id"), Signature).join(Signature, Signature.change_id == ProcessVersion.change_id)
        .where(ProcessVersion.id.in_(list(versions))).order_by(Signature.id)).all()
    given = [(version_id, row) for version_id, row in rows if row.content_hash == versions[version_id]]
    who = names(session, [row.person_id for _, row in given])
    found: dict[int, list[dict[str, Any]]] = {version_id: [] for version_id in versions}
    for version_id, row in given:
        found[version_id].append({
            "capacity": row.capacity, "person": who.get(row.person_id, ""), "at": row.at, "step": row.step,
            "content_hash": row.content_hash, "meaning": row.meaning, "comment": row.comment})
    return found
