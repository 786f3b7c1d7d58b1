"""When duties fall due and when people are reminded: pure functions over days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kmsvc.core.clock import add_months

REMIND_BEFORE = (30, 7, 1)
REMIND_AFTER_EVERY = 7
LATE = "late"


@dataclass(frozen=True)
class Due:
    """One period of a duty for one subject."""

    period: str
    due_on: date


def rolling(last: date, months: int, today: date) -> Due:
    """The one open period after `last`: due `months` later. Named by its due day. Source: decision D13."""
    due = add_months(last, months)
    return Due(due.isoformat(), due)


def fixed(start: date, months: int, until: date) -> Iterator[Due]:
    """Every period from `start` to the end of the year of `until`, each once."""
    number = 1
    while True:
        due = add_months(start, months * number)
        if due.year > until.year:
            return
        yield Due(due.isoformat(), due)
        number += 1


def reminder_step(due_on: date, today: date, before: Sequence[int] = REMIND_BEFORE) -> str | None:
    """Which rung of the ladder `today` stands on: `30d`, `7d`, `1d` before, then `late0`, `late7` …; None before the first.

    Only the newest rung counts, so that three idle years send one reminder, not a hundred and fifty.
    """
    left = (due_on - today).days
    if left < 0:
        return f"{LATE}{(-left) // REMIND_AFTER_EVERY * REMIND_AFTER_EVERY}"
    reached = [days for days in before if left <= days]
    return f"{min(reached)}d" if reached else None



def further_up(rung: str, reminded: str | None) -> bool:
    """Whether a rung lies above the one reminded of last: a day looked at ahead of time is not reminded of again when it comes."""
    last = rung_days(reminded) if reminded else None
    reached = rung_days(rung)
    return last is None or (reached is not None and reached > last)


def rung_days(rung: str) -> int | None:
    """The days of a rung from the due day: below zero before it, 0 in the first week after it, 7 in the second; None for a
    text that is no rung."""
    if rung.startswith(LATE) and rung.removeprefix(LATE).isdecimal():
        return int(rung.removeprefix(LATE))
    return -int(rung[:-1]) if rung.endswith("d") and rung[:-1].isdecimal() else None
