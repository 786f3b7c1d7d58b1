"""Figures as JSON, and the rows behind each."""

from __future__ import annotations

from flask import Blueprint, Response

from kmsvc.core.api import part_read, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.knowledge.figures import queries, rows, scope
from kmsvc.knowledge.figures.permissions import SEE_FIGURES
from kmsvc.knowledge.figures.schemas import FiguresQuery, RowsQuery, asked_in, board_json, period_in, row_json

blueprint = Blueprint("knowledge_figures_api", __name__, url_prefix="/api/v1/knowledge/figures")


@blueprint.get("")
@says(query=FiguresQuery)
def index() -> Response:
    """Shares, times and counts of finding in a period, what they were before, and by week."""
    require(current_actor(), SEE_FIGURES)
    asked = query_data(FiguresQuery)
    period = period_in(asked, today())
    with look() as work:
        whose = scope.scope_of(work.session, work.actor, asked["unit"], settings().timezone, today())
        return reply(board_json(queries.board(work.session, whose, period), queries.counted_until(work.session, work.now)))


@blueprint.get("/rows")
@says(query=RowsQuery)
def listing() -> Response:
    """The rows that a figure counts, without anybody's name."""
    require(current_actor(), SEE_FIGURES)
    given = query_data(RowsQuery)
    asked = asked_in(given, today())
    with look() as work:
        whose = scope.scope_of(work.session, work.actor, given["unit"], settings().timezone, today())
        body = part_read(lambda start, limit: rows.figure_rows(work.session, work.actor, asked, whose, start=start, limit=limit),
                         given, row_json)
        return reply(body | {"total": rows.count_rows(work.session, work.actor, asked, whose), "too_few": whose.too_few})
