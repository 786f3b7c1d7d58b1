"""Inputs and answers of second factors."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from kmsvc.core.schemas import InputSchema, Line
from kmsvc.core.texts import N_
from kmsvc.people.factors.queries import FactorCard

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class OneTimeCode(InputSchema):
    """A code of the app, or a recovery code."""

    code = Line(required=True, validate=validate.Length(max=60), error_messages=NEEDED, metadata={"label": N_("Code")})


def factor_json(card: FactorCard) -> dict[str, Any]:
    """A second factor as JSON, without anything secret."""
    return {"is_on": card.is_on, "since": card.since, "recovery_codes_left": card.codes_left, "must": card.must}
