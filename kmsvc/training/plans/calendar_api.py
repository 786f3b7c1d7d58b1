"""The calendar of training as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import validate

from kmsvc.core.api import part_of, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Day, PageQuery, Whole
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.training.plans import calendar, week
from kmsvc.training.plans.calendar import CalendarEntry
from kmsvc.training.plans.calendar_pages import CalendarFilters, shown
from kmsvc.training.plans.permissions import SEE_PLANS

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


def entry_json(one: CalendarEntry) -> dict[str, Any]:
    """An entry for programs."""
    return {"kind": one.kind, "number": one.number or None, "title": one.said, "starts_at": one.starts_at, "ends_at": one.ends_at,
            "room": one.room, "trainer": one.trainer, "people": one.people, "against": one.against or None, "draft": one.draft,
            "url": one.url or None}
