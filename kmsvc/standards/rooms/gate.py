"""Before anything else is looked at, whoever comes from outside is told what a stranger is told, unless the address is of their room;
what they look at then is noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request

from kmsvc.core.web import begin, current_actor, look, maybe_actor, settings, today
from kmsvc.core.work import Work
from kmsvc.standards.rooms.models import RoomRequest
from kmsvc.standards.rooms.queries import visible_room
from kmsvc.standards.rooms.rules import LookKind, shown_day
from kmsvc.standards.rooms.showing import item_words
from kmsvc.standards.rooms.visiting import note_look, thing_of


def check_guest() -> None:
    """Raise NotInvited for a guest whose room this is not, before inputs are read."""
    actor, named = maybe_actor(), request.view_args or {}
    if actor is None or not actor.guest:
        return
    with look() as work:
        row = work.session.get(RoomRequest, named["request_id"]) if "request_id" in named else None
        visible_room(work.session, actor, named.get("room_id", row.room_id if row is not None else 0), today())


def note(room_id: int, what: LookKind, *, clause: str | None = None, thing: str | None = None, as_of: date | None = None) -> None:
    """Put a look of a guest on record, page and JSON alike: after it was read, before anything is answered."""
    if not current_actor().guest:
        return
    with begin() as work:
        note_look(work, visible_room(work.session, work.actor, room_id, today()), what, clause=clause, thing=thing, as_of=as_of)


def thing_title(work: Work, room_id: int, data: Mapping[str, Any]) -> str:
    """How the thing of a loaded form is called, empty for the clause itself; NotFound for one that is not of this clause."""
    if not data["thing"]:
        return ""
    room = visible_room(work.session, work.actor, room_id, today())
    return item_words(thing_of(work, room.id, data["clause"], data["thing"], shown_day(data["as_of"], room.as_of, today()),
                               settings().timezone, today()))
