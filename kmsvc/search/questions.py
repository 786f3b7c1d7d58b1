"""A typed question taken apart: terms, quotations, numbers and letters; never a query language.

Whatever somebody types is text. Long input is cut, quotes that do not close are ignored.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kmsvc.markup import cutting
from kmsvc.search.analysis import (
    RUN,
    STOP_WORDS,
    both_forms,
    literal,
    normalise,
    number_form,
    pieces,
    runs,
    stem,
)

LONGEST_INPUT = 10_240
MOST_TERMS = 128
MOST_RUNS = 32
_LONGEST_ASKED = 256
_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u301d\u301e]")
QUOTED = re.compile(r'"([^"]+)"')
T = TypeVar("T")
_NO_EXPANSIONS: Mapping[str, Sequence[str]] = MappingProxyType({})
_SMALL = tuple(word for line in Path(__file__).with_name("small_words.txt").read_text("utf-8").splitlines()
               for word in line.partition("#")[0].split())
_EMPTY = frozenset(word for word in _SMALL if len(word) == 1)
_ASKED = re.compile("|".join(word for word in _SMALL if len(word) > 1))
_AFTER_HOW = frozenset({"long", "much", "many", "often", "soon"})
_LETTERS = re.compile(r"(?=.*[a-z])[a-z0-9' ]{2,60}")


@dataclass(frozen=True)
class Unit:
    """A term that counts towards matching: its stream (p or c) and, for mixed words, what to try instead."""

    stream: str
    term: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What a text asks for.

    text: normal form without quotes. units: what a document should contain. chars, words: further terms for
    ranking. phrases: literal quotations, normalised. numbers: forms that may be a document's number.
    letters: the text if it may be pinyin or initials. tried: what to tell the person. others: stream and term of
    other wordings for parts of it. reworded: the pairs of those parts. asking: pairs that only ask, or cross into
    words that do. empty: pairs with a particle or a pronoun.
    """

    text: str
    units: tuple[Unit, ...]
    chars: tuple[str, ...]
    words: tuple[str, ...]
    phrases: tuple[tuple[str, tuple[Unit, ...]], ...]
    numbers: tuple[str, ...]
    letters: str
    tried: tuple[str, ...]
    others: tuple[tuple[str, str], ...] = ()
    reworded: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """Chinese to look for in a text: quotations, runs of the question, words, pairs; single characters if asked alone."""
        texts = [phrase for phrase, _ in self.phrases]
        texts += islice((match.group() for match in RUN.finditer(self.text) if match.lastgroup == "cjk"), MOST_RUNS)
        texts += [*self.words, *(unit.term for unit in self.units if not unit.term.isascii())]
        return tuple(text for text in dict.fromkeys(texts) if text)

    @cached_property
    def otherwise(self) -> "Question":
        """The other wordings alone, to mark in a text that has none of the own words."""
        return Question("", (), (), tuple(term for _, term in self.others if len(term) > 1 and not term.isascii()), (), (), "", ())

    @cached_property
    def stems(self) -> frozenset[str]:
        """What to look for among the words of a text that are written with spaces: stems and numbers."""
        terms = {unit.term for unit in self.units if unit.stream == "p"} | {part for unit in self.units for part in unit.instead}
        return frozenset(term for term in terms if RUN.match(term).lastgroup == "word")  # type: ignore[union-attr]


def as_typed(text: str) -> str:
    """What is read of a typed text: not too much, and any quotes as straight ones."""
    return _QUOTES.sub('"', text[:LONGEST_INPUT])


def parse(text: str, expansions: Mapping[str, Sequence[str]] = _NO_EXPANSIONS) -> Question:
    """Take a text apart. expansions: wording -> other wordings, which count where the text has the first."""
    typed = as_typed(text)
    normal, mainland = both_forms(typed)
    normal = normal[:LONGEST_INPUT]
    quoted = list(dict.fromkeys(filter(None, map(literal, QUOTED.findall(normal)))))[:8]
    plain = normal.replace('"', " ").strip()
    units, chars, dictionary, tried = _terms(plain)
    whole = " ".join(plain.split())
    own = {(u.stream, u.term) for u in units} | {("c", char) for char in chars} | {("w", word) for word in dictionary}
    asking, empty = _asking(plain)
    typed_so, others = _wordings(whole, expansions)
    return Question(
        text=whole,
        units=units,
        chars=chars,
        words=dictionary,
        phrases=tuple((phrase, _terms(phrase, keep_all=True)[0]) for phrase in quoted),
        numbers=_numbers(plain),
        letters=plain if _LETTERS.fullmatch(plain) and not quoted else "",
        tried=(*(f'"{phrase}"' for phrase in quoted), *tried)[:32],
        others=_others([mainland, *others], own),
        reworded=frozenset(unit.term for part in typed_so for unit in _terms(part)[0]),
        asking=asking,
        empty=empty,
    )


