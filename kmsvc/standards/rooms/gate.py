"""Before anything else is looked at, whoever comes from outside is told what a stranger is told, unless the address is of their room."""

from __future__ import annotations

from flask import request

from kmsvc.core.web import look, maybe_actor, today
from kmsvc.standards.rooms.models import RoomRequest
from kmsvc.standards.rooms.queries import visible_room


def check_guest() -> None:
    """Raise NotInvited for a guest whose room this is not, before inputs are read."""
    actor, named = maybe_actor(), request.view_args or {}
    if actor is None or not actor.guest:
        return
    with look() as work:
        row = work.session.get(RoomRequest, named["request_id"]) if "request_id" in named else None
        visible_room(work.session, actor, named.get("room_id", row.room_id if row is not None else 0), today())
