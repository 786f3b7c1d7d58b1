"""Hours of training beside the sessions of plans: a register that nouns above fill, read where hours per head are counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from sqlalchemy.orm import Session

HoursOf = Callable[[Session, Collection[int], date, date], Mapping[int, int]]
"""(session, people, first day, last day) -> minutes of each of them"""
ONBOARDING: list[HoursOf] = []
"""counted as onboarding (domain 5.6)"""


def onboarding_minutes(session: Session, people: Collection[int], since: date, until: date) -> dict[int, int]:
    """Minutes of onboarding of these people in a span of days, both counted; people without any are left out."""
    found: dict[int, int] = {}
    for source in ONBOARDING:
        for person, minutes in source(session, people, since, until).items():
            found[person] = found.get(person, 0) + minutes
    return found
