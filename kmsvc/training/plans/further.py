"""Hours of training beside the sessions of plans: a register that nouns above fill, read where hours per head are counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Span:
    """Somebody is trained on a day from one time to another by the clock of the centre. missed: they were not there."""

    person_id: int
    day: date
    begins: time
    ends: time
    missed: bool = False


SpansOf = Callable[[Session, Collection[int], date, date], Iterable[Span]]
"""(session, people, first day, last day) -> spans of each of them, days to come too"""
ONBOARDING: list[SpansOf] = []
"""counted as onboarding (domain 5.6)"""


def onboarding_spans(session: Session, people: Collection[int], since: date, until: date) -> list[Span]:
    """Times of onboarding of these people in a span of days, both counted."""
    return [one for source in ONBOARDING for one in source(session, people, since, until)]
