"""Posting lists as arrays: decoding Whoosh's blocks, and a cache with a bound in bytes that threads may
share.

With `bulk.py` the only module that knows how Whoosh 2.7.4 lays out postings; anything it does not recognise
goes through the public matcher.
"""

import os
import pickle
import struct
import threading
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo

_SIZE = struct.Struct("!i")
_ENTRY = struct.Struct("!ii")
_EXTENT = struct.Struct("!qi")
_SLOT = struct.Struct("!Iq")
_VALUE_SIZE = W3TermInfo._struct.size + _EXTENT.size


Counts = NDArray[np.unsignedinteger[Any]]


class Postings(NamedTuple):
    """Documents that hold a term, ascending, and how often each holds it."""

    documents: NDArray[np.int32]
    counts: Counts


NOTHING = Postings(np.empty(0, np.int32), np.empty(0, np.uint8))
K1, B = 1.2, 0.75
DENSE_SHARE = 1 / 3
"""From this share of all documents on, a value for each of them takes as little room as the list, and is added far faster."""


class Impacts(NamedTuple):
    """What a term adds to the documents that hold it, before its rarity: tf / (tf + norm), above 0 and below 1.

    documents: ascending; None where `values` has one value for every document, 0 for those without the term."""

    documents: NDArray[np.int32] | None
    values: NDArray[np.float32]

    def add_to(self, scores: NDArray[np.float32], factor: float) -> None:
        """Add these values times a factor; both ways of keeping them give the same bits."""
        values = self.values * np.float32(factor)
        if self.documents is None:
            scores += values
        else:
            np.add.at(scores, self.documents.astype(np.intp), values)

    def mark_in(self, covered: NDArray[np.float32], weight: float) -> None:
        """Add a weight for each document that holds the term."""
        if self.documents is None:
            covered += (self.values > 0) * np.float32(weight)
        else:
            np.add.at(covered, self.documents.astype(np.intp), np.float32(weight))


def norms_of(lengths: NDArray[np.float64], mean: float) -> NDArray[np.float32]:
    """BM25's length part of the denominator for every document, from their lengths and the mean of a reader's share."""
    return (K1 * (1 - B + B * lengths / mean)).astype(np.float32)


def impacts_of(documents: NDArray[np.int32], counts: Counts, norms: NDArray[np.float32]) -> Impacts:
    """The impacts of a posting list; norms: of every document there is."""
    values = counts / (counts + norms.take(documents.astype(np.intp)))
    if len(documents) < DENSE_SHARE * len(norms):
        return Impacts(documents, values)
    dense = np.zeros(len(norms), np.float32)
    dense[documents.astype(np.intp)] = values
    return Impacts(None, dense)


def weigh_impacts(impacts: Impacts) -> int:
    """Bytes of impacts in memory."""
    return impacts.values.nbytes + (impacts.documents.nbytes if impacts.documents is not None else 0)


class Lists:
    """The posting lists of one segment, read by any number of threads at once: nothing here has a position in a file.

    Files are read, not mapped: one that is cut short behind our back is damage that can be told, not a crash."""

    def __init__(self, reader: Any) -> None:
        self._terms = reader._terms
        self._schema = reader.schema
        self._slow = threading.Lock()  # Whoosh's own files have one position for all threads
        self._table, self._lists = self._terms._dbfile.file.fileno(), self._terms._postfile.file.fileno()

    def read(self, field: str, term: str) -> Postings:
        """The whole posting list of a term, empty if the term is unknown."""
        key = self._terms._keycoder(field, term.encode("utf-8"))
        try:
            found = self._extent(key)
            if found is None:
                return NOTHING
            start, length = found
            return _arrays(os.pread(self._lists, length, start))
        except _Unfamiliar:
            with self._slow:
                return _slowly(self._terms.matcher(field, term.encode("utf-8"), self._schema[field].format))

    def _extent(self, key: bytes) -> tuple[int, int] | None:
        """Where a list begins in the file of lists, and its bytes: a probe of Whoosh's hash table, slot by slot."""
        index = self._terms._tindex
        wanted = index.hashfn(key)
        first, slots = index.tables[wanted & 255]
        for probe in range(slots):
            hashed, item = _SLOT.unpack(os.pread(self._table, _SLOT.size, first + ((wanted >> 8) + probe) % slots * _SLOT.size))
            if not item:
                return None
            if hashed == wanted:
                entry = os.pread(self._table, _ENTRY.size + len(key) + _VALUE_SIZE, item)
                if _ENTRY.unpack_from(entry)[0] == len(key) and entry.startswith(key, _ENTRY.size):
                    value = _ENTRY.size + len(key)
                    if entry[value]:  # a list in place of its extent
                        raise _Unfamiliar
                    start, length = _EXTENT.unpack_from(entry, value + W3TermInfo._struct.size)
                    return start, length
        return None


