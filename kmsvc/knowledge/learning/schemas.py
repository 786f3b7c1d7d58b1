"""Inputs and answers of learning from use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.i18n import label
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.learning.queries import LearnedLine, LearnedView
from kmsvc.knowledge.learning.rules import Cause

VIEWS = [one.value for one in LearnedView]
HEAD = (N_("Search"), N_("Number"), N_("Title"), N_("From place"), N_("To place"), N_("Places higher"), N_("People"), N_("Opened"),
        N_("Said to be helpful"), N_("Used for contacts"), N_("When"), N_("Why"), N_("By"))


class WhyInput(InputSchema):
    """Why."""

    reason = Text(required=True, validate=validate.Length(min=1, max=300), metadata={"label": N_("Reason")},
                  error_messages={"required": N_("This is needed."), "null": N_("This is needed.")})


class LearnedFilters(InputSchema):
    """Which list, and what is searched in it."""

    view = Choice(VIEWS)
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LearnedQuery(PageQuery):
    """view: now, log or off; left out: what is in force."""

    view = Choice(VIEWS)
    q = Line(load_default=None, validate=validate.Length(max=200))


def line_json(line: LearnedLine) -> dict[str, Any]:
    """A line as JSON."""
    return {"id": line.id, "query": line.query, "article": line.number, "title": line.title, "url": line.url, "at": line.at,
            "lift": line.lift, "old_lift": line.old_lift, "place": line.place, "place_to": line.place_to, "people": line.people,
            "opened": line.opened, "helpful": line.helpful, "linked": line.linked, "cause": line.cause or None,
            "reason": line.reason or None, "by": line.by or None}


def export_rows(lines: Sequence[LearnedLine], local: Callable[[datetime], datetime],
                word: Callable[[Cause], str] = label) -> list[list[Any]]:
    """A list as a table to take away."""
    return [[line.query, line.number, line.title, line.place, line.place_to, line.lift, line.people, line.opened, line.helpful,
             line.linked, local(line.at), word(Cause(line.cause)) if line.cause else line.reason, line.by] for line in lines]
