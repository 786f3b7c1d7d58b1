"""Feedback as JSON: say it, the list, one with what may be done, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.feedback import queries, usecases, verbs
from kmsvc.knowledge.feedback.cards import feedback_card
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.schemas import FeedbackQuery, SendFeedback, card_json, line_json, said_of

blueprint = Blueprint("knowledge_feedback_api", __name__, url_prefix="/api/v1/knowledge/feedback")


@blueprint.get("")
@says(query=FeedbackQuery)
def list_feedback() -> Response:
    """Feedback this caller may see, newest first: one's own, and what is said of the articles one answers for."""
    asked = query_data(FeedbackQuery)
    with look() as work:
        lines, following = queries.feedback_lines(
            work.session, work.actor, today(), q=asked["q"], kind=asked["kind"], state=asked["state"], view=asked["view"],
            article_id=asked["article_id"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=SendFeedback, status=201)
def send() -> Response:
    """Say something of a version that was read; the same word again, while it is open, counts once."""
    data = load(SendFeedback)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.send_feedback(work, data["version_id"], data["kind"], today=today(), said=said_of(data),
                                     instead=data["instead"])
        return _whole(work, row), 201, row.version
    return posting(effect)


@blueprint.get("/<int:feedback_id>")
def show(feedback_id: int) -> Response:
    """One feedback, what came of it, and what this caller may do with it now."""
    with look() as work:
        row = queries.visible_feedback(work.session, work.actor, feedback_id)
        return reply(_whole(work, row), version=row.version)


def _whole(work: Work, row: Feedback) -> dict[str, Any]:
    work.session.flush()
    return card_json(feedback_card(work.session, work.actor, row.id),
                     verbs.offers_for(work.session, work.actor, row, today()))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(feedback_id: int) -> Response:
        data, around = load(schema), verbs.Around(today(), wanted_version())

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, feedback_id, name, data, around)
            return _whole(work, row), 200, row.version
        return posting(effect, theirs=lambda work: _whole(
            work, queries.visible_feedback(work.session, work.actor, feedback_id)))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:feedback_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
