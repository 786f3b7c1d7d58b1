"""Inputs and answers of lessons."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Scalar, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.naming import refs_named
from kmsvc.knowledge.lessons.queries import LessonLine, Part, minutes_of
from kmsvc.knowledge.lessons.usecases import Draft
from kmsvc.markup.blocks import join

LANGUAGES = ("zh_Hans_CN", "en")
STATES = ["marked", "removed"]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class LessonInput(InputSchema):
    """A lesson: its words and what is read in it."""

    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    summary = Text(load_default="", allow_none=True, validate=validate.Length(max=1000), metadata={"label": N_("What it is for")})
    language = fields.String(load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES), metadata={"label": N_("Language")})
    keeper = Scalar(load_default=None, allow_none=True, metadata={"label": N_("Who keeps it"), "description": "a login"})
    cites = Text(required=True, validate=validate.Length(min=1, max=20_000), error_messages=NEEDED, metadata={
        "label": N_("What is read, in this order"), "description":
        "numbers of articles and processes, one a line; a paragraph of one as NUMBER#PARAGRAPH, its lasting id"})


class LessonFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LessonsQuery(PageQuery):
    """state: marked or removed."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)


class ReadQuery(InputSchema):
    """Which part, from 1."""

    part = Whole(load_default=1, validate=validate.Range(min=1, max=100_000))


def draft_of(work: Work, data: dict[str, Any]) -> Draft:
    """What the input asks for."""
    return Draft(data["title"], data["summary"] or "", data["language"], data["keeper"],
                 refs_named(work.session, work.actor, data["cites"]))


def line_json(line: LessonLine) -> dict[str, Any]:
    """A lesson in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "summary": line.summary or None,
            "language": line.language, "keeper": line.keeper or None, "cites": line.parts, "marked": line.marked,
            "state": "removed" if line.removed_at else "marked" if line.marked else "current", "changed_at": line.changed_at,
            "url": line.url}


def card_json(line: LessonLine, parts: list[Part]) -> dict[str, Any]:
    """A lesson with what is read in it, as JSON."""
    return line_json(line) | {"minutes": minutes_of(parts), "parts": [
        {"heading": one.heading, "text": one.number, "version_label": one.label, "marked": one.marked, "seconds": one.seconds,
         "body": join(one.blocks), "paragraphs": [block.id for block in one.blocks], "url": one.url} for one in parts]}