def _asking(plain: str) -> tuple[frozenset[str], frozenset[str]]:
    """Pairs of a normalised text that only ask, and those that have nothing to tell otherwise."""
    asking: set[str] = set()
    empty: set[str] = set()
    for chinese, run in runs(plain[:_LONGEST_ASKED]):
        if chinese:
            empty.update(run[i:i + 2] for i in range(len(run) - 1) if run[i] in _EMPTY or run[i + 1] in _EMPTY)
            for match in _ASKED.finditer(run):
                asking.update(run[i:i + 2] for i in range(max(0, match.start() - 1), min(match.end(), len(run) - 1)))
    return frozenset(asking), frozenset(empty)


def _wordings(whole: str, expansions: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Parts of a text that have other wordings, and those, normalised; letters and digits must stand as whole words."""
    parts, found = [], []
    for wording, others in expansions.items():
        part = " ".join(normalise(wording).split())
        edged = rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])" if part.isascii() else re.escape(part)
        if part and re.search(edged, whole):
            parts.append(part)
            found += [normalise(other) for other in others]
    return parts, found


def _others(wordings: Iterable[str], own: Set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs, characters and dictionary words of wordings that the question does not have itself."""
    found: dict[tuple[str, str], None] = {}
    for wording in wordings:
        units, chars, dictionary, _ = _terms(wording)
        found.update(dict.fromkeys((unit.stream, unit.term) for unit in units))
        found.update(dict.fromkeys(("c", char) for char in chars))
        found.update(dict.fromkeys(("w", word) for word in dictionary))
    return _first(term for term in found if term not in own)


def _terms(
    plain: str, *, keep_all: bool = False
) -> tuple[tuple[Unit, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Units, characters, dictionary words and readable parts of a normalised text; stop words only if
    nothing else."""
    units: dict[Unit, None] = {}
    chars: dict[str, None] = {}
    dictionary: dict[str, None] = {}
    tried: dict[str, None] = {}
    dropped: list[str] = []
    last = ""
    for chinese, run in runs(plain):
        if len(units) >= MOST_TERMS:
            break
        if chinese:
            run = run[:MOST_TERMS]
            if len(run) == 1:
                units[Unit("c", run)] = None
            else:
                chars.update(dict.fromkeys(run))
            units.update(dict.fromkeys(Unit("p", run[i : i + 2]) for i in range(len(run) - 1)))
            cut = cutting.cut(run, parts=False)
            dictionary.update(dict.fromkeys(word for word in cut if len(word) > 1))
            tried.update(dict.fromkeys(cut))
        elif not keep_all and (run in STOP_WORDS or (last == "how" and run in _AFTER_HOW)):
            dropped.append(run)
        else:
            run = run[:80]
            units[Unit("p", stem(run), tuple(pieces(run)))] = None
            tried[run] = None
        last = run
    if not units:
        units.update(dict.fromkeys(Unit("p", stem(word)) for word in dropped))
        tried.update(dict.fromkeys(dropped))
    return _first(units), _first(chars), _first(dictionary), _first(tried)


def _first(things: Iterable[T]) -> tuple[T, ...]:
    return tuple(things)[:MOST_TERMS]


def _numbers(plain: str) -> tuple[str, ...]:
    """The whole text and each part that has a digit, as numbers would be written."""
    if len(plain) > 200:
        return ()
    whole = number_form(plain)
    parts = (number_form(part) for part in plain.split()[:16])
    candidates = [whole, *(part for part in parts if any(c.isdigit() for c in part))]
    return tuple(dict.fromkeys(form for form in candidates if len(form) > 1))
