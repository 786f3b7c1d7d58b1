"""Citations as JSON: what is to be looked at, one side by side, what its keeper found, who cites a text, works of other systems."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import page, part_of, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.web import current_actor, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.citations import queries, showing, usecases, works
from kmsvc.knowledge.citations.naming import ref_named, refs_named
from kmsvc.knowledge.citations.outside import OUTSIDE
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS, SEE_CITATIONS
from kmsvc.knowledge.citations.schemas import (
    CitationsQuery,
    CiteInput,
    LookInput,
    NewWorkInput,
    TextQuery,
    WorkInput,
    WorksQuery,
    card_json,
    line_json,
    work_json,
)

blueprint = Blueprint("knowledge_citations_api", __name__, url_prefix="/api/v1/knowledge/citations")


@blueprint.get("")
@says(query=CitationsQuery)
def index() -> Response:
    """Citations this caller may know of, those marked last first; without a state those to be looked at."""
    require(current_actor(), SEE_CITATIONS)
    asked = query_data(CitationsQuery)
    with look() as work:
        lines = queries.citation_lines(work.session, work.actor, **{name: asked[name] for name in ("q", "state", "kind", "view")})
    return reply(part_of(lines, asked, line_json))


@blueprint.get("/<int:citation_id>")
def show(citation_id: int) -> Response:
    """A citation, the paragraph when it was true and now, what was found of it, and what this caller may say."""
    with look() as work:
        card = queries.citation_card(work.session, work.actor, citation_id)
        for one in showing.secret_shown(work.session, work.actor, card):
            shown(one, Place.PROGRAM)
        return reply(card_json(card), version=card.row.version)


@blueprint.post("/<int:citation_id>/look")
@says(body=LookInput)
def look_at(citation_id: int) -> Response:
    """Say what became of it."""
    data = load(LookInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.look_at(work, citation_id, **data)
        work.session.flush()
        return _line(work, citation_id), 200, None
    return posting(effect, theirs=lambda work: _line(work, citation_id))


def _line(work: Work, citation_id: int) -> dict[str, Any]:
    found = queries.citation_lines(work.session, work.actor, citation_id=citation_id)
    if not found:
        raise NotFound()
    return line_json(found[0])


@blueprint.get("/of")
@says(query=TextQuery)
def of_text() -> Response:
    """What cites a text now: `?number=KB-0007`, or a process by its number."""
    require(current_actor(), SEE_CITATIONS)
    asked = query_data(TextQuery)
    with look() as work:
        ref = ref_named(work.session, work.actor, asked["number"])
        if ref is None:
            raise NotFound()
        return reply(page([line_json(one) for one in queries.cited_by(work.session, work.actor, ref.text_kind, ref.text_id)]))


@blueprint.get("/works")
@says(query=WorksQuery)
def list_works() -> Response:
    """Works of other systems that cite our texts, newest first."""
    require(current_actor(), SEE_CITATIONS)
    asked = query_data(WorksQuery)
    with look() as work:
        lines = works.work_lines(work.session, work.actor, q=asked["q"], kind=asked["kind"], state=asked["state"])
    return reply(part_of(lines, asked, work_json))


@blueprint.get("/works/<int:outside_id>")
def show_work(outside_id: int) -> Response:
    """One with what it cites."""
    with look() as work:
        found = _work(work, outside_id)
        return reply(found, version=found["version"])


def _work(work: Work, outside_id: int) -> dict[str, Any]:
    work.session.flush()
    line = works.work_line(work.session, work.actor, outside_id)
    return work_json(line, queries.cites_of(work.session, work.actor, OUTSIDE, outside_id))


@blueprint.post("/works")
@says(body=NewWorkInput, status=201)
def create_work() -> Response:
    """Register a work of another system with what it cites; its keeper is told when one of these paragraphs changes."""
    require(current_actor(), KEEP_CITATIONS)
    data = load(NewWorkInput)
    cites = data.pop("cites")

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = usecases.register_work(work, **data, refs=refs_named(work.session, work.actor, cites))
        return _work(work, made.id), 201, made.version
    return posting(effect)


@blueprint.post("/works/<int:outside_id>/edit")
@says(body=WorkInput)
def edit_work(outside_id: int) -> Response:
    """Change what it is called, where it stands, who keeps it."""
    data = load(WorkInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        works.work_line(work.session, work.actor, outside_id)
        row = usecases.change_work(work, outside_id, **data, version=wanted_version())
        return _work(work, outside_id), 200, row.version
    return posting(effect, theirs=lambda work: _work(work, outside_id))


@blueprint.post("/works/<int:outside_id>/cite")
@says(body=CiteInput)
def cite(outside_id: int) -> Response:
    """Say what it cites besides."""
    data = load(CiteInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        works.work_line(work.session, work.actor, outside_id)
        usecases.cite_more(work, outside_id, refs_named(work.session, work.actor, data["cites"]))
        return _work(work, outside_id), 200, None
    return posting(effect)


@blueprint.post("/works/<int:outside_id>/remove")
@says(body=ReasonInput)
def remove_work(outside_id: int) -> Response:
    """It is used no longer."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        works.work_line(work.session, work.actor, outside_id)
        usecases.remove_work(work, outside_id, reason=data["reason"])
        return _work(work, outside_id), 200, None
    return posting(effect)


@blueprint.post("/works/<int:outside_id>/restore")
def restore_work(outside_id: int) -> Response:
    """Put it back."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        works.work_line(work.session, work.actor, outside_id)
        usecases.restore_work(work, outside_id)
        return _work(work, outside_id), 200, None
    return posting(effect)
