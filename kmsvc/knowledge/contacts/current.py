"""The contact somebody is dealing with at this moment, kept by the browser for a quarter of an hour after it was last used, for
this person alone: typed once, every answer, word and walk of the same contact may be noted with it."""

from __future__ import annotations

from flask import Response, request

from kmsvc.core.actors import Actor
from kmsvc.core.web import settings
from kmsvc.knowledge.contacts.rules import LONGEST, folded

COOKIE = "km-contact"
KEPT_S = 900  # one contact and what is written after it


def current_contact(actor: Actor | None) -> str:
    """The number this person has given last, while it is kept; empty where there is none. It never comes from another person
    who used the same browser."""
    whose, _, number = request.cookies.get(COOKIE, "").partition(".")
    return number[:LONGEST["contact"]] if actor is not None and whose == str(actor.person_id) and number.isprintable() else ""


def given_contact(actor: Actor, typed: str | None, *, is_there: bool) -> str | None:
    """The number that counts for what is sent: the one in the page, where the page has a field for it, else the one kept."""
    return folded(typed) if is_there else folded(current_contact(actor))


def keep_contact(answer: Response, actor: Actor, number: str | None) -> Response:
    """Remember the number from now on for a while, or forget it."""
    if number:
        answer.set_cookie(COOKIE, f"{actor.person_id}.{number}", max_age=KEPT_S, httponly=True, samesite="Lax", secure=settings().https)
    elif COOKIE in request.cookies:
        answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=settings().https)
    return answer
