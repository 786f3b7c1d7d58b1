"""Inputs and answers of busy times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import validate

from kmsvc.convert.values import plain
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.training.plans.busy_queries import BusyImportLine, BusyLine
from kmsvc.training.plans.rules import BusyKind
from kmsvc.training.plans.week import bounds

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
KINDS = [one.value for one in BusyKind]


class BusyInput(InputSchema):
    """A time by hand, said as a row of a sheet says it."""

    kind = Line(required=True, error_messages=NEEDED, validate=validate.OneOf(KINDS), metadata={"label": N_("Kind")})
    person = Line(load_default=None, allow_none=True, validate=validate.Length(max=100),
                  metadata={"label": N_("Person (account)"), "description": "none for a peak"})
    on = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=40), metadata={"label": N_("Day")})
    until = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Last day")})
    hours = Line(load_default=None, allow_none=True, validate=validate.Length(max=40),
                 metadata={"label": N_("Clock times"), "description": "9:00-18:00; a whole day of leave without it"})
    note = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Note")})


class BusyWhy(InputSchema):
    """Why a time is deleted, or an import taken back."""

    reason = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=500), metadata={"label": N_("Reason")})


class _Filters(InputSchema):
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(KINDS)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    import_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Import")})


class BusyAsked(_Filters):
    """Filters of the page; person, on, last, hours, note fill the form."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class BusyQuery(_Filters, PageQuery):
    """Filters of busy times."""


class BusyFiles(InputSchema):
    """The page of files."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


def chosen(asked: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The filters of a query."""
    since, until = asked.get("since"), asked.get("until")
    return {name: asked.get(name) for name in ("q", "kind", "import_id")} | {
        "begins": bounds(since, 1, zone)[0] if since else None, "ends": bounds(until, 1, zone)[1] if until else None}


def values_of(data: Mapping[str, Any]) -> dict[str, str]:
    """A loaded input as the cells of a row."""
    return {"kind": data["kind"] or "", "on": data["on"], "until": data["until"] or "", "hours": plain(data["hours"] or ""),
            "note": data["note"] or ""}


def busy_json(one: BusyLine) -> dict[str, Any]:
    """A busy time, as JSON."""
    return asdict(one)


def file_json(one: BusyImportLine) -> dict[str, Any]:
    """A file that was taken in, as JSON."""
    return asdict(one)
