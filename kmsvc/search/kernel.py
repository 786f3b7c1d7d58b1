"""The scorer: BM25 over posting lists with NumPy, the same recipe for every reader and each on his own
statistics.

First stage = pairs + g * (characters + words), over everything, with title and aliases as fields of their
own; less for other wordings, and for the sound of pairs that hardly anybody here writes. Rights, validity and
filters are masks inside; nothing outside the audience touches a number.
"""

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from kmsvc.search import sounds
from kmsvc.search.audience import Audience
from kmsvc.search.postings import K1
from kmsvc.search.questions import Question, Unit
from kmsvc.search.schema import SOUNDS, ZONES

ZONE_WEIGHT = {"t": 1.0, "a": 0.7, "b": 1.0}
MOST_SCORED = 32
MOST_LOOKED_AT = 64
EASY_QUESTION = 30
COMMON = 0.2
ASKING_WEIGHT = 0.5
OTHER_WEIGHT = 0.6
SOUND_WEIGHT = 0.6
MOST_HEARD = 8
HEARD_MORE = 0.3
FAIR_SHARE = 0.2
WEAK_SHARE = 0.4
WEAK_WITH_TITLE = 0.12
WEAK_WORDS = 2.2


@dataclass(frozen=True)
class Scores:
    """First-stage scores of all documents and which of them match; complete is false if time ran out.

    weak: no document holds a fair part of the question, words that nobody reads here counted in.
    """

    score: NDArray[np.float32]
    matches: NDArray[np.bool_]
    complete: bool
    weak: bool = False


def score(audience: Audience, question: Question, deadline: float) -> Scores:
    """Score the question against every document of an audience; deadline in perf_counter seconds."""
    adder = _Adder(audience)
    asked = [(unit.stream, unit.term) for unit in _known(audience, question.units)]
    units = adder.rarest(asked)
    covered = np.zeros(audience.snapshot.size, np.float32)
    mass = 0.0
    for stream, term in units:
        mass += adder.add(stream, term, ASKING_WEIGHT if term in question.asking else 1.0, covered)
    distinct = len(question.chars) + len(question.words)
    gain = min(1.0, EASY_QUESTION / distinct) if distinct else 0.0
    extra = adder.rarest([("c", char) for char in question.chars[:MOST_LOOKED_AT]], common=distinct <= EASY_QUESTION)
    extra += adder.rarest([("w", word) for word in question.words[:MOST_LOOKED_AT]], common=distinct <= EASY_QUESTION)
    complete = True
    for stream, term in extra:
        if perf_counter() > deadline:
            complete = False
            break
        adder.add(stream, term, gain)
    others = adder.rarest(list(question.others))
    for stream, term in others:
        adder.add(stream, term, OTHER_WEIGHT * (gain if stream == "c" else 1.0), covered if stream == "p" else None)
    heard = _heard(audience, asked)
    trust = SOUND_WEIGHT * min(1.0, EASY_QUESTION / max(1, len(asked)))
    for stream, term in adder.rarest([("y", sound) for sound in dict.fromkeys(heard.values())])[:MOST_HEARD]:
        mass += adder.add(stream, term, trust, covered)
    matches = _enough(audience, adder.score, covered, mass, len(units))
    told = question.reworded if others else frozenset()
    told_otherwise = heard.keys() | told | question.asking | question.empty
    unread = sum(not audience.frequency("b" + stream, term) for stream, term in asked if term not in told_otherwise)
    return Scores(adder.score, matches, complete, _weak(audience, units + others, covered, mass, unread))


def _heard(audience: Audience, asked: list[tuple[str, str]]) -> dict[str, str]:
    """Pairs of characters that this audience reads much more seldom than their sound, or never, each with its sound. Of a paste
    only the rarest are looked at."""
    written = [pair for stream, pair in asked if stream == "p" and len(pair) == 2 and not pair.isascii()]
    found = {}
    for pair in sorted(written, key=lambda one: audience.frequency("bp", one))[:MOST_SCORED]:
        (sound,) = sounds.pairs(pair)
        if audience.frequency("bp", pair) < HEARD_MORE * audience.frequency(SOUNDS, sound):
            found[pair] = sound
    return found


