"""The calendar of training: a week by hours, a month, rooms or trainers as lanes; as a page and a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import format_date
from marshmallow import fields, validate

from kmsvc.convert.sending import list_answer
from kmsvc.core.actors import Actor
from kmsvc.core.i18n import label, listed, local, sentence
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, Day, InputSchema, Line
from kmsvc.core.texts import N_, Labelled
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.core.workdays import is_workday
from kmsvc.training.plans import calendar, calendar_queries, session_queries, week
from kmsvc.training.plans.calendar import CalendarEntry
from kmsvc.training.plans.permissions import SEE_PLANS

blueprint = Blueprint("training_calendar_pages", __name__, url_prefix="/training/plans/calendar")
HEAD = (N_("Begins"), N_("Ends"), N_("Kind"), N_("Number"), N_("Title"), N_("Classroom"), N_("Trainer"), N_("People"),
        N_("What speaks against it"))


KEPT = ("view", "kind", "room", "trainer", "team", "course")


class View(Labelled):
    """How the calendar is drawn."""

    WEEK = "week", N_("Week")
    MONTH = "month", N_("Month")
    ROOMS = "rooms", N_("Rooms")
    TRAINERS = "trainers", N_("Trainers")


class EntryKind(Labelled):
    """What stands in the calendar."""

    SESSION = "session", N_("Session")
    EXAM = "exam", N_("Exam")


class CalendarFilters(InputSchema):
    """What is shown. room, trainer, team, course: as they are called."""

    kind = Choice([one.value for one in EntryKind])
    room = Line(load_default=None, allow_none=True, validate=validate.Length(max=100))
    trainer = Line(load_default=None, allow_none=True, validate=validate.Length(max=100))
    team = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Team")})
    course = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CalendarAsked(CalendarFilters):
    """A week, a month or lanes around a day."""

    view = fields.String(load_default=View.WEEK.value, validate=validate.OneOf([one.value for one in View]))
    day = Day(load_default=None, allow_none=True)
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def shown(entries: Sequence[CalendarEntry], asked: dict[str, Any]) -> list[CalendarEntry]:
    """The entries that are asked for."""
    return [one for one in entries if all(asked[name] in (None, getattr(one, name)) for name in ("kind", "room", "trainer", "course"))
            and (asked["team"] is None or asked["team"] in one.teams)]


def month_of(day: date) -> tuple[date, int]:
    """The Monday on which the sheet of a month begins, and its days, whole weeks."""
    first = day.replace(day=1)
    begins = week.monday_of(first)
    after = (first + timedelta(days=32)).replace(day=1)
    return begins, -(-(after - begins).days // 7) * 7


def _step(view: str, day: date, by: int) -> date:
    if view != View.MONTH:
        return day + timedelta(days=7 * by)
    first = day.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1) if by < 0 else (first + timedelta(days=32)).replace(day=1)


@blueprint.get("")
def index() -> str | Response:
    """The week of today, unless another day or view is asked for."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(CalendarAsked)
    zone, view, day = settings().timezone, asked["view"], asked["day"] or today()
    first, days = month_of(day) if view == View.MONTH else (week.monday_of(day), 7)
    begins, ends = week.bounds(first, days, zone)
    with look() as work:
        every = calendar.entries(work.session, work.actor, begins, ends)
        found = shown(every, asked)
        if asked["format"]:
            return _file(asked["format"], found)
        peaks = calendar_queries.peaks_between(work.session, begins, ends)
        whole = _whole(found)
        drawn = ({"laid": week.laid(first, whole, peaks, zone)} if view == View.WEEK else
                 {"weeks": _weeks(first, days, whole, zone)} if view == View.MONTH else {"lanes": _lanes(view, first, found, zone)})
        dates = [first + timedelta(days=n) for n in range(days)]
        return render_template(
            "training/plans/calendar.html", asked=asked, view=view, day=day, today=today(), first=first, last=dates[-1], dates=dates,
            entries=found, **drawn, earlier=_at(_step(view, day, -1)), later=_at(_step(view, day, 1)), now=_at(None),
            views=[{"label": label(one), "href": _at(asked["day"], one.value), "current": one == view} for one in View],
            kinds=[(one.value, label(one)) for one in EntryKind], makings=_makings(work.actor, None, None), is_workday=is_workday,
            by_day=[(one, [it for it in whole if week.on_day(it, one, zone)]) for one in dates], making_at=_making_at(work.actor),
            every_room=session_queries.rooms(work.session), rooms=_named(it.room for it in every),
            weekday=lambda day: format_date(day, "EEE"),
            trainers=_named(it.trainer for it in every), courses=_named(it.course for it in every),
            teams=_named(team for it in every for team in it.teams), local=lambda at: local(at, zone),
            shifts={one: calendar_queries.on_shift(work.session, one, zone) for one in dates} if view == View.WEEK else {},
            unplanned=calendar_queries.unplanned(work.session), clock=lambda at: local(at, zone).strftime("%H:%M"))


def _whole(found: Sequence[CalendarEntry]) -> list[CalendarEntry]:
    """What occupies several rooms once, with all of them."""
    held: dict[tuple[Any, ...], list[CalendarEntry]] = {}
    for one in found:
        held.setdefault((one.kind, one.number or one.said, one.starts_at, one.ends_at), []).append(one)
    return [its[0] if len(its) == 1 else replace(its[0], room=listed([one.room for one in its if one.room])) for its in held.values()]


def _named(words: Iterable[str | None]) -> list[tuple[str, str]]:
    return [(one, one) for one in sorted({it for it in words if it})]


def _at(day: date | None, view: str | None = None) -> str:
    """This page around another day."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in KEPT}
    return url_for(".index", **kept | ({"day": day.isoformat()} if day else {}) | ({"view": view} if view else {}))


def _makings(actor: Actor, day: date | None, at: str | None) -> list[dict[str, str]]:
    when = (day or today()).isoformat(), at or "09:00"
    return [{"label": sentence(one.label), "href": request.script_root + one.url.format(day=when[0], at=when[1]), "key": one.key}
            for one in calendar.offered(actor)]


def _making_at(actor: Actor) -> Any:
    return lambda day, hour: _makings(actor, day, f"{hour:02}:00")


def _weeks(first: date, days: int, found: Sequence[CalendarEntry], zone: str) -> list[list[tuple[date, list[CalendarEntry]]]]:
    return [[(day, [one for one in found if week.on_day(one, day, zone)]) for day in (first + timedelta(days=n + k) for k in range(7))]
            for n in range(0, days, 7)]


def _lanes(view: str, first: date, found: Sequence[CalendarEntry], zone: str) -> list[tuple[str, list[list[CalendarEntry]]]]:
    """A line for each room or trainer, what has none last; in it a cell for each day."""
    def name(one: CalendarEntry) -> str:
        return (one.room if view == View.ROOMS else one.trainer) or ""
    return [(lane, [[one for one in found if name(one) == lane and week.on_day(one, first + timedelta(days=n), zone)] for n in range(7)])
            for lane in sorted({name(one) for one in found}, key=lambda it: (not it, it))]


def _file(form: str, found: Sequence[CalendarEntry]) -> Response:
    zone = settings().timezone
    return list_answer(form, N_("Training calendar"), HEAD,
        [[local(one.starts_at, zone), local(one.ends_at, zone), label(one.kind, EntryKind), one.number, one.said, one.room or "",
          one.trainer or "", one.people if one.people is not None else "", one.against] for one in found], name="calendar")
