"""Posting lists as arrays: decoding Whoosh's blocks, and a cache with a bound in bytes that threads may
share.

With `bulk.py` the only module that knows how Whoosh 2.7.4 lays out postings; anything it does not recognise
goes through the public matcher.
"""

import pickle
import struct
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo
from whoosh.reading import TermNotFound

_SIZE = struct.Struct("!i")
_ENTRY = struct.Struct("!ii")
_EXTENT = struct.Struct("!qi")


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
        return _arrays(_raw(terms._postfile, info))
    except _Unfamiliar:
        return _slowly(terms.matcher(field, encoded, format))


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
            counts += weights if isinstance(weights, tuple) else [weights] * len(deltas)
        yield field, term.decode("utf-8"), documents, counts


class _Unfamiliar(Exception):
    """A posting list that is not written as this module expects."""


def _raw(file: Any, info: Any) -> bytes:
    """The bytes of a posting list; Whoosh 2.7.4 reads the length as a tuple of one."""
    start, length = info.extent()
    return bytes(file.get(start, length[0] if isinstance(length, tuple) else length))


def _blocks(raw: bytes) -> Iterator[tuple[Sequence[int], tuple[float, ...] | float]]:
    """Deltas and weights of each block.

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
        documents.append(np.cumsum(np.array(deltas, np.int32), dtype=np.int32))
        counts.append(np.broadcast_to(np.array(weights, np.float32), len(deltas)))
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


def weigh(postings: Postings) -> int:
    """Bytes of a posting list in memory."""
    return postings.documents.nbytes + postings.counts.nbytes
