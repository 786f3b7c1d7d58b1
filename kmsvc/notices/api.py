"""One's own inbox as JSON: the list, one read, all read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import fields, validate

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery
from kmsvc.core.web import load, look, query_data
from kmsvc.core.work import Work
from kmsvc.notices.finding import AREAS, Told, find_notices
from kmsvc.notices.models import Notice
from kmsvc.notices.permissions import READ_NOTICES
from kmsvc.notices.queries import unread_count
from kmsvc.notices.usecases import mark_read

blueprint = Blueprint("notices_api", __name__, url_prefix="/api/v1/notices")


class InboxQuery(PageQuery):
    """Which notices: the unread ones, what they are about, a part of their words."""

    unread = fields.Boolean(load_default=False)
    about = Choice(AREAS)
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


def notice_json(told: Told) -> dict[str, Any]:
    """A notice as JSON, with its line in the reader's language."""
    card = told.card
    return {"id": card.id, "number": str(card.id), "kind": card.kind, "line": told.words,
            "url": card.url, "made_at": card.made_at, "read_at": card.read_at}


@blueprint.get("")
@says(query=InboxQuery)
def list_notices() -> Response:
    """My notices, newest first; `unread` leaves the read ones out."""
    asked = query_data(InboxQuery)
    with look() as work:
        require(work.actor, READ_NOTICES)
        shown, following = find_notices(work.session, work.actor, q=asked["q"], unread_only=asked["unread"],
                                        about=asked["about"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
        unread = unread_count(work.session, work.actor.person_id)
    return reply(page([notice_json(one) for one in shown], following, unread=unread))


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
