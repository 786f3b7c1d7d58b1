"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kmsvc.core.clock import local_date

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


class MovableClock:
    """Callable like the product's clock; `move(hours=1)` goes on, a negative amount goes back."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> datetime:
        """Go on by a timedelta's amounts."""
        self.now += timedelta(**amount)
        return self.now

    @property
    def today(self) -> date:
        """The calendar day in the centre's zone."""
        return local_date(self.now, ZONE)
