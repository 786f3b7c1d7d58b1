"""The bulletins of the demo, as texts; playing them is not this package's business."""

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class BulletinText:
    """One bulletin. It began days_ago at hour:minute and ran for hours (ended_after: ended early), or began hours_ago, or
    begins_in hours, and goes on for hours_left. readers: percent of its audience that has read it."""

    sender: str
    title: str
    body: str
    urgency: str
    must_read: bool
    units: tuple[str, ...]
    readers: int
    days_ago: int | None = None
    hour: int = 9
    minute: int = 0
    hours: int = 0
    ended_after: int = 0
    reason: str = ""
    hours_ago: int = 0
    begins_in: int = 0
    hours_left: int = 0
    corrected: str = ""
    corrected_body: str = ""
    note: str = ""


@cache
def bulletins() -> tuple[BulletinText, ...]:
    """All of them, the oldest first."""
    return tuple(BulletinText(**{**one, "units": tuple(one["units"])}) for one in load("bulletins.toml")["bulletin"])
