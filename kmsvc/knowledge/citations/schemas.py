"""Inputs and answers of citations."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Scalar, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.citing import CITING, CitingCard
from kmsvc.knowledge.citations.queries import VIEWS, CitationCard, CitationLine, Touch
from kmsvc.knowledge.citations.rules import CitationState, Verdict, WorkKind
from kmsvc.knowledge.citations.texts import TEXTS, Seen
from kmsvc.knowledge.citations.works import WorkLine

STATES = [*(one.value for one in CitationState), "all"]
"""Left out: those that somebody has to look at."""
WORK_STATES = ["marked", "removed"]
WORK_KINDS = [one.value for one in WorkKind]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_CITES = {"label": N_("What it cites"), "description":
          "numbers of articles and processes, one a line; a paragraph of one as NUMBER#PARAGRAPH, its lasting id"}


class LookInput(InputSchema):
    """What became of a citation."""

    verdict = fields.String(required=True, validate=validate.OneOf([one.value for one in Verdict]), error_messages=NEEDED,
                            metadata={"label": N_("What you found")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=1000), metadata={"label": N_("Note")})
    block_id = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "label": N_("Paragraph it cites instead")})
    version_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "description": "the text in force that was looked at"})


class WorkInput(InputSchema):
    """A work of another system."""

    kind = fields.String(load_default=WorkKind.COURSE.value, validate=validate.OneOf(WORK_KINDS), metadata={"label": N_("What it is")})
    name = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Name")})
    address = Line(load_default=None, allow_none=True, metadata={"label": N_("Address")}, validate=[
        validate.Length(max=500), validate.Regexp(r"https?://[^\s<>\"]+\Z", error=N_("It begins with https:// or http://."))])
    keeper = Scalar(load_default=None, allow_none=True, metadata={"label": N_("Who keeps it"), "description": "a login"})


class NewWorkInput(WorkInput):
    """The same with what it cites."""

    cites = Text(load_default=None, allow_none=True, validate=validate.Length(max=20_000), metadata=_CITES)


class CiteInput(InputSchema):
    """What it cites besides."""

    cites = Text(required=True, validate=validate.Length(min=1, max=20_000), error_messages=NEEDED, metadata=_CITES)


class CitationFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(later=lambda: CITING)
    view = Choice(VIEWS)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class CitationsQuery(PageQuery):
    """state: left out, those to be looked at; view `mine`: those of things that I keep; kind: of the things that cite."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(later=lambda: CITING)
    view = Choice(VIEWS)


class WorkFilters(InputSchema):
    """The filters of the works, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(WORK_KINDS)
    state = Choice(WORK_STATES)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class WorksQuery(PageQuery):
    """state: marked or removed."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    kind = Choice(WORK_KINDS)
    state = Choice(WORK_STATES)


class TextQuery(InputSchema):
    """Which text."""

    text_kind = Choice(later=lambda: TEXTS)
    number = Line(required=True, validate=validate.Length(min=1, max=64), error_messages=NEEDED)


def citing_json(card: CitingCard) -> dict[str, Any]:
    """A thing that cites, as JSON."""
    return {"kind": card.kind, "id": card.id, "number": card.number, "title": card.title, "keeper": card.keeper or None,
            "address": card.address or None, "url": card.url}


def line_json(line: CitationLine) -> dict[str, Any]:
    """A citation in a list, as JSON."""
    return {"id": line.id, "version": line.version, "citing": citing_json(line.citing), "text": {
        "kind": line.text_kind, "id": line.text_id, "number": line.number, "title": line.title, "url": line.text_url},
        "paragraph": line.block_id, "begins": line.excerpt or None, "state": line.state, "change": line.change,
        "marked_at": line.marked_at, "made_at": line.made_at, "url": line.url}


def card_json(card: CitationCard) -> dict[str, Any]:
    """A citation side by side, as JSON, with `allowed` for this caller."""
    return line_json(card.line) | {
        "then": _seen(card.old), "now": _seen(card.new),
        "changes": [{"paragraph": one.block_id, "status": one.status, "moved": one.moved, "old": one.old_text or None,
                     "new": one.new_text or None} for one in card.changes if card.row.block_id or one.status != "same" or one.moved],
        "looks": [{"verdict": one.verdict, "change": one.change, "note": one.note, "by": one.by or None, "at": one.at}
                  for one in card.looks],
        "allowed": [_allowed(card)] if card.offered else []}


def _allowed(card: CitationCard) -> dict[str, Any]:
    held: dict[str, Any] = {"verdict": {"type": "string", "enum": [one.value for one in card.offered]}, "note": {"type": "string"}}
    if card.choices and Verdict.CHANGED in card.offered:
        held["block_id"] = {"type": "string", "enum": [one for one, _ in card.choices]}
    if card.new is not None:
        held["version_id"] = {"type": "integer", "const": card.new.text.version_id}
    return {"verb": "look", "href": f"/api/v1/knowledge/citations/{card.line.id}/look", "method": "POST", "forward": True,
            "schema": {"type": "object", "properties": held, "required": ["verdict"]}}


def _seen(seen: Seen | None) -> dict[str, Any] | None:
    return {"version_id": seen.text.version_id, "version_label": seen.label, "title": seen.title} if seen is not None else None


def touch_json(touch: Touch) -> dict[str, Any]:
    """What a new text would mark, as JSON."""
    return {"citing": citing_json(touch.citing), "change": touch.change, "paragraph": touch.block_id, "begins": touch.excerpt or None}


def work_json(line: WorkLine, cites: list[CitationLine] | None = None) -> dict[str, Any]:
    """A work of another system as JSON; with what it cites where that was read."""
    found = {"id": line.id, "number": line.number, "version": line.version, "kind": line.kind, "name": line.name,
             "address": line.address or None, "keeper": line.keeper or None, "citations": line.cites, "marked": line.marked,
             "made_at": line.made_at, "removed_at": line.removed_at, "url": line.url}
    return found if cites is None else found | {"cites": [line_json(one) for one in cites]}
