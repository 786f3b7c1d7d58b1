"""What an authorisation covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LONGEST = {"text": 4000, "topic": 200, "proof": 1000, "reason": 500}
BEST = 100


@dataclass(frozen=True)
class Covered:
    """An authorisation as judging needs it. course_id: none stands for every course; both days count."""

    course_id: int | None
    from_on: date
    until_on: date
    withdrawn_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it counts on this day; one that was withdrawn counts no longer from that day on."""
        return self.from_on <= day <= self.until_on and (self.withdrawn_on is None or day < self.withdrawn_on)


def may_teach(held: Iterable[Covered], course_id: int | None, day: date) -> bool:
    """Whether one of them covers this course on this day (#79). What is no course of ours needs an authorisation for everything."""
    return any(one.holds(day) and one.course_id in (None, course_id) for one in held)
