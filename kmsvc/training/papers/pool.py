"""The questions a paper may be made of, held as columns, so that a bank of a hundred thousand is looked through in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BANDS = ("easy", "middle", "hard")
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Entry:
    """A question as composing sees it. topics: every topic it counts for, those above its own too; band: one of BANDS;
    difficulty: thousandths, 0 everybody solves it, 1000 nobody; exposure: in how many papers it has been."""

    id: int
    topics: tuple[str, ...]
    kind: str
    band: str
    difficulty: int = 500
    exposure: int = 0


class Pool:
    """Questions in the order of their ids. Row n of each column is one question; a topic knows its rows."""

    def __init__(self, ids: Rows, kinds: Rows, bands: Rows, difficulty: Rows, exposure: Rows, *, kind_codes: Mapping[str, int],
                 topics: Mapping[str, Rows]) -> None:
        """kinds: by `kind_codes`; bands: places in BANDS; topics: rows in rising order. ValueError when ids do not rise."""
        if len(ids) > 1 and not (np.diff(ids) > 0).all():
            raise ValueError("the ids of a pool rise, each stands once")
        self.ids, self.kinds, self.bands = ids, kinds, bands
        self.difficulty, self.exposure = difficulty, exposure
        self.kind_codes, self.topics = dict(kind_codes), dict(topics)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Pool:
        """A pool of questions in any order. ValueError for a band that is none and for an id that stands twice."""
        rows = sorted(entries, key=lambda one: one.id)
        codes = {kind: number for number, kind in enumerate(sorted({one.kind for one in rows}))}
        topics: dict[str, list[int]] = {}
        for number, one in enumerate(rows):
            for topic in set(one.topics):
                topics.setdefault(topic, []).append(number)
        return cls(column(one.id for one in rows), column(codes[one.kind] for one in rows),
                   column(BANDS.index(one.band) for one in rows), column(one.difficulty for one in rows),
                   column(one.exposure for one in rows), kind_codes=codes,
                   topics={topic: np.array(its, dtype=np.int64) for topic, its in topics.items()})

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _all(self) -> Rows:
        return np.arange(len(self.ids), dtype=np.int64)

    def matching(self, topic: str | None, kind: str | None, band: str | None) -> Rows:
        """The rows of a topic, kind and band, rising; None asks nothing."""
        rows = self._all if topic is None else self.topics.get(topic, self._all[:0])
        if kind is not None:
            rows = rows[self.kinds[rows] == self.kind_codes.get(kind, -1)]
        return rows if band is None else rows[self.bands[rows] == BANDS.index(band)]


def column(values: Iterable[int]) -> Rows:
    """Whole numbers as a column."""
    return np.fromiter(values, dtype=np.int64)
