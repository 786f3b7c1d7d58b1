"""What a row of a roster says, as people keep them: a day or from-to, times like 9:00-18:00, nights over midnight, leave of whole
days. Days and times are those of the centre's clock. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kmsvc.convert.columns import meaning_of
from kmsvc.convert.values import day_in, plain
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.training.plans.rules import BusyKind

AHEAD = timedelta(days=200)
"""a day without a year is the one nearest to today: up to so far ahead, the rest of a year back"""
MOST_DAYS = 366
LONGEST_SHIFT = timedelta(hours=24)
NOTE = 200
DAY_MINUTES = 24 * 60
_TIME = r"(\d{1,2})(?::(\d{2})(?::\d{2})?|(\d{2}))?"
_ALONE = re.compile(rf"(\u6b21\u65e5)?\s*{_TIME}\s*(?:\(?\s*(\+1|\u6b21\u65e5)\s*\)?)?")
_SPAN = re.compile(rf"{_TIME}\s*(?:-|~|\u2013|\u2014|\u81f3|\u5230|to)+\s*{_ALONE.pattern}")
_AT_THE_END = re.compile(r"\D(\d{1,2}:\d{2})(?::\d{2})?$")


@dataclass(frozen=True)
class Interval:
    """One busy time, UTC."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    note: str | None = None


def intervals(values: Mapping[str, str], today: date, zone: str) -> list[Interval]:
    """The times a row names: one, or for a shift or peak of several days one a day; leave is one from its first to its last day.
    InvalidInput names the column."""
    kind = kind_of(values)
    first, last = _days(values, today)
    hours = _hours(values)
    said = " ".join(word for word in (values.get("note", "").strip(), _words(values, kind)) if word)[:NOTE] or None
    if hours is None:
        if kind != BusyKind.LEAVE:
            raise InvalidInput({"hours": [N_("From when to when? Write it as 9:00-18:00.")]})
        return [Interval(kind, *_instants(first, 0, last, DAY_MINUTES, zone), said)]
    begins, ends = hours
    if _dated(values) or (kind == BusyKind.LEAVE and last > first):
        return [_judged(Interval(kind, *_instants(first, begins, last, ends, zone), said))]
    if ends <= begins:
        ends += DAY_MINUTES
    return [_judged(Interval(kind, *_instants(day, begins, day, ends, zone), said))
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))]


def kind_of(values: Mapping[str, str]) -> str:
    """Leave, shift or peak: by the column of the kind, else by what stands where the times are, else a shift where there are times."""
    word = values.get("kind", "").strip()
    if word:
        found = meaning_of("busy_kind", word)
        if found in set(BusyKind):
            return found
        if _span(word) is None:
            raise InvalidInput({"kind": [Filled(N_("“%(word)s” is neither leave nor a shift nor a peak."), word=word[:40])]})
    found = meaning_of("busy_kind", values.get("hours", "").strip())
    if found in set(BusyKind):
        return found
    if _hours(values) is not None:
        return BusyKind.SHIFT
    raise InvalidInput({"kind": [N_("Leave, shift or peak?")]})


def _words(values: Mapping[str, str], kind: str) -> str:
    """The word of the sheet where it says more than the kind, as the sort of leave or the name of a shift."""
    word = values.get("kind", "").strip() or values.get("hours", "").strip()
    return "" if word.casefold() in {one.value for one in BusyKind} or _span(word) is not None or word == kind else word[:60]


def _days(values: Mapping[str, str], today: date) -> tuple[date, date]:
    near = today + AHEAD
    found: dict[str, date | None] = {}
    for name, other in (("on", "starts"), ("until", "ends")):
        cell = values.get(name, "") or (values.get(other, "") if _is_dated(values.get(other, "")) else "")
        found[name] = day_in(cell, near) if cell else None
        if cell and found[name] is None:
            raise InvalidInput({name: [Filled(N_("“%(word)s” is no day."), word=cell[:40])]})
    first = found["on"]
    if first is None:
        raise InvalidInput({"on": [N_("Which day?")]})
    last = found["until"] or first
    if last < first:
        raise InvalidInput({"until": [N_("It ends before it begins.")]})
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput({"until": [Filled(N_("At most %(number)d days in a row."), number=MOST_DAYS)]})
    return first, last


