"""People from outside: every address of the service answers them as it does a stranger, but those that say `for_guests`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

View = TypeVar("View", bound=Callable[..., Any])
HOMES: list[Callable[[Session, int, datetime], str | None]] = []
"""Each says where a guest begins: (session, person, now) -> address; filled by the slice that invites."""


def for_guests(view: View) -> View:
    """This address is for people from outside too; it looks itself at whether they were invited to what it shows."""
    view.for_guests = True  # type: ignore[attr-defined]
    return view


def home_of(session: Session, person_id: int, now: datetime) -> str:
    """Where a guest begins; the sign-in page for one who is invited nowhere any more."""
    return next((place for home in HOMES if (place := home(session, person_id, now))), "/sign-in")
