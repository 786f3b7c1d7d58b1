"""Inputs and outputs of the operations doors."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Scalar, Text, clean_text
from kmsvc.core.texts import N_
from kmsvc.operations.overview import Overview
from kmsvc.operations.queries import DELIVERY_STATES, MAIL_STATES, DeliveryCard, MailCard, OptionCard

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class DeliveryQuery(PageQuery):
    """Filters of the outbox."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(DELIVERY_STATES))
    reaction = Line(load_default=None, validate=validate.Length(max=64))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class MailQuery(PageQuery):
    """Filters of the mail."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(MAIL_STATES))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class DeliveryPage(DeliveryQuery):
    """The same on the page, which also makes a file of it."""

    format = Choice(["csv", "xlsx"])


class MailPage(MailQuery):
    """The same on the page, which also makes a file of it."""

    format = Choice(["csv", "xlsx"])


class SettingValue(fields.Raw):
    """Yes or no, a whole number, or a line of text; what fits is the setting's own business."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool | int | str):
            raise ValidationError(N_("This value does not fit the setting."))
        try:
            return clean_text(value, lines=False) if isinstance(value, str) else value
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Setting(InputSchema):
    """A setting's new value, in its own type or as a form sends it, and why."""

    value = SettingValue(required=True, error_messages=NEEDED, metadata={"type": ["boolean", "integer", "string"]})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class SettingForm(InputSchema):
    """The same from a page: an unticked box is false."""

    value = Scalar(load_default="false", error_messages=NEEDED)
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


def overview_json(card: Overview) -> dict[str, Any]:
    """The overview as JSON."""
    return {**asdict(card), "disk_share": round(card.disk_share, 4), "alive": card.alive}


def delivery_json(card: DeliveryCard) -> dict[str, Any]:
    """A delivery as JSON."""
    return {"number": str(card.id), **asdict(card)}


def mail_json(card: MailCard, *, whole: bool = False) -> dict[str, Any]:
    """A mail as JSON; whole: with its words."""
    found = {"number": str(card.id), **asdict(card)}
    return found if whole else {name: value for name, value in found.items() if name != "text"}


def option_json(card: OptionCard) -> dict[str, Any]:
    """A setting as JSON, with what may be done to it."""
    kinds = {"bool": "boolean", "int": "integer", "str": "string"}
    value: dict[str, Any] = {"type": kinds[card.kind], "default": card.value}
    if card.choices:
        value["enum"] = list(card.choices)
    schema = {"type": "object", "properties": {"value": value, "reason": {"type": "string"}}, "required": ["value"]}
    return {"id": card.name, "number": card.name, **asdict(card), "allowed": [
        {"verb": "set", "href": f"/api/v1/operations/settings/{card.name}/set", "method": "POST", "forward": True,
         "schema": schema}]}
