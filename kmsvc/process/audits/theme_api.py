"""Themed optimisations as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.acting import add_verbs
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.process.audits import theme_queries, theme_verbs, themes
from kmsvc.process.audits.models import Optimisation
from kmsvc.process.audits.schemas import (
    OptimisationInput,
    OptimisationsQuery,
    theme_card_json,
    theme_json,
    year_json,
)

blueprint = Blueprint("process_themes_api", __name__, url_prefix="/api/v1/process/audits/themes")


@blueprint.get("")
@says(query=OptimisationsQuery)
def list_themes() -> Response:
    """Themed optimisations, newest year first, and how the year stands that was asked for, or this one."""
    asked = query_data(OptimisationsQuery)
    with look() as work:
        lines, following = theme_queries.theme_lines(work.session, work.actor, q=asked["q"], year=asked["year"], state=asked["state"],
                                                     start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
        year = theme_queries.year_of(work.session, asked["year"] or today().year)
    return reply(page([theme_json(line) for line in lines], following, year=year_json(year)))


@blueprint.post("")
@says(body=OptimisationInput, status=201)
def begin_theme() -> Response:
    """Begin a themed optimisation."""
    data = load(OptimisationInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = themes.add_theme(work, themes.Theme(**data))
        return whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:theme_id>")
def show(theme_id: int) -> Response:
    """One themed optimisation with the processes it touches, and what this caller may do."""
    with look() as work:
        body = whole(work, theme_id)
        return reply(body, version=body["version"])


def whole(work: Work, theme_id: int) -> dict[str, Any]:
    """One as JSON for the caller of this unit."""
    work.session.flush()
    card = theme_queries.theme_card(work.session, work.actor, theme_id)
    return theme_card_json(card, theme_verbs.offers_for(work, work.get(Optimisation, theme_id), today()))


add_verbs(blueprint, "/<int:theme_id>", theme_verbs.VERBS, lambda name: lambda work, one, data, day, version: theme_verbs.act(
    work, one, name, data, day, version), whole, named="do")
