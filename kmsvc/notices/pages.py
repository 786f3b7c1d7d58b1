"""The inbox: what was told to me, read and unread."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.permissions import require
from kmsvc.core.web import begin, current_actor, go, look, safe_target
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.models import Notice
from kmsvc.notices.permissions import READ_NOTICES
from kmsvc.notices.queries import inbox, unread_count
from kmsvc.notices.usecases import mark_read
from kmsvc.notices.wording import line

blueprint = Blueprint("notices_pages", __name__, url_prefix="/notices")

PAGE = 40


@blueprint.get("")
def index() -> str:
    """My notices, newest first; `?show=unread` leaves the read ones out."""
    require(current_actor(), READ_NOTICES)
    unread_only = request.args.get("show") == "unread"
    try:
        before = cursor_id(request.args.get("cursor"))
    except InvalidInput:
        before = None
    with look() as work:
        found = inbox(work.session, work.actor, unread_only=unread_only, before=before, limit=PAGE + 1)
        unread = unread_count(work.session, work.actor.person_id)
        language = work.actor.language
    rows = [(one, line(one.kind, one.params, language), KINDS[one.kind].icon) for one in found[:PAGE] if one.kind in KINDS]
    return render_template("notices/index.html", rows=rows, unread=unread, unread_only=unread_only,
                           following=found[PAGE - 1].id if len(found) > PAGE else None)


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
