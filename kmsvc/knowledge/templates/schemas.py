"""Inputs and answers of templates."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.schemas import LEVELS
from kmsvc.knowledge.templates.queries import TemplateCard
from kmsvc.knowledge.templates.rules import LONGEST, MOST_MONTHS
from kmsvc.knowledge.templates.usecases import Written

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
LANGUAGES = ["zh_Hans_CN", "en"]


class TemplateInput(InputSchema):
    """A template. body: Markdown; a heading that ends with ! may not stay empty, a line that begins with // is a hint."""

    name = Line(required=True, validate=validate.Length(max=LONGEST["name"]), error_messages=NEEDED)
    language = fields.String(load_default="zh_Hans_CN", validate=validate.OneOf(LANGUAGES))
    case_kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["case_kind"]))
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]))
    body = Text(required=True, validate=validate.Length(max=LONGEST["body"]), error_messages=NEEDED)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["category"]))
    confidentiality = fields.String(load_default="sayable", validate=validate.OneOf(LEVELS))
    review_months = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=MOST_MONTHS))
    strict = fields.Boolean(load_default=False)


class TemplateQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    language = Choice(LANGUAGES)
    state = Choice(("offered", "retired"))


class TemplateList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    language = Choice(LANGUAGES)
    state = Choice(("offered", "retired"))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(("csv", "xlsx"))


def written_of(data: dict[str, Any]) -> Written:
    """The template an editor sent."""
    return Written(**{name: its for name, its in data.items() if its is not None})


def template_json(card: TemplateCard) -> dict[str, Any]:
    """A template as JSON."""
    return {"id": card.id, "version": card.version, "name": card.name, "language": card.language,
            "case_kind": card.case_kind or None, "note": card.note or None, "body": card.body, "category": card.category or None,
            "confidentiality": card.confidentiality, "review_months": card.review_months, "strict": card.strict,
            "retired_at": card.retired_at, "changed_at": card.changed_at, "changed_by": card.changed_by or None, "used": card.used,
            "sections": [{"words": one.words, "depth": one.depth, "needed": one.needed, "hint": one.hint or None}
                         for one in card.sections], "url": card.url}
