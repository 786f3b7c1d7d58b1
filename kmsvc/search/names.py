"""Tables of names for suggesting: one long text per way of writing, ordered so that the first fits are the
best.

Finding is a substring search in C over the long text; entries stand in the order in which they are to be
offered, so a scan may stop at the first few that the reader may see and still never depends on those he may
not.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from kmsvc.search.analysis import normalise, number_form
from kmsvc.search.documents import Reach
from kmsvc.search.pinyin import has_chinese, spellings


class Name(NamedTuple):
    """What suggestions know of a document: first and last are the days it may be found, as day numbers."""

    kind: str
    id: int
    number: str
    title: str
    aliases: tuple[str, ...]
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
    name: Name


class _Column:
    """Entries of one way of writing in one text, each behind a line break."""

    def __init__(self, entries: Iterable[tuple[str, str, Fit]]) -> None:
        ordered = sorted(entries, key=lambda entry: entry[2])
        self._fits = [fit for _, _, fit in ordered]
        self._starts: list[int] = []
        parts, marks, at = [], [], 0
        for text, mark, _ in ordered:
            self._starts.append(at)
            parts.append("\n" + text)
            marks.append("\n" + mark)
            at += 1 + len(text)
        self._text = "".join(parts)
        self._marks = "".join(marks)

    def scan(self, needle: str, *, from_start: bool) -> Iterator[Fit]:
        """Fits in order of offering: entries that begin with the needle, or hold it where a mark stands."""
        sought = "\n" + needle if from_start else needle
        at = self._text.find(sought)
        while at >= 0:
            if from_start or self._marks[at] == "1":
                yield self._fits[bisect_right(self._starts, at) - 1]
            at = self._text.find(sought, at + 1)


class NameTable:
    """Titles, aliases, numbers, initials and full pinyin of some documents."""

    def __init__(self, names: Iterable[Name]) -> None:
        plain, numbers, initials, full = [], [], [], []
        for name in names:
            if form := number_form(name.number):
                numbers.append((form, "1" * len(form), _fit(name, name.number, form)))
            for shown in dict.fromkeys((name.title, *name.aliases)):
                text = folded(shown)
                fit = _fit(name, shown, text)
                plain.append((text, "1" * len(text), fit))
                for syllables in spellings(shown) if has_chinese(shown) else ():
                    first = "".join(s if s.isdigit() else s[0] for s in syllables)
                    initials.append((first, "1" * len(first), fit))
                    marks = "".join("1" + "0" * (len(s) - 1) for s in syllables)
                    full.append(("".join(syllables), marks, fit))
        self.plain, self.numbers = _Column(plain), _Column(numbers)
        self.initials, self.full = _Column(initials), _Column(full)


def folded(text: str) -> str:
    """Normal form on one line."""
    return " ".join(normalise(text).split())


def _fit(name: Name, shown: str, text: str) -> Fit:
    return Fit(len(text), text, name.kind, name.id, shown, name)


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
    return found
