"""Inputs and answers of gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.cards import ThingCard
from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.gaps.queries import PERIODS, VIEWS, GapCard, GapLine
from kmsvc.knowledge.gaps.rules import LONGEST_QUERY, WINDOW, GapSign, GapState

KINDS = [one.value for one in GapSign]
STATES = ["live", "late", *(one.value for one in GapState)]


class ReportGap(InputSchema):
    """A search that finds no answer, with the filters that were on."""

    q = Line(required=True, validate=validate.Length(max=LONGEST_QUERY), metadata={"label": N_("Search")})
    kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    scopes = Line(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={
        "description": "where an answer had to apply: marks such as product.3, with commas between"})


class GapFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(KINDS)
    days = Whole(load_default=None, allow_none=True, validate=validate.OneOf(PERIODS))
    view = Choice(VIEWS)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class GapsQuery(PageQuery):
    """Filters of the list. state: a state, `live` or `late`; kind: how it showed; days: searched within so many."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(KINDS)
    days = Whole(load_default=None, allow_none=True, validate=validate.OneOf(PERIODS))
    view = Choice(VIEWS)


def line_json(line: GapLine) -> dict[str, Any]:
    """A gap in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "state": line.state,
            "weight": line.weight, "searches": line.searches, "zero": line.zero, "unopened": line.unopened,
            "reported": line.reported, "people": line.people, "queries": line.queries, "hits": line.hits,
            "first_on": line.first_on, "last_on": line.last_on, "category": line.category, "owner": line.owner or None,
            "due_on": line.due_on, "url": line.url}


def _thing(card: ThingCard | None) -> dict[str, Any] | None:
    return {"kind": card.kind, "id": card.id, "number": card.number, "title": card.title, "url": card.url} if card else None


def card_json(card: GapCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One gap as JSON, with `allowed` for this caller."""
    return {
        **line_json(card.line), "window_days": WINDOW.days, "reason": card.reason, "opened_at": card.opened_at,
        "closed_at": card.closed_at, "closed_by": card.closed_by or None, "article": _thing(card.article),
        "change": _thing(card.change), "into": card.into[0] if card.into else None, "joined": [number for number, _ in card.joined],
        "weeks": [{"from": day, "searches": n} for day, n in card.weeks],
        "searched": [{
            "query": one.query, "words": list(one.words), "zero": one.zero, "unopened": one.unopened, "reported": one.reported,
            "people": one.people, "first_on": one.first_on, "last_on": one.last_on, "units": list(one.units),
            "days": [{"day": day, "zero": zero, "unopened": unopened, "reported": reported}
                     for day, zero, unopened, reported in one.days],
            "askers": [{"name": name, "reported": said} for name, said in one.askers], "replayed_at": one.replayed_at,
            "found": one.found, "place": one.place, "top": _thing(one.top), "hit": one.hit} for one in card.queries],
        "allowed": [{"verb": one.verb, "href": f"/api/v1/knowledge/gaps/{card.line.id}/{one.verb}", "method": "POST",
                     "forward": one.forward, "schema": one.schema} for one in offers]}


def reported_json(number: str, others: int, *, before: bool, unfiltered: int = 0) -> dict[str, Any]:
    """What became of a report. unfiltered: how many are found without the filter that was on; then nothing was reported."""
    return {"id": number or "-", "number": number or None, "others": others, "before": before, "unfiltered": unfiltered}
