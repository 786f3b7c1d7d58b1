"""Reader groups as JSON, for who keeps them. Who writes for one chooses it among the audiences of the text."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.readers.permissions import KEEP_READERS
from kmsvc.people.readers.queries import group_line, group_lines, group_of, group_people
from kmsvc.people.readers.schemas import GroupInput, GroupsQuery, PeopleQuery, group_json, member_json, wanted
from kmsvc.people.readers.usecases import keep_group
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import audience_by_code

blueprint = Blueprint("people_readers_api", __name__, url_prefix="/api/v1/people/readers")


@blueprint.get("")
@says(query=GroupsQuery)
def index() -> Response:
    """Reader groups by code, with how many people are in each."""
    require(current_actor(), KEEP_READERS)
    asked = query_data(GroupsQuery)
    with look() as work:
        lines = group_lines(work.session, q=asked["q"], state=asked["state"])
    return reply(part_of(lines, asked, group_json))


@blueprint.get("/<int:group_id>")
def show(group_id: int) -> Response:
    """One reader group."""
    require(current_actor(), KEEP_READERS)
    with look() as work:
        row = group_of(work, group_id)
        return reply(group_json(group_line(work.session, row)), version=row.version)


@blueprint.get("/<int:group_id>/people")
@says(query=PeopleQuery)
def people(group_id: int) -> Response:
    """Who is in a reader group, by name."""
    require(current_actor(), KEEP_READERS)
    asked = query_data(PeopleQuery)
    with look() as work:
        found = group_people(work.session, group_of(work, group_id).id, q=asked["q"])
    return reply(part_of(found, asked, member_json))


@blueprint.post("")
@says(body=GroupInput, status=201)
def put() -> Response:
    """Add a reader group; a code that exists is changed, closed or opened again (If-Match)."""
    require(current_actor(), KEEP_READERS)
    data, seen = load(GroupInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = keep_group(work, version=seen, **wanted(data))
        return _group(work, row), 201, row.version
    return posting(effect, theirs=lambda work: _group(work, audience_by_code(work.session, data["code"])))


def _group(work: Work, row: Unit | None) -> dict[str, Any] | None:
    return group_json(group_line(work.session, row)) if row is not None and row.readers is not None else None
