"""The own calendar: its page, its file, its secret link; and what a calendar program reads by it, without signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.core.api import posting, reply
from kmsvc.core.i18n import sentence
from kmsvc.core.logs import SECRET_PLACES
from kmsvc.core.texts import N_
from kmsvc.core.web import NOBODY, begin, go, look, settings
from kmsvc.core.work import Work
from kmsvc.training.plans import ical, ical_links
from kmsvc.training.plans.permissions import ATTEND
from kmsvc.training.plans.rules import FEED

blueprint = Blueprint("training_ical", __name__)
SECRET_PLACES.add(FEED)
_NAME = N_("My training")


@blueprint.get("/training/my-calendar")
def index() -> Response:
    """What is in it, and how to have it in a calendar program."""
    return _page()


def _page(token: str = "") -> Response:
    with look() as work:
        work.permit(ATTEND)
        me = work.actor.person_id or 0
        page = render_template(
            "training/plans/ical.html", events=[one for one in ical.events_of(work.session, me, work.now) if one.ends_at > work.now],
            since=ical_links.made_at(work.session, me), link=address_of(token) if token else "")
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def address_of(token: str) -> str:
    """Where a calendar program finds the calendar."""
    return f"{str(settings().base_url).rstrip('/')}{FEED}{token}.ics"


@blueprint.get("/training/my-calendar/file")
def file() -> Response:
    """The own calendar as a file."""
    with look() as work:
        work.permit(ATTEND)
        answer = _calendar(work, work.actor.person_id or 0)
    answer.headers["Content-Disposition"] = "attachment; filename=training.ics"
    return answer


def _calendar(work: Work, person_id: int) -> Response:
    body = ical.written(ical.events_of(work.session, person_id, work.now), settings().base_url, sentence(_NAME), work.now)
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/training/my-calendar/link")
def renew() -> Response:
    """Make the link, or a new one in place of the old; it is shown this once."""
    with begin() as work:
        token = ical_links.renew(work)
    return _page(token)


@blueprint.post("/training/my-calendar/link/end")
def end() -> Response:
    """Take it away."""
    with begin() as work:
        ical_links.end(work)
    flash(sentence(N_("The link has ended. Calendar programs read nothing by it any more.")), "ok")
    return go(url_for(".index"))


@blueprint.get("/api/v1/training/my-calendar")
def show_for_program() -> Response:
    """What stands in the own calendar."""
    with look() as work:
        work.permit(ATTEND)
        me = work.actor.person_id or 0
        return reply({"link_made_at": ical_links.made_at(work.session, me), "events": [
            {"uid": one.uid, "title": one.title, "starts_at": one.starts_at, "ends_at": one.ends_at, "place": one.place,
             "cancelled": one.cancelled, "url": one.path} for one in ical.events_of(work.session, me, work.now)]})


@blueprint.post("/api/v1/training/my-calendar/link")
def renew_for_program() -> Response:
    """Make the link, or a new one in place of the old; its address is told this once."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        return {"address": address_of(ical_links.renew(work))}, 200, None
    return posting(effect)


@blueprint.post("/api/v1/training/my-calendar/link/end")
def end_for_program() -> Response:
    """Take it away."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        ical_links.end(work)
        return {}, 200, None
    return posting(effect)


@blueprint.get(f"{FEED}<calendar_token>.ics")
def feed(calendar_token: str) -> Response:
    """What a calendar program reads; a token that ended, or of somebody who left, finds nothing."""
    with look(NOBODY) as work:
        return _calendar(work, ical_links.reader_of(work.session, calendar_token[:100]))
