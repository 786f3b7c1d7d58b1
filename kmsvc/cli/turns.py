"""Which web half takes the next connection: the one that holds the fewest. Their counts lie in memory they share.

Left to themselves, whoever wakes first takes a whole burst, and the kernel's own dealing (`SO_REUSEPORT`) gives one half up to
half as many again as the other; who is served by the fuller half waits that much longer."""

from __future__ import annotations

import mmap
import time
from typing import Any

GONE = 2**40
DECLINES = 25
DECLINE_S = 0.001


class Turns:
    """The numbers of open connections of `halves` processes; made before they are forked."""

    def __init__(self, halves: int) -> None:
        self._held = memoryview(mmap.mmap(-1, 8 * halves)).cast("q")
        for half in range(halves):
            self.leave(half)

    def leave(self, half: int) -> None:
        """This half takes no connections: it has ended, or has not begun."""
        self._held[half] = GONE

    def note(self, half: int, count: int) -> None:
        """This half holds so many connections."""
        self._held[half] = count

    def count(self, half: int) -> int | None:
        """How many connections this half holds, or None while it takes none."""
        held = self._held[half]
        return None if held == GONE else held

    def is_anothers(self, half: int) -> bool:
        """Whether another half holds fewer connections than this one."""
        return any(count < self._held[half] for count in self._held)


class Channels(dict[int, Any]):
    """The open connections of one half, as waitress keeps them; their number is told to the others."""

    def __init__(self, turns: Turns, half: int) -> None:
        super().__init__()
        self._turns, self._half, self._declined = turns, half, 0
        turns.note(half, 0)

    def __setitem__(self, key: int, channel: Any) -> None:
        super().__setitem__(key, channel)
        self._turns.note(self._half, len(self))

    def __delitem__(self, key: int) -> None:
        super().__delitem__(key)
        self._turns.note(self._half, len(self))

    def declines(self) -> bool:
        """Whether to leave the waiting connection to another half; not for longer than a moment, in case that one hangs."""
        if self._declined >= DECLINES or not self._turns.is_anothers(self._half):
            self._declined = 0
            return False
        self._declined += 1
        time.sleep(DECLINE_S)
        return True
