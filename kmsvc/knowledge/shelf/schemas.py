"""Inputs and answers of what is at hand."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.shelf.lists import Held
from kmsvc.knowledge.shelf.queries import PinLine
from kmsvc.knowledge.shelf.rules import PinState, View

VIEWS = [one.value for one in View]
STATES = [one.value for one in PinState]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_PLACE = {"description": "where it stands among the favourites, counted from 1; left out: first, or where it is"}


class KeepInput(InputSchema):
    """Whether the article is a favourite, and at which place."""

    kept = fields.Boolean(load_default=True, metadata={"description": "false lets it go"})
    place = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=1000), metadata=_PLACE)


class PinInput(InputSchema):
    """Which article stands first, for whom, how long and why."""

    article = Line(required=True, validate=validate.Length(min=1, max=64), error_messages=NEEDED, metadata={
        "description": "number of the article", "label": N_("Article")})
    unit = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "code of the unit; left out: everybody", "label": N_("Unit")})
    until = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Last day")})
    reason = Text(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Reason")})


class PinForm(PinInput):
    """The same from a page: a number, or words of a title and the number that was picked from what they find."""

    article = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Article")})
    picked = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


class PinChoices(InputSchema):
    """What was typed so far."""

    article = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class UnpinInput(InputSchema):
    """Why, if anything is to be said."""

    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300))


class ShelfFilters(InputSchema):
    """Which list, and what is searched in it."""

    view = Choice(VIEWS)
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class PinFilters(InputSchema):
    """The filters of the pins, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    unit = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ShelfQuery(PageQuery):
    """view: which list; left out, the favourites."""

    view = Choice(VIEWS)
    q = Line(load_default=None, validate=validate.Length(max=200))


class PinsQuery(PageQuery):
    """state: standing, ended or removed; unit: a code."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    unit = Line(load_default=None, validate=validate.Length(max=64))


def held_json(held: Held) -> dict[str, Any]:
    """An article at hand, as JSON."""
    card = held.card
    return {"id": card.id, "number": card.number, "title": card.title, "category": card.category or None, "url": card.url,
            "opened_at": held.at, "uses_today": held.uses or None, "until": held.until, "reason": held.reason or None}


def pin_json(line: PinLine) -> dict[str, Any]:
    """A pin as JSON."""
    return {"id": line.id, "article": line.number, "title": line.title, "unit": line.unit_code, "until": line.until,
            "reason": line.reason, "state": line.state, "made_at": line.made_at, "made_by": line.made_by or None, "url": line.url}
