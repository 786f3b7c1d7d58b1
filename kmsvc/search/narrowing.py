"""Where the documents of a snapshot apply, as arrays: which pass a choice, and how many name each value.

Documents that apply to the same share one number, so that a choice is looked up for some hundred sets instead of for every
document, and a count is one `bincount`. Worked out once a snapshot, at the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.scopes import dimension_of, unpacked

if TYPE_CHECKING:
    from kmsvc.search.snapshot import Snapshot

MOST_REMEMBERED = 32
_made: WeakKeyDictionary[Snapshot, Scoping] = WeakKeyDictionary()


class Scoping:
    """The sets of values that documents name. `column`: document -> number of its set."""

    def __init__(self, snapshot: Snapshot) -> None:
        numbers: dict[str, int] = {"": 0}
        parts = []
        for segment in snapshot.segments:
            table = np.array([numbers.setdefault(text, len(numbers)) for text in segment.scopes], np.int32)
            parts.append(table[segment.group] if segment.size else np.empty(0, np.int32))
        self.column: NDArray[np.int32] = np.concatenate(parts) if parts else np.empty(0, np.int32)
        self.size = len(numbers)
        place: dict[str, int] = {}
        pairs = [(number, place.setdefault(mark, len(place))) for text, number in numbers.items() for mark in unpacked(text)]
        self.marks = list(place)
        dimensions = [dimension_of(mark) for mark in self.marks]
        self.dimensions = sorted(set(dimensions))
        self._set_of, self._mark_of = np.array(pairs, np.int64).reshape(-1, 2).T
        of_mark = np.array([self.dimensions.index(name) for name in dimensions], np.int64)
        self._silent: dict[str, NDArray[np.bool_]] = {}
        for i, name in enumerate(self.dimensions):
            self._silent[name] = np.ones(self.size, bool)
            self._silent[name][self._set_of[of_mark[self._mark_of] == i]] = False
        self._passing: dict[tuple[str, frozenset[str]], NDArray[np.bool_]] = {}

    def passing(self, dimension: str, marks: frozenset[str]) -> NDArray[np.bool_]:
        """The documents that name one of these, or nothing of the dimension; the last choices are remembered."""
        found = self._passing.get((dimension, marks))
        if found is None:
            sets = self._silent.get(dimension, np.ones(self.size, bool)).copy()
            wanted = [i for i, mark in enumerate(self.marks) if mark in marks]
            sets[self._set_of[np.isin(self._mark_of, wanted)]] = True
            found = sets.take(self.column)
            if len(self._passing) >= MOST_REMEMBERED:
                self._passing.clear()
            self._passing[dimension, marks] = found
        return found

    def counts(self, documents: NDArray[np.int64], dimensions: frozenset[str] | None = None) -> tuple[dict[str, int], dict[str, int]]:
        """Of some documents, how many name each mark, and how many name none of each dimension; of all dimensions or of some."""
        wanted = [name for name in self.dimensions if dimensions is None or name in dimensions]
        if not wanted:
            return {}, {}
        of_sets = np.bincount(self.column.take(documents), minlength=self.size)
        of_marks = np.bincount(self._mark_of, weights=of_sets[self._set_of], minlength=len(self.marks)).tolist()
        return ({mark: int(count) for mark, count in zip(self.marks, of_marks, strict=True) if count and dimension_of(mark) in wanted},
                {name: int(of_sets[self._silent[name]].sum()) for name in wanted})


def scoping_of(snapshot: Snapshot) -> Scoping:
    """Where the documents of this snapshot apply."""
    found = _made.get(snapshot)
    if found is None:
        found = _made[snapshot] = Scoping(snapshot)
    return found
