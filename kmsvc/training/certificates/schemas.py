"""Inputs and answers of certificates."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, OnDay, PageQuery, ReasonInput, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.certificates.batches import MOST, MOST_EXTRA, Planned
from kmsvc.training.certificates.models import CertificateBatch, CertificateKind
from kmsvc.training.certificates.proving import Paper
from kmsvc.training.certificates.queries import HeldLine, NeedLine, Passport, Short
from kmsvc.training.certificates.queue_board import QueueBoard, QueueLine, QueueSum
from kmsvc.training.certificates.rules import MOST_DAYS, MOST_MONTHS, Counting, Purpose, RollFrom
from kmsvc.training.certificates.usecases import FIRST_DAYS
from kmsvc.training.certificates.yearly import Year, YearState

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
DAYS = (30, 60, 90, 180)
PURPOSES = [one.value for one in Purpose]


def _id(label: str) -> Whole:
    return Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": label})


class KindInput(InputSchema):
    """A kind of certificate. months left out: it counts always."""

    name = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200),
                metadata={"label": N_("Name of the certificate")})
    purpose = fields.String(required=True, error_messages=NEEDED, validate=validate.OneOf(PURPOSES),
                            metadata={"label": N_("What it proves")})
    proves = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000),
                  metadata={"label": N_("What somebody can who holds it")})
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause it serves")})
    months = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MOST_MONTHS),
                   metadata={"label": N_("Counts for months")})
    counting = fields.String(load_default=Counting.ROLLING.value, validate=validate.OneOf([one.value for one in Counting]),
                             metadata={"label": N_("Counted from")})
    roll_from = fields.String(load_default=RollFrom.EXPIRY.value, validate=validate.OneOf([one.value for one in RollFrom]),
                              metadata={"label": N_("Renewed in time, it counts on")})
    early_days = Whole(load_default=90, validate=validate.Range(0, MOST_DAYS),
                       metadata={"label": N_("Days before expiry on which it can be renewed")})
    grace_days = Whole(load_default=0, validate=validate.Range(0, MOST_DAYS), metadata={"label": N_("Days of grace after expiry")})
    anchor = Day(load_default=None, allow_none=True, metadata={"label": N_("A day of the fixed calendar")})
    course_id = _id(N_("Course that proves it"))
    exam_id = _id(N_("Exam that proves it"))
    by_reading = fields.Boolean(load_default=False, metadata={"label": N_("Reading all processes proves it too")})


class NeedInput(InputSchema):
    """Who needs it: one of these, or nobody in particular for everybody."""

    post_id = _id(N_("Post"))
    unit_id = _id(N_("Unit"))
    role = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Role")})
    queue = Line(load_default=None, allow_none=True, validate=validate.Length(max=100), metadata={"label": N_("Queue")})
    since = Day(load_default=None, allow_none=True, metadata={"label": N_("Asked for since")})
    first_days = Whole(load_default=FIRST_DAYS, validate=validate.Range(1, MOST_DAYS), metadata={"label": N_("Days to prove it first")})


class ChangeInput(InputSchema):
    """The requirement changed: pass anew by a day."""

    due_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Pass anew by")})
    reason = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=500), metadata={"label": N_("Reason")})


class AwardInput(InputSchema):
    """Somebody passed, and what proves it."""

    person = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64),
                  metadata={"label": N_("Account of the person")})
    passed_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Passed on")})
    proof = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=500), metadata={"label": N_("Proof")})
    score = fields.Decimal(load_default=None, allow_none=True, places=None, validate=validate.Range(0, 1000),
                           metadata={"label": N_("Score"), "minimum": 0, "maximum": 1000})


class ManyInput(InputSchema):
    """Certificates that are extended or revoked at once. dry_run: what would happen, nothing is changed."""

    ids = fields.List(Whole(validate=validate.Range(min=1)), required=True, error_messages=NEEDED,
                      validate=validate.Length(min=1, max=MOST), metadata={"label": N_("Certificates")})
    days = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MOST_EXTRA), metadata={"label": N_("By days")})
    reason = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Reason")})
    dry_run = fields.Boolean(load_default=False, metadata={"label": N_("Only look")})


class KindsQuery(PageQuery):
    """The list of kinds."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    purpose = Choice(PURPOSES)


class KindsPage(InputSchema):
    """The page of kinds. state: used or retired; cursor: how many came before."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    purpose = Choice(PURPOSES)
    state = Choice(("used", "retired"))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = Choice(("csv", "xlsx"))


class VerifyQuery(InputSchema):
    """The code of a certificate on paper."""

    code = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


class DayQuery(InputSchema):
    """The day that is looked at, today when left out."""

    on = Day(load_default=None, allow_none=True)


class ShortQuery(PageQuery):
    """Who is short of what. days: ends within so many; kind: number of a kind; unit: id; what: expires or missing; cursor: how many
    came before."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    days = Choice(tuple(str(one) for one in DAYS))
    kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=20))
    unit = _id(N_("Unit"))
    what = Choice(("expires", "over", "missing"))
    format = Choice(("csv", "xlsx"))


class YearQuery(PageQuery):
    """A kind in a year. kind: its number, the first of the yearly ones when left out; state: of YearState."""

    kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=20))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(2000, 2200), metadata={"label": N_("Year")})
    unit = _id(N_("Unit"))
    state = Choice([one.value for one in YearState])
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    format = Choice(("csv", "xlsx"))


class ShortPage(ShortQuery):
    """The page of them."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0))  # type: ignore[assignment]


class YearPage(YearQuery):
    """The page of it."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0))  # type: ignore[assignment]


