"""Videos that are to be watched through: how far somebody has seen one, and when that is enough. Pure rules.

Going on is counted by the clock of the service, so a place far ahead is not believed; whoever has seen it may go back and forth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FASTEST = 2.0
"""seconds of a video in a second: the fastest a player offers"""
JITTER_S = 5.0
"""seconds a report may be early"""
ENOUGH = 95
"""percent: the end of a video says who made it"""


@dataclass(frozen=True)
class Watched:
    """seen, length: seconds of the video, from its begin and in all; length 0: nobody has said it yet."""

    seen: float = 0.0
    length: float = 0.0

    @property
    def percent(self) -> int:
        """Whole percent that was seen, cut."""
        return min(100, int(self.seen * 100 / self.length)) if self.length > 0 else 0

    @property
    def is_enough(self) -> bool:
        """Whether it was watched through."""
        return self.length > 0 and self.seen * 100 >= self.length * ENOUGH


def watched_of(data: Mapping[str, Any] | None) -> Watched:
    """What is kept of a video."""
    held = (data or {}).get("watched") or {}
    return Watched(float(held.get("seen") or 0), float(held.get("length") or 0))


def kept(held: Watched) -> dict[str, Any]:
    """How it is kept."""
    return {"watched": {"seen": round(held.seen, 1), "length": round(held.length, 1)}}


def seen_up_to(before: Watched, place: float | None, length: float | None, elapsed_s: float) -> Watched:
    """After a report: the place somebody is at counts as far as the time since the last report allows. A video grows no shorter by
    what a report says."""
    long = max(before.length, length or 0.0)
    if place is None:
        return Watched(before.seen, long)
    most = before.seen + max(0.0, elapsed_s) * FASTEST + JITTER_S
    return Watched(max(before.seen, min(place, most, long or place)), long)
