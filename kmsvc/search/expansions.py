"""What else is searched for a word that was typed. Whoever keeps a vocabulary fills this register; search knows no keeper.

Words are compared in the normal form of questions: half width, Simplified, lower case, English by its stem; the longest
word counts, one character counts only where it is a word of the question, quoted parts are left alone, and what is added
leads on to nothing further."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from kmsvc.markup.cutting import cut
from kmsvc.search.analysis import RUN, normalise, stem
from kmsvc.search.questions import QUOTED, as_typed

LONGEST_INPUT = 1_000
MOST_WORDS = 8
MOST_ADDED = 8
_BETWEEN = re.compile(r"[\s\-_]*")

Key = tuple[str, ...]


class Expansions(Mapping[str, tuple[str, ...]]):
    """Word as it stands in the normalised question -> words added for it. Never changed, so it can be part of a key."""

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._held = dict(held or {})

    def __getitem__(self, word: str) -> tuple[str, ...]:
        return self._held[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __hash__(self) -> int:
        return hash(tuple(self._held.items()))

    def added(self) -> list[str]:
        """All words that were added, once each."""
        return list(dict.fromkeys(word for words in self._held.values() for word in words))


NONE = Expansions()


@dataclass(frozen=True)
class Vocabulary:
    """Words to add by the key of a word; `longest`: first mark of a key -> marks of the longest key that begins so."""

    words: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)


Provider = Callable[[Session], Vocabulary]
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Say who answers for the words; the last word wins so that a module may be loaded again."""
    _provider[:] = [provider]


def key_of_word(text: str) -> Key:
    """The marks by which a word is known: characters of Chinese, stems of the rest; empty for signs alone."""
    return tuple(mark for mark, _, _ in _marks(normalise(text)) if mark)


def is_character(key: Key) -> bool:
    """Whether a word is one Chinese character; a letter or a digit is none."""
    return len(key) == 1 and len(key[0]) == 1 and RUN.match(key[0]).lastgroup == "cjk"  # type: ignore[union-attr]


def vocabulary_of(pairs: Iterable[tuple[str, Sequence[str]]]) -> Vocabulary:
    """A vocabulary from (word, words to add); what is given for the same word in several pairs comes together."""
    words: dict[Key, dict[str, None]] = {}
    longest: dict[str, int] = {}
    for word, added in pairs:
        key = key_of_word(word)
        if key:
            words.setdefault(key, {}).update(dict.fromkeys(added))
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Vocabulary({key: tuple(added) for key, added in words.items()}, longest)


def expansions_for(session: Session, text: str) -> Expansions:
    """The words to add to a question, from whoever keeps the vocabulary; nothing where nobody does."""
    return expand(_provider[0](session), text) if _provider else NONE


def expand(vocabulary: Vocabulary, text: str) -> Expansions:
    """The words to add to a question: longest match first, from left to right; what stands there already is not added."""
    if not vocabulary.words or not text:
        return NONE
    normal = QUOTED.sub(" . ", normalise(as_typed(text[:LONGEST_INPUT])))
    marks = _marks(normal)
    keys = [mark for mark, _, _ in marks]
    found: dict[str, tuple[str, ...]] = {}
    alone: frozenset[int] | None = None
    place = 0
    while place < len(marks) and len(found) < MOST_WORDS:
        length = _match(vocabulary, keys, place)
        if length == 1 and is_character((keys[place],)):
            alone = _words_of_one(normal) if alone is None else alone
            length = int(marks[place][1] in alone)
        if length:
            word = normal[marks[place][1]:marks[place + length - 1][2]]
            added = [one for one in vocabulary.words[tuple(keys[place:place + length])] if not _stands(one, keys)]
            if added:
                found.setdefault(word, tuple(added[:MOST_ADDED]))
        place += length or 1
    return Expansions(found) if found else NONE


def _match(vocabulary: Vocabulary, keys: list[str], place: int) -> int:
    """How many marks the longest word that begins here has."""
    most = min(vocabulary.longest.get(keys[place], 0), len(keys) - place)
    return next((n for n in range(most, 0, -1) if tuple(keys[place:place + n]) in vocabulary.words), 0)


def _words_of_one(normal: str) -> frozenset[int]:
    """The places of characters that are words by themselves, not parts of longer ones."""
    found = []
    for run in RUN.finditer(normal):
        place = run.start()
        for word in cut(run.group(), parts=False) if run.lastgroup == "cjk" else ():
            found += [place] if len(word) == 1 else []
            place += len(word)
    return frozenset(found)


def _stands(word: str, keys: list[str]) -> bool:
    """Whether the question has this word itself."""
    key = list(key_of_word(word))
    return any(keys[at:at + len(key)] == key for at in range(len(keys) - len(key) + 1))


def _marks(normal: str) -> list[tuple[str, int, int]]:
    """Marks with their places; an empty mark stands for signs that part words."""
    found: list[tuple[str, int, int]] = []
    last = 0
    for run in RUN.finditer(normal):
        if found and not _BETWEEN.fullmatch(normal, last, run.start()):
            found.append(("", last, run.start()))
        if run.lastgroup == "cjk":
            found.extend((char, run.start() + at, run.start() + at + 1) for at, char in enumerate(run.group()))
        else:
            found.append((stem(run.group()), run.start(), run.end()))
        last = run.end()
    return found
