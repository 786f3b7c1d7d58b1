"""How long sessions live and how fast guesses may come."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)

FREE_FAILURES = 5
PER_ADDRESS = 50
ADDRESS_WINDOW = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failures: nothing for the first five, then 1 s doubling up to 15 minutes."""
    if failures < FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_WAIT)


def is_live(created_at: datetime, seen_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a session still counts at `now`."""
    return now < ends_at and now - seen_at < IDLE and now - created_at < ABSOLUTE
