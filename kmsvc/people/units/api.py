"""Units and posts as JSON. Everybody may read the tree; keeping it is an administrator's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.permissions import KEEP_SELF
from kmsvc.people.units import usecases
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import (
    all_posts,
    all_units,
    heads_of_posts,
    heads_of_units,
    post_by_code,
    unit_by_code,
)
from kmsvc.people.units.schemas import PostInput, UnitInput, post_json, unit_json

blueprint = Blueprint("people_units_api", __name__, url_prefix="/api/v1/people")


@blueprint.get("/units")
@says(query=PageQuery)
def list_units() -> Response:
    """The tree of units, the root first."""
    asked = query_data(PageQuery)
    with look() as work:
        work.permit(KEEP_SELF)
        heads = heads_of_units(work.session)
        return reply(part_of(all_units(work.session), asked, lambda unit: unit_json(unit, heads.get(unit.id, 0))))


@blueprint.get("/posts")
@says(query=PageQuery)
def list_posts() -> Response:
    """All posts."""
    asked = query_data(PageQuery)
    with look() as work:
        work.permit(KEEP_SELF)
        heads = heads_of_posts(work.session)
        return reply(part_of(all_posts(work.session), asked, lambda post: post_json(post, heads.get(post.id, 0))))


@blueprint.get("/units/<int:unit_id>")
def show_unit(unit_id: int) -> Response:
    """One unit."""
    with look() as work:
        work.permit(KEEP_SELF)
        unit = work.get(Unit, unit_id)
        return reply(_unit(work, unit), version=unit.version)


@blueprint.get("/posts/<int:post_id>")
def show_post(post_id: int) -> Response:
    """One post."""
    with look() as work:
        work.permit(KEEP_SELF)
        post = work.get(Post, post_id)
        return reply(_post(work, post), version=post.version)


@blueprint.post("/units")
@says(body=UnitInput, status=201)
def put_unit() -> Response:
    """Add a unit; a code that exists is renamed, moved below `parent`, closed or opened again (If-Match)."""
    data, seen = load(UnitInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        unit = usecases.add_unit(work, code=data["code"], name=data["name"], parent_code=data["parent"],
                                 closed=data["closed"], reason=data["reason"], version=seen)
        return _unit(work, unit), 201, unit.version
    return posting(effect, theirs=lambda work: _unit(work, unit_by_code(work.session, data["code"])))


def _unit(work: Work, unit: Unit | None) -> dict[str, Any] | None:
    return unit_json(unit, heads_of_units(work.session).get(unit.id, 0)) if unit is not None else None


@blueprint.post("/posts")
@says(body=PostInput, status=201)
def put_post() -> Response:
    """Add a post; a code that exists is renamed, closed or opened again (If-Match)."""
    data, seen = load(PostInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        post = usecases.add_post(work, code=data["code"], name=data["name"], closed=data["closed"], reason=data["reason"],
                                 version=seen)
        return _post(work, post), 201, post.version
    return posting(effect, theirs=lambda work: _post(work, post_by_code(work.session, data["code"])))


def _post(work: Work, post: Post | None) -> dict[str, Any] | None:
    return post_json(post, heads_of_posts(work.session).get(post.id, 0)) if post is not None else None
