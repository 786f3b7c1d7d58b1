"""Proposals as JSON: list, read, hand in an article or a correction, and the verbs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.usecases import Content
from kmsvc.knowledge.proposals import queries, usecases
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.schemas import (
    ProposalQuery,
    ProposeArticle,
    ProposeCorrection,
    line_json,
)
from kmsvc.knowledge.proposals.verbs import ACTS, offered

blueprint = Blueprint("knowledge_proposals_api", __name__, url_prefix="/api/v1/knowledge/proposals")


@blueprint.get("")
@says(query=ProposalQuery)
def list_proposals() -> Response:
    """Proposals the caller may know, newest first; `view=waiting`: those the caller decides on."""
    asked = query_data(ProposalQuery)
    with look() as work:
        lines, following = queries.proposal_page(work.session, work.actor, today(), q=asked["q"], view=asked["view"],
                                                 state=asked["state"], kind=asked["kind"], before=cursor_id(asked["cursor"]),
                                                 limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


def _whole(work: Work, row: Proposal) -> dict[str, Any]:
    base = f"/api/v1/knowledge/proposals/{row.id}"
    return line_json(queries.lines_of(work.session, [row])[0]) | {
        "summary": row.summary, "body": row.body, "note": row.note, "base_version_id": row.base_version_id,
        "version_id": row.version_id, "confidentiality": row.confidentiality,
        "allowed": [{"verb": verb, "href": f"{base}/{verb}", "method": "POST"}
                    for verb in offered(work.session, work.actor, row, today())]}


@blueprint.get("/<int:proposal_id>")
def show(proposal_id: int) -> Response:
    """One proposal with its text."""
    with look() as work:
        row = queries.proposal_row(work.session, work.actor, proposal_id, today())
        return reply(_whole(work, row), version=row.version)


@blueprint.post("")
@says(body=ProposeArticle, status=201)
def propose() -> Response:
    """Hand in a new article; a publisher decides."""
    data = load(ProposeArticle)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = propose_with(work, data)
        return _whole(work, row), 201, row.version
    return posting(effect)


def propose_with(work: Work, data: dict[str, Any]) -> Proposal:
    """Hand in the article of a loaded input."""
    return usecases.propose_article(work, Content(
        title=data["title"], body=data["body"], summary=data["summary"] or "", language=data["language"],
        confidentiality=data["confidentiality"]), note=data["note"], category=data["category"], today=today())


@blueprint.post("/correct/<int:article_id>")
@says(body=ProposeCorrection)
def correct(article_id: int) -> Response:
    """Hand in another wording of the text in force, or publish a small one at once."""
    data = load(ProposeCorrection)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.propose_correction(work, article_id, today=today(), **{**data, "summary": data["summary"] or ""})
        return _whole(work, row), 200, row.version
    return posting(effect)


def _view_of(name: str) -> Any:
    act = ACTS[name]

    @says(body=act.schema, summary=act.label)
    def view(proposal_id: int) -> Response:
        data, seen = load(act.schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = act.run(work, proposal_id, data, today(), seen)
            return _whole(work, row), 200, row.version
        return posting(effect)
    return view


for _name in ACTS:
    blueprint.add_url_rule(f"/<int:proposal_id>/{_name}", endpoint=f"act_{_name}", view_func=_view_of(_name), methods=["POST"])
