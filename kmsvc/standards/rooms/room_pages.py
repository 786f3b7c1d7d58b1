"""The room itself: for guests, and for the house as the guests see it. Read-only but for samples, marks, requests."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import label, sentence
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
from kmsvc.core.work import Work
from kmsvc.people.guests import for_guests
from kmsvc.standards.evidence.panels import parts_of
from kmsvc.standards.rooms import queries, showing, verbs, viewing, visiting
from kmsvc.standards.rooms.gate import check_guest, note, thing_title
from kmsvc.standards.rooms.models import Room, RoomRequest
from kmsvc.standards.rooms.permissions import KEEP_ROOMS
from kmsvc.standards.rooms.rules import AskState, Item, LookKind, shown_day, thawed
from kmsvc.standards.rooms.schemas import (
    RoomAskedPage,
    RoomDraw,
    RoomJudged,
    RoomQuestion,
    RoomRequestsAsked,
)

blueprint = Blueprint("standards_room_pages", __name__, url_prefix="/standards/rooms")
blueprint.before_request(check_guest)
PAGE = 100


def _room(work: Work, room_id: int) -> Room:
    return queries.visible_room(work.session, work.actor, room_id, today())


@blueprint.get("/<int:room_id>/room")
@for_guests
def room(room_id: int) -> str | Response:
    """The clauses of the room, and one of them with its population or a sample."""
    return _page(room_id, query_data(RoomAskedPage))


def _page(room_id: int, asked: dict[str, Any], *, refused: tuple[str, dict[str, Any], str] | None = None) -> str | Response:
    with look() as work:
        row = _room(work, room_id)
        it = viewing.seen(work.session, work.actor, row, shown_day(asked["as_of"], row.as_of, today()), settings().timezone)
        marks = queries.marks_of(work.session, row.id)
        chosen = _chosen(work, it, asked)
        items: list[Item] = chosen.get("items", [])
        if asked["format"] and chosen:
            seed = chosen["sample"].seed if chosen["sample"] else None
            answer: str | Response = list_answer(
                asked["format"], N_("Population and sample"), showing.ITEM_HEAD,
                [showing.item_row(one, seed, marks, asked["clause"]) for one in items],
                name=f"{row.number}-{asked['clause']}{'-' + seed if seed else ''}")
        else:
            start = asked["cursor"] or 0
            again = refused is not None and refused[0] == "ask"
            asks = refused[1].get("thing", "") if refused is not None and again else asked["asks"]
            answer = render_template(
                "standards/rooms/room.html", card=queries.room_card(work.session, row), it=it, asked=asked, show=showing, marks=marks,
                tree=viewing.tree(work.session, it, q=asked["q"], gaps=asked["gaps"], sampled=asked["sampled"]),
                judged=viewing.judged(work.session, it), clauses=sum(one.sub is None for one in it.clauses), now=work.now,
                shown=items[start:start + PAGE], next_cursor=start + PAGE if start + PAGE < len(items) else None, today=today(),
                later=viewing.later(work.session, work.actor, it, today()), days_left=(row.until_on - today()).days,
                refused=refused, may=work.actor.guest, asks=asks, verbs=verbs.REQUEST_VERBS, rooms=current_actor(),
                behind=lambda one: parts_of(work.session, one, it.span),
                request_offers=lambda one: {found.verb: found for found in verbs.request_offers(
                    work, work.get(RoomRequest, one.id), today())},
                waiting=sum(one.state == AskState.OPEN for one in queries.requests_of(work.session, row.id)), **chosen)
    note(room_id, _kind(asked, bool(chosen)), clause=asked["clause"], as_of=it.span.as_of,
         thing=showing.item_words(chosen["thing"]) if chosen and chosen["thing"] else None)
    return answer


def _chosen(work: Work, it: viewing.Seen, asked: dict[str, Any]) -> dict[str, Any]:
    """What belongs to the clause that is shown; nothing without one."""
    if not asked["clause"]:
        return {}
    clause = viewing.clause_in(it, asked["clause"])
    whole = viewing.population(work.session, it, clause)
    sample = visiting.frozen_of(work, it, asked["sample"]) if asked["sample"] else None
    items = [thawed(one) for one in sample.rows] if sample else whole
    chosen = next((one for one in [*items, *whole] if one.key == asked["thing"]), None) if asked["thing"] else None
    if asked["thing"] and chosen is None:
        raise NotFound()
    return {"clause": clause, "items": items, "whole": whole, "sample": sample, "thing": chosen,
            "samples": queries.samples_of(work.session, it.room.id, clause.name), "cover": it.rows[clause.name],
            "records": viewing.records_of(it, chosen) if chosen else [],
            "requests": queries.requests_of(work.session, it.room.id, clause=clause.name)}


def _kind(asked: dict[str, Any], has_clause: bool) -> LookKind:
    return LookKind.EXPORT if asked["format"] else LookKind.THING if asked["thing"] else LookKind.CLAUSE if has_clause else LookKind.ROOM


def _back(room_id: int, typed: dict[str, Any], **more: Any) -> Response:
    kept = {name: typed[name] for name in ("as_of", "sample", "q", "gaps", "sampled", "clause") if typed.get(name)}
    return go(url_for(".room", room_id=room_id, **{**kept, **more}))


def _refused(room_id: int, name: str, typed: dict[str, Any], error: Refusal) -> Response:
    if error.status not in (409, 422):
        raise error
    told = form_refused(error)
    kept = ("clause", *FORM, *(["thing"] if name == "mark" else []))
    try:
        asked = load(RoomAskedPage, {one: typed[one] for one in kept if typed.get(one)})
    except Refusal:
        asked = query_data(RoomAskedPage)
    return make_response(_page(room_id, asked, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)


FORM = ("as_of", "sample", "q", "gaps", "sampled")
"""what a form of the room carries along so that the page comes back as it was"""


def _inputs(typed: dict[str, Any], *without: str) -> dict[str, Any]:
    return {name: value for name, value in typed.items() if name not in {*FORM, *without} or (name == "as_of" and value)}


@blueprint.post("/<int:room_id>/draw")
@for_guests
def draw(room_id: int) -> Response:
    """Draw a sample by a seed."""
    typed = form_data()
    try:
        data = load(RoomDraw, _inputs(typed))
        with begin() as work:
            row = _room(work, room_id)
            made = visiting.draw(work, room_id, clause=data["clause"], size=data["size"], seed=data["seed"], today=today(),
                                 as_of=shown_day(data["as_of"], row.as_of, today()), zone=settings().timezone)
    except Refusal as error:
        return _refused(room_id, "draw", typed, error)
    flash(sentence(N_("Drawn by seed %(seed)s, and frozen."), {"seed": made.seed}), "ok")
    return _back(room_id, typed, sample=made.id)


@blueprint.post("/<int:room_id>/mark")
@for_guests
def mark(room_id: int) -> Response:
    """Judge a thing, or the clause."""
    typed = form_data()
    try:
        data = load(RoomJudged, _inputs(typed))
        with begin() as work:
            visiting.mark(work, room_id, clause=data["clause"], thing=data["thing"], finding=data["finding"], remark=data["remark"],
                          title=thing_title(work, room_id, data), today=today())
    except Refusal as error:
        return _refused(room_id, "mark", typed, error)
    return _back(room_id, typed, **({"at": data["thing"]} if data["thing"] else {}))


@blueprint.post("/<int:room_id>/ask")
@for_guests
def ask(room_id: int) -> Response:
    """Ask the house for something."""
    typed = form_data()
    try:
        data = load(RoomQuestion, _inputs(typed))
        with begin() as work:
            visiting.ask(work, room_id, clause=data["clause"], thing=data["thing"], text=data["text"], today=today(),
                         thing_title=thing_title(work, room_id, data))
    except Refusal as error:
        return _refused(room_id, "ask", typed, error)
    flash(sentence(N_("Asked. The house hears of it; the answer comes here.")), "ok")
    return _back(room_id, typed, **({"at": data["thing"]} if data["thing"] else {}))


@blueprint.get("/<int:room_id>/requests")
@for_guests
def requests(room_id: int) -> str:
    """Every request of the room with its thread."""
    return _requests(room_id)


def _requests(room_id: int, refused: tuple[str, dict[str, Any], str, int] | None = None) -> str:
    asked = query_data(RoomRequestsAsked)
    with look() as work:
        row = _room(work, room_id)
        cards = queries.requests_of(work.session, row.id)
        html = render_template(
            "standards/rooms/requests.html", card=queries.room_card(work.session, row), show=showing, asked=asked,
            verbs=verbs.REQUEST_VERBS, cards=[one for one in cards if asked["state"] in (None, one.state)], now=work.now,
            refused=refused, today=today(),
            counts={one.value: sum(card.state == one for card in cards) for one in AskState},
            states=[("", sentence(N_("All"))), *((one.value, label(one)) for one in AskState)], keeps=can(work.actor, KEEP_ROOMS),
            offers=lambda one: {found.verb: found for found in verbs.request_offers(work, work.get(RoomRequest, one.id), today())})
    note(room_id, LookKind.ASKED)
    return html


@blueprint.post("/requests/<int:request_id>/<any(answer, accept, send_back, withdraw):name>")
@for_guests
def act(request_id: int, name: str) -> Response:
    """Answer a request, accept the answer, ask further, or withdraw it."""
    typed = form_data()
    with look() as work:
        room_id = work.get(RoomRequest, request_id).room_id if _may_know(work, request_id) else 0
    try:
        data = load(verbs.REQUEST_VERBS[name].schema("Request"), typed)
        with begin() as work:
            verbs.act_on_request(work, request_id, name, data, today(), wanted_version())
    except Refusal as error:
        if error.status not in (409, 422):
            raise
        told = form_refused(error)
        return make_response(_requests(room_id, (name, {**typed, "errors": told.errors}, told.said, request_id)), error.status)
    flash(sentence(verbs.REQUEST_VERBS[name].said), "ok")
    return go(f"{url_for('.requests', room_id=room_id)}#r{request_id}")


def _may_know(work: Work, request_id: int) -> bool:
    row = work.session.get(RoomRequest, request_id)
    if row is None:
        _room(work, 0)
        return False
    _room(work, row.room_id)
    return True
