"""The figures behind an article as JSON, for whoever may read it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import reply
from kmsvc.core.web import look
from kmsvc.knowledge.health.details import Usage
from kmsvc.knowledge.health.schemas import usage_json
from kmsvc.knowledge.health.use_of_one import UseOfOne, use_of_one

blueprint = Blueprint("knowledge_use_api", __name__, url_prefix="/api/v1/knowledge/articles")


@blueprint.get("/<int:article_id>/use")
def show(article_id: int) -> Response:
    """Which paragraphs people came for, from which searches, how often they searched again; nobody is named."""
    with look() as work:
        return reply(use_json(use_of_one(work.session, work.actor, article_id, work.now)))


def use_json(found: UseOfOne) -> dict[str, Any]:
    """As JSON. rare: openings from searches whose words this caller does not read."""
    usage = usage_json(Usage(found.days, found.opens, found.again, found.asked, found.said), found.passages)
    return {"article_id": found.article_id, "number": found.number, "title": found.title, "opened_30_days": found.use.opened,
            "helpful": found.use.helpful, "said": found.use.said, **usage, "rare": found.rare}
