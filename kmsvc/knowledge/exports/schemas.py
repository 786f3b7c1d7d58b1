"""Inputs and answers of taking articles away."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.exports.queries import ExportLine
from kmsvc.knowledge.exports.rules import ExportForm

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class Wanted(InputSchema):
    """Which articles, and why. state: published ones unless another is named."""

    reason = Text(required=True, validate=validate.Length(min=1, max=2000), error_messages=NEEDED)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(ArticleState)
    secret = fields.Boolean(load_default=False)


class WantedFile(Wanted):
    """The same with the form of the file."""

    form = fields.String(load_default=ExportForm.JSONL.value, validate=validate.OneOf([one.value for one in ExportForm]))


class ExportQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class ExportList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


def export_json(line: ExportLine) -> dict[str, Any]:
    """A file that was taken."""
    return {"id": line.id, "at": line.at, "who": line.who, "form": line.form, "reason": line.reason, "category": line.category,
            "state": line.state, "secret": line.secret, "articles": line.articles, "left_out": line.left_out, "sha256": line.sha256}
