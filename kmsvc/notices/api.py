"""One's own inbox as JSON: the list, one read, all read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import fields

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import InputSchema, PageQuery
from kmsvc.core.web import load, look, query_data
from kmsvc.core.work import Work
from kmsvc.notices.models import Notice
from kmsvc.notices.permissions import READ_NOTICES
from kmsvc.notices.queries import NoticeCard, inbox, unread_count
from kmsvc.notices.usecases import mark_read
from kmsvc.notices.wording import line

blueprint = Blueprint("notices_api", __name__, url_prefix="/api/v1/notices")


class InboxQuery(PageQuery):
    """Which notices."""

    unread = fields.Boolean(load_default=False)


def notice_json(card: NoticeCard, language: str) -> dict[str, Any]:
    """A notice as JSON, with its line in the reader's language."""
    return {"id": card.id, "number": str(card.id), "kind": card.kind, "line": line(card.kind, card.params, language),
            "url": card.url, "made_at": card.made_at, "read_at": card.read_at}


@blueprint.get("")
@says(query=InboxQuery)
def list_notices() -> Response:
    """My notices, newest first; `unread` leaves the read ones out."""
    asked = query_data(InboxQuery)
    with look() as work:
        require(work.actor, READ_NOTICES)
        found = inbox(work.session, work.actor, unread_only=asked["unread"], before=cursor_id(asked["cursor"]),
                      limit=asked["limit"] + 1)
        unread = unread_count(work.session, work.actor.person_id)
        language = work.actor.language
    shown = found[:asked["limit"]]
    return reply(page([notice_json(one, language) for one in shown], shown[-1].id if len(found) > len(shown) else None,
                      unread=unread))


def _read(notice_id: int | None) -> Response:
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        if notice_id is not None:
            row = work.session.get(Notice, notice_id)
            if row is None or row.person_id != work.actor.person_id:
                raise NotFound()
        return {"unread": mark_read(work, notice_id)}, 200, None
    return posting(effect)


@blueprint.post("/<int:notice_id>/read")
@says(body=InputSchema)
def read(notice_id: int) -> Response:
    """Mark one notice read."""
    return _read(notice_id)


@blueprint.post("/read")
@says(body=InputSchema)
def read_all() -> Response:
    """Mark all notices read."""
    return _read(None)
