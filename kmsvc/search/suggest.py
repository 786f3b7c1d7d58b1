"""Suggestions while somebody types: titles and aliases by beginning, middle, pinyin or initials, in memory.

A book of names takes single changes at once: they stand in a small second table until enough have come
together.
"""

import threading
from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge

from kmsvc.search.documents import Reach
from kmsvc.search.names import Fit, Name, NameTable, Way, folded, ways
from kmsvc.search.requests import Suggestion
from kmsvc.search.spelling import bare

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
        """At most `limit` documents whose name fits what was typed, best first, each once; where none does, those whose
        spelling is nearest."""
        found = self._fitting(ways(typed), reach, on, limit) or self._near(bare(folded(typed)), reach, on, limit)
        return tuple(Suggestion(fit.kind, fit.id, fit.name.number, fit.name.title, fit.shown) for fit in found)

    def slipped(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[tuple[str, int]]:
        """Documents (kind, id) whose name holds these spellings one after the other, else is spelt nearly so."""
        parts = letters.replace("'", " ").split()
        held = self._fitting([lambda table: table.full.scan_parts(parts)], reach, on, limit)
        return [(fit.kind, fit.id) for fit in held or self._near(bare(letters), reach, on, limit)]

    def _near(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[Fit]:
        """Names this reader may see, by likeness; what he may not see is left out before anything is counted."""
        if not letters.isascii() or not letters.isalnum():
            return []
        settled, loose, gone = self._tables
        found: dict[tuple[str, int], Fit] = {}
        rated = [one for one in settled.full.scan_near(letters) if one[1].mark not in gone] + loose.full.scan_near(letters)
        for _, fit in sorted((-likeness, fit) for likeness, fit in rated if fit.name.visible(reach, on)):
            found.setdefault((fit.kind, fit.id), fit)
        return list(found.values())[:limit]

    def spelt(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[tuple[str, int]]:
        """Documents (kind, id) whose name is spelt like these letters, best first."""
        typed = bare(letters)
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
