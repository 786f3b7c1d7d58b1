"""One immutable segment of the index: its documents' facts as arrays and its posting lists, decoded once.

Only files that never change are cached here; deletions come with each snapshot, so nothing is ever refreshed.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader

from kmsvc.search.caching import BoundedCache
from kmsvc.search.failures import IndexUnusable
from kmsvc.search.names import SUFFIX, Card, NameTable, mapped
from kmsvc.search.postings import Lists, Postings
from kmsvc.search.schema import FACTS, STORED_FIELD


class Segment:
    """The unchanging part of a segment."""

    def __init__(self, storage: Any, schema: Any, segment: Any, cache: BoundedCache[Postings]) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._reader = SegmentReader(storage, schema, segment)
        self._lists = Lists(self._reader)
        self._cache = cache
        self._reading = threading.Lock()  # Whoosh's files have one position for all threads
        self.facts = self._read_facts()
        self.groups, self.scopes, self.group = self._read_groups()
        if self.size:
            self.card(0)  # opens its file now, for a later commit may remove it
        self.names = self._read_names(storage)

    def postings(self, field: str, term: str) -> Postings:
        """Posting list of a term, deleted documents included."""
        name = (self.name, field, term)
        found = self._cache.get(name)
        if found is None:
            try:
                found = self._lists.read(field, term)
            except Exception as damage:
                raise IndexUnusable("the search index is damaged") from damage
            self._cache.put(name, found)
        return found

    def card(self, document: int) -> Card:
        """Number, title, aliases and spellings of a document."""
        with self._reading, _damage():
            card: Card = self._reader.stored_fields(document)[STORED_FIELD]
        return card

    def kind(self, document: int) -> str:
        """What kind of thing a document is."""
        return self.groups[self.group[document]][0]

    def _read_names(self, storage: Any) -> NameTable:
        with _damage():
            return mapped(Path(storage.folder) / f"{self.name}.{SUFFIX}")

    def _read_facts(self) -> NDArray[np.void]:
        column = self._reader.column_reader("facts", translate=False)
        raw = b"".join(column[i] for i in range(self.size))
        return np.frombuffer(raw, FACTS)

    def _read_groups(self) -> tuple[Sequence[tuple[str, str, str]], Sequence[str], NDArray[np.int32]]:
        column = self._reader.column_reader("group", translate=False)
        numbers: dict[bytes, int] = {}
        group = np.fromiter(
            (numbers.setdefault(bytes(column[i]), len(numbers)) for i in range(self.size)),
            np.int32,
            self.size,
        )
        known = [json.loads(raw) for raw in numbers]
        return [(kind, category, language) for kind, category, language, _ in known], [scopes for *_, scopes in known], group


@contextmanager
def _damage() -> Iterator[None]:
    """Whatever goes wrong while reading an immutable file means that it is damaged."""
    try:
        yield
    except Exception as damage:
        raise IndexUnusable("the search index is damaged") from damage
