"""What is at hand as JSON: the lists, favourites, pins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, part_read, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE
from kmsvc.knowledge.shelf import queries, usecases
from kmsvc.knowledge.shelf.pinning import pin_given
from kmsvc.knowledge.shelf.schemas import (
    KeepInput,
    PinInput,
    PinsQuery,
    ShelfQuery,
    UnpinInput,
    held_json,
    pin_json,
)
from kmsvc.knowledge.shelf.showing import shelf_lines

blueprint = Blueprint("knowledge_shelf_api", __name__, url_prefix="/api/v1/knowledge/shelf")


@blueprint.get("")
@says(query=ShelfQuery)
def shelf() -> Response:
    """One of the caller's lists: favourites in their order, what is pinned, opened last, or used most today in the unit."""
    require(current_actor(), READ_ARTICLE)
    asked = query_data(ShelfQuery)
    with look() as work:
        lines = shelf_lines(work.session, work.actor, today(), settings().timezone, asked["view"], asked["q"])
    return reply(part_of(lines, asked, held_json))


@blueprint.post("/favourites/<int:article_id>")
@says(body=KeepInput)
def keep(article_id: int) -> Response:
    """Make an article a favourite of the caller, let it go, or move it."""
    data = load(KeepInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        place = usecases.keep(work, article_id, **data)
        return {"article_id": article_id, "kept": place is not None, "place": place}, 200, None
    return posting(effect)


@blueprint.get("/pins")
@says(query=PinsQuery)
def pins() -> Response:
    """Pins, newest first."""
    require(current_actor(), EDIT_ARTICLE)
    asked = query_data(PinsQuery)
    with look() as work:
        return reply(part_read(lambda start, limit: queries.pin_lines(
            work.session, work.actor, today(), q=asked["q"], state=asked["state"], unit=asked["unit"], start=start, limit=limit),
            asked, pin_json))


@blueprint.get("/pins/<int:pin_id>")
def show_pin(pin_id: int) -> Response:
    """One pin."""
    require(current_actor(), EDIT_ARTICLE)
    with look() as work:
        return reply(_pin(work, pin_id))


@blueprint.post("/pins")
@says(body=PinInput)
def pin() -> Response:
    """Let an article stand first for a unit, or for everybody, to the end of a day."""
    data = load(PinInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return _pin(work, pin_given(work, data, today()).id), 201, None
    return posting(effect)


@blueprint.post("/pins/<int:pin_id>/remove")
@says(body=UnpinInput)
def remove(pin_id: int) -> Response:
    """Take a pin away."""
    data = load(UnpinInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.unpin(work, pin_id, reason=data["reason"])
        return _pin(work, pin_id), 200, None
    return posting(effect)


@blueprint.post("/pins/<int:pin_id>/restore")
def restore(pin_id: int) -> Response:
    """Put a pin back that was taken away."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.put_back(work, pin_id, today=today())
        return _pin(work, pin_id), 200, None
    return posting(effect)


def _pin(work: Work, pin_id: int) -> dict[str, Any]:
    work.session.flush()
    found = queries.pin_lines(work.session, work.actor, today(), pin_id=pin_id)
    if not found:
        raise NotFound()
    return pin_json(found[0])
