"""Inputs and answers of rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Act, Offer, allowed
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Secret, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.people.accounts.rules import LONGEST_PASSWORD
from kmsvc.standards.evidence.rules import MODEL
from kmsvc.standards.evidence.sampling import rank
from kmsvc.standards.packs.queries import PackCard
from kmsvc.standards.packs.schemas import PacksNarrowed, pack_json, pack_lang
from kmsvc.standards.rooms.models import RoomLook, RoomMark, RoomSample
from kmsvc.standards.rooms.queries import GuestCard, RequestCard, RoomCard
from kmsvc.standards.rooms.rules import AskState, Item, LookKind, RoomFinding, RoomState
from kmsvc.standards.rooms.viewing import TreeLine

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_ID = validate.Range(min=1)
_CLAUSE = validate.Length(max=20)


class RoomsNarrowed(InputSchema):
    """What the list of rooms is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in RoomState], metadata={"label": N_("State")})


class RoomsAsked(RoomsNarrowed):
    """The filters of the page."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class RoomsQuery(PageQuery, RoomsNarrowed):
    """Filters of rooms."""


class NewRoom(InputSchema):
    """What an auditor is to see. clauses: `42, 43`, or empty for all."""

    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    model = Line(load_default=MODEL, validate=validate.Length(max=60), metadata={"label": N_("Standard")})
    year = Whole(required=True, validate=validate.Range(min=2000, max=2100), error_messages=NEEDED, metadata={"label": N_("Year")})
    clauses = Line(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Clauses")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    from_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Open from")})
    until_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Open until")})
    keeper = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who answers requests")})


class RoomEntry(InputSchema):
    """The password a guest chooses."""

    new = Secret(required=True, validate=validate.Length(max=LONGEST_PASSWORD), error_messages=NEEDED,
                 metadata={"label": N_("New password")})


class RoomShown(InputSchema):
    """Which day and which clauses of a room."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    gaps = fields.Boolean(load_default=False, metadata={"label": N_("Gaps only")})
    sampled = fields.Boolean(load_default=False, metadata={"label": N_("Sampled only")})


class RoomAskedPage(RoomShown):
    """What the page shows: a clause, of it the population or a sample, one thing beside it; at: the thing judged last."""

    clause = Line(load_default=None, allow_none=True, validate=_CLAUSE, metadata={"label": N_("Clause")})
    sample = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Sample")})
    thing = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Thing")})
    at = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    asks = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class RoomTreeQuery(PageQuery, RoomShown):
    """Filters of the clauses of a room."""


