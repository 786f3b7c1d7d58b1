"""Inputs and answers of the values."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.scopes.queries import ValueCard
from kmsvc.knowledge.scopes.rules import LONGEST, Dimension, ScopeState

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
CODES = [one.value for one in Dimension]


class ValueEdit(InputSchema):
    """What a value is called, and its order."""

    name = Line(required=True, validate=validate.Length(max=LONGEST), error_messages=NEEDED)
    name_en = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST))
    place = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1_000_000),
                  metadata={"label": N_("Order"), "description": "its order; smaller numbers stand first"})


class ValueInput(ValueEdit):
    """A new value of a dimension."""

    dimension = fields.String(required=True, validate=validate.OneOf(CODES), error_messages=NEEDED)


class ValueReason(InputSchema):
    """Why."""

    reason = Text(required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class ValueMerge(ValueReason):
    """What it is from now on, and why."""

    into = Whole(required=True, error_messages=NEEDED, metadata={"description": "id of a value of the same dimension"})


class ScopeQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    dimension = Choice(CODES)
    state = Choice([one.value for one in ScopeState])


class ScopeList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    dimension = Choice(CODES)
    state = Choice([one.value for one in ScopeState])
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


def value_json(card: ValueCard, *, counted: bool = True) -> dict[str, Any]:
    """A value as JSON. counted: with the number of articles, which is for those who keep the values: readers may not see all of
    these articles."""
    return {"id": card.id, "version": card.version, "dimension": card.dimension, "name": card.name, "name_en": card.name_en or None,
            "place": card.place, "state": card.state, "merged_into_id": card.merged_into_id,
            "articles": card.articles if counted else None,
            "changed_at": card.changed_at, "changed_by": card.changed_by or None, "url": card.url}
