"""One class of questions as papers take from it: the least used first, then by lot; what a paper used comes back one use later."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from kmsvc.training.papers.lots import lot
from kmsvc.training.papers.pool import Rows

WINDOW = 16
"""how many of each kind are looked at for a question of another difficulty"""


class Supply:
    """`fresh`: rows by use and lot; what was dealt comes back into a heap of (uses, lot, row)."""

    def __init__(self, fresh: Rows, exposure: Rows, ids: Rows, key: int) -> None:
        self._fresh, self._at = fresh, 0
        self._exposure, self._ids, self._key = exposure, ids, key
        self._back: list[tuple[int, int, int]] = []
        self._uses: dict[int, int] = {}
        self._gone: set[int] = set()

    def uses(self, row: int) -> int:
        """In how many papers a question was before the next one is dealt."""
        return self._uses.get(row) or int(self._exposure[row])

    def deal(self, count: int) -> list[int]:
        """The next questions, all different; they are out until they are put back. LookupError when there are too few."""
        return [self._next() for _ in range(count)]

    def put_back(self, row: int, *, used: bool) -> None:
        """A paper is done with a question; used: it stands in it."""
        self._uses[row] = uses = self.uses(row) + used
        heapq.heappush(self._back, (uses, lot(self._key ^ uses, int(self._ids[row])), row))

    def near(self) -> Iterator[int]:
        """Questions that could come in place of others: the next fresh ones and some that came back."""
        for row in self._fresh[self._at:self._at + WINDOW].tolist():
            if row not in self._gone:
                yield row
        for _, _, row in self._back[:WINDOW]:
            yield row

    def take(self, row: int) -> None:
        """This very question, of those that are near."""
        for place, one in enumerate(self._back):
            if one[2] == row:
                self._back[place] = self._back[-1]
                self._back.pop()
                heapq.heapify(self._back)
                return
        self._gone.add(row)

    def _next(self) -> int:
        while self._at < len(self._fresh) and int(self._fresh[self._at]) in self._gone:
            self._at += 1
        fresh = int(self._fresh[self._at]) if self._at < len(self._fresh) else None
        if fresh is not None and (not self._back or int(self._exposure[fresh]) <= self._back[0][0]):
            self._at += 1
            return fresh
        if not self._back:
            raise LookupError("a class has fewer questions than a paper takes from it")
        return heapq.heappop(self._back)[2]
