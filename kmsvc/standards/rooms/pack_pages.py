"""The packs of a room: ordered by one button, made in the background with how far it is in sight, taken away as often as wanted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.people.guests import for_guests
from kmsvc.standards.packs.pages import HEAD, MOST_EXPORTED, row_of, sign_of
from kmsvc.standards.packs.rules import UNDER_WAY, PackState
from kmsvc.standards.packs.schemas import filters_of
from kmsvc.standards.packs.serving import pack_answer
from kmsvc.standards.packs.tongue import PackLang
from kmsvc.standards.rooms import packing, queries
from kmsvc.standards.rooms.gate import check_guest, note
from kmsvc.standards.rooms.models import Room
from kmsvc.standards.rooms.rules import AskState, LookKind, shown_day
from kmsvc.standards.rooms.schemas import RoomPacksAsked, RoomPackWanted

blueprint = Blueprint("standards_room_packs_pages", __name__, url_prefix="/standards/rooms")
blueprint.before_request(check_guest)
PAGE = 50


@blueprint.get("/<int:room_id>/packs")
@for_guests
def index(room_id: int) -> str | Response:
    """What was ordered in the room, and the form to order some."""
    return _page(room_id)


def _page(room_id: int, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, said: str = "") -> str | Response:
    asked = query_data(RoomPacksAsked)
    with look() as work:
        room = _room(work, room_id)
        chosen = filters_of(asked)
        if asked["format"]:
            lines, rest = packing.cards_of(work.session, work.actor, room, chosen, limit=MOST_EXPORTED)
            answer: str | Response = list_answer(asked["format"], N_("Packs of proof"), HEAD, [row_of(one) for one in lines],
                                                 name=f"packs-{room.number}", more=rest is not None)
        else:
            lines, following = packing.cards_of(work.session, work.actor, room, chosen, before=asked["cursor"], limit=PAGE)
            first = {"as_of": shown_day(None, room.as_of, today()), "lang": PackLang.ZH.value if is_chinese() else PackLang.EN.value}
            answer = render_template(
                "standards/rooms/packs.html", card=queries.room_card(work.session, room), asked=asked, lines=lines, now=work.now,
                next_cursor=following, total=packing.count_of(work.session, work.actor, room, chosen), sign_of=sign_of, State=PackState,
                may=can(work.actor, packing.asking(work.actor)), stoppable={one.id for one in lines if packing.stoppable(
                    work.session, work.actor, one)}, typed=typed or first, errors=errors or {}, said=said,
                latest=shown_day(None, room.as_of, today()), under_way=any(one.state in UNDER_WAY for one in lines),
                states=[(one.value, label(one)) for one in PackState], langs=[(one.value, label(one)) for one in PackLang],
                waiting=sum(one.state == AskState.OPEN for one in queries.requests_of(work.session, room.id)))
    if current_actor().guest and "HX-Request" not in request.headers:  # a page that follows the progress by itself is one look
        note(room_id, LookKind.EXPORT if asked["format"] else LookKind.PACKS)
    return answer


def _room(work: Any, room_id: int) -> Room:
    return queries.visible_room(work.session, work.actor, room_id, today())


@blueprint.post("/<int:room_id>/packs")
@for_guests
def order(room_id: int) -> Response:
    """Order the proof of the room as a file that anybody can check without this service."""
    typed = form_data()
    try:
        data = load(RoomPackWanted, typed)
        with begin() as work:
            row = packing.order(work, room_id, as_of=data["as_of"], lang=data["lang"] or PackLang.ZH, today=today())
    except Refusal as error:
        if error.status not in (409, 422):
            raise
        told = form_refused(error)
        return make_response(_page(room_id, typed, told.errors, "" if told.errors else told.said), error.status)
    flash(sentence(N_("%(number)s is ordered. It is made in the background; you may go on working."), {"number": row.number}), "ok")
    return go(url_for(".index", room_id=room_id))


@blueprint.post("/<int:room_id>/packs/<int:pack_id>/cancel")
@for_guests
def cancel(room_id: int, pack_id: int) -> Response:
    """Stop one that is under way."""
    with begin() as work:
        row = packing.cancel(work, room_id, pack_id, today=today(), version=wanted_version())
    flash(sentence(N_("%(number)s is cancelled. It can be ordered again."), {"number": row.number}), "ok")
    return go(url_for(".index", room_id=room_id))


@blueprint.get("/<int:room_id>/packs/<int:pack_id>/file")
@for_guests
def fetch(room_id: int, pack_id: int) -> Response:
    """The zip; the same bytes each time."""
    with begin() as work:
        return pack_answer(packing.file_of(work, room_id, pack_id, today()), settings().data_dir)
