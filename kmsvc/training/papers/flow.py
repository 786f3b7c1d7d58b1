"""Giving cells their questions, exactly: the cheapest greatest flow from cells over classes of like questions to bands.

A question may fit several cells, and bands of difficulty may be full; whoever fills one cell after the other can then fail although
there is a way. Augmenting paths (Ford and Fulkerson, cheapest first) never do."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

FREE = 1 << 62


@dataclass
class Classes:
    """Questions that fit the same cells and stand in the same band, counted. costs[s][k]: of taking the k+1st of class s, never
    falling; as many entries as may be taken."""

    options: list[list[int]]
    bands: list[int]
    costs: list[Sequence[int]]

    @property
    def sizes(self) -> list[int]:
        """How many of each class may be taken."""
        return [len(one) for one in self.costs]


@dataclass
class Drawing:
    """counts: what each cell asks; caps: what each band may hold at most. `taken[s]`: cell → how many of class s it got."""

    counts: Sequence[int]
    caps: Sequence[int]
    classes: Classes
    left: list[int] = field(init=False)
    taken: list[dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.left = list(self.counts)
        self.taken = [{} for _ in self.classes.bands]
        self._used = [0 for _ in self.classes.bands]
        self._held = [0 for _ in self.caps]
        self._members: list[list[int]] = [[] for _ in self.caps]
        for number, band in enumerate(self.classes.bands):
            self._members[band].append(number)

    def run(self) -> Drawing:
        """Fill the cells as far as possible, as cheaply as possible."""
        while self._augment():
            pass
        return self

    @property
    def missing(self) -> int:
        """How many questions are not there."""
        return sum(self.left)

    # Nodes of the graph by number: cells, then classes before and behind their size, then bands.
    def _steps(self, node: int) -> list[tuple[int, int]]:
        """(next node, cost) for every arc that still has room."""
        cells, classes = len(self.counts), len(self.classes.bands)
        if node < cells:
            return [(cells + one, 0) for one in self.classes.options[node]]
        if node < cells + classes:
            one = node - cells
            used, costs = self._used[one], self.classes.costs[one]
            found = [(cell, 0) for cell, count in self.taken[one].items() if count]
            return [*found, (node + classes, costs[used])] if used < len(costs) else found
        if node < cells + 2 * classes:
            one = node - cells - classes
            found = [(cells + 2 * classes + self.classes.bands[one], 0)]
            used = self._used[one]
            return [*found, (node - classes, -self.classes.costs[one][used - 1])] if used else found
        band = node - cells - 2 * classes
        if self._held[band] < self.caps[band]:
            return []
        return [(cells + classes + one, 0) for one in self._members[band] if self._used[one]]

    def _augment(self) -> bool:
        """Take one question more along the cheapest path; False when there is none."""
        first_band = len(self.counts) + 2 * len(self.classes.bands)
        reached, before = self._cheapest([cell for cell, count in enumerate(self.left) if count])
        ends = [(reached[first_band + band], band) for band, cap in enumerate(self.caps)
                if self._held[band] < cap and first_band + band in reached]
        if not ends:
            return False
        band = min(ends)[1]
        self._held[band] += 1
        self.left[self._follow(first_band + band, before)] -= 1
        return True

    def _cheapest(self, begins: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
        """The cost of every node that can be reached, and the node before it."""
        reached, before = dict.fromkeys(begins, 0), {}
        waiting, inside = deque(begins), set(begins)
        while waiting:
            node = waiting.popleft()
            inside.discard(node)
            cost = reached[node]
            for there, more in self._steps(node):
                if cost + more < reached.get(there, FREE):
                    reached[there], before[there] = cost + more, node
                    if there not in inside:
                        inside.add(there)
                        waiting.append(there)
        return reached, before

    def _follow(self, node: int, before: dict[int, int]) -> int:
        """Note a path from its end; returns the cell it begins at."""
        cells, classes = len(self.counts), len(self.classes.bands)
        while node in before:
            last, node = node, before[node]
            if node < cells:
                its = self.taken[last - cells]
                its[node] = its.get(node, 0) + 1
            elif last < cells:
                self.taken[node - cells][last] -= 1
            elif node < cells + classes and last >= cells + classes:
                self._used[node - cells] += 1
            elif cells <= last < cells + classes:
                self._used[last - cells] -= 1
        return node

    def cheaper_with(self, band: int) -> set[int]:
        """The cells for which one free question more of this band would make the whole cheaper, others moving up if need be. All cells
        and bands are full."""
        cells = len(self.counts)
        reached, _ = self._cheapest([cells + 2 * len(self.classes.bands) + band])
        return {node for node, cost in reached.items() if node < cells and cost < 0}
