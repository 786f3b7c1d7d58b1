"""Posting lists as arrays: decoding Whoosh's blocks, and a cache with a bound in bytes that threads may
share.

With `bulk.py` the only module that knows how Whoosh 2.7.4 lays out postings; anything it does not recognise
goes through the public matcher.
"""

import pickle
import struct
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.reading import TermNotFound

_SIZE = struct.Struct("!i")


class Postings(NamedTuple):
    """Documents that hold a term, ascending, and how often each holds it."""

    documents: NDArray[np.int32]
    counts: NDArray[np.float32]


NOTHING = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


def decode(terms: Any, field: str, term: str, format: Any) -> Postings:
    """The whole posting list of a term from Whoosh's terms reader, empty if the term is unknown."""
    encoded = term.encode("utf-8")
    try:
        info = terms.term_info(field, encoded)
    except (TermNotFound, KeyError):
        return NOTHING
    try:
        return _blocks(_raw(terms._postfile, info))
    except _Unfamiliar:
        return _slowly(terms.matcher(field, encoded, format))


def every_posting(reader: Any) -> Iterator[tuple[str, str, Postings]]:
    """All (field, term, posting list) of a segment reader, in order."""
    for (field, term), info in list(reader._terms.items()):
        try:
            postings = _blocks(_raw(reader._terms._postfile, info))
        except _Unfamiliar:
            postings = _slowly(reader._terms.matcher(field, term, reader.schema[field].format))
        yield field, term.decode("utf-8"), postings


class _Unfamiliar(Exception):
    """A posting list that is not written as this module expects."""


def _raw(file: Any, info: Any) -> bytes:
    """The bytes of a posting list; Whoosh 2.7.4 reads the length as a tuple of one."""
    start, length = info.extent()
    return bytes(file.get(start, length[0] if isinstance(length, tuple) else length))


def _blocks(raw: bytes) -> Postings:
    """Blocks of uncompressed pickles behind a mark: (size, last if negative), information, (deltas,
    weights, -)."""
    if raw[:4] != WHOOSH3_HEADER_MAGIC:
        raise _Unfamiliar
    stream = BytesIO(raw)
    stream.seek(4)
    documents, counts = [], []
    size = 0
    while size >= 0:
        (size,) = _SIZE.unpack(stream.read(4))
        if pickle.load(stream)[3]:
            raise _Unfamiliar
        deltas, weights, _ = pickle.load(stream)
        documents.append(np.cumsum(np.array(deltas, np.int32), dtype=np.int32))
        if isinstance(weights, tuple):
            counts.append(np.array(weights, np.float32))
        else:
            counts.append(np.full(len(deltas), weights or 1.0, np.float32))
    if len(documents) == 1:
        return Postings(documents[0], counts[0])
    return Postings(np.concatenate(documents), np.concatenate(counts))


def _slowly(matcher: Any) -> Postings:
    """A posting list through Whoosh's public matcher."""
    documents, counts = [], []
    while matcher.is_active():
        documents.append(matcher.id())
        counts.append(matcher.weight())
        matcher.next()
    return Postings(np.array(documents, np.int32), np.array(counts, np.float32))


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
