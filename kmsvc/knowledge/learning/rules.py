"""How much use may move an answer, and how: by a few places at most, never past what was asked for by number or title, never by
one person alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kmsvc.core.texts import N_, Labelled

HALF_LIFE = timedelta(days=14)
HELPFUL = 3.0
LINKED = 2.0
AGAIN = -0.5
MOST_PAIRS = 5_000
MOST_LIFT = 5


class Cause(Labelled):
    """Why what was learned changed."""

    LEARNED = "learned", N_("Learned")
    FADED = "faded", N_("Faded")
    OFF = "off", N_("Switched off")
    RESET = "reset", N_("Reset")
    UNDONE = "undone", N_("Reset taken back")


@dataclass(frozen=True)
class Signal:
    """That a person used an article for a search. again: they searched again soon with other words; helpful: they said so; linked:
    they linked it to the contact it was used for."""

    query: str
    article_id: int
    person_id: int
    at: datetime
    again: bool = False
    helpful: bool = False
    linked: bool = False


@dataclass(frozen=True)
class Weight:
    """What the signals of a search and an article come to. people: different persons it helped; score: with age taken off."""

    people: int
    opened: int
    helpful: int
    score: float
    since: datetime
    linked: int = 0


def weigh(signals: Iterable[Signal], now: datetime) -> dict[tuple[str, int], Weight]:
    """What signals come to. A person counts once: with their best signal, halved every two weeks; who searched again soon
    each time counts against it. So nobody can lift an article by opening it often."""
    best: dict[tuple[str, int], dict[int, float]] = {}
    counts: dict[tuple[str, int], list[int]] = {}
    first: dict[tuple[str, int], datetime] = {}
    for one in signals:
        pair = (one.query, one.article_id)
        worth = _worth(one) * 0.5 ** max(0.0, (now - one.at) / HALF_LIFE)
        held = best.setdefault(pair, {})
        held[one.person_id] = max(held.get(one.person_id, worth), worth)
        tally = counts.setdefault(pair, [0, 0, 0])
        tally[1 if one.helpful else 2 if one.linked else 0] += not one.again
        first[pair] = min(first.get(pair, one.at), one.at)
    return {pair: Weight(sum(1 for worth in its.values() if worth > 0), counts[pair][0], counts[pair][1], sum(its.values()), first[pair],
                         counts[pair][2])
            for pair, its in best.items()}


def _worth(one: Signal) -> float:
    """What a signal is worth while it is fresh: said to be helpful most, then used for a contact, then opened."""
    return HELPFUL if one.helpful else LINKED if one.linked else AGAIN if one.again else 1.0


def lift_of(weight: Weight, least: int, most: int) -> int:
    """Places an article is lifted: one from `least` different persons on, one more each time the score doubles, at most `most`."""
    if weight.people < max(2, least) or weight.score < max(2, least) / 2:
        return 0
    lift, needed = 1, float(max(2, least))
    while lift < most and weight.score >= 2 * needed:
        lift, needed = lift + 1, needed * 2
    return min(lift, most)


def lifts_of(weights: Mapping[tuple[str, int], Weight], least: int, most: int) -> dict[tuple[str, int], int]:
    """The pairs that are lifted, the strongest where there are too many."""
    found = {pair: lift_of(weight, least, most) for pair, weight in weights.items() if pair[0]}
    strongest = sorted((pair for pair, lift in found.items() if lift), key=lambda pair: (-weights[pair].score, pair))
    return {pair: found[pair] for pair in strongest[:MOST_PAIRS]}
