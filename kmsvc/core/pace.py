"""Work that may wait gives way: what the worker does for nobody in particular leaves the machine to those who wait."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

Rest = Callable[[], object]
"""Called after each small unit of work; comes back when the next may begin."""


def at_once() -> None:
    """No rest: somebody waits for this work, a person at the command line or a test."""


class Pace:
    """Rests after each unit so long that the work takes at most `share` of the time.

    Counted by the wall, so that a busy machine makes the rests longer, and a lock held for a unit is followed by time for others.
    wait: how to rest for so many seconds, such as an event that ends the rest when the worker stops."""

    def __init__(self, share: float, wait: Callable[[float], object], clock: Callable[[], float] = perf_counter) -> None:
        self._times, self._wait, self._clock = 1 / share - 1, wait, clock
        self._began = clock()

    def __call__(self) -> None:
        """Rest for what was done since the last rest, then go on."""
        self._wait((self._clock() - self._began) * self._times)
        self._began = self._clock()
