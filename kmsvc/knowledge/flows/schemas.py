"""Inputs and answers of guided flows."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.flows.counting import Counts, WalkLine
from kmsvc.knowledge.flows.models import Flow
from kmsvc.knowledge.flows.queries import FlowCard, FlowLine, Screen, WalkCard
from kmsvc.knowledge.flows.rules import LONGEST, MOST_NODES, FlowState, WalkEnd
from kmsvc.knowledge.flows.usecases import Draft
from kmsvc.knowledge.flows.writing import as_json, from_json, read, write
from kmsvc.people.units.queries import audiences

STATES = [one.value for one in FlowState]
ENDS = [one.value for one in WalkEnd]
LANGUAGES = ["zh_Hans_CN", "en"]
LEVELS = ["sayable", "internal"]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_ITEM = Line()  # one of a list, cleaned as every line is


class Aliases(fields.Field[Any]):
    """Other names: a list, or a text with commas or lines between."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        comma = "\N{FULLWIDTH COMMA}"
        parts = value.replace(comma, ",").replace("\n", ",").split(",") if isinstance(value, str) else value
        if not isinstance(parts, list) or len(parts) > 50 or not all(
                isinstance(one, str) and len(one) <= LONGEST["aliases"] for one in parts):
            raise ValidationError(N_("A list of short names is needed here."))
        return [one for one in map(_ITEM.deserialize, parts) if one]


class ChoiceRow(InputSchema):
    """One choice of a question."""

    text = Line(required=True, validate=validate.Length(max=LONGEST["choice"]))
    to = Line(required=True, validate=validate.Length(max=LONGEST["key"]))


class NodeRow(InputSchema):
    """A question with note and choices, or an outcome with what to say and a link."""

    key = Line(required=True, validate=validate.Regexp(r"[\w.-]{1,40}\Z"))
    question = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["question"]))
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["text"]))
    choices = fields.List(fields.Nested(ChoiceRow), load_default=list, validate=validate.Length(max=20))
    outcome = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["question"]))
    say = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["text"]))
    link = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


class FlowInput(InputSchema):
    """A flow as people write it: its nodes as a text (`body`) or as rows (`nodes`)."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED,
                 metadata={"label": N_("Title")})
    summary = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["summary"]),
                   metadata={"label": N_("What it is for")})
    body = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["body"]),
                metadata={"label": N_("Questions and outcomes")})
    nodes = fields.List(fields.Nested(NodeRow), load_default=None, allow_none=True, validate=validate.Length(max=MOST_NODES))
    aliases = Aliases(load_default=list, allow_none=True, metadata={
        "description": "other names it is found by", "type": ["array", "string"], "items": {"type": "string"},
        "label": N_("Other names")})
    language = fields.String(load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES))
    confidentiality = fields.String(load_default="internal", validate=validate.OneOf(LEVELS))
    unit = Line(allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "code of the unit it is for; null: the whole centre; left out: as it is, of a new one the whole centre",
        "label": N_("For whom")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("What changed")})
    publish = fields.Boolean(load_default=False, metadata={"label": N_("Publish it at once")})


class PublishFlow(InputSchema):
    """The version that was looked at; left out: the newest."""

    version_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Version")})


class RevertFlow(InputSchema):
    """The version to go back to, and why."""

    ordinal = Whole(required=True, validate=validate.Range(min=1), error_messages=NEEDED, metadata={"label": N_("Version")})
    reason = Text(required=True, validate=validate.Length(max=500), error_messages=NEEDED)


class RetireFlow(InputSchema):
    """Why nobody walks it any more."""

    reason = Text(required=True, validate=validate.Length(max=500), error_messages=NEEDED)


class Begin(InputSchema):
    """The first answer: which version was shown, the number of the choice (0: none of these), and since when it was shown."""

    version_id = Whole(required=True, validate=validate.Range(min=1))
    choice = Whole(required=True, validate=validate.Range(min=0, max=9))
    shown_at = fields.AwareDateTime(load_default=None, allow_none=True)


class Choose(InputSchema):
    """The next answer: how many questions came before, the number of the choice (0: none of these)."""

    at = Whole(required=True, validate=validate.Range(min=0, max=500))
    choice = Whole(required=True, validate=validate.Range(min=0, max=9))


class Contact(InputSchema):
    """The contact a walk belongs to."""

    contact = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Contact number")})


class FlowQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)


class WalkQuery(PageQuery):
    """Filters of the walks of a flow."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    end = Choice(ENDS)
    ordinal = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


class CountsQuery(InputSchema):
    """Whose walks are counted: those of this version; left out: of the published one."""

    ordinal = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


def draft_of(session: Session, data: dict[str, Any], flow: Flow | None = None) -> Draft:
    """The draft in a loaded input. Rows become the text that reads back as the same rows, or are refused. flow: the one that is
    edited; the unit it is for now stays where none is told, and may stay though it was closed."""
    body = data["body"] or ""
    if data["nodes"] is not None:
        nodes = from_json(data["nodes"])
        body = write(nodes).strip()
        if read(body) != (nodes, []):
            raise InvalidInput({"nodes": [N_(
                "These nodes cannot be written as a text: a line in one of them reads like another node.")]})
    if not body.strip():
        raise InvalidInput({"body": [N_("This is needed.")]})
    held = flow.audience_unit_id if flow is not None else None
    return Draft(title=data["title"], body=body, summary=data["summary"] or "", aliases=tuple(data["aliases"] or ()),
                 language=data["language"], confidentiality=data["confidentiality"],
                 audience_unit_id=_unit_id(session, data["unit"], held) if "unit" in data else held,
                 note=data["note"])


