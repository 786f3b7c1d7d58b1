"""A ticket to the parts of one package for one attempt: signed, short-lived, in the address, because a package gets no cookies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from kmsvc.core.errors import NotFound

LASTS = 4 * 3600
"""seconds; a page that is open longer is loaded anew"""


@dataclass(frozen=True)
class Ticket:
    """What a ticket is for. item: of the package."""

    attempt_id: int
    lesson_id: int
    package_id: int
    person_id: int
    item: str


def _signer() -> Any:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kmsvc.training.play")


def write_ticket(ticket: Ticket) -> str:
    """The ticket as it stands in an address."""
    return str(_signer().dumps([ticket.attempt_id, ticket.lesson_id, ticket.package_id, ticket.person_id, ticket.item]))


def read_ticket(text: str) -> Ticket:
    """The ticket in an address; NotFound where it is none of ours or has run out."""
    try:
        held = _signer().loads(text, max_age=LASTS)
        return Ticket(*held)
    except (BadSignature, TypeError, ValueError):
        raise NotFound() from None
