"""Inputs and answers of the vocabulary."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.schemas import InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.vocabulary.queries import TermCard
from kmsvc.knowledge.vocabulary.rules import LONGEST, LONGEST_NOTE, MOST_SAYINGS, Direction, split_sayings

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
CODES = [one.value for one in Direction]


class Sayings(fields.Field[Any]):
    """A list of words, or a text with one a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if isinstance(value, list):
            if len(value) > MOST_SAYINGS or not all(isinstance(one, str) for one in value):
                raise ValidationError(N_("A list of words is needed here."))
            value = "\n".join(value)
        if not isinstance(value, str) or len(value) > 2 * MOST_SAYINGS * LONGEST:
            raise ValidationError(N_("A list of words is needed here."))
        words = split_sayings(Text()._deserialize(value, attr, data) or "")
        if not words:
            raise ValidationError(N_("This is needed."))
        return words


class TermInput(InputSchema):
    """A term of ours and what customers say for it."""

    term = Line(required=True, validate=validate.Length(max=LONGEST), error_messages=NEEDED)
    sayings = Sayings(required=True, error_messages=NEEDED, metadata={
        "description": "what customers say: a list, or one a line", "type": ["array", "string"], "items": {"type": "string"}})
    direction = fields.String(load_default=Direction.BOTH.value, validate=validate.OneOf(CODES))
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_NOTE))


class TermQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    direction = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CODES))


class TermList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    direction = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CODES))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def term_json(card: TermCard) -> dict[str, Any]:
    """A term as JSON."""
    return {"id": card.id, "version": card.version, "term": card.term, "sayings": list(card.sayings),
            "direction": card.direction, "note": card.note or None, "changed_at": card.changed_at,
            "changed_by": card.changed_by or None, "url": card.url}