def _unit_id(session: Session, code: str | None, held: int | None) -> int | None:
    if code is None:
        return None
    unit = next((one for one in audiences(session, held) if one.code == code), None)
    if unit is None:
        raise InvalidInput({"unit": [N_("There is no unit or reader group with this code.")]})
    return unit.id if unit.parent_id is not None else None


def unit_code(session: Session, unit_id: int | None) -> str | None:
    """The code of a unit or reader group, as inputs name it."""
    return next((one.code for one in audiences(session, unit_id) if one.id == unit_id), None)


def line_json(line: FlowLine) -> dict[str, Any]:
    """A flow in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "summary": line.summary,
            "state": line.state, "confidentiality": line.confidentiality, "unit": line.unit or None, "questions": line.questions,
            "ordinal": line.ordinal, "has_draft": line.has_draft, "changed_at": line.changed_at, "url": line.url}


def card_json(card: FlowCard, seen: set[str], allowed: list[dict[str, Any]]) -> dict[str, Any]:
    """One flow as JSON, with `allowed`. seen: the links this caller may follow; the others are not mentioned."""
    nodes = as_json(card.nodes)
    for row in nodes:
        if row.get("link") and row["link"] not in seen:
            row["link"] = None
    body = line_json(card) | {"version_id": card.version_id, "language": card.language, "aliases": list(card.aliases),
                              "nodes": nodes, "allowed": allowed}
    if card.versions:
        body |= {"body": card.body,
                 "problems": [{"where": one.where, "sentence": one.sentence} for one in card.problems],
                 "versions": [{"id": one.id, "ordinal": one.ordinal, "title": one.title, "note": one.note, "author": one.author,
                               "recorded_at": one.recorded_at, "is_published": one.is_published} for one in card.versions]}
    return body


def file_json(card: FlowCard, unit: str | None) -> dict[str, Any]:
    """A flow as a file that can be taken in again."""
    return {"title": card.title, "summary": card.summary or None, "aliases": list(card.aliases), "language": card.language,
            "confidentiality": card.confidentiality, "unit": unit, "nodes": as_json(card.nodes)}


def screen_json(screen: Screen) -> dict[str, Any]:
    """What stands before the agent, as JSON."""
    node = screen.node
    return {
        "at": screen.position, "node": node.key, "ends": screen.ends, "none_of_these": screen.none,
        "question": None if screen.ends else node.title, "note": None if screen.ends else node.text or None,
        "choices": [] if screen.ends else [{"choice": n, "text": one.text} for n, one in enumerate(node.choices, 1)],
        "outcome": node.title if screen.ends and not screen.none else None,
        "say": node.text or None if screen.ends and not screen.none else None,
        "link": {"number": screen.link.number, "title": screen.link.title, "url": screen.link.url} if screen.link else None,
        "path": [{"at": stop.position, "node": stop.node.key, "question": stop.node.title, "choice": stop.choice,
                  "answer": stop.answer or None} for stop in screen.before]}


def walk_json(card: WalkCard) -> dict[str, Any]:
    """One's own walk as JSON, with what may be chosen now."""
    choices = [] if card.screen.ends else list(range(len(card.screen.node.choices) + 1))
    schema = {"type": "object", "required": ["at", "choice"], "properties": {
        "at": {"type": "integer", "const": card.screen.position}, "choice": {"type": "integer", "enum": choices}}}
    here = f"/api/v1/knowledge/flows/walks/{card.id}"
    return {"id": card.id, "flow": card.flow.number, "flow_id": card.flow.id, "ordinal": card.flow.ordinal, "contact": card.contact,
            **screen_json(card.screen),
            "allowed": [{"verb": "choose", "href": f"{here}/choose", "method": "POST", "forward": True, "schema": schema}]
            if choices else []}


def counts_json(found: Counts) -> dict[str, Any]:
    """How a version was walked, as JSON."""
    return {"ordinal": found.ordinal, "walks": found.walks, "outcome": found.outcome, "none_of_these": found.none,
            "left": found.left, "median_seconds": found.seconds,
            "nodes": [{"key": one.node.key, "title": one.node.title, "ends": one.node.ends, "came": one.came, "left": one.left,
                       "none_of_these": one.none, "taken_back": one.back, "median_seconds": one.seconds,
                       "choices": [{"choice": choice.choice, "text": choice.text, "to": choice.to, "times": choice.times}
                                   for choice in one.choices]} for one in found.nodes]}


def walk_line_json(line: WalkLine) -> dict[str, Any]:
    """One walk in a list, as JSON."""
    return {"id": line.id, "began_at": line.began_at, "seconds": line.seconds, "end": line.end, "person": line.person or None,
            "unit": line.unit or None, "contact": line.contact, "ordinal": line.ordinal, "last": line.last,
            "path": [{"node": stop.node.key, "choice": stop.choice, "answer": stop.answer or None}
                     for stop in line.stops if stop.choice is not None]}
