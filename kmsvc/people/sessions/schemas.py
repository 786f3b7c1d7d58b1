"""Inputs and outputs of one's own sessions, tokens and password."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.i18n import LANGUAGES
from kmsvc.core.schemas import InputSchema, Line, Secret, Whole
from kmsvc.core.texts import N_
from kmsvc.people.accounts.rules import LONGEST_PASSWORD
from kmsvc.people.sessions.queries import SessionCard, TokenCard

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class NewToken(InputSchema):
    """What a token is for, and how long it lives."""

    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED)
    days = Whole(load_default=90, validate=validate.Range(min=1, max=3660, error=N_("A token lives 1 to 3660 days.")))


class NewPassword(InputSchema):
    """The present password and the one that replaces it."""

    old = Secret(required=True, validate=validate.Length(max=LONGEST_PASSWORD), error_messages=NEEDED)
    new = Secret(required=True, error_messages=NEEDED)


class OwnLanguage(InputSchema):
    """Language of pages and mail."""

    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES), error_messages=NEEDED)


def token_json(card: TokenCard) -> dict[str, Any]:
    """A token as JSON, without its secret."""
    return {"id": card.id, "number": card.name, "name": card.name, "login": card.login, "state": card.state,
            "created_at": card.created_at, "expires_at": card.expires_at, "revoked_at": card.revoked_at, "last_at": card.last_at}


def session_json(card: SessionCard) -> dict[str, Any]:
    """A running session as JSON."""
    return {"id": card.id, "login": card.login, "created_at": card.created_at, "seen_at": card.seen_at, "ends_at": card.ends_at,
            "address": card.address, "browser": card.browser, "here": card.here}
