"""What an authorisation covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kmsvc.core.texts import N_

CRITERIA: dict[str, str] = {
    "preparation": N_("Preparation and material"), "content": N_("Content is right and current"),
    "clarity": N_("Explains clearly"), "practice": N_("Involves people, lets them practise"), "timing": N_("Keeps the time"),
    "effect": N_("People can do it afterwards")}
"""what an observer judges from 1 to 5"""
BEST_MARK = 5
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


def points_of(marks: Mapping[str, int]) -> int:
    """The points of an observation out of its marks: all of the best are 100, rounded."""
    return round(100 * sum(marks.values()) / (BEST_MARK * len(CRITERIA)))
