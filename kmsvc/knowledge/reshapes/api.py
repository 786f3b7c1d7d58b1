"""Merging and splitting as JSON: list, read, plan, compose, publish, give up, take back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.reshapes import doing
from kmsvc.knowledge.reshapes.doing import VERBS
from kmsvc.knowledge.reshapes.models import Reshape
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.knowledge.reshapes.queries import lines_of, reshape_line, reshape_page
from kmsvc.knowledge.reshapes.schemas import PlanMerge, PlanSplit, ReshapeQuery, reshape_json

blueprint = Blueprint("knowledge_reshapes_api", __name__, url_prefix="/api/v1/knowledge/reshapes")


@blueprint.get("")
@says(query=ReshapeQuery)
def list_reshapes() -> Response:
    """Merges and splits, newest first."""
    asked = query_data(ReshapeQuery)
    with look() as work:
        require(work.actor, RESHAPE)
        lines, following = reshape_page(work.session, q=asked["q"], kind=asked["kind"], state=asked["state"],
                                        before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([reshape_json(line) for line in lines], following))


@blueprint.get("/<int:reshape_id>")
def show(reshape_id: int) -> Response:
    """One merge or split."""
    with look() as work:
        line = reshape_line(work.session, work.actor, reshape_id)
    return reply(reshape_json(line), version=line.version)


def _told(work: Work, row: Reshape) -> tuple[Any, int, int | None]:
    return reshape_json(lines_of(work.session, [row])[0]), 200, row.version


@blueprint.post("/merge")
@says(body=PlanMerge)
def merge() -> Response:
    """Plan that articles go up in one that stays; readers notice nothing yet."""
    data = load(PlanMerge)
    return posting(lambda work: _told(work, doing.merge(work, data)))


@blueprint.post("/split")
@says(body=PlanSplit)
def split() -> Response:
    """Plan that paragraphs of an article become articles of their own; readers notice nothing yet."""
    data = load(PlanSplit)
    return posting(lambda work: _told(work, doing.split(work, data)))


def _view_of(name: str) -> Any:
    schema, run, line, _ = VERBS[name]

    @says(body=schema, summary=line)
    def view(reshape_id: int) -> Response:
        data, seen = load(schema), wanted_version()
        return posting(lambda work: _told(work, run(work, reshape_id, data, seen)))
    return view


for _name in VERBS:
    blueprint.add_url_rule(f"/<int:reshape_id>/{_name}", endpoint=f"act_{_name}", view_func=_view_of(_name), methods=["POST"])
