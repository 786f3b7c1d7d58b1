"""Inputs and answers of the bench."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.bench.queries import Place, RunLine, SearchCard
from kmsvc.knowledge.bench.rules import LONGEST_NOTE, LONGEST_QUERY, Standing

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
STATES = [one.value for one in Standing]


class SearchInput(InputSchema):
    """A search and the article it must find."""

    query = Line(required=True, validate=validate.Length(max=LONGEST_QUERY), error_messages=NEEDED)
    article = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED,
                   metadata={"description": "number of the article"})
    kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_NOTE))


class SearchesQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))


class SearchesList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def search_json(card: SearchCard, places: list[Place] | None = None) -> dict[str, Any]:
    """A saved search as JSON; with its places where they are asked."""
    found: dict[str, Any] = {
        "id": card.id, "query": card.query, "article": {"id": card.article_id, "number": card.number, "title": card.title or None},
        "kind": card.kind, "category": card.category, "note": card.note or None, "state": card.state.value, "rank": card.rank,
        "since": card.since, "broken_at": card.broken_at, "created_at": card.created_at, "created_by": card.created_by or None,
        "url": card.url}
    return found if places is None else {**found, "places": [
        {"at": one.at, "rank": one.rank, "after": _after(one.after)} for one in places]}


def run_json(line: RunLine) -> dict[str, Any]:
    """A run as JSON."""
    return {"id": line.id, "at": line.at, "cause": line.cause, "searches": line.searches, "hit1": line.hit1, "hit5": line.hit5,
            "broken": line.broken, "took_ms": line.took_ms, "after": _after(line.after)}


def _after(after: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"kind": kind, "what": what} for kind, what in after]
