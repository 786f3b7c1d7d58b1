"""What the search of a person is narrowed by, for programs: read it, keep another; nothing else remembers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look
from kmsvc.core.work import Work
from kmsvc.search.filter_pages import FilterInput
from kmsvc.search.keeping import Chosen, keep, set_start
from kmsvc.search.naming import named_marks
from kmsvc.search.permissions import SEARCH
from kmsvc.search.schemas import kept_json

blueprint = Blueprint("search_filter_api", __name__, url_prefix="/api/v1/search/filters")


@blueprint.get("")
def show() -> Response:
    """What this person's next search begins with, and what their unit starts with."""
    with look() as work:
        work.permit(SEARCH)
        return reply(kept_json(work.session, work.actor))


@blueprint.post("")
@says(body=FilterInput)
def keep_mine() -> Response:
    """Keep what this person's search is narrowed by."""
    data = load(FilterInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        keep(work, Chosen(data["kind"], data["category"], named_marks(work.session, data)))
        return kept_json(work.session, work.actor), 200, None
    return posting(effect)


@blueprint.post("/unit")
@says(body=FilterInput)
def set_units() -> Response:
    """Let the searches of this person's unit start so; nothing named takes it away."""
    data = load(FilterInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        set_start(work, Chosen(data["kind"], data["category"], named_marks(work.session, data)))
        work.session.flush()
        return kept_json(work.session, work.actor), 200, None
    return posting(effect)
