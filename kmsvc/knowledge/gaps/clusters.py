"""Searches that mean the same come together: the same words after normal form, synonyms and cutting, fillers left out.

Pure and in a fixed order, so that the same searches always give the same gaps; which words two have in common can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kmsvc.markup import cutting
from kmsvc.search.analysis import STOP_WORDS, literal, runs, stem

FILLERS = Path(__file__).with_name("fillers.txt")
ALIKE = 0.6
"""share of the letters two meanings must have in common to be one gap"""

Meaning = tuple[str, ...]
Synonyms = Callable[[str], str]


@cache
def fillers() -> frozenset[str]:
    """Words that say nothing of what is meant."""
    lines = (line.partition("#")[0].strip() for line in FILLERS.read_text("utf-8").splitlines())
    return STOP_WORDS | {line for line in lines if line}


def meaning(query: str, synonyms: Synonyms = str) -> Meaning:
    """The words of a search that count, sorted; a search of fillers alone keeps them. synonyms: customers' words to ours."""
    found: list[str] = []
    for chinese, run in runs(literal(synonyms(literal(query)))):
        found += cutting.cut(run, parts=False) if chinese else [stem(run)]
    telling = [word for word in found if word not in fillers()]
    return tuple(sorted(set(telling or found)))


def shared(one: Meaning, other: Meaning) -> tuple[str, ...]:
    """The words two meanings have in common."""
    return tuple(word for word in one if word in set(other))


def likeness(one: Meaning, other: Meaning) -> float:
    """How much two meanings have in common, 0 to 1, by letters: long words tell more than short ones."""
    common = sum(map(len, shared(one, other)))
    return common / ((sum(map(len, one)) + sum(map(len, other)) - common) or 1)


@dataclass(frozen=True)
class Placed:
    """Where a search belongs: the gap that is there, or None and a new one, told apart by `fresh`."""

    query: str
    meaning: Meaning
    gap_id: int | None
    fresh: int | None


def place(new: Iterable[tuple[str, Meaning]], held: Mapping[int, Iterable[Meaning]]) -> list[Placed]:
    """Place new searches: with the same meaning first, else with the gap that is most alike, else in a new gap.

    held: the meanings of each gap that is there; they never move. Each search is compared only with meanings that share a
    word with it. Among equals the older gap takes it.
    """
    shelf = _Shelf()
    for gap_id in sorted(held):
        for one in held[gap_id]:
            shelf.add(one, (0, gap_id))
    made = 0
    found = []
    for query, key in sorted(new, key=lambda it: (-len(it[1]), it[1], it[0])):
        where = shelf.nearest(key)
        if where is None:
            where, made = (1, made), made + 1
        shelf.add(key, where)
        found.append(Placed(query, key, where[1] if where[0] == 0 else None, where[1] if where[0] == 1 else None))
    return found


class _Shelf:
    """Meanings with the gap they belong to, found by any of their words."""

    def __init__(self) -> None:
        self._gaps: dict[Meaning, tuple[int, int]] = {}
        self._by_word: dict[str, list[Meaning]] = {}

    def add(self, key: Meaning, where: tuple[int, int]) -> None:
        if key not in self._gaps:
            self._gaps[key] = where
            for word in key:
                self._by_word.setdefault(word, []).append(key)

    def nearest(self, key: Meaning) -> tuple[int, int] | None:
        if key in self._gaps:
            return self._gaps[key]
        near = dict.fromkeys(other for word in key for other in self._by_word.get(word, ()))
        best = max(near, key=lambda other: (likeness(key, other), _older(self._gaps[other])), default=None)
        return self._gaps[best] if best is not None and likeness(key, best) >= ALIKE else None


def _older(where: tuple[int, int]) -> tuple[int, int]:
    return -where[0], -where[1]


def synonyms_of(pairs: Sequence[tuple[str, str]]) -> Synonyms:
    """Customers' words turned into ours, longest first; what was turned is not turned again."""
    known = {literal(word): literal(term) for word, term in pairs if literal(word) != literal(term)}
    longest = sorted(known, key=lambda word: (-len(word), word))

    def turned(query: str) -> str:
        parts: list[tuple[str, bool]] = [(query, False)]
        for word in longest:
            if word not in query:
                continue
            parts = [piece for text, done in parts for piece in (
                [(text, True)] if done else _split(text, word, known[word]))]
        return "".join(text for text, _ in parts)
    return turned


def _split(text: str, word: str, term: str) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for at, part in enumerate(text.split(word)):
        if at:
            pieces.append((term, True))
        pieces.append((part, False))
    return pieces
