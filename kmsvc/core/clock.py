"""The only room that reads the clock. Everything else takes `now` or `today` as an argument."""

from __future__ import annotations

import calendar
import time as steady
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
ZONE = "Asia/Shanghai"
"""of a centre that says nothing else"""


def system_clock() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)


def steady_reading() -> tuple[float, str]:
    """Seconds of a clock that nobody can set and that goes on while the machine sleeps, and the start of the machine it counts from."""
    return _uninterrupted(), _BOOT


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:64]
    return uuid.uuid4().hex  # a machine that does not tell: what an earlier process read is not compared


_BOOT = _boot()
_uninterrupted: Callable[[], float] = (partial(steady.clock_gettime, steady.CLOCK_BOOTTIME) if hasattr(steady, "CLOCK_BOOTTIME")
                                       else steady.monotonic)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in the centre's time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The instant a calendar day begins in the centre's time zone, UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later; the last day where that month is shorter (29 Feb, 31st)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_between(earlier: datetime, later: datetime) -> int:
    """Whole days from one instant to another, never below zero."""
    return max(0, (later - earlier) // timedelta(days=1))


class StepWatch:
    """Notices that the wall clock was set, or that the machine slept: it moved otherwise than the steady clock."""

    def __init__(self, wall: Clock = system_clock, steady_s: Callable[[], float] = steady.monotonic) -> None:
        self._wall, self._steady = wall, steady_s
        self._last = (wall(), steady_s())

    def step(self) -> float:
        """Seconds the wall clock was moved since the last look; below zero when it was set back."""
        now = (self._wall(), self._steady())
        wall, even = (now[0] - self._last[0]).total_seconds(), now[1] - self._last[1]
        self._last = now
        return wall - even
