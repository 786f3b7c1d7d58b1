"""The vocabulary as JSON: list, read, add, edit, take away, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import Removal, TableImport
from kmsvc.knowledge.vocabulary import usecases
from kmsvc.knowledge.vocabulary.permissions import KEEP_WORDS
from kmsvc.knowledge.vocabulary.queries import term_card, term_page
from kmsvc.knowledge.vocabulary.rows import WORDS
from kmsvc.knowledge.vocabulary.schemas import TermInput, TermQuery, term_json

blueprint = Blueprint("knowledge_vocabulary_api", __name__, url_prefix="/api/v1/knowledge/vocabulary")


@blueprint.get("")
@says(query=TermQuery)
def list_terms() -> Response:
    """Terms and what customers say for them, newest first."""
    asked = query_data(TermQuery)
    with look() as work:
        work.permit(KEEP_WORDS)
        cards, following = term_page(work.session, q=asked["q"], direction=asked["direction"],
                                     before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([term_json(card) for card in cards], following))


@blueprint.post("")
@says(body=TermInput, status=201)
def add() -> Response:
    """Add a term."""
    data = load(TermInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.add_term(work, **{**data, "note": data["note"] or ""})
        return term_json(term_card(work.session, row.id)), 201, row.version
    return posting(effect)


@blueprint.get("/<int:term_id>")
def show(term_id: int) -> Response:
    """One term."""
    with look() as work:
        work.permit(KEEP_WORDS)
        card = term_card(work.session, term_id)
    return reply(term_json(card), version=card.version)


@blueprint.post("/<int:term_id>/edit")
@says(body=TermInput)
def edit(term_id: int) -> Response:
    """Put a term as given, all its sayings too (If-Match)."""
    data, seen = load(TermInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.change_term(work, term_id, version=seen, **{**data, "note": data["note"] or ""})
        work.session.flush()
        return term_json(term_card(work.session, row.id)), 200, row.version
    return posting(effect, theirs=lambda work: term_json(term_card(work.session, term_id)))


@blueprint.post("/<int:term_id>/remove")
@says(body=Removal)
def remove(term_id: int) -> Response:
    """Take a term away, with a reason."""
    data, seen = load(Removal), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.remove_term(work, term_id, reason=data["reason"], version=seen)
        return {"removed": term_id}, 200, None
    return posting(effect)


@blueprint.post("/import")
@says(form=TableImport)
def run() -> Response:
    """Import words from a csv or xlsx file: one part named `file`. A row adds, and twice is once; nothing is taken away."""
    return run_for_program(WORDS)
