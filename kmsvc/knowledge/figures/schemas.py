"""What is asked of figures and of the rows behind them, and both as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import validate

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.figures.queries import Board, Value
from kmsvc.knowledge.figures.rows import Asked, FigureRow
from kmsvc.knowledge.figures.rules import (
    LONGEST_DAYS,
    SHAPES,
    UNIT_OF,
    Days,
    Measure,
    Part,
    Period,
    Shape,
    Span,
    period_of,
)

SPANS = [one.value for one in Span]
MEASURES = [one.value for one in Measure]
PARTS = [one.value for one in Part]


class FiguresQuery(InputSchema):
    """Which days, of which unit. on: a day of the week, month or quarter; since, until: own days."""

    period = Choice(SPANS)
    on = Day(load_default=None, allow_none=True)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


class FiguresFilters(FiguresQuery):
    """The same in an address of the page."""

    format = Choice(("csv", "xlsx"))


class RowsQuery(PageQuery):
    """Which figure, its hits or all it is out of, of which days and which unit."""

    of = Choice(MEASURES, metadata={"label": N_("Figure"), "description": "the figure; left out: searches"})
    part = Choice(PARTS, metadata={"label": N_("Part of it"), "description": "left out: what counts"})
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class RowsFilters(InputSchema):
    """The same in an address of the page; the cursor is the place in the list."""

    of = Choice(MEASURES, metadata={"label": N_("Figure")})
    part = Choice(PARTS, metadata={"label": N_("Part of it")})
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cursor = Whole(load_default=0, validate=validate.Range(min=0, max=10_000_000))
    format = Choice(("csv", "xlsx"))


def period_in(asked: Mapping[str, Any], today: date) -> Period:
    """The period in a loaded query; InvalidInput where its days are turned round or too many."""
    span = Span(asked["period"]) if asked["period"] else Span.DAYS if asked["since"] or asked["until"] else Span.RECENT
    if span is Span.DAYS:
        days_in(asked, today)
    return period_of(span, asked["on"] or today, today, asked["since"], asked["until"])


def days_in(asked: Mapping[str, Any], today: date) -> Days:
    """The days in a loaded query, the last four weeks where they are left out."""
    days = period_of(Span.DAYS, today, today, asked["since"], asked["until"]).days
    if days.first > days.last:
        raise InvalidInput({"until": [N_("The last day lies before the first.")]})
    if days.count > LONGEST_DAYS:
        raise InvalidInput({"until": [N_("At most a year at once.")]})
    return days


def asked_in(asked: Mapping[str, Any], today: date) -> Asked:
    """The list in a loaded query."""
    return Asked(Measure(asked["of"] or Measure.SEARCHES), Part(asked["part"] or Part.HITS), days_in(asked, today), asked["q"])


def days_json(days: Days) -> dict[str, Any]:
    """Days as JSON."""
    return {"since": days.first, "until": days.last}


def value_json(measure: Measure, value: Value | None) -> dict[str, Any] | None:
    """A figure as JSON: times in seconds or days."""
    if value is None:
        return None
    shape = SHAPES[measure]
    if shape is Shape.COUNT:
        return {"hits": value.hits}
    if shape is Shape.SHARE:
        low, high = value.rate.interval
        share = value.rate.share
        return {"hits": value.hits, "n": value.n, "share": None if share is None else round(share, 4),
                "low": round(low, 4) if value.n else None, "high": round(high, 4) if value.n else None}
    unit = 10 if shape is Shape.SECONDS else 1
    return {"n": value.n, "median": None if value.median is None else value.median / unit,
            "p90": None if value.tail is None else value.tail / unit}


def board_json(found: Board, counted_until: datetime) -> dict[str, Any]:
    """All figures as JSON. whole, unit: whose figures these are; counted_until: every search before it is counted."""
    return {"whole": found.whole, "unit": found.of, "counted_until": counted_until,
            "days": days_json(found.period.days), "before": days_json(found.period.before), "too_few": found.too_few,
            "figures": [{"measure": one.measure.value, "shape": SHAPES[one.measure].value, "unit_of": UNIT_OF[one.measure].value,
                         "now": value_json(one.measure, one.now),
                         "before": value_json(one.measure, one.before)} for one in found.figures],
            "weeks": [{**days_json(week), "figures": {one.value: value_json(one, value) for one, value in values.items()}}
                      for week, values in found.weeks]}


def row_json(row: FigureRow) -> dict[str, Any]:
    """A row of a list as JSON."""
    return {"id": row.id, "url": row.url or None, **row.values}
