"""Working days as the calendar of mainland China has them: weekends, public holidays, and weekends worked instead.

Years the holiday calendar does not know yet count Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether people work on this day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the holidays of that year are not announced yet
        return day.weekday() < 5


def workdays_after(day: date, count: int) -> date:
    """The day on which `count` working days have passed since `day`, which itself does not count."""
    left = count
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def workdays_between(earlier: date, later: date) -> int:
    """Working days after `earlier` up to and with `later`; none when `later` is not later. At most ten years are counted."""
    span = min((later - earlier).days, 3660)
    return sum(is_workday(earlier + timedelta(days=number)) for number in range(1, span + 1))