class RoomThingsQuery(PageQuery):
    """Which day."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class RoomThingQuery(InputSchema):
    """Which day."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class RoomDraw(InputSchema):
    """Of which clause how many things; a seed, or one is thrown."""

    clause = Line(required=True, validate=_CLAUSE, error_messages=NEEDED, metadata={"label": N_("Clause")})
    size = Whole(required=True, validate=validate.Range(min=1, max=200, error=N_("1 to 200 things.")), error_messages=NEEDED,
                 metadata={"label": N_("Size of the sample")})
    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Seed")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class RoomJudged(InputSchema):
    """What was found of a thing; without one of the clause itself."""

    clause = Line(required=True, validate=_CLAUSE, error_messages=NEEDED, metadata={"label": N_("Clause")})
    thing = Line(load_default="", validate=validate.Length(max=64), metadata={"label": N_("Thing")})
    finding = fields.String(required=True, validate=validate.OneOf([one.value for one in RoomFinding]), error_messages=NEEDED,
                            metadata={"label": N_("Finding")})
    remark = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Remark")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class RoomQuestion(InputSchema):
    """What an auditor asks for."""

    clause = Line(required=True, validate=_CLAUSE, error_messages=NEEDED, metadata={"label": N_("Clause")})
    thing = Line(load_default="", validate=validate.Length(max=64), metadata={"label": N_("Thing")})
    text = Text(required=True, validate=validate.Length(min=1, max=4000), error_messages=NEEDED, metadata={"label": N_("Request")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class RoomRequestsAsked(InputSchema):
    """Which requests."""

    state = Choice([one.value for one in AskState], metadata={"label": N_("State")})


class RoomRequestsQuery(PageQuery, RoomRequestsAsked):
    """Filters of requests."""


class RoomPackWanted(InputSchema):
    """The pack of a room: as of which day, in which language."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    lang = pack_lang()


class RoomPacksAsked(PacksNarrowed):
    """The filters of the page of packs."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class RoomPacksQuery(PageQuery, PacksNarrowed):
    """Filters of the packs of a room."""


class RoomPackNoInput(InputSchema):
    """Nothing is asked for."""


class RoomLooksNarrowed(InputSchema):
    """Which looks."""

    person = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who")})
    what = Choice([one.value for one in LookKind], metadata={"label": N_("What")})


class RoomLooksAsked(RoomLooksNarrowed):
    """The filters of the page."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class RoomLooksQuery(PageQuery, RoomLooksNarrowed):
    """Filters of looks."""


def clauses_of_text(text: str | None) -> list[str]:
    """The clauses somebody typed: `42, 43.1`, with any mark between them."""
    return [one for one in re.split(r"[\s,，、;；#]+", text or "") if one]


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]


def room_json(one: RoomCard) -> dict[str, Any]:
    """A room in a list, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "title": one.title, "model": one.model, "year": one.year,
            "clauses": list(one.clauses), "as_of": one.as_of, "from_on": one.from_on, "until_on": one.until_on, "state": one.state,
            "keeper": one.keeper, "keeper_id": one.keeper_id, "guests": one.guests, "waiting": one.waiting, "looks": one.looks,
            "url": one.url}


def guest_json(one: GuestCard) -> dict[str, Any]:
    """A guest, as JSON."""
    return {"id": one.id, "person_id": one.person_id, "name": one.name, "email": one.email, "login": one.login, "stand": one.stand,
            "invited_at": one.invited_at, "link_until": one.token_until, "entered_at": one.entered_at, "revoked_at": one.revoked_at,
            "looks": one.looks, "last_at": one.last_at}


def request_json(one: RequestCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """A request with its thread, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "room_id": one.room_id, "clause": one.clause,
            "thing": one.thing or None, "thing_title": one.thing_title or None, "text": one.text, "state": one.state,
            "due_on": one.due_on, "owner": one.owner, "asked_by": one.asked_by, "asked_at": one.asked_at,
            "words": [{"verb": word.verb, "text": word.text, "by": word.by, "at": word.at} for word in one.words],
            "allowed": allowed_json(f"/api/v1/standards/rooms/requests/{one.id}", offers)}


def line_json(one: TreeLine) -> dict[str, Any]:
    """A line of the tree, as JSON."""
    cover = one.cover.cover if one.cover is not None else None
    return {"kind": one.kind, "name": one.name, "title_zh": one.title_zh, "title_en": one.title_en, "met": one.met, "asked": one.asked,
            "state": cover.state.value if cover else None, "records": cover.records if cover else None, "mark": one.mark}


def item_json(one: Item, seed: str | None, marks: Mapping[tuple[str, str], RoomMark], clause: str) -> dict[str, Any]:
    """A thing of a population or a sample, as JSON; rank: by the published rule, where a seed drew it."""
    said = marks.get((clause, one.key))
    return {"key": one.key, "number": one.number, "title": one.title, "on": one.on, "result": one.result, "who": one.who or None,
            "lacks": one.lacks, "records": [{"kind": kind, "id": of} for kind, of in one.records],
            "rank": rank(seed, one.key) if seed is not None else None, "mark": said.mark if said else RoomFinding.NONE.value,
            "remark": said.remark if said else None}


def sample_number(one: RoomSample) -> str:
    """What people call a sample by: `42/4711`."""
    return f"{one.clause}/{one.seed}"


def sample_json(one: RoomSample) -> dict[str, Any]:
    """A drawn sample, as JSON: all that is needed to draw it again."""
    return {"id": one.id, "number": sample_number(one), "clause": one.clause, "seed": one.seed, "size": one.size,
            "population": one.population, "population_hash": one.population_hash, "as_of": one.as_of, "drawn_at": one.drawn_at,
            "rows": one.rows}


def room_pack_json(room_id: int, one: PackCard, *, stoppable: bool | None = None) -> dict[str, Any]:
    """A pack of a room, as JSON; stoppable: with what this caller may do now."""
    base = f"/api/v1/standards/rooms/{room_id}/packs/{one.id}"
    told = pack_json(one) | {"room_id": room_id}
    told["file"] = f"{base}/file" if told["file"] else None
    if stoppable is not None:
        told["allowed"] = allowed(base, [Act("cancel", RoomPackNoInput)] if stoppable else [])
    return told


def look_json(look: RoomLook, name: str) -> dict[str, Any]:
    """A look, as JSON."""
    return {"id": look.id, "at": look.at, "who": name, "person_id": look.person_id, "what": look.what, "clause": look.clause,
            "thing": look.thing, "as_of": look.as_of}