def _weak(
    audience: Audience, units: list[tuple[str, str]], covered: NDArray[np.float32], mass: float, unread: int
) -> bool:
    """Whether most of a question is read nowhere here and the rest only in passing: less than 0.4 of its weight in
    the fullest document, less than 0.12 where a title has some of it. A long story that shares more than some two words of
    which one document alone knows is never weak, however much else is told."""
    if not unread:
        return False
    most = float(covered[audience.mask].max(initial=0.0))
    unique = math.log(1 + (audience.count + 0.5) / 0.5)
    if most >= unique * WEAK_WORDS:
        return False
    whole = mass + unread * unique
    titled = any(audience.frequency("t" + stream, term) for stream, term in units)
    return most < whole * (WEAK_WITH_TITLE if titled else WEAK_SHARE)


def holding_all(audience: Audience, units: tuple[Unit, ...]) -> NDArray[np.bool_]:
    """The documents of an audience that hold every one of the units somewhere."""
    mask = audience.mask.copy()
    for unit in units:
        here = np.zeros(len(mask), bool)
        here[audience.snapshot.postings("b" + unit.stream, unit.term).documents] = True
        mask &= here
    return mask


def _known(audience: Audience, units: tuple[Unit, ...]) -> list[Unit]:
    """The units; a mixed word that the audience never reads is replaced by its letters and digits."""
    known: dict[Unit, None] = {}
    for unit in units:
        if unit.instead and not audience.frequency("b" + unit.stream, unit.term):
            known.update(dict.fromkeys(Unit(unit.stream, part) for part in unit.instead))
        else:
            known[unit] = None
    return list(known)


def _enough(
    audience: Audience, total: NDArray[np.float32], covered: NDArray[np.float32], mass: float, units: int
) -> NDArray[np.bool_]:
    """Documents that hold a fair share of the question's weight, or score half as high as the best all the
    same.

    Long questions ask for a smaller share.
    """
    holding = audience.mask & (covered > 0)
    share = FAIR_SHARE * min(1.0, 8 / units) if units else 1.0
    best = float(total[holding].max(initial=0.0))
    return holding & ((covered >= mass * share) | (total >= best / 2))


class _Adder:
    """Adds terms to one score array."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self.score = np.zeros(audience.snapshot.size, np.float32)

    def rarest(self, terms: list[tuple[str, str]], *, common: bool = True) -> list[tuple[str, str]]:
        """The known terms, at most 32 and then the rarest; without the very common ones if so asked."""
        limit = self._audience.count if common else self._audience.count * COMMON
        ranked = []
        for place, (stream, term) in enumerate(terms):
            frequency = self._audience.frequency("b" + stream, term)
            if 0 < frequency <= limit:
                ranked.append((frequency, place, (stream, term)))
        ranked.sort()
        return [term for _, _, term in ranked[:MOST_SCORED]]

    def add(self, stream: str, term: str, weight: float, covered: NDArray[np.float32] | None = None) -> float:
        """Add one term in all zones that have its stream; returns its weight in the question."""
        audience, mass = self._audience, 0.0
        for zone in ZONES if stream != "y" else "b":
            field = zone + stream
            frequency = audience.frequency(field, term)
            if not frequency:
                continue
            impacts = audience.impacts(field, term)
            rarity = math.log(1 + (audience.count - frequency + 0.5) / (frequency + 0.5))
            impacts.add_to(self.score, weight * ZONE_WEIGHT[zone] * rarity * (K1 + 1))
            if covered is not None and zone == "b":
                impacts.mark_in(covered, rarity)
                mass = rarity
        return mass
