"""Composing papers by blueprint: the same seed, pool, blueprint and people give the same papers on every machine.

Every paper of a batch draws as many questions from the same classes, so all have the same topics, kinds and bands; within a class the
least used questions come first, then lots. Source: domain 5.2, C5, C6."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from kmsvc.training.papers.blueprint import Blueprint, Feasibility, Stock, drawing, feasibility, stock
from kmsvc.training.papers.evening import Hand, even_out, set_apart
from kmsvc.training.papers.lots import key_of, lots, shuffled
from kmsvc.training.papers.pool import Pool, Rows
from kmsvc.training.papers.supply import Supply

FRACTION = 16


@dataclass(frozen=True)
class Placed:
    """A question in a paper: the cell it fills, and its points."""

    question_id: int
    cell: int
    points: Decimal


@dataclass(frozen=True)
class Paper:
    """What one person is asked, in the order of the cells and by lot within one. load: difficulty × hundredths of points, summed; papers
    of one blueprint with the same load are equally difficult."""

    person: int
    questions: tuple[Placed, ...]
    load: int


@dataclass(frozen=True)
class Batch:
    """Papers of one composition. points: of each paper; aim: the load all papers were brought to; tolerance: thousandths
    of difficulty a paper may lie beside it, None when nothing was promised."""

    papers: tuple[Paper, ...]
    points: Decimal
    aim: int
    tolerance: int | None

    @property
    def spread(self) -> tuple[float, float]:
        """The mean difficulty of the easiest and of the hardest paper, thousandths, weighted by points."""
        loads = [one.load for one in self.papers]
        return min(loads) / int(self.points * 100), max(loads) / int(self.points * 100)

    @property
    def is_even(self) -> bool:
        """Whether every paper lies within the tolerance; true where none was stated."""
        return self.tolerance is None or all(abs(one.load - self.aim) <= self.tolerance * self.points * 100 for one in self.papers)

    @property
    def all_differ(self) -> bool:
        """Whether no two papers ask the same questions."""
        return len({frozenset(placed.question_id for placed in one.questions) for one in self.papers}) == len(self.papers)


class TooFew(Exception):  # noqa: N818 (what happened, in the field's words)
    """The bank cannot give a paper; `found` names the exact shortage."""

    def __init__(self, found: Feasibility) -> None:
        super().__init__(f"{found.missing} questions are missing")
        self.found = found


def compose(it: Blueprint, pool: Pool, seed: str, people: Iterable[int] = (0,), *, tolerance: int | None = None,
            aim: int | None = None) -> Batch:
    """One paper for each person, in the order of their ids; the order in which they are named changes nothing.

    tolerance: thousandths of mean difficulty a paper may lie beside the aim. aim: load of an earlier batch (for make-ups); without it
    what the classes hold on average. TooFew when the bank cannot give a paper. The blueprint has no flaws.
    """
    there = stock(it, pool)
    persons = sorted(set(people))
    draw = drawing(it, there, _prices(it, there, pool, key_of(seed, "class"), max(1, len(persons)))).run()
    if draw.missing:
        raise TooFew(feasibility(it, pool))
    taken = {number: {cell: count for cell, count in sorted(its.items()) if count}
             for number, its in enumerate(draw.taken) if any(its.values())}
    middle = sum(count * it.cells[cell].cents * int(pool.difficulty[there.rows[number]].sum()) // len(there.rows[number])
                 for number, its in taken.items() for cell, count in its.items())
    aim = middle if aim is None else aim
    supplies = _supplies(there, taken, pool, seed)
    hands: dict[int, Hand] = {}
    seen: set[frozenset[int]] = set()
    slack = None if tolerance is None else tolerance * int(it.points * 100)
    for person in shuffled(persons, key_of(seed, "turn")):
        hand = Hand([(cell, it.cells[cell].cents, number, row) for number, its in taken.items()
                     for (cell, row) in _dealt(its, supplies[number], key_of(seed, person))])
        if slack is not None:
            even_out(hand, supplies, pool.difficulty, aim, slack)
        set_apart(hand, seen, supplies, pool.difficulty, aim, slack)
        seen.add(hand.rows)
        for _, _, number, row in hand.places:
            supplies[number].put_back(row, used=True)
        hands[person] = hand
    return Batch(tuple(_paper(one, hands[one], it, pool, seed) for one in persons), it.points, aim, tolerance)


def option_order(seed: str, person: int, question_id: int, count: int) -> list[int]:
    """The order in which a person sees the options of a question."""
    return shuffled(range(count), key_of(seed, person, question_id))


def _prices(it: Blueprint, there: Stock, pool: Pool, key: int, papers: int) -> list[Sequence[int]]:
    """What the k-th question of a class costs: how far it would be used up if all papers took k, then how much of the class that is,
    the first by lot; so that less used and larger classes give more."""
    whole = (it.count + 1) << FRACTION
    found: list[Sequence[int]] = []
    luck = lots(key, np.arange(len(there.rows)))
    for number, rows in enumerate(there.rows):
        most = min(len(rows), it.count)
        used = np.sort(pool.exposure[rows])
        level = used[:most] + 1 if papers == 1 else _levels(used, most, papers)
        chance = int(luck[number]) >> 64 - FRACTION
        found.append([height * whole + (((k + 1 << FRACTION) - chance - 1) // len(rows)) for k, height in enumerate(level.tolist())])
    return found


def _levels(used: Rows, most: int, papers: int) -> Rows:
    """How far a class (uses, rising) is used up when so many papers take 1, 2 … `most` of its questions, the least used first and
    none twice in a paper: the lowest level with room below it, found by halving."""
    sums = np.concatenate(([0], np.cumsum(used)))

    def below(level: Rows) -> Rows:
        count = np.searchsorted(used, level)
        room: Rows = level * count - sums[count]
        return room

    asked = np.arange(1, most + 1) * papers
    low, high = np.full(most, used[0], dtype=np.int64), np.full(most, used[-1] + papers, dtype=np.int64)
    while (low < high).any():
        level = (low + high) // 2
        enough = below(level) - below(level - papers) >= asked
        low, high = np.where(enough, low, level + 1), np.where(enough, level, high)
    return low


def _supplies(there: Stock, taken: Iterable[int], pool: Pool, seed: str) -> dict[int, Supply]:
    key = key_of(seed, "question")
    found = {}
    for number in taken:
        rows = there.rows[number]
        drawn = lots(key, pool.ids[rows])
        found[number] = Supply(rows[np.lexsort((drawn, pool.exposure[rows]))], pool.exposure, pool.ids, key)
    return found


def _dealt(its: dict[int, int], supply: Supply, key: int) -> list[tuple[int, int]]:
    """(cell, row) of one class: which question fills which cell is a lot as well."""
    rows = shuffled(supply.deal(sum(its.values())), key)
    return list(zip([cell for cell, count in its.items() for _ in range(count)], rows, strict=True))


def _paper(person: int, hand: Hand, it: Blueprint, pool: Pool, seed: str) -> Paper:
    order = {row: place for place, row in enumerate(shuffled((one[3] for one in hand.places), key_of(seed, person, "order")))}
    places = sorted(hand.places, key=lambda one: (one[0], order[one[3]]))
    return Paper(person, tuple(Placed(int(pool.ids[row]), cell, it.cells[cell].points) for cell, _, _, row in places),
                 hand.load(pool.difficulty))


