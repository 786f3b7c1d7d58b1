"""Products, regions, channels and customer types as JSON. Everybody who reads may list them; knowledge staff keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import READ_ARTICLE
from kmsvc.knowledge.scopes import usecases
from kmsvc.knowledge.scopes.models import ScopeValue
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
from kmsvc.knowledge.scopes.queries import value_card, value_page
from kmsvc.knowledge.scopes.rows import VALUES
from kmsvc.knowledge.scopes.schemas import (
    ScopeQuery,
    ValueEdit,
    ValueInput,
    ValueMerge,
    ValueReason,
    value_json,
)
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport

blueprint = Blueprint("knowledge_scopes_api", __name__, url_prefix="/api/v1/knowledge/scopes")


@blueprint.get("")
@says(query=ScopeQuery)
def list_values() -> Response:
    """Values by dimension and order; who keeps them sees how many articles name each."""
    asked = query_data(ScopeQuery)
    with look() as work:
        work.permit(READ_ARTICLE)
        cards, following = value_page(work.session, q=asked["q"], dimension=asked["dimension"], state=asked["state"],
                                      after=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
        counted = can(work.actor, KEEP_SCOPES)
    return reply(page([value_json(card, counted=counted) for card in cards], following))


@blueprint.post("")
@says(body=ValueInput, status=201)
def add() -> Response:
    """Add a value."""
    data = load(ValueInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.add_value(work, **{**data, "name_en": data["name_en"] or ""})
        return value_json(value_card(work.session, row.id)), 201, row.version
    return posting(effect)


@blueprint.get("/<int:value_id>")
def show(value_id: int) -> Response:
    """One value."""
    with look() as work:
        work.permit(READ_ARTICLE)
        card, counted = value_card(work.session, value_id), can(work.actor, KEEP_SCOPES)
    return reply(value_json(card, counted=counted), version=card.version)


def _changed(value_id: int, change: Callable[[Work], ScopeValue]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = change(work)
        work.session.flush()
        return value_json(value_card(work.session, row.id)), 200, row.version
    return posting(effect, theirs=lambda work: value_json(value_card(work.session, value_id)))


@blueprint.post("/<int:value_id>/edit")
@says(body=ValueEdit)
def edit(value_id: int) -> Response:
    """Rename a value or give it another order (If-Match); all articles follow."""
    data, seen = load(ValueEdit), wanted_version()
    return _changed(value_id, lambda work: usecases.change_value(
        work, value_id, version=seen, **{**data, "name_en": data["name_en"] or ""}))


@blueprint.post("/<int:value_id>/retire")
@says(body=ValueReason)
def retire(value_id: int) -> Response:
    """Take a value out of use; articles that have it keep it."""
    data, seen = load(ValueReason), wanted_version()
    return _changed(value_id, lambda work: usecases.set_use(work, value_id, used=False, reason=data["reason"], version=seen))


@blueprint.post("/<int:value_id>/restore")
@says(body=ValueReason)
def restore(value_id: int) -> Response:
    """Bring a value back into use."""
    data, seen = load(ValueReason), wanted_version()
    return _changed(value_id, lambda work: usecases.set_use(work, value_id, used=True, reason=data["reason"], version=seen))


@blueprint.post("/<int:value_id>/merge")
@says(body=ValueMerge)
def merge(value_id: int) -> Response:
    """Merge a value into another of its dimension; all articles follow."""
    data, seen = load(ValueMerge), wanted_version()
    return _changed(value_id, lambda work: usecases.merge_value(work, value_id, into_id=data["into"], reason=data["reason"],
                                                                version=seen))


@blueprint.post("/<int:value_id>/part")
@says(body=ValueReason)
def part(value_id: int) -> Response:
    """Take a merge back."""
    data, seen = load(ValueReason), wanted_version()
    return _changed(value_id, lambda work: usecases.part_value(work, value_id, reason=data["reason"], version=seen))


@blueprint.post("/import")
@says(form=TableImport)
def run() -> Response:
    """Import values from a csv or xlsx file: one part named `file`. A row adds or changes; nothing is taken away."""
    return run_for_program(VALUES)
