"""Inputs and answers of process alignment reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.rates import Rate
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.alignment.queries import AlignmentCard, AlignmentLine, Filters, ItemLine
from kmsvc.knowledge.alignment.rules import LONGEST, MOST_DRAWN, AlignmentState
from kmsvc.knowledge.alignment.usecases import Draw

STATES = [one.value for one in AlignmentState]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class DrawInput(InputSchema):
    """Whose contacts of which days are drawn, how many: of a person, or of a unit with those below it."""

    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Person"), "description": "id of a person; or a unit"})
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Unit"), "description": "id of a unit; or a person"})
    begins_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("From this day")})
    ends_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("To this day")})
    size = Whole(load_default=5, validate=validate.Range(min=1, max=MOST_DRAWN), metadata={"label": N_("Contacts")})
    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["seed"]), metadata={
        "label": N_("Seed of the draw"), "description": "left out: drawn by the service"})


class AlignmentFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class AlignmentsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """The filters in a loaded query."""
    return Filters(q=asked["q"], state=asked["state"], unit_id=asked["unit"], person_id=asked["person"], since=asked["since"],
                   until=asked["until"])


def draw_of(data: Mapping[str, Any]) -> Draw:
    """The draw in a loaded input."""
    return Draw(data["begins_on"], data["ends_on"], data["size"], data["person"], data["unit"], data["seed"])


def rate_json(rate: Rate) -> dict[str, Any]:
    """A rate as JSON, never without its n."""
    low, high = rate.interval
    return {"hits": rate.hits, "n": rate.n, "share": rate.share, "low": low, "high": high}


def line_json(line: AlignmentLine) -> dict[str, Any]:
    """A review in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "state": line.state, "whose": line.whose,
            "of_unit": line.is_unit, "coach": line.coach, "begins_on": line.begins_on, "ends_on": line.ends_on, "drawn": line.drawn,
            "judged": line.judged, "drawn_at": line.drawn_at, "signed_at": line.signed_at, "url": line.url}


def item_json(item: ItemLine) -> dict[str, Any]:
    """A contact of the sample, as JSON."""
    return {"id": item.id, "version": item.version, "place": item.place, "key": item.key, "person": item.person,
            "contact": item.number or None, "at": item.at, "proof": dict(item.facts), "known": dict(item.known), **item.answers,
            "note": item.note, "judged_at": item.judged_at, "url": item.url}


def card_json(card: AlignmentCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One review as JSON, with `allowed` for this caller; its contacts have an address of their own."""
    return line_json(card.line) | {
        "size": card.size, "seed": card.seed, "population": card.population, "conclusion": card.conclusion, "agreed": card.agreed,
        "reason": card.reason, "content_hash": card.content_hash, "whole": card.is_whole, "sample_repeats": card.repeats,
        "all_seen": card.whole, "rates": {name: rate_json(rate) for name, rate in card.rates.items()},
        "replies": [{"person": one.person, "text": one.text, "at": one.at} for one in card.replies],
        "allowed": allowed_json(f"/api/v1/knowledge/alignment/{card.line.id}", offers)}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]
