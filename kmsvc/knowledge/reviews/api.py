"""Reviews as JSON: the list, a plan, one with what may be done, its sample, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews import queries, usecases, verbs
from kmsvc.knowledge.reviews.checklist import checklist, keep_checklist
from kmsvc.knowledge.reviews.models import Review
from kmsvc.knowledge.reviews.permissions import SEE_REVIEWS
from kmsvc.knowledge.reviews.schemas import (
    ChecklistInput,
    ItemsQuery,
    PlanInput,
    ReviewsQuery,
    allowed_json,
    card_json,
    checklist_json,
    chosen,
    item_json,
    line_json,
    plan_of,
)

blueprint = Blueprint("knowledge_reviews_api", __name__, url_prefix="/api/v1/knowledge/reviews")


@blueprint.get("")
@says(query=ReviewsQuery)
def list_reviews() -> Response:
    """Yearly reviews of knowledge, newest first."""
    asked = query_data(ReviewsQuery)
    with look() as work:
        work.permit(SEE_REVIEWS)
        lines, following = queries.review_lines(work.session, work.actor, q=asked["q"], year=asked["year"], state=asked["state"],
                                                before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=PlanInput, status=201)
def plan() -> Response:
    """Plan the review of a year."""
    data = load(PlanInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.plan_review(work, plan_of(data))
        return whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/checklist")
def show_checklist() -> Response:
    """The checklist of good content that counts now."""
    with look() as work:
        work.permit(SEE_REVIEWS)
        kept = checklist(work.session)
    return reply(checklist_json(kept), version=kept.version)


@blueprint.post("/checklist")
@says(body=ChecklistInput)
def put_checklist() -> Response:
    """Write the checklist down anew."""
    data, version = load(ChecklistInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        kept = keep_checklist(work, data["zh"] or (), data["en"] or (), version=version)
        return checklist_json(kept), 200, kept.version
    return posting(effect, theirs=lambda work: checklist_json(checklist(work.session)))


@blueprint.get("/<int:review_id>")
def show(review_id: int) -> Response:
    """One review with its plan, its record and what this caller may do with it now."""
    with look() as work:
        body = whole(work, review_id)
        return reply(body, version=body["version"])


def whole(work: Work, review_id: int) -> dict[str, Any]:
    """One review as JSON for the caller of this unit."""
    work.session.flush()
    card = queries.review_card(work.session, work.actor, review_id)
    return card_json(card, verbs.offers_for(work.actor, work.get(Review, review_id), card, today()))


@blueprint.get("/<int:review_id>/items")
@says(query=ItemsQuery)
def list_items(review_id: int) -> Response:
    """The articles of its sample, in the order of the draw."""
    asked = query_data(ItemsQuery)
    with look() as work:
        card = queries.review_card(work.session, work.actor, review_id)
    return reply(part_of(chosen(card.items, asked), asked, item_json))


@blueprint.get("/<int:review_id>/items/<int:item_id>")
def show_item(review_id: int, item_id: int) -> Response:
    """One article of the sample with its text of that day and what this caller may do."""
    with look() as work:
        body = _item(work, review_id, item_id)
        return reply(body, version=body["version"])


def _item(work: Work, review_id: int, item_id: int) -> dict[str, Any]:
    work.session.flush()
    row, line, text = queries.item_of(work.session, work.actor, review_id, item_id)
    offer = verbs.judge_offer(work.actor, row, line, today())
    base = f"/api/v1/knowledge/reviews/{review_id}/items/{item_id}"
    return item_json(line) | {"body": text, "allowed": allowed_json(base, [offer] if offer else [])}


@blueprint.post("/<int:review_id>/items/<int:item_id>/judge")
@says(body=verbs.JUDGE_SCHEMA)
def judge(review_id: int, item_id: int) -> Response:
    """Judge one article of the sample."""
    data, around = load(verbs.JUDGE_SCHEMA), verbs.Around(today(), settings().timezone, wanted_version())

    def effect(work: Work) -> tuple[Any, int, int | None]:
        verbs.judge(work, review_id, item_id, data, around)
        body = _item(work, review_id, item_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _item(work, review_id, item_id))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(review_id: int) -> Response:
        data, around = load(schema), verbs.Around(today(), settings().timezone, wanted_version())

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, review_id, name, data, around)
            return whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: whole(work, review_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:review_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
