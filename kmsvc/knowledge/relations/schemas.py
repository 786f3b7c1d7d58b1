"""Inputs and answers of relations."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.cards import ThingCard
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.relations.queries import OWN, Column, TwinCard, TwinLine
from kmsvc.knowledge.relations.rules import RelationWord, TwinState
from kmsvc.knowledge.relations.standing import Kin, Side
from kmsvc.markup.blocks import IdentifiedBlock

WORDS = [one.value for one in RelationWord]
STATES = [*(one.value for one in TwinState), "all"]
"""Left out: all that somebody has to look at."""
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class RelateInput(InputSchema):
    """Which other article, and what it is to this one."""

    word = fields.String(required=True, validate=validate.OneOf(WORDS), error_messages=NEEDED,
                         metadata={"label": N_("What the other article is")})
    other = Line(required=True, validate=validate.Length(min=1, max=64), error_messages=NEEDED, metadata={
        "description": "number of the other article", "label": N_("Other article")})
    equal = fields.Boolean(load_default=True, metadata={
        "description": "twins only: they say the same today", "label": N_("They say the same today")})


class RelateForm(RelateInput):
    """The same from a page: a number, or words of a title and the number that was picked from what they find."""

    other = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={
        "label": N_("Other article")})
    picked = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


class ChoicesQuery(InputSchema):
    """What was typed so far."""

    other = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class RemoveInput(InputSchema):
    """Why, if anything is to be said."""

    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300))


class EqualInput(InputSchema):
    """The two published texts that were compared."""

    from_version_id = Whole(required=True, validate=validate.Range(min=1), error_messages=NEEDED)
    to_version_id = Whole(required=True, validate=validate.Range(min=1), error_messages=NEEDED)


class WithdrawInput(InputSchema):
    """Which finding is taken back: the last one."""

    check_id = Whole(required=True, validate=validate.Range(min=1), error_messages=NEEDED)


class TwinFilters(InputSchema):
    """The filters of the list, all in the address; without a state all that somebody has to look at."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    view = Choice(OWN)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class TwinsQuery(PageQuery):
    """Filters of the list. state: left out, all that somebody has to look at; view: `mine`, those that the caller has to."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    view = Choice(OWN)


class SwitchQuery(InputSchema):
    """From which twin, at which paragraph of it."""

    from_id = Whole(required=True, data_key="from", validate=validate.Range(min=1))
    at = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


def _side(side: Side) -> dict[str, Any]:
    return {"id": side.id, "number": side.number, "title": side.title, "language": side.language, "version_id": side.version_id,
            "version_label": side.label, "is_published": side.is_published, "since": side.since, "url": side.url}


def line_json(line: TwinLine) -> dict[str, Any]:
    """Twins in a list, as JSON."""
    return {"id": line.id, "state": line.state, "first": _side(line.first), "second": _side(line.second),
            "behind": line.behind.number if line.behind else None, "owner": line.owner or None, "since": line.since,
            "checked_at": line.checked_at, "checked_by": line.checked_by or None, "url": line.url}


def card_json(card: TwinCard) -> dict[str, Any]:
    """Twins side by side, as JSON, with `allowed` for this caller."""
    looked = dict(zip(("from_version_id", "to_version_id"), card.version_ids, strict=True))
    return line_json(card.line) | {
        "left": _column(card.left), "right": _column(card.right),
        "paragraphs": [{"left": _block(row.left, row.changed[0]), "right": _block(row.right, row.changed[1])} for row in card.rows],
        "found_equal": [{"id": one.id, "at": one.at, "by": one.by or None, "left_version": one.labels[0],
                         "right_version": one.labels[1], "withdrawn_at": one.withdrawn_at} for one in card.checks],
        "allowed": [*([_verb(card, "equal", looked)] if card.may_confirm else []),
                    *([_verb(card, "withdraw", {"check_id": card.last_check})] if card.last_check is not None else [])]}


def _verb(card: TwinCard, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"verb": name, "href": f"/api/v1/knowledge/relations/twins/{card.line.id}/{name}", "method": "POST",
            "forward": name == "equal", "schema": {"type": "object", "required": list(body), "properties": {
                key: {"type": "integer", "const": value} for key, value in body.items()}}}


def _column(column: Column) -> dict[str, Any]:
    return _side(column.side) | {"is_behind": column.is_behind, "taken_out": [block.text for block in column.gone]}


def _block(block: IdentifiedBlock | None, changed: bool) -> dict[str, Any] | None:
    return {"id": block.id, "kind": block.kind, "text": block.text, "changed": changed} if block is not None else None


def kin_json(kin: Kin) -> dict[str, Any]:
    """A related article as JSON."""
    return {"id": kin.relation_id, "word": kin.word, "article": _side(kin.side)}


def near_json(card: ThingCard) -> dict[str, Any]:
    """A similar article as JSON."""
    return {"id": card.id, "number": card.number, "title": card.title, "url": card.url}
