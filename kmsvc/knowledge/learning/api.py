"""Learning from use as JSON: what it changed, its log, what is switched off; the acts of people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_read, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data
from kmsvc.core.work import Work
from kmsvc.knowledge.learning import queries, usecases
from kmsvc.knowledge.learning.permissions import KEEP_LEARNED
from kmsvc.knowledge.learning.schemas import LearnedQuery, WhyInput, line_json

blueprint = Blueprint("knowledge_learning_api", __name__, url_prefix="/api/v1/knowledge/learning")


@blueprint.get("")
@says(query=LearnedQuery)
def index() -> Response:
    """What use has moved, the log of its changes, or what is switched off."""
    require(current_actor(), KEEP_LEARNED)
    asked = query_data(LearnedQuery)
    with look() as work:
        return reply(part_read(lambda start, limit: queries.learned_lines(
            work.session, work.actor, asked["view"], asked["q"], start=start, limit=limit), asked, line_json))


@blueprint.post("/<int:learned_id>/off")
@says(body=WhyInput)
def off(learned_id: int) -> Response:
    """Do not move this article up for this search any more."""
    data = load(WhyInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.switch_off(work, learned_id, reason=data["reason"])
        return {"off_id": row.id, "query": row.query, "article_id": row.article_id}, 200, None
    return posting(effect)


@blueprint.post("/off/<int:off_id>/on")
def on(off_id: int) -> Response:
    """Let it be moved up again."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.switch_on(work, off_id)
        return {"off_id": row.id, "query": row.query, "article_id": row.article_id}, 200, None
    return posting(effect)


@blueprint.post("/reset")
@says(body=WhyInput)
def reset() -> Response:
    """Forget all that was learned."""
    data = load(WhyInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.reset(work, reason=data["reason"])
        return {"reset_id": row.id, "at": row.at}, 200, None
    return posting(effect)


@blueprint.post("/reset/<int:reset_id>/undo")
def undo(reset_id: int) -> Response:
    """Take the last reset back."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.undo_reset(work, reset_id)
        return {"reset_id": row.id, "undone_at": row.undone_at}, 200, None
    return posting(effect)
