"""Process alignment reviews as JSON: draw, the list, one with what may be done, its contacts, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.alignment import queries, usecases, verbs
from kmsvc.knowledge.alignment.permissions import SEE_ALIGNMENT
from kmsvc.knowledge.alignment.schemas import (
    AlignmentsQuery,
    DrawInput,
    allowed_json,
    card_json,
    draw_of,
    filters_of,
    item_json,
    line_json,
    rate_json,
)

blueprint = Blueprint("knowledge_alignment_api", __name__, url_prefix="/api/v1/knowledge/alignment")


@blueprint.get("")
@says(query=AlignmentsQuery)
def list_alignments() -> Response:
    """Reviews this caller may see, newest first, with the rates of those that are signed."""
    require(current_actor(), SEE_ALIGNMENT)
    asked = query_data(AlignmentsQuery)
    filters = filters_of(asked)
    with look() as work:
        lines, following = queries.alignment_lines(work.session, work.actor, filters, before=cursor_id(asked["cursor"]),
                                                   limit=asked["limit"])
        rates = queries.summary(work.session, work.actor, filters)
    return reply(page([line_json(line) for line in lines], following, rates={name: rate_json(one) for name, one in rates.items()}))


@blueprint.post("")
@says(body=DrawInput, status=201)
def draw() -> Response:
    """Draw contacts by lot."""
    data = load(DrawInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.draw_contacts(work, draw_of(data), today=today(), zone=settings().timezone)
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:alignment_id>")
def show(alignment_id: int) -> Response:
    """One review with its rates and what this caller may do with it now."""
    with look() as work:
        body = _whole(work, alignment_id)
        return reply(body, version=body["version"])


def _whole(work: Work, alignment_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.alignment_card(work.session, work.actor, alignment_id)
    row, _ = queries.visible(work.session, work.actor, alignment_id)
    return card_json(card, verbs.offers_for(work.actor, row, card, today()))


@blueprint.get("/<int:alignment_id>/items")
@says(query=PageQuery)
def list_items(alignment_id: int) -> Response:
    """The contacts of its sample that this caller may see, in the order of the draw."""
    asked = query_data(PageQuery)
    with look() as work:
        card = queries.alignment_card(work.session, work.actor, alignment_id)
    return reply(part_of(card.items, asked, item_json))


@blueprint.get("/<int:alignment_id>/items/<int:sampled_id>")
def show_item(alignment_id: int, sampled_id: int) -> Response:
    """One contact of the sample with its proof and what this caller may do."""
    with look() as work:
        body = _item(work, alignment_id, sampled_id)
        return reply(body, version=body["version"])


def _item(work: Work, alignment_id: int, sampled_id: int) -> dict[str, Any]:
    work.session.flush()
    row, line = queries.item_of(work.session, work.actor, alignment_id, sampled_id)
    offer = verbs.judge_offer(work.actor, row, line, today())
    base = f"/api/v1/knowledge/alignment/{alignment_id}/items/{sampled_id}"
    return item_json(line) | {"allowed": allowed_json(base, [offer] if offer else [])}


@blueprint.post("/<int:alignment_id>/items/<int:sampled_id>/judge")
@says(body=verbs.JUDGE_SCHEMA)
def judge(alignment_id: int, sampled_id: int) -> Response:
    """Judge one contact of the sample."""
    data, version = load(verbs.JUDGE_SCHEMA), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        verbs.judge(work, alignment_id, sampled_id, data, today(), version)
        body = _item(work, alignment_id, sampled_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _item(work, alignment_id, sampled_id))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(alignment_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, alignment_id, name, data, today(), version)
            return _whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, alignment_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:alignment_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
