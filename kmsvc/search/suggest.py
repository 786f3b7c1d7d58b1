"""Suggestions while somebody types: titles and aliases by beginning, middle, pinyin or initials, of what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.analysis import number_form
from kmsvc.search.documents import Reach
from kmsvc.search.names import Column, folded, shown_of
from kmsvc.search.requests import Suggestion
from kmsvc.search.spelling import LONGEST, SHORTEST, bare, near

if TYPE_CHECKING:
    from kmsvc.search.segments import Segment
    from kmsvc.search.snapshot import Snapshot


class Fit(NamedTuple):
    """A name that fits; sorts in the order of offering."""

    length: int
    text: str
    kind: str
    id: int
    shown: str
    number: str
    title: str


class _View:
    """The names of a segment that one reader may see. seen: by document of the segment."""

    def __init__(self, segment: Segment, seen: NDArray[np.bool_]) -> None:
        self._segment, self._seen = segment, seen
        self.names = segment.names

    def fits(self, column: Column, entries: Iterable[int]) -> Iterator[Fit]:
        """The visible ones of some entries, each document once."""
        told: set[int] = set()
        for entry in entries:
            document = int(column.document[entry])
            if self._seen[document] and document not in told:
                told.add(document)
                yield self._fit(column, entry, document)

    def near(self, letters: str) -> Iterator[tuple[float, Fit]]:
        """Visible entries that hold something like these letters where a syllable begins, with their likeness 80..100."""
        column = self.names.full
        spellings = column.spellings()
        places = np.flatnonzero(self._seen[column.document]).tolist() if spellings else []
        for likeness, at in near(letters, [spellings[place] for place in places], lambda at: column.starts(places[at])):
            yield likeness, self._fit(column, places[at], int(column.document[places[at]]))

    def _fit(self, column: Column, entry: int, document: int) -> Fit:
        segment = self._segment
        card = segment.card(document)
        shown, text = shown_of(card, int(column.which[entry]))
        return Fit(len(text), text, segment.kind(document), int(segment.facts["id"][document]), shown, card[0], card[1])


Way = Callable[[_View], Iterator[Fit]]


class NameBook:
    """The names of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def suggest(self, typed: str, reach: Reach, on: date | None, limit: int) -> tuple[Suggestion, ...]:
        """At most `limit` documents whose name fits what was typed, best first, each once; where none does, those whose
        spelling is nearest."""
        views = self._views(reach, on)
        found = _first(views, ways(typed), limit) or _near(views, bare(folded(typed)), limit)
        return tuple(Suggestion(fit.kind, fit.id, fit.number, fit.title, fit.shown) for fit in found)

    def slipped(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[tuple[str, int]]:
        """Documents (kind, id) whose name holds these spellings one after the other, else is spelt nearly so."""
        parts = letters.replace("'", " ").split()
        views = self._views(reach, on)
        held = _first(views, [lambda view: view.fits(view.names.full, view.names.full.scan_parts(parts))], limit)
        return [(fit.kind, fit.id) for fit in held or _near(views, bare(letters), limit)]

    def spelt(self, letters: str, reach: Reach, on: date | None, limit: int) -> list[tuple[str, int]]:
        """Documents (kind, id) whose name is spelt like these letters, best first."""
        typed = bare(letters)
        if len(typed) < 2:
            return []
        by_letters: list[Way] = [_initials(typed, from_start=True), _full(typed, from_start=True)]
        if len(typed) > 2:
            by_letters += [_initials(typed, from_start=False), _full(typed, from_start=False)]
        return [(fit.kind, fit.id) for fit in _first(self._views(reach, on), [*by_letters, _shortened(typed)], limit)]

    def _views(self, reach: Reach, on: date | None) -> list[_View]:
        snapshot = self._snapshot
        mask = snapshot.audience(reach, on).mask
        return [_View(segment, mask[base : base + segment.size])
                for base, segment in zip(snapshot.bases, snapshot.segments, strict=False)]


def _first(views: list[_View], by: list[Way], limit: int) -> list[Fit]:
    found: dict[tuple[str, int], Fit] = {}
    for way in by:
        for fit in merge(*(way(view) for view in views)):
            if len(found) >= limit:
                return list(found.values())
            found.setdefault((fit.kind, fit.id), fit)
    return list(found.values())


def _near(views: list[_View], letters: str, limit: int) -> list[Fit]:
    """By likeness; what the reader may not see is left out before anything is counted."""
    if not letters.isascii() or not letters.isalnum() or not SHORTEST <= len(letters) <= LONGEST:
        return []
    found: dict[tuple[str, int], Fit] = {}
    for _, fit in sorted((-likeness, fit) for view in views for likeness, fit in view.near(letters)):
        found.setdefault((fit.kind, fit.id), fit)
    return list(found.values())[:limit]


def _number(form: str) -> Way:
    return lambda view: view.fits(view.names.numbers, view.names.numbers.scan(form, from_start=True))


def _plain(text: str, *, from_start: bool) -> Way:
    return lambda view: view.fits(view.names.plain, view.names.plain.scan(text, from_start=from_start))


def _initials(letters: str, *, from_start: bool) -> Way:
    return lambda view: view.fits(view.names.initials, view.names.initials.scan(letters, from_start=from_start))


def _full(letters: str, *, from_start: bool) -> Way:
    return lambda view: view.fits(view.names.full, view.names.full.scan(letters, from_start=from_start))


def _shortened(letters: str) -> Way:
    return lambda view: view.fits(view.names.full, view.names.full.scan_shortened(letters))


def ways(typed: str) -> list[Way]:
    """How a typed text may fit, best way first: number, beginning, initials, pinyin, then the middle of each."""
    text = folded(typed)[:100]
    letters = text.replace(" ", "").replace("'", "")
    form = number_form(text)
    spelt = letters.isascii() and letters.isalnum()
    found: list[Way] = []
    if any(c.isdigit() for c in form):
        found.append(_number(form))
    if text:
        found.append(_plain(text, from_start=True))
    if spelt:
        found += [_initials(letters, from_start=True), _full(letters, from_start=True)]
    if text:
        found.append(_plain(text, from_start=False))
    if spelt and len(letters) > 1:
        found += [_initials(letters, from_start=False), _full(letters, from_start=False)]
    if spelt:
        found.append(_shortened(letters))
    return found