def every_list(reader: Any) -> Iterator[tuple[str, str, Sequence[int], Sequence[float]]]:
    """All terms of a segment reader in order: field, term, documents, counts."""
    terms = reader._terms
    table = terms._tindex
    entries = bytes(table.dbfile.get(table.startofdata, table.endofdata - table.startofdata))
    lists = bytes(terms._postfile.get(0, reader.storage().file_length(terms._postfile._name)))
    at = 0
    while at < len(entries):
        key, value = _ENTRY.unpack_from(entries, at)
        middle, end = at + _ENTRY.size + key, at + _ENTRY.size + key + value
        field, term = terms._keydecoder(entries[at + _ENTRY.size : middle])
        start, length = _EXTENT.unpack_from(entries, middle + W3TermInfo._struct.size)
        at = end
        try:
            blocks = list(_blocks(lists[start : start + length]))
        except _Unfamiliar:
            postings = _slowly(terms.matcher(field, term, reader.schema[field].format))
            yield field, term.decode("utf-8"), postings.documents.tolist(), postings.counts.tolist()
            continue
        documents: list[int] = []
        counts: list[float] = []
        for deltas, weights in blocks:
            documents += accumulate(deltas)
            counts += [weights] * len(deltas) if isinstance(weights, float) else weights
        yield field, term.decode("utf-8"), documents, counts


class _Unfamiliar(Exception):
    """A posting list that is not written as this module expects."""


def _blocks(raw: bytes) -> Iterator[tuple[Sequence[int], Sequence[int] | float]]:
    """Deltas and weights of each block, each a tuple or an array.

    Layout: a mark, then for each block its size (negative for the last), information and data as pickles.
    """
    if raw[:4] != WHOOSH3_HEADER_MAGIC:
        raise _Unfamiliar
    stream = BytesIO(raw)
    stream.seek(4)
    size = 0
    while size >= 0:
        (size,) = _SIZE.unpack(stream.read(4))
        if pickle.load(stream)[3]:
            raise _Unfamiliar
        deltas, weights, _ = pickle.load(stream)
        yield deltas, weights or 1.0


def _arrays(raw: bytes) -> Postings:
    documents, counts = [], []
    for deltas, weights in _blocks(raw):
        documents.append(np.cumsum(np.asarray(deltas), dtype=np.int32))
        counts.append(_counts(weights, len(deltas)))
    if len(documents) == 1:
        return Postings(documents[0], counts[0])
    return Postings(np.concatenate(documents), np.concatenate(counts))


def _counts(weights: Sequence[int] | float, size: int) -> Counts:
    if isinstance(weights, float):
        return np.full(size, weights, np.uint8 if weights < 1 << 8 else np.uint16)
    return np.asarray(weights, None if isinstance(weights, array) and weights.typecode != "i" else np.uint16)


def _slowly(matcher: Any) -> Postings:
    """A posting list through Whoosh's public matcher."""
    documents, counts = [], []
    while matcher.is_active():
        documents.append(matcher.id())
        counts.append(matcher.weight())
        matcher.next()
    return Postings(np.array(documents, np.int32), np.array(counts, np.uint16))


def weigh(postings: Postings) -> int:
    """Bytes of a posting list in memory."""
    return postings.documents.nbytes + postings.counts.nbytes
