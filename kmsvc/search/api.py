"""Search as JSON: a result page, and names for each keystroke."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from marshmallow import fields, validate

from kmsvc.core import cards
from kmsvc.core.api import reply
from kmsvc.core.cards import Moment
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, look, query_data, settings, today
from kmsvc.search.engine import SearchEngine
from kmsvc.search.past import ask_on
from kmsvc.search.permissions import SEARCH
from kmsvc.search.queries import ask, lag_seconds, names_for
from kmsvc.search.schemas import result_json

blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1/search")


class SearchQuery(PageQuery):
    """What is searched and within what."""

    q = Line(required=True, validate=validate.Length(max=10_000))
    kind = Choice(later=lambda: cards.KINDS)
    category = Line(load_default=None)
    expired = fields.Boolean(load_default=False)
    on = Day(load_default=None, allow_none=True, metadata={
        "description": "what counted on this day, with the words of then; total counts among the first 100 by rank"})


class SuggestQuery(InputSchema):
    """What was typed so far."""

    q = Line(required=True, validate=validate.Length(max=200))


def engine() -> SearchEngine:
    """This process's search engine."""
    found: SearchEngine = current_app.extensions["kmsvc.search"]
    return found


@blueprint.get("")
@says(query=SearchQuery)
def search() -> Response:
    """A page of results for this caller."""
    asked = query_data(SearchQuery)
    if not can(current_actor(), SEARCH):
        raise NotPermitted()
    cursor = asked["cursor"] or "0"
    if not cursor.isdecimal() or int(cursor) > 10_000:
        raise InvalidInput({"cursor": [N_("This cursor is not one of ours.")]})
    offset = int(cursor)
    narrowed = {"kind": asked["kind"], "category": asked["category"], "limit": asked["limit"], "offset": offset}
    with look() as work:
        lag = lag_seconds(work.session, database().clock())
        if asked["on"] is not None and asked["on"] != today():
            moment = Moment(asked["on"], today(), settings().timezone)
            answer = ask_on(work.session, engine(), work.actor, text=asked["q"], moment=moment, lag_s=lag, **narrowed)
            return reply(result_json(answer, offset, asked["limit"], asked["on"]))
        answer = ask(work.session, engine(), work.actor, text=asked["q"], on=today(), expired=asked["expired"], lag_s=lag,
                     **narrowed)
    return reply(result_json(answer, offset, asked["limit"], asked["on"]))


@blueprint.get("/suggest")
@says(query=SuggestQuery)
def suggest() -> Response:
    """Names that fit what was typed so far; made for each keystroke."""
    asked = query_data(SuggestQuery)
    if not can(current_actor(), SEARCH):
        raise NotPermitted()
    with look() as work:
        found = names_for(work.session, engine(), work.actor, asked["q"], today())
    return reply({"items": [{"kind": card.kind, "id": card.id, "number": card.number, "title": card.title, "url": card.url}
                            for _, card in found]})
