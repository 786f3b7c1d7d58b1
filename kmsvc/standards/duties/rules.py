"""When duties fall due and when people are reminded: pure functions over days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kmsvc.core.clock import add_months
from kmsvc.core.texts import N_, Labelled

REMIND_BEFORE = (30, 7, 1)
REMIND_AFTER_EVERY = 7
LATE = "late"
LONGEST_MONTHS = 120


class DutyState(Labelled):
    """Where an occurrence of a duty stands. Late is what is open after its day."""

    OPEN = "open", N_("Open")
    DONE = "done", N_("Done")
    WAIVED = "waived", N_("Waived")
    CANCELLED = "cancelled", N_("Cancelled")
    MOOT = "moot", N_("No longer needed")


class DutyMode(Labelled):
    """How the next day is found. Source: domain section 10.4."""

    FIXED = "fixed", N_("Fixed: one each period, due by its end")
    ROLLING = "rolling", N_("Rolling: counted from the last time it was done")


class DutyScope(Labelled):
    """For whom or what a rule makes a duty each."""

    CENTRE = "centre", N_("The centre")
    UNITS = "units", N_("Each unit")
    PEOPLE = "people", N_("Each person")


class DutyOwner(Labelled):
    """Who answers for the duties of a rule."""

    ROLE = "role", N_("Who holds a role")
    UNIT = "unit", N_("Who leads a unit")
    PERSON = "person", N_("A person")
    SUBJECT = "subject", N_("The person concerned, or who leads the unit concerned")


class DutyTrigger(Labelled):
    """What happens in the service that opens a dated duty."""

    PROCESS_PUBLISHED = "process_published", N_("A process took effect")
    REQUIREMENT_CHANGED = "requirement_changed", N_("What a post requires changed")
    RESULT_BELOW = "result_below", N_("A result is below its target")
    PERSON_JOINED = "person_joined", N_("Somebody joined")
    PERSON_LEFT = "person_left", N_("Somebody left")


class DutyRecord(Labelled):
    """What the text of a clause asks to be kept."""

    ARCHIVE = "archive", N_("To be archived")
    DOCUMENT = "document", N_("To be written down")


@dataclass(frozen=True)
class Due:
    """One period of a duty for one subject."""

    period: str
    due_on: date


@dataclass(frozen=True)
class Span(Due):
    """A period of the calendar with the day it begins."""

    begins_on: date


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


def spans(since: date, months: int, until: date) -> Iterator[Span]:
    """Every period of the calendar from the one `since` lies in to the last that begins by `until`; due on its last day.

    Periods lie fixed in the calendar: those of several years begin with a year that the number divides, so that the day from which is
    counted never moves them.
    """
    index = (since.year * 12 + since.month - 1) // months
    while True:
        begins = _month(index * months)
        if begins > until:
            return
        yield Span(_named(begins, months), _month((index + 1) * months) - timedelta(days=1), begins)
        index += 1


def on_days(since: date, days: Iterable[str], until: date) -> Iterator[Span]:
    """The days of each year a rule names (`03-31`), from `since` to `until`; 29 February is the last of the month in other years."""
    months = sorted({(int(one[:2]), int(one[3:])) for one in days})
    last = since
    for year in range(since.year, until.year + 1):
        for month, day in months:
            due = date(year, month, 28) if (month, day) == (2, 29) and not _leap(year) else date(year, month, day)
            if since <= due <= until:
                yield Span(due.isoformat(), due, last)
                last = due + timedelta(days=1)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def _named(begins: date, months: int) -> str:
    year = begins.year
    if months == 1:
        return f"{year}-{begins.month:02}"
    if months in (3, 6, 12):
        return {3: f"{year}-Q{begins.month // 3 + 1}", 6: f"{year}-H{begins.month // 6 + 1}", 12: f"{year}"}[months]
    if months % 12 == 0:
        return f"{year}-{year + months // 12 - 1}"
    last = add_months(begins, months - 1)
    return f"{year}-{begins.month:02}~{last.year}-{last.month:02}"


def reminder_step(due_on: date, today: date, before: Sequence[int] = REMIND_BEFORE, every: int = REMIND_AFTER_EVERY) -> str | None:
    """Which rung of the ladder `today` stands on: `30d`, `7d`, `1d` before, then `late0`, `late7` …; None before the first.

    Only the newest rung counts, so that three idle years send one reminder, not a hundred and fifty.
    """
    left = (due_on - today).days
    if left < 0:
        return f"{LATE}{(-left) // every * every}"
    reached = [days for days in before if left <= days]
    return f"{min(reached)}d" if reached else None


def next_rung_on(due_on: date, today: date, before: Sequence[int] = REMIND_BEFORE, every: int = REMIND_AFTER_EVERY) -> date:
    """The first day after `today` on which another rung is reached: until then nobody needs to look."""
    ahead = [due_on - timedelta(days=days) for days in before if due_on - timedelta(days=days) > today]
    if ahead:
        return min(ahead)
    late = (today - due_on).days
    return due_on + timedelta(days=1 if late < 1 else (late // every + 1) * every)


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


def lead_days(months: int | None) -> tuple[int, ...]:
    """On which days before the due day is reminded when nobody said otherwise: the shorter the period, the later. Source: 10.4."""
    if months is None or months >= 12:
        return REMIND_BEFORE
    return (7, 1) if months < 3 else (14, 7, 1)


@dataclass(frozen=True)
class Load:
    """Work with some room in the calendar: within which days it can be done, how long it takes, of whom."""

    id: int
    begins_on: date
    due_on: date
    minutes: int
    owner_id: int | None


def levelled(work: Iterable[Load], year: int, not_before: date) -> dict[int, date]:
    """The day each is best done so that no month of anybody is fuller than need be: what has least room goes first, the longest of
    those first, into the emptiest month it fits; a tie goes to the earlier month.

    The day is the 20th of the month, or the due day where that comes first; late ones stay on their day.
    """
    months: dict[tuple[int | None, int], int] = {}
    found: dict[int, date] = {}
    ready = []
    for one in work:
        first = max(one.begins_on, not_before, date(year, 1, 1))
        last = min(one.due_on, date(year, 12, 31))
        room = range(first.month, last.month + 1) if first <= last else range(last.month, last.month + 1)
        ready.append((len(room), -one.minutes, one.due_on, one.id, room, one))
    for _, _, _, _, room, one in sorted(ready, key=lambda row: row[:4]):
        best = min(room, key=lambda month: (months.get((one.owner_id, month), 0), months.get((None, month), 0), month))
        months[one.owner_id, best] = months.get((one.owner_id, best), 0) + one.minutes
        if one.owner_id is not None:
            months[None, best] = months.get((None, best), 0) + one.minutes
        wanted = date(year, best, 20)
        found[one.id] = min(max(wanted, not_before) if best == not_before.month else wanted, one.due_on)
    return found
