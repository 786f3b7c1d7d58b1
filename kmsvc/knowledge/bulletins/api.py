"""Bulletins as JSON: the list, what the caller must read, one with what may be done, its readers, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, settings, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.bulletins import board, queries, usecases, verbs
from kmsvc.knowledge.bulletins.permissions import READ_BULLETIN
from kmsvc.knowledge.bulletins.readers import NOBODY, reach, readers
from kmsvc.knowledge.bulletins.schemas import (
    BulletinInput,
    BulletinQuery,
    ReadersQuery,
    card_json,
    line_json,
    message_of,
    reader_json,
)

blueprint = Blueprint("knowledge_bulletins_api", __name__, url_prefix="/api/v1/knowledge/bulletins")


@blueprint.get("")
@says(query=BulletinQuery)
def list_bulletins() -> Response:
    """Bulletins this caller may see, newest first."""
    require(current_actor(), READ_BULLETIN)
    asked = query_data(BulletinQuery)
    with look() as work:
        lines, following = queries.bulletin_lines(work.session, work.actor, work.now, q=asked["q"], state=asked["state"],
                                                  urgency=asked["urgency"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.get("/unread")
def unread() -> Response:
    """What runs now and this caller has not read, what must be read first."""
    require(current_actor(), READ_BULLETIN)
    with look() as work:
        cards = [queries.bulletin_card(work.session, work.actor, one.id, work.now)
                 for one in board.unread(work.session, work.actor, work.now)]
        return reply(page([card_json(card, verbs.allowed(work.session, work.actor, card)) for card in cards]))


@blueprint.post("")
@says(body=BulletinInput, status=201)
def send() -> Response:
    """Hang up a bulletin, now or at its time."""
    data = load(BulletinInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.send_bulletin(work, message_of(work.session, data, settings().timezone))
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:bulletin_id>")
def show(bulletin_id: int) -> Response:
    """One bulletin with its texts, how far it is read, and what this caller may do with it now."""
    with look() as work:
        body = _whole(work, bulletin_id)
        return reply(body, version=body["version"])


def _whole(work: Work, bulletin_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.bulletin_card(work.session, work.actor, bulletin_id, work.now)
    return card_json(card, verbs.allowed(work.session, work.actor, card))


@blueprint.get("/<int:bulletin_id>/readers")
@says(query=ReadersQuery)
def list_readers(bulletin_id: int) -> Response:
    """Who has read it and who has not; a leader sees the own team."""
    asked = query_data(ReadersQuery)
    with look() as work:
        card = queries.bulletin_card(work.session, work.actor, bulletin_id, work.now)
        if reach(work.session, work.actor) == NOBODY:
            raise NotFound()
        found = readers(work.session, work.actor, card.standing, q=asked["q"], state=asked["state"], unit_id=asked["unit_id"])
    return reply(part_of(found, asked, reader_json))


def _view_of(name: str) -> Any:
    verb = verbs.BY_NAME[name]

    @says(body=verb.schema, summary=verb.label)
    def view(bulletin_id: int) -> Response:
        data, around = load(verb.schema), verbs.Around(settings().timezone, wanted_version())

        def effect(work: Work) -> tuple[Any, int, int | None]:
            verbs.act(work, bulletin_id, name, data, around)
            body = _whole(work, bulletin_id)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: _whole(work, bulletin_id))
    return view


for _name in verbs.BY_NAME:
    blueprint.add_url_rule(f"/<int:bulletin_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
