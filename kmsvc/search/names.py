"""The names of one segment for suggesting: one long text per way of writing, ordered so that the first fits are the best.

Finding is a substring search in C over the long text; entries stand in the order in which they are to be offered, so a scan
may stop at the first few that the reader may see and still never depends on those he may not. The table is written beside its
segment and read by mapping the file: all processes share its pages, and none has to make it.
"""

import json
import mmap
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.analysis import normalise, number_form

SUFFIX = "nam"
"""Whoosh removes files of this form with their segment."""

Card = tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...]]
"""Number, title, aliases; for title and aliases their spellings, syllables apart."""

# Fewer letters are initials anyway; more could make the pattern try very many ways on a name like nannannan.
_SHORTEST_CUT, _LONGEST_CUT = 3, 20
_MOST_PARTS = 5
_MAGIC = b"kmnames1"
_WAYS = ("plain", "numbers", "initials", "full")
_NUMBER = -1


class _Entry(NamedTuple):
    """A way to write a name while the table is made; sorts in the order of offering.

    which: 0 the title, then the aliases, -1 the number. marks: a 1 at each letter where typing may begin, pinyin only; spelt:
    pinyin with spaces.
    """

    length: int
    text: str
    kind: str
    id: int
    shown: str
    document: int
    which: int
    typed: str
    marks: str
    spelt: str


def folded(text: str) -> str:
    """Normal form on one line."""
    return " ".join(normalise(text).split())


def shown_of(card: Card, which: int) -> tuple[str, str]:
    """What is offered for an entry, and its normal form, by which entries are ordered."""
    number, title, aliases, _ = card
    if which == _NUMBER:
        return number, number_form(number)
    shown = (title, *aliases)[which]
    return shown, folded(shown)


def made(documents: Sequence[tuple[str, int, Card]]) -> bytes:
    """The table of some documents (kind, id, card), whose place in the sequence is their number in the segment."""
    ways: dict[str, list[_Entry]] = {way: [] for way in _WAYS}
    for place, (kind, id, card) in enumerate(documents):
        _enter(ways, place, kind, id, card)
    parts: list[bytes] = []
    header: dict[str, dict[str, tuple[int, int]]] = {}
    at = 0
    for way in _WAYS:
        header[way] = {}
        for name, raw in _laid_out(sorted(ways.pop(way)), pinyin=way == "full"):
            header[way][name] = (at, len(raw))
            padded = raw + bytes(-len(raw) % 8)
            parts.append(padded)
            at += len(padded)
    body = b"".join(parts)
    head = json.dumps({"ways": header, "size": at, "crc": crc32(body)}).encode()
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % 8)
    return _MAGIC + len(head).to_bytes(8, "little") + head + body


def _enter(ways: dict[str, list[_Entry]], place: int, kind: str, id: int, card: Card) -> None:
    """Put a name under each way of writing it."""
    def enter(way: str, which: int, typed: str, marks: str = "", spelt: str = "") -> None:
        shown, text = shown_of(card, which)
        ways[way].append(_Entry(len(text), text, kind, id, shown, place, which, typed, marks, spelt))

    number, title, aliases, spelt_names = card
    if form := number_form(number):
        enter("numbers", _NUMBER, form)
    for which, (shown, spelt) in enumerate(zip((title, *aliases), spelt_names, strict=True)):
        enter("plain", which, folded(shown))
        readings = [spelling.split() for spelling in spelt]
        for first in dict.fromkeys("".join([s[0] for s in reading]) for reading in readings):
            enter("initials", which, first)
        for spelling, reading in zip(spelt, readings, strict=True):
            enter("full", which, "".join(reading), "".join(["1".ljust(len(s), "0") for s in reading]), spelling)


def _laid_out(entries: list[_Entry], *, pinyin: bool) -> Iterator[tuple[str, bytes]]:
    yield "document", np.array([one.document for one in entries], "<i4").tobytes()
    yield "which", np.array([one.which for one in entries], "<i2").tobytes()
    text, starts = _joined([one.typed.encode("utf-8", "replace") for one in entries])
    yield "text", text
    yield "starts", starts
    if pinyin:
        marks = "0" + "".join("0" + one.marks if place else one.marks for place, one in enumerate(entries))
        yield "marks", np.packbits(np.frombuffer(marks.encode(), np.uint8) == ord("1")).tobytes()
        apart, starts_apart = _joined([one.spelt.encode() for one in entries])
        yield "apart", apart
        yield "starts_apart", starts_apart


