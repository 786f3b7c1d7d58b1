"""Rooms as JSON, with `allowed`: for the house, and for a guest with a session the one room of the invitation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.guests import for_guests
from kmsvc.standards.evidence.panels import parts_of
from kmsvc.standards.evidence.schemas import record_json
from kmsvc.standards.rooms import queries, usecases, verbs, viewing, visiting
from kmsvc.standards.rooms.gate import check_guest, note, thing_title
from kmsvc.standards.rooms.models import Room, RoomRequest, RoomSample
from kmsvc.standards.rooms.pages import opened
from kmsvc.standards.rooms.permissions import SEE_ROOMS
from kmsvc.standards.rooms.rules import LookKind, shown_day, thawed
from kmsvc.standards.rooms.schemas import (
    NewRoom,
    RoomDraw,
    RoomJudged,
    RoomLooksQuery,
    RoomQuestion,
    RoomRequestsQuery,
    RoomsQuery,
    RoomThingQuery,
    RoomThingsQuery,
    RoomTreeQuery,
    allowed_json,
    guest_json,
    item_json,
    line_json,
    look_json,
    request_json,
    room_json,
    sample_json,
    sample_number,
)
from kmsvc.standards.rooms.showing import item_words, part_json

blueprint = Blueprint("standards_rooms_api", __name__, url_prefix="/api/v1/standards/rooms")
blueprint.before_request(check_guest)


def _room(work: Work, room_id: int) -> Room:
    return queries.visible_room(work.session, work.actor, room_id, today())


@blueprint.get("")
@says(query=RoomsQuery)
def list_rooms() -> Response:
    """Rooms, the newest first."""
    require(current_actor(), SEE_ROOMS)
    asked = query_data(RoomsQuery)
    with look() as work:
        cards, following = queries.room_cards(work.session, work.actor, q=asked["q"], state=asked["state"],
                                              after=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([room_json(one) for one in cards], following))


def _whole(work: Work, room_id: int) -> dict[str, Any]:
    work.session.flush()
    row = _room(work, room_id)
    found = room_json(queries.room_card(work.session, row)) | {
        "allowed": allowed_json(f"/api/v1/standards/rooms/{row.id}", verbs.room_offers(work, row, today()))}
    if can(work.actor, SEE_ROOMS):
        found["people"] = [guest_json(one) for one in queries.guests_of(work.session, row.id, work.now)]
    return found


@blueprint.get("/<int:room_id>")
@for_guests
def show_room(room_id: int) -> Response:
    """One room; for the house with its guests and what may be done."""
    with look() as work:
        body = _whole(work, room_id)
    note(room_id, LookKind.ROOM)
    return reply(body, version=body["version"])


@blueprint.post("")
@says(body=NewRoom, status=201)
def create_room() -> Response:
    """Open a room for one audit."""
    data = load(NewRoom)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        body = _whole(work, usecases.open_room(work, **opened(data), today=today()).id)
        return body, 201, body["version"]
    return posting(effect)


def _act(room_id: int, name: str) -> Response:
    data, version = load(verbs.ROOM_VERBS[name].schema()), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        verbs.act_on_room(work, room_id, name, data, today(), version, settings().timezone)
        body = _whole(work, room_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, room_id))


@blueprint.post("/<int:room_id>/invite")
@says(body=verbs.ROOM_VERBS["invite"].schema())
def invite(room_id: int) -> Response:
    """Invite an auditor by mail; the link stands in the letter only."""
    return _act(room_id, "invite")


@blueprint.post("/<int:room_id>/change")
@says(body=verbs.ROOM_VERBS["change"].schema())
def change(room_id: int) -> Response:
    """Another last day, another day that is shown, somebody else who answers."""
    return _act(room_id, "change")


@blueprint.post("/<int:room_id>/revoke")
@says(body=verbs.ROOM_VERBS["revoke"].schema())
def revoke(room_id: int) -> Response:
    """Let a guest in no more, at once."""
    return _act(room_id, "revoke")


@blueprint.post("/<int:room_id>/close")
@says(body=verbs.ROOM_VERBS["close"].schema())
def close(room_id: int) -> Response:
    """Let nobody in any more."""
    return _act(room_id, "close")


@blueprint.post("/<int:room_id>/reopen")
@says(body=verbs.ROOM_VERBS["reopen"].schema())
def reopen(room_id: int) -> Response:
    """Let them in again."""
    return _act(room_id, "reopen")


@blueprint.get("/<int:room_id>/looks")
@says(query=RoomLooksQuery)
def list_looks(room_id: int) -> Response:
    """Every look of the guests, the newest first."""
    asked = query_data(RoomLooksQuery)
    with look() as work:
        require(work.actor, SEE_ROOMS)
        lines, following = queries.looks_of(work.session, _room(work, room_id).id, person_id=asked["person"], what=asked["what"],
                                            after=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([look_json(*one) for one in lines], following))


def _seen(work: Work, room_id: int, asked: Any) -> viewing.Seen:
    row = _room(work, room_id)
    return viewing.seen(work.session, work.actor, row, shown_day(asked, row.as_of, today()), settings().timezone)


@blueprint.get("/<int:room_id>/clauses")
@says(query=RoomTreeQuery)
@for_guests
def list_clauses(room_id: int) -> Response:
    """The clauses of the room under their sections, with how each is proven."""
    asked = query_data(RoomTreeQuery)
    with look() as work:
        it = _seen(work, room_id, asked["as_of"])
        lines = viewing.tree(work.session, it, q=asked["q"], gaps=asked["gaps"], sampled=asked["sampled"])
    note(room_id, LookKind.ROOM, as_of=it.span.as_of)
    return reply(part_of(lines, asked, line_json) | {"as_of": it.span.as_of})


@blueprint.get("/<int:room_id>/clauses/<clause>/things")
@says(query=RoomThingsQuery)
@for_guests
def list_things(room_id: int, clause: str) -> Response:
    """Everything a clause is about in the period: its population, with the mark of each."""
    asked = query_data(RoomThingsQuery)
    with look() as work:
        it = _seen(work, room_id, asked["as_of"])
        found, marks = viewing.population(work.session, it, viewing.clause_in(it, clause)), queries.marks_of(work.session, room_id)
    note(room_id, LookKind.CLAUSE, clause=clause, as_of=it.span.as_of)
    return reply(part_of(found, asked, lambda one: item_json(one, None, marks, clause)) | {"as_of": it.span.as_of})


@blueprint.get("/<int:room_id>/clauses/<clause>/things/<thing>")
@says(query=RoomThingQuery)
@for_guests
def show_thing(room_id: int, clause: str, thing: str) -> Response:
    """One thing of a clause with its records, and what stands behind each on the day that is shown."""
    asked = query_data(RoomThingQuery)
    with look() as work:
        it = _seen(work, room_id, asked["as_of"])
        found = visiting.thing_in(work.session, it, clause, thing)
        body = item_json(found, None, queries.marks_of(work.session, room_id), clause) | {
            "as_of": it.span.as_of, "behind": [record_json(one) | {
                "parts": [part_json(part) for part in parts_of(work.session, one, it.span)]} for one in viewing.records_of(it, found)]}
    note(room_id, LookKind.THING, clause=clause, thing=item_words(found), as_of=it.span.as_of)
    return reply(body)


@blueprint.get("/<int:room_id>/samples/<int:sample_id>")
@for_guests
def show_sample(room_id: int, sample_id: int) -> Response:
    """A drawn sample: seed, hash of the population, frozen rows, and the mark of each."""
    with look() as work:
        row = _room(work, room_id)
        found = work.get(RoomSample, sample_id)
        if found.room_id != row.id:
            found = work.get(RoomSample, None)
        marks = queries.marks_of(work.session, row.id)
        items = [item_json(thawed(one), found.seed, marks, found.clause) for one in found.rows]
    note(room_id, LookKind.CLAUSE, clause=found.clause, thing=sample_number(found), as_of=found.as_of)
    return reply(sample_json(found) | {"items": items})


@blueprint.get("/<int:room_id>/samples")
@says(query=PageQuery)
@for_guests
def list_samples(room_id: int) -> Response:
    """What was drawn in the room, the newest first."""
    asked = query_data(PageQuery)
    with look() as work:
        rows = queries.samples_of(work.session, _room(work, room_id).id)
    note(room_id, LookKind.ROOM)
    return reply(part_of(rows, asked, sample_json))


@blueprint.post("/<int:room_id>/draw")
@says(body=RoomDraw)
@for_guests
def draw(room_id: int) -> Response:
    """Draw a sample by a seed and freeze it; guests only."""
    data = load(RoomDraw)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = _room(work, room_id)
        made = visiting.draw(work, room_id, clause=data["clause"], size=data["size"], seed=data["seed"], zone=settings().timezone,
                             as_of=shown_day(data["as_of"], row.as_of, today()), today=today())
        return sample_json(made), 200, None
    return posting(effect)


@blueprint.post("/<int:room_id>/mark")
@says(body=RoomJudged)
@for_guests
def mark(room_id: int) -> Response:
    """Judge a thing or the clause; guests only."""
    data = load(RoomJudged)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = visiting.mark(work, room_id, clause=data["clause"], thing=data["thing"], finding=data["finding"], remark=data["remark"],
                             title=thing_title(work, room_id, data), today=today())
        return {"clause": made.clause, "thing": made.thing or None, "thing_title": made.thing_title, "finding": made.mark,
                "remark": made.remark, "at": made.at}, 200, None
    return posting(effect)


def _request(work: Work, request_id: int) -> dict[str, Any]:
    work.session.flush()
    row = work.session.get(RoomRequest, request_id)
    _room(work, row.room_id if row is not None else 0)
    assert row is not None
    return request_json(queries.request_cards(work.session, [row])[0], verbs.request_offers(work, row, today()))


@blueprint.get("/<int:room_id>/requests")
@says(query=RoomRequestsQuery)
@for_guests
def list_requests(room_id: int) -> Response:
    """Requests with their threads, the newest first."""
    asked = query_data(RoomRequestsQuery)
    with look() as work:
        cards = queries.requests_of(work.session, _room(work, room_id).id, state=asked["state"])
        found = part_of(cards, asked, lambda one: request_json(
            one, verbs.request_offers(work, work.get(RoomRequest, one.id), today())))
    note(room_id, LookKind.ASKED)
    return reply(found)


@blueprint.post("/<int:room_id>/ask")
@says(body=RoomQuestion)
@for_guests
def ask(room_id: int) -> Response:
    """Ask the house for something; guests only."""
    data = load(RoomQuestion)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = visiting.ask(work, room_id, clause=data["clause"], thing=data["thing"], thing_title=thing_title(work, room_id, data),
                            text=data["text"], today=today())
        return _request(work, made.id), 200, None
    return posting(effect)


@blueprint.get("/requests/<int:request_id>")
@for_guests
def show_request(request_id: int) -> Response:
    """One request with its thread and what may be done."""
    with look() as work:
        body = _request(work, request_id)
    note(body["room_id"], LookKind.ASKED, clause=body["clause"], thing=body["number"])
    return reply(body, version=body["version"])


def _move(request_id: int, name: str) -> Response:
    data, version = load(verbs.REQUEST_VERBS[name].schema("Request")), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        _request(work, request_id)
        verbs.act_on_request(work, request_id, name, data, today(), version)
        body = _request(work, request_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _request(work, request_id))


@blueprint.post("/requests/<int:request_id>/answer")
@says(body=verbs.REQUEST_VERBS["answer"].schema("Request"))
def answer(request_id: int) -> Response:
    """Answer what was asked for; the house only."""
    return _move(request_id, "answer")


@blueprint.post("/requests/<int:request_id>/accept")
@says(body=verbs.REQUEST_VERBS["accept"].schema("Request"))
@for_guests
def accept(request_id: int) -> Response:
    """Accept the answer; guests only."""
    return _move(request_id, "accept")


@blueprint.post("/requests/<int:request_id>/send_back")
@says(body=verbs.REQUEST_VERBS["send_back"].schema("Request"))
@for_guests
def send_back(request_id: int) -> Response:
    """Ask further; guests only."""
    return _move(request_id, "send_back")


@blueprint.post("/requests/<int:request_id>/withdraw")
@says(body=verbs.REQUEST_VERBS["withdraw"].schema("Request"))
@for_guests
def withdraw(request_id: int) -> Response:
    """Withdraw a request; guests only."""
    return _move(request_id, "withdraw")
