"""Inputs and outputs of units and posts."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import InputSchema, Line, Text
from kmsvc.core.texts import N_
from kmsvc.people.units.models import Post, Unit

CODE = validate.Length(max=64)
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class UnitInput(InputSchema):
    """A unit; a code that exists renames, moves, closes or reopens it."""

    code = Line(required=True, validate=CODE, error_messages=NEEDED)
    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)
    parent = Line(load_default=None, allow_none=True, validate=validate.Length(max=64),
                  metadata={"description": "code of the unit above; the centre itself has none"})
    closed = fields.Boolean(load_default=None, allow_none=True, metadata={
        "description": "true closes it: it is offered nowhere any more; false opens it again", "label": N_("Closed")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class PostInput(InputSchema):
    """A post; a code that exists renames, closes or reopens it."""

    code = Line(required=True, validate=CODE, error_messages=NEEDED)
    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)
    closed = fields.Boolean(load_default=None, allow_none=True, metadata={
        "description": "true closes it: it is offered nowhere any more; false opens it again", "label": N_("Closed")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


def unit_json(unit: Unit, people: int) -> dict[str, Any]:
    """A unit as JSON. people: active ones of this unit alone."""
    return {"id": unit.id, "number": unit.code, "version": unit.version, "code": unit.code, "name": unit.name,
            "parent_id": unit.parent_id, "people": people, "closed_at": unit.closed_at}


def post_json(post: Post, people: int) -> dict[str, Any]:
    """A post as JSON. people: active ones who hold it."""
    return {"id": post.id, "number": post.code, "version": post.version, "code": post.code, "name": post.name, "people": people,
            "closed_at": post.closed_at}
