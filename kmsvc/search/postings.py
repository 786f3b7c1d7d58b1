"""Posting lists as arrays: decoding Whoosh's blocks, and a cache with a bound in bytes that threads may
share.

The only module that knows how Whoosh 2.7.4 lays out postings; anything it does not recognise goes through
the public matcher.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.reading import TermNotFound


class Postings(NamedTuple):
    """Documents that hold a term, ascending, and how often each holds it."""

    documents: NDArray[np.int32]
    counts: NDArray[np.float32]


NOTHING = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


def decode(terms: Any, field: str, term: bytes, format: Any) -> Postings:
    """The whole posting list of a term from Whoosh's terms reader, empty if the term is unknown."""
    try:
        matcher = terms.matcher(field, term, format)
    except (TermNotFound, KeyError):
        return NOTHING
    if isinstance(matcher, W3LeafMatcher):
        return _decode_blocks(matcher)
    documents, counts = [], []
    while matcher.is_active():
        documents.append(matcher.id())
        counts.append(matcher.weight())
        matcher.next()
    return Postings(np.array(documents, np.int32), np.array(counts, np.float32))


def _decode_blocks(matcher: Any) -> Postings:
    documents, counts = [], []
    while not matcher._atend:
        matcher._read_data()
        deltas, weights, _ = matcher._data
        documents.append(np.cumsum(np.array(deltas, np.int32), dtype=np.int32))
        if weights is None:
            weights = 1.0
        if isinstance(weights, float):
            counts.append(np.full(len(deltas), weights, np.float32))
        else:
            counts.append(np.array(weights, np.float32))
        matcher._next_block()
    if len(documents) == 1:
        return Postings(documents[0], counts[0])
    return Postings(np.concatenate(documents), np.concatenate(counts))


class PostingCache:
    """The most recently used posting lists up to a number of bytes."""

    _OVERHEAD = 400

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._used = 0
        self._lock = threading.Lock()
        self._lists: OrderedDict[Hashable, Postings] = OrderedDict()

    @property
    def used_bytes(self) -> int:
        """Bytes held now."""
        return self._used

    def get(self, name: Hashable) -> Postings | None:
        """A list that is still held."""
        with self._lock:
            found = self._lists.get(name)
            if found is not None:
                self._lists.move_to_end(name)
            return found

    def put(self, name: Hashable, postings: Postings) -> None:
        """Hold a list, dropping the least recently used ones beyond the limit."""
        size = self._size(postings)
        with self._lock:
            if name in self._lists or size > self._limit // 4:
                return
            self._lists[name] = postings
            self._used += size
            while self._used > self._limit:
                _, dropped = self._lists.popitem(last=False)
                self._used -= self._size(dropped)

    def _size(self, postings: Postings) -> int:
        return self._OVERHEAD + postings.documents.nbytes + postings.counts.nbytes
