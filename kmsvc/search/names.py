"""Tables of names for suggesting: one long text per way of writing, ordered so that the first fits are the
best.

Finding is a substring search in C over the long text; entries stand in the order in which they are to be
offered, so a scan may stop at the first few that the reader may see and still never depends on those he may
not.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from kmsvc.search.analysis import normalise, number_form
from kmsvc.search.documents import Reach
from kmsvc.search.spelling import near


class Name(NamedTuple):
    """What suggestions know of a document.

    mark: moves with any change of the document. spelt: for title and aliases their spellings, syllables
    apart. first and last are the days it may be found, as day numbers.
    """

    mark: int
    kind: str
    id: int
    number: str
    title: str
    aliases: tuple[str, ...]
    spelt: tuple[tuple[str, ...], ...]
    level: int
    unit: int
    first: int
    last: int

    def visible(self, reach: Reach, on: date | None) -> bool:
        """Whether a reader may see it on a day."""
        timely = on is None or self.first <= on.toordinal() <= self.last
        return timely and reach.allows(self.kind, self.id, self.level, self.unit)


class Fit(NamedTuple):
    """A name that fits; sorts in the order of offering."""

    length: int
    text: str
    kind: str
    id: int
    shown: str
    mark: int
    name: Name


# Fewer letters are initials anyway; more could make the pattern try very many ways on a name like nannannan.
_SHORTEST_CUT, _LONGEST_CUT = 3, 20
_MOST_PARTS = 5
Entry = tuple[Fit, str, str, str]
"""What is offered, what is typed for it, a 1 at each place of that where typing may begin; pinyin with
spaces."""


class _Column:
    """Entries of one way of writing in one text, each behind a line break."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = sorted(entries)
        self._text, self._starts = _joined([entry[1] for entry in self.entries])
        self._marks, _ = _joined([entry[2] for entry in self.entries])
        self._apart, self._starts_apart = _joined([entry[3] for entry in self.entries])

    def changed(self, gone: Set[int], more: "_Column") -> "_Column":
        """With other entries, without those of the marks that are gone."""
        return _Column([entry for entry in self.entries if entry[0].mark not in gone] + more.entries)

    def scan(self, needle: str, *, from_start: bool) -> Iterator[Fit]:
        """Fits in order of offering: entries that begin with the needle, or hold it where a mark stands."""
        sought = "\n" + needle if from_start else needle
        at = self._text.find(sought)
        while at >= 0:
            if from_start or self._marks[at] == "1":
                yield self.entries[bisect_right(self._starts, at) - 1][0]
            at = self._text.find(sought, at + 1)

    def scan_shortened(self, letters: str) -> Iterator[Fit]:
        """Fits in order of offering: entries that begin with these letters when syllables may be cut short.

        tuifbz begins tui fei biao zhun: after each letter the rest of its syllable may be left out.
        """
        if not _SHORTEST_CUT <= len(letters) <= _LONGEST_CUT:
            return
        sought = re.compile("\n" + "(?:[a-z0-9]* )?".join(map(re.escape, letters)))
        for match in sought.finditer(self._apart):
            yield self.entries[bisect_right(self._starts_apart, match.start()) - 1][0]

    def scan_parts(self, parts: list[str]) -> Iterator[Fit]:
        """Fits in order of offering: entries that hold each of these spellings where a syllable begins, one after the other.

        tui shixian stands in tui fei dao zhang shi xian.
        """
        if not 2 <= len(parts) <= _MOST_PARTS or any(len(part) < 2 for part in parts):
            return
        sought = re.compile("(?<=[\n ])" + "[^\n]*? ".join(" ?".join(map(re.escape, part)) for part in parts))
        for match in sought.finditer(self._apart):
            yield self.entries[bisect_right(self._starts_apart, match.start()) - 1][0]

    def scan_near(self, letters: str) -> list[tuple[float, Fit]]:
        """Entries that hold something like these letters where a syllable begins, with their likeness 80..100; in no
        order."""
        found = near(letters, [entry[1] for entry in self.entries], [entry[2] for entry in self.entries])
        return [(likeness, self.entries[place][0]) for likeness, place in found]


def _joined(parts: list[str]) -> tuple[str, list[int]]:
    """Texts behind a line break each, and where each begins."""
    starts = [0, *accumulate(len(part) + 1 for part in parts)]
    return "\n".join(["", *parts]), starts[:-1]


class NameTable:
    """Titles, aliases, numbers, initials and full pinyin of some documents."""

    def __init__(self, names: Iterable[Name]) -> None:
        ways: dict[str, list[Entry]] = {"plain": [], "numbers": [], "initials": [], "full": []}
        for name in names:
            _enter(name, ways)
        self.plain, self.numbers = _Column(ways["plain"]), _Column(ways["numbers"])
        self.initials, self.full = _Column(ways["initials"]), _Column(ways["full"])

    def changed(self, gone: Set[int], more: "NameTable") -> "NameTable":
        """With the names of another table, without those of the marks that are gone."""
        table = NameTable(())
        table.plain, table.numbers = (
            self.plain.changed(gone, more.plain),
            self.numbers.changed(gone, more.numbers),
        )
        table.initials, table.full = (
            self.initials.changed(gone, more.initials),
            self.full.changed(gone, more.full),
        )
        return table


def _enter(name: Name, ways: dict[str, list[Entry]]) -> None:
    """Put a name under each way of writing it."""
    if form := number_form(name.number):
        ways["numbers"].append((_fit(name, name.number, form), form, "1" * len(form), ""))
    for shown, spelt in zip((name.title, *name.aliases), name.spelt, strict=True):
        text = folded(shown)
        fit = _fit(name, shown, text)
        ways["plain"].append((fit, text, "1" * len(text), ""))
        readings = [spelling.split() for spelling in spelt]
        for first in dict.fromkeys("".join([s[0] for s in reading]) for reading in readings):
            ways["initials"].append((fit, first, "1" * len(first), ""))
        for spelling, reading in zip(spelt, readings, strict=True):
            marks = "".join(["1".ljust(len(s), "0") for s in reading])
            ways["full"].append((fit, "".join(reading), marks, spelling))


def folded(text: str) -> str:
    """Normal form on one line."""
    return " ".join(normalise(text).split())


def _fit(name: Name, shown: str, text: str) -> Fit:
    return Fit(len(text), text, name.kind, name.id, shown, name.mark, name)


Way = Callable[[NameTable], Iterator[Fit]]


def ways(typed: str) -> list[Way]:
    """How a typed text may fit, best way first: number, beginning, initials, pinyin, then the middle of
    each."""
    text = folded(typed)[:100]
    letters = text.replace(" ", "").replace("'", "")
    form = number_form(text)
    found: list[Way] = []
    if any(c.isdigit() for c in form):
        found.append(lambda table: table.numbers.scan(form, from_start=True))
    if text:
        found.append(lambda table: table.plain.scan(text, from_start=True))
    spelt = letters.isascii() and letters.isalnum()
    if spelt:
        found.append(lambda table: table.initials.scan(letters, from_start=True))
        found.append(lambda table: table.full.scan(letters, from_start=True))
    if text:
        found.append(lambda table: table.plain.scan(text, from_start=False))
    if spelt and len(letters) > 1:
        found.append(lambda table: table.initials.scan(letters, from_start=False))
        found.append(lambda table: table.full.scan(letters, from_start=False))
    if spelt:
        found.append(lambda table: table.full.scan_shortened(letters))
    return found
