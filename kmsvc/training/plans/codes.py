"""The code on the wall: a token that changes every half minute on the server's clock, signed with the centre's secret; nothing is
stored. What a phone opens with a code that counts becomes a ticket of that person, so that one tap some minutes later still does."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.training.plans.rules import CODE_SECONDS

LASTS = 3
"""Turns in which a code counts: its own and two more, so that nobody fails who held a phone up just then."""
TICKET_SECONDS = 600
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class CodeRefused(RuleBroken):
    """A code that does not count."""


def turn_at(now: datetime) -> int:
    """The number of the turn of half a minute."""
    return int(now.timestamp()) // CODE_SECONDS


def turn_ends(now: datetime) -> datetime:
    """When the code on the wall changes next."""
    return datetime.fromtimestamp((turn_at(now) + 1) * CODE_SECONDS, UTC)


def code_for(secret: str, session_id: int, now: datetime) -> str:
    """The token of this turn: the turn and its signature, 22 characters at most, letters and digits."""
    turn = turn_at(now)
    return f"{_short(turn)}-{_sign(secret, 'code', session_id, turn)}"


def check_code(secret: str, session_id: int, code: str, now: datetime) -> None:
    """CodeRefused, with one sentence, for a token that is none of ours, of another session, or has run out."""
    turn, signature = _parts(code)
    if turn is None or not hmac.compare_digest(signature, _sign(secret, "code", session_id, turn)):
        raise CodeRefused("training.session.code", N_("This is not a code of this session. Scan the one on the wall."))
    if not turn_at(now) - LASTS < turn <= turn_at(now) + 1:
        raise CodeRefused("training.session.code_over", N_("This code has run out. Scan the one that is on the wall now."))


def ticket_for(secret: str, session_id: int, person_id: int, now: datetime) -> str:
    """What the page of the phone sends when it is tapped: only for this person and session, for ten minutes."""
    until = int((now + timedelta(seconds=TICKET_SECONDS)).timestamp())
    return f"{_short(until)}-{_sign(secret, 'ticket', session_id, until, person_id)}"


def check_ticket(secret: str, session_id: int, person_id: int, ticket: str, now: datetime) -> None:
    """CodeRefused for a ticket of somebody else, or one that has run out."""
    until, signature = _parts(ticket)
    if until is None or not hmac.compare_digest(signature, _sign(secret, "ticket", session_id, until, person_id)):
        raise CodeRefused("training.session.code", N_("This is not a code of this session. Scan the one on the wall."))
    if until < now.timestamp():
        raise CodeRefused("training.session.code_over", N_("This code has run out. Scan the one that is on the wall now."))


def _short(number: int) -> str:
    said = ""
    while number:
        number, digit = divmod(number, 36)
        said = _DIGITS[digit] + said
    return said or "0"


def _parts(text: str) -> tuple[int | None, str]:
    number, _, signature = text.strip().lower().partition("-")
    if not number.isascii() or not number.isalnum() or len(number) > 8 or len(signature) != 16 or not signature.isascii():
        return None, ""
    return int(number, 36), signature


def _sign(secret: str, kind: str, *parts: int) -> str:
    key = hashlib.sha256(f"kmsvc.training.session.{kind}:{secret}".encode()).digest()
    return hmac.new(key, ":".join(str(one) for one in parts).encode(), hashlib.sha256).hexdigest()[:16]
