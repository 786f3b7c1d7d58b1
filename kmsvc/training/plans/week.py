"""Where entries of the calendar stand in a week: the day, the half hour, beside whom. Pure; days are those of the centre's clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kmsvc.training.plans.calendar import CalendarEntry

SLOT = 30
"""minutes of a row"""
FIRST, LAST = 8, 19
"""hours that are always shown"""
LONG = timedelta(hours=12)
"""what takes longer, or goes over midnight, stands above the hours of each of its days"""
MOST_BESIDE = 4


@dataclass(frozen=True)
class Box:
    """An entry in the grid. day: 1 to 7; at: rows from the first hour; length: rows; nth of `of`: its place beside those of its time,
    from 0."""

    entry: CalendarEntry
    day: int
    at: int
    length: int
    nth: int = 0
    of: int = 1


@dataclass(frozen=True)
class Week:
    """A week. hours: the first and the last one shown; boxes: by day and time; above: (day, entries) that take long; peaks: shaded."""

    days: tuple[date, ...]
    hours: tuple[int, int]
    boxes: tuple[Box, ...]
    above: tuple[tuple[int, tuple[CalendarEntry, ...]], ...]
    peaks: tuple[Box, ...]


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def bounds(first: date, days: int, zone: str) -> tuple[datetime, datetime]:
    """The instants at which so many days begin and end; a day of 23 or 25 hours is one day."""
    it = ZoneInfo(zone)
    return datetime.combine(first, time(), it), datetime.combine(first + timedelta(days=days), time(), it)


def on_day(entry: CalendarEntry, day: date, zone: str) -> bool:
    """Whether an entry touches a day."""
    begins, ends = bounds(day, 1, zone)
    return entry.starts_at < ends and begins < entry.ends_at


def laid(monday: date, entries: Sequence[CalendarEntry], peaks: Sequence[CalendarEntry], zone: str) -> Week:
    """Entries of a week as a grid of half hours."""
    days = tuple(monday + timedelta(days=n) for n in range(7))
    it = ZoneInfo(zone)
    short = [one for one in entries if not _long(one, it)]
    hours = (min([FIRST, *(one.starts_at.astimezone(it).hour for one in short)]), max([LAST, *(_end(one, it) for one in short)]))
    boxes = [box for number, day in enumerate(days, 1) for box in _beside(
        [_box(one, number, it, hours[0]) for one in short if one.starts_at.astimezone(it).date() == day])]
    above = tuple((number, found) for number, day in enumerate(days, 1)
                  if (found := tuple(one for one in entries if _long(one, it) and on_day(one, day, zone))))
    shaded = [_box(one, number, it, hours[0]) for number, day in enumerate(days, 1) for one in _cut(peaks, day, hours, zone)]
    return Week(days, hours, tuple(boxes), above, tuple(shaded))


def _long(one: CalendarEntry, zone: ZoneInfo) -> bool:
    begins, ends = one.starts_at.astimezone(zone), (one.ends_at - timedelta(seconds=1)).astimezone(zone)
    return begins.date() != ends.date() or one.ends_at - one.starts_at > LONG


def _end(one: CalendarEntry, zone: ZoneInfo) -> int:
    last = (one.ends_at - timedelta(seconds=1)).astimezone(zone)
    return last.hour + 1


def _box(one: CalendarEntry, day: int, zone: ZoneInfo, first: int) -> Box:
    """By the clock on the wall: in a night in which it is put forward a box has the rows its times name."""
    begins, last = one.starts_at.astimezone(zone), (one.ends_at - timedelta(seconds=1)).astimezone(zone)
    at = (begins.hour * 60 + begins.minute) // SLOT
    till = (last.hour * 60 + last.minute) // SLOT + 1
    return Box(one, day, max(0, at - first * 60 // SLOT), max(1, till - max(at, first * 60 // SLOT)))


def _beside(boxes: Sequence[Box]) -> Iterator[Box]:
    """Boxes that share a row stand beside each other; a row of them is as wide as its fullest place."""
    group: list[Box] = []
    until = -1
    for box in sorted(boxes, key=lambda one: (one.at, -one.length, one.entry.said)):
        if group and box.at >= until:
            yield from _columns(group)
            group, until = [], -1
        group.append(box)
        until = max(until, box.at + box.length)
    yield from _columns(group)


def _columns(group: Sequence[Box]) -> Iterator[Box]:
    ends: list[int] = []
    placed: list[tuple[Box, int]] = []
    for box in group:
        nth = next((place for place, end in enumerate(ends) if end <= box.at), len(ends))
        ends[nth:nth + 1] = [box.at + box.length]
        placed.append((box, nth))
    for box, nth in placed:
        yield Box(box.entry, box.day, box.at, box.length, min(nth, MOST_BESIDE - 1), min(len(ends), MOST_BESIDE))


def _cut(peaks: Sequence[CalendarEntry], day: date, hours: tuple[int, int], zone: str) -> Iterator[CalendarEntry]:
    it = ZoneInfo(zone)
    first = datetime.combine(day, time(hours[0]), it)
    last = datetime.combine(day, time(), it) + timedelta(hours=hours[1])
    for one in peaks:
        begins, ends = max(one.starts_at, first), min(one.ends_at, last)
        if begins < ends:
            yield CalendarEntry(begins, ends, one.said, kind=one.kind, peak=True)
