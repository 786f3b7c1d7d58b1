"""The calendar of training as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from marshmallow import validate

from kmsvc.core.api import part_of, reply
from kmsvc.core.i18n import sentence
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.training.plans import calendar, calendar_queries, week
from kmsvc.training.plans.calendar import CalendarEntry
from kmsvc.training.plans.calendar_pages import CalendarFilters, shown
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.rules import LONGEST

blueprint = Blueprint("training_calendar_api", __name__, url_prefix="/api/v1/training/plans/calendar")
MOST_DAYS = 100


class CalendarQuery(PageQuery, CalendarFilters):
    """From a day on (today unless said), so many days."""

    since = Day(load_default=None, allow_none=True)
    days = Whole(load_default=7, validate=validate.Range(min=1, max=MOST_DAYS))


@blueprint.get("")
@says(query=CalendarQuery)
def list_entries() -> Response:
    """Everything in the calendar that touches these days, by time."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(CalendarQuery)
    begins, ends = week.bounds(asked["since"] or today(), asked["days"], settings().timezone)
    with look() as work:
        found = shown(calendar.entries(work.session, work.actor, begins, ends), asked)
        return reply(part_of(found, asked, entry_json))


class AgainstQuery(InputSchema):
    """A session at another time, or in another room. starts, ends: `09:30` in the centre's zone."""

    day = Day(required=True)
    starts = Line(required=True, validate=validate.Length(max=5), metadata={"label": N_("Begins")})
    ends = Line(required=True, validate=validate.Length(max=5), metadata={"label": N_("Over at")})
    room = Line(required=True, validate=validate.Length(max=LONGEST["room"]))


@blueprint.get("/against/<int:meeting_id>")
@says(query=AgainstQuery)
def show_against(meeting_id: int) -> Response:
    """What would speak against a session then and there; `refused` says why it may not be there at all. Nothing is written."""
    require(current_actor(), MAKE_PLANS)
    asked = query_data(AgainstQuery)
    with look() as work:
        found, refused = calendar_queries.against(work, meeting_id, **asked, zone=settings().timezone)
    return reply({"against": found, "refused": sentence(refused) if refused else None})


def entry_json(one: CalendarEntry) -> dict[str, Any]:
    """An entry for programs."""
    return {"kind": one.kind, "number": one.number or None, "title": one.said, "starts_at": one.starts_at, "ends_at": one.ends_at,
            "room": one.room, "trainer": one.trainer, "people": one.people, "against": one.against or None, "draft": one.draft,
            "url": one.url or None, "course": one.course, "teams": list(one.teams),
            "moves": asdict(one.moved) if one.moved else None}
