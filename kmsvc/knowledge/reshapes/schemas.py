"""Inputs and answers of merging and splitting."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.reshapes.queries import ReshapeLine
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class Names(fields.Field[Any]):
    """Numbers of articles: a list, or one text with spaces, commas or lines between."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if isinstance(value, str):
            value = value.replace(",", " ").replace("\uff0c", " ").replace("\u3001", " ").split()
        if not isinstance(value, list) or len(value) > 20 or not all(isinstance(one, str) and len(one) <= 64 for one in value):
            raise ValidationError(N_("Numbers of articles are needed here."))
        if not value:
            raise ValidationError(N_("This is needed."))
        return list(dict.fromkeys(value))


class PlanMerge(InputSchema):
    """Which article stays (its number), which go up in it, and why."""

    stays = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED)
    others = Names(required=True, error_messages=NEEDED, metadata={
        "description": "numbers of articles: a list, or one text", "type": ["array", "string"], "items": {"type": "string"}})
    reason = Text(required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class Pick(fields.String):
    """`17:0a1b2c`: an article and one of its paragraphs."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        article, _, block = str(super()._deserialize(value, attr, data, **kwargs)).partition(":")
        if not article.isdecimal() or len(article) > 9 or not block or len(block) > 64:
            raise ValidationError(N_("There is no such part in this text."))
        return int(article), block


class Compose(InputSchema):
    """The paragraphs of the new text in their order."""

    picks = fields.List(Pick(), required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class PartInput(InputSchema):
    """A new article: its title, the ids of its paragraphs."""

    title = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)
    blocks = fields.List(fields.String(validate=validate.Length(max=64)), required=True, validate=validate.Length(max=2000))


class PlanSplit(InputSchema):
    """Which article (its number), what becomes of its paragraphs, and why. retire: it goes, nothing of it stays."""

    article = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED)
    parts = fields.List(fields.Nested(PartInput), required=True, validate=validate.Length(max=20), error_messages=NEEDED)
    retire = fields.Boolean(load_default=False)
    reason = Text(required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class ReshapeReason(InputSchema):
    """Why."""

    reason = Text(required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class ReshapeQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(ReshapeKind)
    state = Choice(ReshapeState)


class ReshapeList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(ReshapeKind)
    state = Choice(ReshapeState)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(("csv", "xlsx"))


def reshape_json(line: ReshapeLine) -> dict[str, Any]:
    """A merge or split as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "kind": line.kind, "state": line.state,
            "article_id": line.article_id, "article": line.article, "parts": [{"id": one, "number": number}
                                                                               for one, number in line.parts],
            "reason": line.reason, "made_by": line.made_by or None, "made_at": line.made_at, "done_at": line.done_at,
            "moved": line.moved, "remaining": line.remaining, "composed": line.composed, "url": line.url}
