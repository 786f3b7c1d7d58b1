"""Templates as JSON: list, read, add, change, retire, bring back, import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import Removal, TableImport
from kmsvc.knowledge.templates import usecases
from kmsvc.knowledge.templates.models import Template
from kmsvc.knowledge.templates.queries import template_card, template_page
from kmsvc.knowledge.templates.rows import TEMPLATES
from kmsvc.knowledge.templates.schemas import TemplateInput, TemplateQuery, template_json, written_of

blueprint = Blueprint("knowledge_templates_api", __name__, url_prefix="/api/v1/knowledge/templates")


@blueprint.get("")
@says(query=TemplateQuery)
def list_templates() -> Response:
    """Templates, newest first."""
    asked = query_data(TemplateQuery)
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        cards, following = template_page(work.session, q=asked["q"], language=asked["language"], state=asked["state"],
                                         before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([template_json(card) for card in cards], following))


@blueprint.post("")
@says(body=TemplateInput, status=201)
def add() -> Response:
    """Add a template."""
    data = load(TemplateInput)
    return _posted(lambda work: usecases.add_template(work, written_of(data)), 201)


@blueprint.get("/<int:template_id>")
def show(template_id: int) -> Response:
    """One template."""
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        card = template_card(work.session, template_id)
    return reply(template_json(card), version=card.version)


@blueprint.post("/<int:template_id>/edit")
@says(body=TemplateInput)
def edit(template_id: int) -> Response:
    """Put a template as given (If-Match)."""
    data, seen = load(TemplateInput), wanted_version()
    return _posted(lambda work: usecases.change_template(work, template_id, written_of(data), version=seen))


@blueprint.post("/<int:template_id>/retire")
@says(body=Removal)
def retire(template_id: int) -> Response:
    """No longer offer it, with a reason."""
    data, seen = load(Removal), wanted_version()
    return _posted(lambda work: usecases.retire_template(work, template_id, reason=data["reason"], version=seen))


@blueprint.post("/<int:template_id>/restore")
def restore(template_id: int) -> Response:
    """Offer it again."""
    seen = wanted_version()
    return _posted(lambda work: usecases.restore_template(work, template_id, version=seen))


def _posted(change: Callable[[Work], Template], status: int = 200) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = change(work)
        return template_json(template_card(work.session, row.id)), status, row.version
    return posting(effect)


@blueprint.post("/import")
@says(form=TableImport)
def run() -> Response:
    """Import templates from a csv or xlsx file: one part named `file`. A row adds or changes, by language and name."""
    return run_for_program(TEMPLATES)
