"""A Whoosh segment writer that takes counted terms in bulk: same files, a fraction of the Python calls.

It replaces Whoosh's sorting pool of single postings by one array a term. With `postings.py` the only place
that knows how Whoosh 2.7.4 lays out postings; what it writes, plain Whoosh reads.
"""

import json
import pickle
from array import array
from collections.abc import Iterable, Mapping, Sequence
from operator import sub
from typing import Any, Union

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo
from whoosh.reading import SegmentReader
from whoosh.system import pack_int, pack_long
from whoosh.writing import SegmentWriter

from kmsvc.search.names import SUFFIX, Card, made
from kmsvc.search.postings import every_list
from kmsvc.search.schema import COLUMN_FIELDS, STORED_FIELD, id_in, new_codec

_BLOCK = 8192
_FEW = 24
_COUNT_BITS = 16
_MOST_COUNTED = 2**_COUNT_BITS - 1
_Held = Union[int, "array[int]"]
"""The entries of a term, each a document and how often it holds the term in one number; most terms have one only."""


class BulkWriter(SegmentWriter):  # type: ignore[misc]
    """One commit: `add` documents, `take` whole segments, `delete_document`, then `commit` or `cancel`."""

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=new_codec(), compound=False, timeout=1.0)
        self._lists: dict[str, dict[str, _Held]] = {}
        self._named: list[tuple[str, int, Card]] = []

    def add(self, fields: Mapping[str, Any]) -> None:
        """Add one document: counted terms by field, columns and the stored card."""
        self.perdocwriter.start_doc(self.docnum)
        for name, value in fields.items():
            field = self.schema[name]
            if name == STORED_FIELD:
                self.perdocwriter.add_field(name, field, value, 0)
            elif name in COLUMN_FIELDS:
                self.perdocwriter.add_column_value(name, field.column_type, value)
            else:
                self._count(name, self.docnum, value.items())
        self.perdocwriter.finish_doc()
        self._name(fields)
        self.docnum += 1
        self._added = True

    def _name(self, fields: Mapping[str, Any]) -> None:
        kind = json.loads(fields["group"])[0]
        self._named.append((kind, id_in(fields["facts"]), fields[STORED_FIELD]))

    def take(self, segment: Any) -> None:
        """Add the living documents of a segment, which the caller drops from the list of segments."""
        reader = SegmentReader(self.storage, self.schema, segment)
        places = [-1] * segment.doc_count_all()
        columns = {name: reader.column_reader(name, translate=False) for name in COLUMN_FIELDS}
        for old, stored in reader.iter_docs():
            places[old] = self.docnum
            self.perdocwriter.start_doc(self.docnum)
            self.perdocwriter.add_field(STORED_FIELD, self.schema[STORED_FIELD], stored[STORED_FIELD], 0)
            held = {name: bytes(column[old]) for name, column in columns.items()}
            for name, value in held.items():
                self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)
            self._name({**held, STORED_FIELD: stored[STORED_FIELD]})
            self.perdocwriter.finish_doc()
            self.docnum += 1
            self._added = True
        for field, term, documents, counts in every_list(reader):
            self._append(field, term, documents, counts, places)
        reader.close()

    def _count(self, field: str, document: int, counts: Iterable[tuple[str, int]]) -> None:
        lists = self._lists.setdefault(field, {})
        find, place = lists.get, document << _COUNT_BITS
        for term, count in counts:
            entry = place | (count if count < _MOST_COUNTED else _MOST_COUNTED)
            held = find(term)
            if held is None:
                lists[term] = entry
            elif type(held) is int:
                lists[term] = array("q", (held, entry))
            else:
                held.append(entry)  # type: ignore[union-attr]

    def _append(
        self, field: str, term: str, documents: Sequence[int], counts: Sequence[float], places: Sequence[int]
    ) -> None:
        fresh = array("q", (places[document] << _COUNT_BITS | int(count)
                            for document, count in zip(documents, counts, strict=True) if places[document] >= 0))
        if fresh:
            lists = self._lists.setdefault(field, {})
            held = lists.get(term)
            if held is None:
                lists[term] = fresh
            else:
                lists[term] = (array("q", (held,)) if isinstance(held, int) else held) + fresh

    def _flush_segment(self) -> None:
        """Write the names and all terms in order; called by Whoosh's commit."""
        with self.storage.create_file(f"{self.newsegment.segment_id()}.{SUFFIX}") as file:
            file.write(made(self._named))
        self._named = []
        self.perdocwriter.close()
        for field in sorted(self._lists):
            self.fieldwriter.start_field(field, self.schema[field])
            prefix = self.fieldwriter._fieldid.to_bytes(2, "big")
            lists = self._lists.pop(field)
            for term in sorted(lists):  # code points sort like UTF-8
                info = _write_list(self.fieldwriter._postfile, lists.pop(term))
                self.fieldwriter._tindex.add(prefix + term.encode("utf-8"), info)
            self.fieldwriter.finish_field()
        self.fieldwriter.close()


def _write_list(file: Any, held: _Held) -> bytes:
    """Write a posting list as Whoosh's blocks and return its entry for the term table."""
    start = file.tell()
    entries = (held,) if isinstance(held, int) else held
    documents = array("i", [entry >> _COUNT_BITS for entry in entries])
    counts = array("i", [entry & _MOST_COUNTED for entry in entries])
    parts = [WHOOSH3_HEADER_MAGIC]
    total = len(documents)
    for at in range(0, total, _BLOCK):
        parts += _block(documents[at : at + _BLOCK], counts[at : at + _BLOCK], last=at + _BLOCK >= total)
    whole = b"".join(parts)
    file.write(whole)
    entry = W3TermInfo._struct.pack(0, sum(counts), total, 0, 0, max(counts), documents[0], documents[-1])
    return bytes(entry) + pack_long(start) + pack_int(len(whole))


def _packed(numbers: Sequence[int], largest: int) -> Sequence[int]:
    """The numbers as they are pickled: an array of the fewest bytes, which is read without a step for each; a few as a tuple."""
    if len(numbers) < _FEW:
        return tuple(numbers)
    code = "B" if largest < 1 << 8 else "H" if largest < 1 << 16 else "i"
    return array(code, numbers)


def _block(documents: "array[int]", counts: "array[int]", *, last: bool) -> tuple[bytes, bytes, bytes]:
    deltas = (documents[0], *map(sub, documents[1:], documents))
    largest = max(counts)
    weights: Any = (
        None if largest == 1 else float(largest) if min(counts) == largest else _packed(counts, largest)
    )
    info = pickle.dumps((len(documents), documents[-1], float(largest), 0, 0, 0), 2)
    data = pickle.dumps((_packed(deltas, max(deltas)), weights, None), 4)
    size = len(info) + len(data)
    return pack_int(-size if last else size), info, data
