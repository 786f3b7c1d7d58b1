"""Suggestions while somebody types: titles and aliases by beginning, middle, pinyin or initials, in memory.

A book of names takes single changes at once: they stand in a small second table until enough have come
together.
"""

import threading
from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge

from kmsvc.search.documents import Reach
from kmsvc.search.names import Fit, Name, NameTable, Way, ways
from kmsvc.search.requests import Suggestion

_MOST_LOOSE = 200


class NameBook:
    """All names that can be suggested, each under a mark of its content."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._marks: set[int] = set()
        self._loose: dict[int, Name] = {}
        self._gone: set[int] = set()
        self._tables: tuple[NameTable, NameTable, frozenset[int]] = (
            NameTable(()),
            NameTable(()),
            frozenset(),
        )

    def marks(self) -> set[int]:
        """The marks of the names held."""
        return set(self._marks)

    def change(self, gone: Iterable[int], come: Iterable[Name]) -> None:
        """Take names out, by their marks, and in; suggestions show it from the next call on."""
        with self._lock:
            for mark in gone:
                self._marks.discard(mark)
                if self._loose.pop(mark, None) is None:
                    self._gone.add(mark)
            for name in come:
                self._marks.add(name.mark)
                self._loose[name.mark] = name
            settled, loose = self._tables[0], NameTable(self._loose.values())
            if len(self._loose) + len(self._gone) > _MOST_LOOSE:
                settled = settled.changed(self._gone, loose) if settled.plain.entries else loose
                loose = NameTable(())
                self._loose, self._gone = {}, set()
            self._tables = (settled, loose, frozenset(self._gone))

    def suggest(self, typed: str, reach: Reach, on: date | None, limit: int) -> tuple[Suggestion, ...]:
        """At most `limit` documents whose name fits what was typed, best first, each once."""
        return tuple(
            Suggestion(fit.kind, fit.id, fit.name.number, fit.name.title, fit.shown)
            for fit in self._fitting(ways(typed), reach, on, limit)
        )

    def spelt(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[tuple[str, int]]:
        """Documents (kind, id) whose name is spelt like these letters, best first."""
        typed = letters.replace(" ", "").replace("'", "")
        if len(typed) < 2:
            return []
        by_letters: list[Way] = [
            lambda table: table.initials.scan(typed, from_start=True),
            lambda table: table.full.scan(typed, from_start=True),
            lambda table: table.initials.scan(typed, from_start=False) if len(typed) > 2 else iter(()),
            lambda table: table.full.scan(typed, from_start=False) if len(typed) > 2 else iter(()),
            lambda table: table.full.scan_shortened(typed),
        ]
        return [(fit.kind, fit.id) for fit in self._fitting(by_letters, reach, on, limit)]

    def _fitting(self, by: list[Way], reach: Reach, on: date | None, limit: int) -> list[Fit]:
        settled, loose, gone = self._tables
        found: dict[tuple[str, int], Fit] = {}
        for way in by:
            for fit in merge(_without(way(settled), gone), way(loose)):
                if len(found) >= limit:
                    return list(found.values())
                if (fit.kind, fit.id) not in found and fit.name.visible(reach, on):
                    found[fit.kind, fit.id] = fit
        return list(found.values())


def _without(fits: Iterator[Fit], gone: frozenset[int]) -> Iterator[Fit]:
    return (fit for fit in fits if fit.mark not in gone) if gone else fits
