"""Guided flows as JSON: the list, one with what may be done, every act, walking, and how flows are walked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.flows import counting, queries, usecases, verbs, walking
from kmsvc.knowledge.flows.permissions import READ_FLOW
from kmsvc.knowledge.flows.schemas import (
    Choose,
    Contact,
    CountsQuery,
    FlowInput,
    FlowQuery,
    WalkQuery,
    card_json,
    counts_json,
    draft_of,
    line_json,
    walk_json,
    walk_line_json,
)

blueprint = Blueprint("knowledge_flows_api", __name__, url_prefix="/api/v1/knowledge/flows")


@blueprint.get("")
@says(query=FlowQuery)
def list_flows() -> Response:
    """Guided flows this caller may walk, newest first; drafts and retired ones for who writes them."""
    require(current_actor(), READ_FLOW)
    asked = query_data(FlowQuery)
    with look() as work:
        lines, following = queries.flow_lines(work.session, work.actor, q=asked["q"], state=asked["state"],
                                              before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=FlowInput, status=201)
def add() -> Response:
    """Write a flow; its nodes as a text or as rows."""
    data = load(FlowInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.new_flow(work, draft_of(work.session, data), publish=data["publish"])
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:flow_id>")
def show(flow_id: int) -> Response:
    """One flow with its questions, and what this caller may do with it now; who writes it sees its newest version."""
    with look() as work:
        body = _whole(work, flow_id)
        return reply(body, version=body["version"])


def _whole(work: Work, flow_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.flow_card(work.session, work.actor, flow_id, newest=True)
    seen = set(queries.linked(work.session, work.actor, card.nodes))
    return card_json(card, seen, verbs.allowed(work.session, work.actor, card))


@blueprint.get("/<int:flow_id>/counts")
@says(query=CountsQuery)
def counts(flow_id: int) -> Response:
    """How a version was walked: by question and choice, where it was left, how long a question took."""
    asked = query_data(CountsQuery)
    with look() as work:
        found = counting.counts(work.session, work.actor, flow_id, work.now, ordinal=asked["ordinal"])
    return reply(counts_json(found))


@blueprint.get("/<int:flow_id>/walks")
@says(query=WalkQuery)
def list_walks(flow_id: int) -> Response:
    """The single walks, newest first."""
    asked = query_data(WalkQuery)
    with look() as work:
        lines, following = counting.walk_lines(work.session, work.actor, flow_id, work.now, q=asked["q"], end=asked["end"],
                                               ordinal=asked["ordinal"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([walk_line_json(line) for line in lines], following))


def _view_of(name: str) -> Any:
    verb = verbs.BY_NAME[name]

    @says(body=verb.schema, summary=verb.label)
    def view(flow_id: int) -> Response:
        data, version = load(verb.schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            done = verbs.act(work, flow_id, name, data, version)
            if name == "begin":
                return _walk(work, done.id), 200, None
            body = _whole(work, flow_id)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: _whole(work, flow_id))
    return view


for _name in verbs.BY_NAME:
    blueprint.add_url_rule(f"/<int:flow_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


def _walk(work: Work, walk_id: int) -> dict[str, Any]:
    work.session.flush()
    return walk_json(queries.walk_card(work.session, work.actor, walk_id))


@blueprint.get("/walks/<int:walk_id>")
def show_walk(walk_id: int) -> Response:
    """One's own walk: the question that stands, or the end it came to, and the path."""
    with look() as work:
        return reply(_walk(work, walk_id))


@blueprint.post("/walks/<int:walk_id>/choose")
@says(body=Choose)
def choose(walk_id: int) -> Response:
    """Answer the question at a place of the path; what was chosen behind it is taken back."""
    data = load(Choose)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        walking.choose(work, walk_id, position=data["at"], choice=data["choice"])
        return _walk(work, walk_id), 200, None
    return posting(effect)


@blueprint.post("/walks/<int:walk_id>/contact")
@says(body=Contact)
def contact(walk_id: int) -> Response:
    """Say which contact the walk belongs to."""
    data = load(Contact)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        walking.note_contact(work, walk_id, data["contact"])
        return _walk(work, walk_id), 200, None
    return posting(effect)
