"""One generation of the index, frozen: all segments side by side with the documents that are still alive.

A snapshot is read by many threads and never changes; when the generation moves a new one is made, which
takes over the segments that stayed.
"""

import itertools
import threading
from collections import OrderedDict
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.audience import Audience
from kmsvc.search.caching import BoundedCache
from kmsvc.search.documents import Reach, key_of
from kmsvc.search.names import Card
from kmsvc.search.postings import NOTHING, Impacts, Postings, impacts_of, norms_of, weigh_impacts
from kmsvc.search.segments import Segment
from kmsvc.search.suggest import NameBook

IMPACTS_MB = 56
_AUDIENCES_KEPT = 64
_NORMS_KEPT = 24


class Snapshot:
    """Documents of one generation under consecutive numbers."""

    def __init__(self, segments: list[tuple[Segment, Any]], generation: tuple[str, int]) -> None:
        self.generation = generation
        self.segments = [segment for segment, _ in segments]
        sizes = [segment.size for segment in self.segments]
        self.bases = [0, *itertools.accumulate(sizes)]
        self.size = self.bases[-1]
        self.alive = np.ones(self.size, bool)
        for base, (_, deleted) in zip(self.bases, segments, strict=False):
            if deleted:
                self.alive[base + np.fromiter(deleted, np.int64, len(deleted))] = False
        self._impacts: BoundedCache[Impacts] = BoundedCache(IMPACTS_MB * 1024 * 1024, weigh_impacts)
        self._norms_of: dict[tuple[str, float], NDArray[np.float32]] = {}
        self._audiences: OrderedDict[Any, Audience] = OrderedDict()
        self._lock = threading.Lock()
        self.names = NameBook(self)
        self._gather()

    def _gather(self) -> None:
        """Lay the facts of all segments side by side and number kinds, categories and languages by name."""
        names = sorted({group for segment in self.segments for group in segment.groups})
        self.kinds = sorted({kind for kind, _, _ in names})
        self.categories = sorted({category for _, category, _ in names})
        self.languages = sorted({language for _, _, language in names})
        kind: list[NDArray[np.int32]] = []
        category: list[NDArray[np.int32]] = []
        language: list[NDArray[np.int32]] = []
        facts = [segment.facts for segment in self.segments]
        for segment in self.segments:
            for target, known, column in (
                (kind, self.kinds, 0), (category, self.categories, 1), (language, self.languages, 2)
            ):  # fmt: skip
                place = {name: i for i, name in enumerate(known)}
                table = np.array([place[group[column]] for group in segment.groups], np.int32)
                target.append(table[segment.group])
        self.kind = _joined(kind)
        self.category = _joined(category)
        self.language = _joined(language)
        self.ids, self.stamps, self.versions = (_facts(facts, name) for name in ("id", "stamp", "version"))
        self.level, self.unit = _facts(facts, "level"), _facts(facts, "unit")
        self.first, self.last = _facts(facts, "first"), _facts(facts, "last")
        self.lengths = {zone: _facts(facts, zone).astype(np.float64) for zone in ("t", "a", "b")}

    def impacts(self, field: str, term: str, mean: float) -> Impacts:
        """What a term adds to the documents that hold it, deleted ones included; mean: length of the field's zone."""
        name = (field, term, mean)
        found = self._impacts.get(name)
        if found is None:
            found = impacts_of(*self.postings(field, term), self._norms(field[0], mean))
            self._impacts.put(name, found)
        return found

    def _norms(self, zone: str, mean: float) -> NDArray[np.float32]:
        """BM25's length part of the denominator for every document."""
        found = self._norms_of.get((zone, mean))
        if found is None:
            found = norms_of(self.lengths[zone], mean)
            if len(self._norms_of) >= _NORMS_KEPT:
                self._norms_of.clear()
            self._norms_of[zone, mean] = found
        return found

    def holding(self, field: str, term: str, mask: NDArray[np.bool_]) -> int:
        """How many documents of a mask hold a term."""
        found = 0
        for base, segment in zip(self.bases, self.segments, strict=False):
            documents = segment.postings(field, term).documents
            if len(documents):
                found += int(np.count_nonzero(mask[base : base + segment.size].take(documents.astype(np.intp))))
        return found

    def postings(self, field: str, term: str) -> Postings:
        """Posting list over all segments, deleted documents included."""
        if len(self.segments) == 1:
            return self.segments[0].postings(field, term)
        documents, counts = [], []
        for base, segment in zip(self.bases, self.segments, strict=False):
            part = segment.postings(field, term)
            if len(part.documents):
                documents.append(part.documents + np.int32(base))
                counts.append(part.counts)
        if not documents:
            return NOTHING
        return Postings(np.concatenate(documents), np.concatenate(counts))

    def audience(self, reach: Reach, on: date | None) -> Audience:
        """The documents a reader may see on a day, with their statistics; kept for the next question."""
        name = (reach, on)
        with self._lock:
            found = self._audiences.get(name)
            if found is not None:
                self._audiences.move_to_end(name)
                return found
        made = Audience(self, reach, on)
        with self._lock:
            self._audiences[name] = made
            while len(self._audiences) > _AUDIENCES_KEPT:
                self._audiences.popitem(last=False)
        return made

    def find(self, key: str) -> int | None:
        """The number of a living document."""
        for document in self.postings("key", key).documents:
            if self.alive[document]:
                return int(document)
        return None

    def key(self, document: int) -> str:
        """The name of a document."""
        return key_of(self.kinds[self.kind[document]], int(self.ids[document]))

    def card(self, document: int) -> Card:
        """Number, title, aliases and spellings of a document."""
        place = int(np.searchsorted(self.bases, document, side="right")) - 1
        return self.segments[place].card(document - self.bases[place])


def _joined(parts: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(parts) if parts else np.empty(0, np.int32)


def _facts(parts: list[NDArray[np.void]], name: str) -> NDArray[Any]:
    return np.concatenate([part[name] for part in parts]) if parts else np.empty(0, np.int64)