def _joined(parts: list[bytes]) -> tuple[bytes, bytes]:
    """Texts behind a line break each, and where each begins."""
    starts = [0, *accumulate(len(part) + 1 for part in parts)]
    return b"\n".join([b"", *parts]), np.array(starts[:-1], "<i4").tobytes()


class Column:
    """Entries of one way of writing, in the order of offering; `document` and `which` by entry.

    Places are looked up by `bisect`: NumPy's own search would copy these arrays, which lie in the file as they happen to fall,
    at every call.
    """

    def __init__(self, data: Any, begin: int, places: dict[str, tuple[int, int]]) -> None:
        self._data = data
        self._places = {name: (begin + at, begin + at + size) for name, (at, size) in places.items()}
        self.document: NDArray[np.int32] = self._array("document", "<i4")
        self.which: NDArray[np.int16] = self._array("which", "<i2")
        self._starts: NDArray[np.int32] = self._array("starts", "<i4")
        self._starts_apart: NDArray[np.int32] = self._array("starts_apart", "<i4")

    def _array(self, name: str, kind: str) -> NDArray[Any]:
        first, end = self._places.get(name, (0, 0))
        return np.frombuffer(self._data, kind, (end - first) // np.dtype(kind).itemsize, first) if end > first else np.empty(0, kind)

    def scan(self, needle: str, *, from_start: bool) -> Iterator[int]:
        """Entries in order of offering: those that begin with the needle, or hold it where typing may begin."""
        sought = ("\n" + needle if from_start else needle).encode("utf-8", "replace")
        first, end = self._places["text"]
        at = self._data.find(sought, first, end)
        while at >= 0:
            if from_start or self._may_begin(at - first):
                yield bisect_right(self._starts, at - first) - 1
            at = self._data.find(sought, at + 1, end)

    def _may_begin(self, place: int) -> bool:
        if "marks" not in self._places:
            return True
        return bool(self._data[self._places["marks"][0] + (place >> 3)] & (0x80 >> (place & 7)))

    def scan_shortened(self, letters: str) -> Iterator[int]:
        """Entries in order of offering that begin with these letters when syllables may be cut short.

        tuifbz begins tui fei biao zhun: after each letter the rest of its syllable may be left out.
        """
        if _SHORTEST_CUT <= len(letters) <= _LONGEST_CUT:
            yield from self._scan_apart("\n" + "(?:[a-z0-9]* )?".join(map(re.escape, letters)))

    def scan_parts(self, parts: Sequence[str]) -> Iterator[int]:
        """Entries in order of offering that hold each of these spellings where a syllable begins, one after the other.

        tui shixian stands in tui fei dao zhang shi xian.
        """
        if 2 <= len(parts) <= _MOST_PARTS and all(len(part) >= 2 for part in parts):
            yield from self._scan_apart(
                "(?<=[\n ])" + "[^\n]*? ".join(" ?".join(map(re.escape, part)) for part in parts))

    def _scan_apart(self, pattern: str) -> Iterator[int]:
        first, end = self._places["apart"]
        for match in re.compile(pattern.encode("ascii", "replace")).finditer(self._data, first, end):
            yield bisect_right(self._starts_apart, match.start() - first) - 1

    def spellings(self) -> list[str]:
        """What is typed for each entry."""
        first, end = self._places["text"]
        return bytes(self._data[first:end]).decode("utf-8", "replace").split("\n")[1:] if end > first else []

    def starts(self, entry: int) -> str:
        """A 1 at each letter of an entry where typing may begin."""
        begin = int(self._starts[entry]) + 1
        first, end = self._places["text"]
        until = int(self._starts[entry + 1]) if entry + 1 < len(self._starts) else end - first
        return "".join("1" if self._may_begin(place) else "0" for place in range(begin, until))


class NameTable:
    """Titles, aliases, numbers, initials and full pinyin of the documents of a segment. ValueError: not such a table, or torn."""

    def __init__(self, data: Any) -> None:
        if bytes(data[: len(_MAGIC)]) != _MAGIC:
            raise ValueError("no table of names")
        begin = len(_MAGIC) + 8
        size = int.from_bytes(data[len(_MAGIC) : begin], "little")
        head = json.loads(bytes(data[begin : begin + size]))
        begin += size
        if len(data) - begin != head["size"] or crc32(memoryview(data)[begin:]) != head["crc"]:
            raise ValueError("a torn table of names")
        self.plain, self.numbers, self.initials, self.full = (Column(data, begin, head["ways"][way]) for way in _WAYS)


def mapped(path: Path) -> NameTable:
    """The table in a file. It stays readable when the file is removed later."""
    with path.open("rb") as file:
        return NameTable(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
