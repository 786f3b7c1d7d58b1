"""Inputs and answers of certificates."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, OnDay, PageQuery, ReasonInput, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.queries import HeldLine, NeedLine, Passport
from kmsvc.training.certificates.rules import MOST_DAYS, MOST_MONTHS, Counting, Purpose, RollFrom

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
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


class NeedInput(InputSchema):
    """Who needs it: one of these, or nobody in particular for everybody."""

    post_id = _id(N_("Post"))
    unit_id = _id(N_("Unit"))
    role = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Role")})
    queue = Line(load_default=None, allow_none=True, validate=validate.Length(max=100), metadata={"label": N_("Queue")})
    since = Day(load_default=None, allow_none=True, metadata={"label": N_("Asked for since")})


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


class KindsQuery(PageQuery):
    """The list of kinds."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    purpose = Choice(PURPOSES)


class DayQuery(InputSchema):
    """The day that is looked at, today when left out."""

    on = Day(load_default=None, allow_none=True)


class PassportQuery(OnDay):
    """A day that is looked at; a format to take it away in."""

    format = Choice(("csv", "xlsx"))


Reason = ReasonInput


def held_json(one: HeldLine) -> dict[str, Any]:
    """A certificate of a person, as JSON."""
    return {"certificate_id": one.id, "kind_id": one.kind_id, "number": one.number, "name": one.name, "purpose": one.purpose,
            "clause": one.clause, "state": one.state, "needed": one.needed, "lack": one.lack.value if one.lack else None,
            "passed_on": one.passed_on, "until": one.until, "reason": one.reason, "renew": one.renew,
            "passings": [{"passed_on": it.passed_on, "source": it.source, "proof": it.proof,
                          "score": str(it.score) if it.score is not None else None, "noted_by": it.noted_by or None}
                         for it in one.passings]}


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
        "course_id", "exam_id", "retired_at", "version")} | {"people": people}


def need_json(one: NeedLine) -> dict[str, Any]:
    """Who needs it, as JSON."""
    return {name: getattr(one, name) for name in (
        "id", "whom", "name", "since", "passed_since", "due_on", "ended_on", "people", "version")}