def _is_dated(cell: str) -> bool:
    return day_in(cell, date(2100, 1, 1)) is not None if cell and _alone(cell) is None else False


def _dated(values: Mapping[str, str]) -> bool:
    """Whether both ends name their day: then it is one time from the first to the last."""
    return _is_dated(values.get("starts", "")) and _is_dated(values.get("ends", ""))


def _hours(values: Mapping[str, str]) -> tuple[int, int] | None:
    """Minutes of the day from when to when; past 1440 over midnight; none where no time is named."""
    for name in ("hours", "kind"):
        cell = values.get(name, "").strip()
        if (found := _span(cell)) is not None:
            return found
        if name == "hours" and cell and meaning_of("busy_kind", cell) not in set(BusyKind):
            raise InvalidInput({"hours": [Filled(N_("“%(word)s” names no times. Write them as 9:00-18:00."), word=cell[:40])]})
    cells = [values.get(name, "").strip() for name in ("starts", "ends")]
    if not any(cells):
        return None
    found_at = []
    for name, cell in zip(("starts", "ends"), cells, strict=True):
        at = _alone(cell)
        if at is None and (dated := _AT_THE_END.search(plain(cell))):
            at = _alone(dated.group(1))
        if at is None and _is_dated(cell):
            at = 0 if name == "starts" else DAY_MINUTES
        if at is None:
            raise InvalidInput({name: [Filled(N_("“%(word)s” is no time. Write it as 9:00."), word=cell[:40])]})
        found_at.append(at)
    return found_at[0], found_at[1]


def _span(cell: str) -> tuple[int, int] | None:
    """`9:00-18:00`, `22:00-6:00`, `9-18`, with the name of a shift before it or behind it."""
    found = _SPAN.search(plain(cell))
    if found is None or _looks_like_a_day(plain(cell)):
        return None
    begins, ends = _minutes(*found.group(1, 2, 3)), _minutes(*found.group(5, 6, 7))
    if begins is None or ends is None:
        return None
    return begins, ends + (DAY_MINUTES if found.group(4) or found.group(8) else 0)


def _looks_like_a_day(cell: str) -> bool:
    return re.match(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", cell) is not None


def _alone(cell: str) -> int | None:
    found = _ALONE.fullmatch(plain(cell))
    if found is None:
        return None
    at = _minutes(*found.group(2, 3, 4))
    return None if at is None else at + (DAY_MINUTES if found.group(1) or found.group(5) else 0)


def _minutes(hour: str, minute: str | None, joined: str | None) -> int | None:
    at = int(hour) * 60 + int(minute or joined or 0)
    return at if int(minute or joined or 0) < 60 and at <= DAY_MINUTES else None


def _instants(first: date, begins: int, last: date, ends: int, zone: str) -> tuple[datetime, datetime]:
    """By the clock on the wall: a night in which it is put forward is an hour shorter."""
    it = ZoneInfo(zone)

    def at(day: date, minutes: int) -> datetime:
        on = day + timedelta(days=minutes // DAY_MINUTES)
        return datetime.combine(on, time(*divmod(minutes % DAY_MINUTES, 60)), it).astimezone(UTC)
    return at(first, begins), at(last, ends)


def _judged(one: Interval) -> Interval:
    if one.ends_at <= one.starts_at:
        raise InvalidInput({"ends": [N_("It ends before it begins.")]})
    if one.kind != BusyKind.LEAVE and one.ends_at - one.starts_at > LONGEST_SHIFT + timedelta(hours=1):
        raise InvalidInput({"ends": [N_("A shift or a peak of more than 24 hours: a time is wrong.")]})
    return one
