"""What a delivery says: a fact with ids, as the account of the hook may know it at the moment of sending. Never words of a text."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.api import jsonable
from kmsvc.hooks.models import Hook, HookDelivery
from kmsvc.hooks.rules import OFFERED, TESTED, bare
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of


def account_of(session: Session, hook: Hook) -> Actor | None:
    """The party with whose rights a hook is told; None where the account is no longer in use."""
    person = session.get(Person, hook.person_id)
    if person is None or person.state != "active":
        return None
    return actor_of(session, person, login="", via="worker")


def message_of(session: Session, actor: Actor, row: HookDelivery, base_url: str) -> dict[str, Any] | None:
    """The body of a delivery; None where it is not for this account."""
    head = {"id": row.uid, "kind": row.kind, "at": jsonable(row.at)}
    if row.kind == TESTED:
        return {**head, "subjects": [], "data": {}}
    offered = OFFERED.get(row.kind)
    if offered is None or (offered.permission is not None and not actor.can(offered.permission)):
        return None
    data = bare(row.payload)
    if offered.subject is None:
        return {**head, "subjects": [], "data": data}
    kind, field = offered.subject
    if kind.startswith("@"):
        kind = str(row.payload.get(kind[1:], ""))
    named = row.payload.get(field)
    ids = named if isinstance(named, list) else [named]
    seen = cards.whole_cards(session, actor, kind, [one for one in ids if isinstance(one, int)])
    if not seen:
        return None
    if isinstance(named, list):
        data[field] = sorted(seen)
    return {**head, "subjects": [{"kind": kind, "id": one.id, "number": one.number, "url": base_url + one.url}
                                 for one in sorted(seen.values(), key=lambda one: one.id)], "data": data}


def as_bytes(message: dict[str, Any]) -> bytes:
    """The message as it is signed and sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
