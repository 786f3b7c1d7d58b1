"""Inputs and answers of licences."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.licences.queries import LicenceLine
from kmsvc.knowledge.licences.rules import LONGEST, Level, LicenceState

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class GrantInput(InputSchema):
    """Whom (a login), which level, where (a category, none: everywhere), until when (the last day), why."""

    person = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED)
    level = fields.String(required=True, validate=validate.OneOf([one.value for one in Level]), error_messages=NEEDED)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["category"]))
    valid_until = Day(load_default=None, allow_none=True)
    reason = Text(required=True, validate=validate.Length(max=LONGEST["reason"]), error_messages=NEEDED)


class LicenceReason(InputSchema):
    """Why."""

    reason = Text(required=True, validate=validate.Length(max=LONGEST["reason"]), error_messages=NEEDED)


class LicenceQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    level = Choice(Level)
    state = Choice(LicenceState)


class LicenceList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    level = Choice(Level)
    state = Choice(LicenceState)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(("csv", "xlsx"))


def licence_json(line: LicenceLine) -> dict[str, Any]:
    """A licence as JSON."""
    return {"id": line.id, "version": line.version, "person_id": line.person_id, "person": line.person,
            "category": line.category or None, "level": line.level, "state": line.state, "valid_until": line.valid_until,
            "granted_by": line.granted_by or None, "granted_at": line.granted_at, "reason": line.reason, "proof": line.proof,
            "suspend_reason": line.suspend_reason or None, "ended_at": line.ended_at, "ended_by": line.ended_by or None,
            "end_reason": line.end_reason or None, "url": line.url}