class BatchPage(InputSchema):
    """The page of acts on many."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0))


class QueueQuery(InputSchema):
    """A queue on a day and, for who plans shifts, at a time of that day as 14:00. unit: id; who: fit for those
    who can be put on it, all for everybody, without it who may or may no longer; cursor: how many came before."""

    queue = Line(load_default=None, allow_none=True, validate=validate.Length(max=100))
    on = Day(load_default=None, allow_none=True)
    at = Line(load_default=None, allow_none=True, validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error=N_(
        "A time is written as 14:00.")), metadata={"label": N_("At this time")})
    unit = _id(N_("Unit"))
    who = Choice(("fit", "all"), metadata={"label": N_("Who is shown")})
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = Choice(("csv", "xlsx"))


class PassportQuery(OnDay):
    """A day that is looked at; a format to take it away in."""

    format = Choice(("csv", "xlsx"))


Reason = ReasonInput


def held_json(one: HeldLine) -> dict[str, Any]:
    """A certificate of a person, as JSON."""
    return {"certificate_id": one.id, "kind_id": one.kind_id, "number": one.number, "name": one.name, "purpose": one.purpose,
            "clause": one.clause, "state": one.state, "needed": one.needed, "lack": one.lack.value if one.lack else None,
            "passed_on": one.passed_on, "until": one.until, "reason": one.reason, "renew": one.renew,
            "passings": [{"id": it.id, "passed_on": it.passed_on, "source": it.source, "proof": it.proof,
                          "score": str(it.score) if it.score is not None else None, "noted_by": it.noted_by or None,
                          "counts": it.counts, "turned": it.turned, "until_on": it.until_on} for it in one.passings]}


def passport_json(one: Passport) -> dict[str, Any]:
    """A passport, as JSON."""
    return {"id": one.person_id, "person": one.person, "unit": one.unit, "post": one.post, "on": one.on, "missing": one.missing,
            "expiring": one.expiring, "certificates": [held_json(it) for it in one.lines],
            "queues": [{"queue": it.queue, "may": it.may, "last_on": it.last_on,
                        "lacks": {key: lack.value for key, lack in it.lacks.items()}}
                       for it in one.queues]}


def kind_json(row: CertificateKind, people: int = 0) -> dict[str, Any]:
    """A kind, as JSON."""
    return {name: getattr(row, name) for name in (
        "id", "number", "name", "purpose", "proves", "clause", "months", "counting", "roll_from", "early_days", "grace_days", "anchor",
        "course_id", "exam_id", "by_reading", "retired_at", "version")} | {"people": people}


def need_json(one: NeedLine) -> dict[str, Any]:
    """Who needs it, as JSON."""
    return {name: getattr(one, name) for name in (
        "id", "whom", "name", "since", "passed_since", "due_on", "ended_on", "people", "first_days", "version")}


def short_json(one: Short) -> dict[str, Any]:
    """Somebody who is short of something, as JSON."""
    return {name: getattr(one, name) for name in (
        "person_id", "person", "unit", "kind_id", "number", "name", "certificate_id", "state", "until", "passed_on", "needed",
        "expires")} | {"lack": one.lack.value if one.lack else None}


def year_json(one: Year) -> dict[str, Any]:
    """The run of a kind over a year without its people, as JSON."""
    return {"kind": one.kind.number, "name": one.kind.name, "year": one.year, "on": one.on, "must": one.must, "percent": one.percent,
            "counts": one.counts, "teams": [dict(zip(("unit_id", "unit", "must", "done", "late"), it, strict=True)) for it in one.teams]}


def year_line_json(one: Any) -> dict[str, Any]:
    """Somebody in a year, as JSON."""
    return {name: getattr(one, name) for name in ("person_id", "person", "unit", "due_on", "passed_on", "source", "certificate_id")} | {
        "state": one.state.value}


def queue_sum_json(one: QueueSum) -> dict[str, Any]:
    """A queue with how many may handle it, as JSON."""
    return {name: getattr(one, name) for name in ("queue", "may", "people", "grace", "soon")}


def _queue_line_json(one: QueueLine) -> dict[str, Any]:
    return {"person_id": one.person_id, "person": one.person, "unit": one.unit, "may": one.right.may, "fit": one.fit,
            "last_on": one.right.last_on, "in_grace": list(one.right.in_grace), "against": [str(it) for it in one.against],
            "on_shift": one.on_shift, "lacks": {key: lack.value for key, lack in one.right.lacks.items()}}


def board_json(one: QueueBoard) -> dict[str, Any]:
    """Who may handle a queue, as JSON."""
    return {"queue": one.queue, "on": one.on, "at": one.at, "asks": [it.number for it in one.asks], "fit": one.fit,
            "items": [_queue_line_json(it) for it in one.lines]}


def batch_json(row: CertificateBatch) -> dict[str, Any]:
    """An act on many, as JSON."""
    return {name: getattr(row, name) for name in ("id", "act", "reason", "people", "noted_at", "undone_at", "version")}


def planned_json(one: Planned) -> dict[str, Any]:
    """What an act on many would do to a certificate, as JSON."""
    return {name: getattr(one, name) for name in ("certificate_id", "person_id", "person", "kind", "until", "new", "refused")}


def paper_json(one: Paper) -> dict[str, Any]:
    """A certificate on paper, as JSON."""
    return {name: getattr(one, name) for name in (
        "certificate_id", "person_id", "number", "code", "kind", "kind_number", "person", "unit", "post", "passed_on", "until", "counts",
        "newest", "taken_back")} | {"state": one.state.value, "score": str(one.score) if one.score is not None else None}
