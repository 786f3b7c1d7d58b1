"""Where entries of the training calendar stand: by the centre's clock, beside each other, long ones above, in any zone and year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.plans.calendar import CalendarEntry
from kmsvc.training.plans.calendar_pages import month_of
from kmsvc.training.plans.week import FIRST, bounds, laid, monday_of, on_day

SHANGHAI = "Asia/Shanghai"


def entry(day: date, begins: str, ends: str, said: str = "x", zone: str = SHANGHAI) -> CalendarEntry:
    def at(words: str) -> datetime:
        hour, minute = (int(one) for one in words.split(":"))
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).replace(hour=hour, minute=minute).astimezone(UTC)
    return CalendarEntry(at(begins), at(ends), said)


def test_those_of_one_time_stand_beside_each_other_and_nobody_else_is_narrowed() -> None:
    day = date(2026, 11, 18)
    week = laid(monday_of(day), [entry(day, "9:00", "11:00", "a"), entry(day, "9:30", "10:00", "b"), entry(day, "10:00", "12:00", "c"),
                                 entry(day, "14:00", "15:15", "d")], [], SHANGHAI)
    assert [(box.entry.said, box.day, box.at, box.length, box.nth, box.of) for box in week.boxes] == [
        ("a", 3, 2, 4, 0, 2), ("b", 3, 3, 1, 1, 2), ("c", 3, 4, 4, 1, 2), ("d", 3, 12, 3, 0, 1)]
    assert week.hours == (8, 19)


def test_early_and_late_hours_come_into_sight_and_long_entries_stand_above() -> None:
    day = date(2026, 11, 16)
    exam = CalendarEntry(bounds(day, 1, SHANGHAI)[0], bounds(day, 3, SHANGHAI)[1] - timedelta(hours=2), "exam")
    night = entry(day, "23:00", "23:59", "night")
    week = laid(day, [exam, entry(day, "6:30", "7:00", "early"), night], [], SHANGHAI)
    assert week.hours == (6, 24)
    assert [(number, [one.said for one in held]) for number, held in week.above] == [(1, ["exam"]), (2, ["exam"]), (3, ["exam"])]
    assert {box.entry.said: box.at for box in week.boxes} == {"early": 1, "night": 34}


def test_what_ends_when_a_day_begins_is_not_of_that_day() -> None:
    day = date(2026, 11, 16)
    begins, ends = bounds(day, 1, SHANGHAI)
    one = CalendarEntry(begins, ends, "x")
    assert on_day(one, day, SHANGHAI) and not on_day(one, day + timedelta(1), SHANGHAI)


@pytest.mark.parametrize(("zone", "day", "hours"), [
    ("America/New_York", date(2026, 3, 8), 23), ("America/New_York", date(2026, 11, 1), 25), (SHANGHAI, date(2028, 2, 29), 24)])
def test_a_day_is_a_day_when_clocks_are_changed_R_J3(zone: str, day: date, hours: int) -> None:
    begins, ends = bounds(day, 1, zone)
    assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=hours)
    week = laid(monday_of(day), [entry(day, "9:00", "10:00", zone=zone)], [], zone)
    assert [(box.day, box.at, box.length) for box in week.boxes] == [(day.weekday() + 1, (9 - FIRST) * 2, 2)]


def test_a_peak_over_midnight_is_shaded_on_both_days_within_the_hours_shown() -> None:
    day = date(2026, 11, 16)
    begins, ends = bounds(day, 1, SHANGHAI)
    peak = CalendarEntry(begins + timedelta(hours=18), ends + timedelta(hours=9), "p", peak=True)
    assert [(one.day, one.at, one.length) for one in laid(day, [], [peak], SHANGHAI).peaks] == [(1, 20, 2), (2, 0, 2)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 47), st.integers(1, 20)), max_size=30))
def test_every_short_entry_has_its_place_and_none_covers_another(found: list[tuple[int, int, int]]) -> None:
    monday = date(2026, 11, 16)
    first = bounds(monday, 1, SHANGHAI)[0]
    entries = [CalendarEntry(first + timedelta(days=day, minutes=30 * at), first + timedelta(
        days=day, minutes=30 * min(48, at + length)), str(n)) for n, (day, at, length) in enumerate(found)]
    week = laid(monday, entries, [], SHANGHAI)
    assert sorted(box.entry.said for box in week.boxes) == sorted(one.said for one in entries)
    for box in week.boxes:
        assert 0 <= box.nth < box.of <= 4 and box.at >= 0 and box.at + box.length <= (week.hours[1] - week.hours[0]) * 2
        beside = [one for one in week.boxes if one is not box and one.day == box.day and one.nth == box.nth and one.of < 4
                  and one.at < box.at + box.length and box.at < one.at + one.length]
        assert beside == []


@pytest.mark.parametrize(("day", "first", "days"), [
    (date(2026, 11, 23), date(2026, 10, 26), 42), (date(2027, 2, 3), date(2027, 2, 1), 28),
    (date(2026, 12, 31), date(2026, 11, 30), 35)])
def test_a_month_has_whole_weeks(day: date, first: date, days: int) -> None:
    assert month_of(day) == (first, days)
