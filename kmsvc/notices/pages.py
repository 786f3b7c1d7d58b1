"""The inbox: what was told to me, read and unread."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from marshmallow import validate

from kmsvc.convert.export import Cell
from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, InputSchema, Line
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, go, look, query_data, safe_target, settings, today
from kmsvc.notices.finding import AREAS, Told, find_notices
from kmsvc.notices.models import Notice
from kmsvc.notices.permissions import READ_NOTICES
from kmsvc.notices.queries import unread_count
from kmsvc.notices.usecases import mark_read

blueprint = Blueprint("notices_pages", __name__, url_prefix="/notices")

PAGE = 40
MOST_EXPORTED = 20_000
HEAD = (N_("When"), N_("Notice"), N_("It is about"), N_("Read"), N_("Address"))


class NoticesQuery(InputSchema):
    """The filters of the inbox, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    show = Choice(["unread"])
    about = Choice(AREAS)
    cursor = Line(load_default=None, allow_none=True, validate=validate.Length(max=20))
    format = Choice(["csv", "xlsx"])


@blueprint.get("")
def index() -> str | Response:
    """My notices, newest first, with filters in the address and an export; `?show=unread` leaves the read ones out."""
    require(current_actor(), READ_NOTICES)
    asked = query_data(NoticesQuery)
    chosen = {"q": asked["q"], "about": asked["about"], "unread_only": asked["show"] == "unread"}
    with look() as work:
        if asked["format"]:
            rows, rest = find_notices(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            return table_answer(asked["format"], sentence(N_("Notices")), [sentence(one) for one in HEAD],
                                ended([_row(one) for one in rows], len(rows), more=rest is not None),
                                name=f"notices-{today().isoformat()}")
        rows, following = find_notices(work.session, work.actor, **chosen, before=_place(asked["cursor"]), limit=PAGE)
        unread = unread_count(work.session, work.actor.person_id)
    return render_template("notices/index.html", rows=rows, unread=unread, asked=asked, following=following,
                           areas=[(code, sentence(word)) for code, word in AREAS.items()])


def _place(cursor: str | None) -> int | None:
    try:
        return cursor_id(cursor)
    except InvalidInput:
        return None


def _row(told: Told) -> list[Cell]:
    card, zone = told.card, settings().timezone
    area = next((word for code, word in AREAS.items() if card.kind.startswith(f"{code}.")), card.kind)
    return [local(card.made_at, zone), told.words, sentence(area), local(card.read_at, zone) if card.read_at else None,
            settings().base_url + card.url]


@blueprint.post("/<int:notice_id>/open")
def open_notice(notice_id: int) -> Response:
    """Mark one read and go to what it is about."""
    with begin() as work:
        row = work.session.get(Notice, notice_id)
        if row is None or row.person_id != work.actor.person_id:
            raise NotFound()
        mark_read(work, notice_id)
        url = row.url
    return go(safe_target(url, "/notices"))


@blueprint.post("/<int:notice_id>/read")
def read(notice_id: int) -> Response:
    """Mark one read and stay."""
    with begin() as work:
        mark_read(work, notice_id)
    return go(safe_target(request.form.get("then"), "/notices"))


@blueprint.post("/read")
def read_all() -> Response:
    """Mark all read."""
    with begin() as work:
        mark_read(work)
    return go("/notices")
