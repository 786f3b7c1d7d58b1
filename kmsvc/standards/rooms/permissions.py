"""Who keeps auditor's rooms, who of the house sees them and answers, and what a guest may do."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def _own(actor: Actor, request: Any) -> bool:
    return request is None or actor.can("standards.room.keep") or request.owner_id == actor.person_id


SEE_ROOMS = Permission("standards.room.see", N_("See auditor's rooms and what guests looked at"))
KEEP_ROOMS = Permission("standards.room.keep", N_("Open auditor's rooms, invite and revoke"))
ANSWER_ROOM = Permission("standards.room.answer", N_("Answer requests of an auditor's room"), _own)
VISIT_ROOM = Permission("standards.room.visit", N_("As a guest: see the room of the invitation, draw, mark and ask"))
