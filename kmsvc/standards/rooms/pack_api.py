"""The packs of a room as JSON: order, look how far it is, cancel, fetch the file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import begin, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.guests import for_guests
from kmsvc.standards.packs.schemas import filters_of
from kmsvc.standards.packs.serving import pack_answer
from kmsvc.standards.packs.tongue import PackLang
from kmsvc.standards.rooms import packing
from kmsvc.standards.rooms.gate import check_guest, note
from kmsvc.standards.rooms.queries import visible_room
from kmsvc.standards.rooms.rules import LookKind
from kmsvc.standards.rooms.schemas import RoomPackNoInput, RoomPacksQuery, RoomPackWanted, room_pack_json

blueprint = Blueprint("standards_room_packs_api", __name__, url_prefix="/api/v1/standards/rooms")
blueprint.before_request(check_guest)


@blueprint.get("/<int:room_id>/packs")
@says(query=RoomPacksQuery)
@for_guests
def list_packs(room_id: int) -> Response:
    """Packs that were ordered in the room, newest first."""
    asked = query_data(RoomPacksQuery)
    with look() as work:
        room = visible_room(work.session, work.actor, room_id, today())
        cards, following = packing.cards_of(work.session, work.actor, room, filters_of(asked), before=cursor_id(asked["cursor"]),
                                            limit=asked["limit"])
    note(room_id, LookKind.PACKS)
    return reply(page([room_pack_json(room_id, one) for one in cards], following))


def _whole(work: Work, room_id: int, pack_id: int) -> dict[str, Any]:
    work.session.flush()
    room = visible_room(work.session, work.actor, room_id, today())
    card = packing.card_of(work.session, work.actor, room, pack_id)
    return room_pack_json(room_id, card, stoppable=packing.stoppable(work.session, work.actor, card))


@blueprint.post("/<int:room_id>/packs")
@says(body=RoomPackWanted)
@for_guests
def order(room_id: int) -> Response:
    """Order the proof of the room; the worker makes it."""
    data = load(RoomPackWanted)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = packing.order(work, room_id, as_of=data["as_of"], lang=data["lang"] or PackLang.ZH, today=today())
        body = _whole(work, room_id, row.id)
        return body, 200, body["version"]
    return posting(effect)


@blueprint.get("/<int:room_id>/packs/<int:pack_id>")
@for_guests
def show(room_id: int, pack_id: int) -> Response:
    """One order, with how far it is."""
    with look() as work:
        body = _whole(work, room_id, pack_id)
    note(room_id, LookKind.PACKS, thing=body["number"])
    return reply(body, version=body["version"])


@blueprint.post("/<int:room_id>/packs/<int:pack_id>/cancel")
@says(body=RoomPackNoInput)
@for_guests
def cancel(room_id: int, pack_id: int) -> Response:
    """Stop one that is under way; a guest only their own."""
    load(RoomPackNoInput)
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        packing.cancel(work, room_id, pack_id, today=today(), version=version)
        body = _whole(work, room_id, pack_id)
        return body, 200, body["version"]
    return posting(effect)


@blueprint.get("/<int:room_id>/packs/<int:pack_id>/file")
@says(answer="application/zip")
@for_guests
def fetch(room_id: int, pack_id: int) -> Response:
    """The zip; the same bytes each time."""
    with begin() as work:
        return pack_answer(packing.file_of(work, room_id, pack_id, today()), settings().data_dir)
