"""Inputs and outputs of units and posts."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from kmsvc.core.schemas import InputSchema, Line
from kmsvc.core.texts import N_
from kmsvc.people.units.models import Post, Unit

CODE = validate.Length(max=64)
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class UnitInput(InputSchema):
    """A unit; a code that exists renames or moves it."""

    code = Line(required=True, validate=CODE, error_messages=NEEDED)
    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)
    parent = Line(load_default=None, allow_none=True, validate=validate.Length(max=64),
                  metadata={"description": "code of the unit above; the centre itself has none"})


class PostInput(InputSchema):
    """A post; a code that exists renames it."""

    code = Line(required=True, validate=CODE, error_messages=NEEDED)
    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)


def unit_json(unit: Unit, people: int) -> dict[str, Any]:
    """A unit as JSON. people: active ones of this unit alone."""
    return {"id": unit.id, "number": unit.code, "version": unit.version, "code": unit.code, "name": unit.name,
            "parent_id": unit.parent_id, "people": people}


def post_json(post: Post, people: int) -> dict[str, Any]:
    """A post as JSON. people: active ones who hold it."""
    return {"id": post.id, "number": post.code, "version": post.version, "code": post.code, "name": post.name, "people": people}
