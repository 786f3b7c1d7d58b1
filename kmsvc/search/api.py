"""Search as JSON: a result page, and names for each keystroke."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app
from marshmallow import fields, validate

from kmsvc.core import cards
from kmsvc.core.api import reply
from kmsvc.core.cards import Moment
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Words
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, look, query_data, settings, today
from kmsvc.search.engine import SearchEngine
from kmsvc.search.keeping import Chosen, kept_for
from kmsvc.search.naming import named_marks
from kmsvc.search.past import ask_on
from kmsvc.search.permissions import SEARCH
from kmsvc.search.queries import ask, lag_seconds, names_for
from kmsvc.search.running import running_for
from kmsvc.search.schemas import result_json
from kmsvc.search.scopes import register_of

blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1/search")


_NARROWS = "only what applies to one of these, by id or name, with commas between; what applies to all is found always"


class SearchQuery(PageQuery):
    """What is searched and within what."""

    q = Line(required=True, validate=validate.Length(max=10_000))
    kind = Choice(later=lambda: cards.KINDS)
    category = Line(load_default=None)
    product, region, channel, customer = (Words(metadata={"description": _NARROWS}) for _ in range(4))
    kept = fields.Boolean(load_default=False, metadata={
        "description": "narrow by what this person's search is narrowed by, where the request itself names nothing"})
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
    with look() as work:
        chosen = Chosen(asked["kind"], asked["category"], named_marks(work.session, asked))
        if asked["kept"] and not chosen:
            chosen = kept_for(work.session, work.actor).chosen
        narrowed: dict[str, Any] = {"kind": chosen.kind, "category": chosen.category, "scopes": chosen.scopes, "limit": asked["limit"],
                                    "offset": offset}
        known = register_of(work.session)
        lag = lag_seconds(work.session, database().clock())
        if asked["on"] is not None and asked["on"] != today():
            moment = Moment(asked["on"], today(), settings().timezone)
            answer = ask_on(work.session, engine(), work.actor, text=asked["q"], moment=moment, lag_s=lag, **narrowed)
            return reply(result_json(answer, offset, asked["limit"], asked["on"], known=known, narrowed=chosen))
        answer = ask(work.session, engine(), work.actor, text=asked["q"], on=today(), expired=asked["expired"], lag_s=lag,
                     **narrowed)
        running = running_for(work.session, work.actor, asked["q"], answer.expansions, work.now) if not offset else []
    return reply(result_json(answer, offset, asked["limit"], asked["on"], known=known, narrowed=chosen, running=running))


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
