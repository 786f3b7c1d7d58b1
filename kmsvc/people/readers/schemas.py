"""Inputs and outputs of reader groups."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.people.readers.queries import GroupLine, Member
from kmsvc.people.units.schemas import CODE, NEEDED

STATES = ["open", "closed"]


class GroupInput(InputSchema):
    """A reader group; a code that exists is changed, closed or opened again."""

    code = Line(required=True, validate=CODE, error_messages=NEEDED, metadata={"label": N_("Code")})
    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED, metadata={"label": N_("Name")})
    within = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "label": N_("Inside"), "description": "code of a unit; the whole centre where it is left out"})
    posts = Words(metadata={"label": N_("Posts"), "description": "codes of posts"})
    roles = Words(metadata={"label": N_("Roles"), "description": "codes of roles"})
    closed = fields.Boolean(load_default=None, allow_none=True, metadata={
        "description": "true closes it: it is offered no more; false opens it again", "label": N_("Closed")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class GroupsQuery(PageQuery):
    """state: open or closed."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)


class PeopleQuery(PageQuery):
    """q: part of a name."""

    q = Line(load_default=None, validate=validate.Length(max=200))


class PeopleFilters(InputSchema):
    """The filter of the list of a group's people."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))


class GroupFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


def wanted(data: dict[str, Any]) -> dict[str, Any]:
    """What the verb is asked for."""
    return {**data, "posts": data["posts"] or (), "roles": data["roles"] or ()}


def member_json(one: Member) -> dict[str, Any]:
    """Somebody of a group as JSON."""
    return {"id": one.id, "name": one.name, "unit": one.unit or None, "post": one.post or None, "roles": list(one.roles)}


def group_json(line: GroupLine) -> dict[str, Any]:
    """A reader group as JSON. people: active ones who are in it."""
    return {"id": line.id, "number": line.code, "version": line.version, "code": line.code, "name": line.name,
            "within": line.within or None, "posts": [code for code, _ in line.posts], "roles": list(line.roles),
            "people": line.people, "closed_at": line.closed_at}
