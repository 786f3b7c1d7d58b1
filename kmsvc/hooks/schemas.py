"""Inputs and answers of hooks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.hooks.queries import DeliveryLine, HookLine
from kmsvc.hooks.rules import OFFERED, TESTED, DeliveryState, HookState, networks_of
from kmsvc.hooks.usecases import Wish

STATES = [one.value for one in HookState]
DELIVERY_STATES = [one.value for one in DeliveryState]
KINDS = [*OFFERED, TESTED]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class HookInput(InputSchema):
    """An address of another system, what it is told of, and with whose rights."""

    name = Line(required=True, validate=validate.Length(min=1, max=100), error_messages=NEEDED, metadata={"label": N_("Name")})
    address = Line(required=True, validate=validate.Length(min=1, max=500), error_messages=NEEDED, metadata={"label": N_("Address")})
    login = Line(required=True, validate=validate.Length(min=1, max=100), error_messages=NEEDED, metadata={
        "label": N_("With whose rights"), "description": "login of the account; it is told of what this account may see"})
    kinds = fields.List(fields.String(validate=validate.OneOf(list(OFFERED))), required=True, error_messages=NEEDED,
                        validate=validate.Length(min=1, error=N_("Choose at least one of what is offered.")),
                        metadata={"label": N_("What it is told of")})


class NewHookInput(HookInput):
    """The same with a secret both sides know already; left out, one is made and answered once."""

    secret = Line(load_default=None, allow_none=True, validate=validate.Length(min=24, max=100),
                  metadata={"label": N_("Signing secret")})


class SecretInput(InputSchema):
    """The new secret; left out, one is made and answered once."""

    secret = Line(load_default=None, allow_none=True, validate=validate.Length(min=24, max=100),
                  metadata={"label": N_("Signing secret")})


class HookFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LogFilters(InputSchema):
    """The filters of the log, all in the address."""

    state = Choice(DELIVERY_STATES)
    kind = Choice(KINDS)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class HooksQuery(PageQuery):
    """q: name or address."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)


class LogQuery(PageQuery):
    """state and kind of deliveries."""

    state = Choice(DELIVERY_STATES)
    kind = Choice(KINDS)


def wish_of(data: dict[str, Any], settings: Any) -> Wish:
    """What the input asks for, on a machine with these settings."""
    return Wish(data["name"], data["address"], data["login"], data["kinds"], networks_of(settings.hooks_private))


def hook_json(line: HookLine, *, secret: str | None = None) -> dict[str, Any]:
    """A hook as JSON; its secret only where it was just made."""
    found = {"id": line.id, "version": line.version, "name": line.name, "address": line.address, "login": line.login,
             "kinds": list(line.kinds), "state": line.state, "reason": line.reason, "waiting": line.waiting, "dead": line.dead,
             "failing": line.failing, "rests_until": line.rests_until, "answered_at": line.answered_at, "made_at": line.made_at,
             "url": line.url, "allowed": [
                 {"verb": verb, "href": f"/api/v1/hooks/{line.id}/{verb}", "method": "POST", "forward": verb == "resume",
                  "schema": {"type": "object", "properties": {}, "required": []}} for verb in verbs_of(line)]}
    return found if secret is None else found | {"secret": secret}


def verbs_of(line: HookLine) -> list[str]:
    """What may be done with a hook now, without inputs."""
    return [*(["pause"] if line.state == HookState.ON else ["resume"]), "test", *(["retry"] if line.dead else []), "secret", "remove"]


def delivery_json(line: DeliveryLine) -> dict[str, Any]:
    """A delivery as JSON."""
    return asdict(line)
