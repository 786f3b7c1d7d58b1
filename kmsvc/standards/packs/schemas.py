"""Inputs and answers of packs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Act, allowed
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.standards.packs.queries import PackCard, PackFilters
from kmsvc.standards.packs.rules import PackState, may_cancel
from kmsvc.standards.packs.tongue import PackLang

BASE = "/api/v1/standards/packs"
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_YEAR = validate.Range(min=2000, max=2100)


def pack_lang() -> Choice:
    """In which language a pack is written; Chinese unless said."""
    return Choice([one.value for one in PackLang], metadata={"label": N_("Language")})


class _PackWanted(InputSchema):
    model = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED, metadata={"label": N_("Standard")})
    year = Whole(required=True, validate=_YEAR, error_messages=NEEDED, metadata={"label": N_("Year")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    lang = pack_lang()


class PackWanted(_PackWanted):
    """The pack of a year as of a day (today unless said); without clauses the whole standard."""

    clauses = fields.List(Line(validate=validate.Length(max=20)), load_default=list, validate=validate.Length(max=1000),
                          metadata={"label": N_("Clauses")})


class PackForm(_PackWanted):
    """The same from a form: clauses with commas or spaces between them."""

    clauses = Text(load_default=None, allow_none=True, validate=validate.Length(max=4000), metadata={"label": N_("Clauses")})


class PackNoInput(InputSchema):
    """Nothing is asked for."""


class PacksNarrowed(InputSchema):
    """What the list is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in PackState], metadata={"label": N_("State")})
    year = Whole(load_default=None, allow_none=True, validate=_YEAR, metadata={"label": N_("Year")})


class PacksAsked(PacksNarrowed):
    """The filters of the page, all in the address; model, clauses and as_of fill the form."""

    model = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    clauses = Line(load_default=None, allow_none=True, validate=validate.Length(max=4000))
    as_of = Day(load_default=None, allow_none=True)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class PacksQuery(PageQuery, PacksNarrowed):
    """Filters of the list."""


def filters_of(asked: Mapping[str, Any]) -> PackFilters:
    """The filters in a loaded query."""
    return PackFilters(**{name: asked[name] for name in PackFilters.__dataclass_fields__})


def pack_json(one: PackCard, *, acts: bool = False) -> dict[str, Any]:
    """An order, as JSON. acts: with what this caller may do now."""
    told = {"id": one.id, "number": one.number, "version": one.version, "model": one.model, "year": one.year, "as_of": one.as_of,
            "clauses": list(one.clauses), "lang": one.lang, "state": one.state, "ordered_by": one.who or None,
            "ordered_at": one.ordered_at, "ended_at": one.ended_at, "done": one.done, "total": one.total, "records": one.records,
            "size": one.size, "sha256": one.sha256, "kept_until": one.kept_until, "why": one.why,
            "file": f"{BASE}/{one.id}/file" if one.state == PackState.DONE else None}
    if acts:
        told["allowed"] = allowed(f"{BASE}/{one.id}", [
            Act("cancel", PackNoInput) if may_cancel(one.state) else Act("again", PackNoInput, forward=one.state != PackState.DONE)])
    return told
