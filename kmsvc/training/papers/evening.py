"""Bringing a paper to the difficulty of the others, and apart from each of them, by exchanging questions of the same class."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kmsvc.training.papers.pool import Rows
from kmsvc.training.papers.supply import Supply


@dataclass
class Hand:
    """A paper while it is made: (cell, hundredths of points, class, row) of each question."""

    places: list[tuple[int, int, int, int]]

    @property
    def rows(self) -> frozenset[int]:
        """What the paper asks."""
        return frozenset(one[3] for one in self.places)

    def load(self, difficulty: Rows) -> int:
        """Difficulty × hundredths of points, summed."""
        return sum(points * int(difficulty[row]) for _, points, _, row in self.places)

    def exchange(self, place: int, row: int, supply: Supply) -> None:
        """Another question of the same class for one of these."""
        cell, points, number, old = self.places[place]
        supply.take(row)
        supply.put_back(old, used=False)
        self.places[place] = (cell, points, number, row)


def even_out(hand: Hand, supplies: Mapping[int, Supply], difficulty: Rows, aim: int, slack: int) -> None:
    """Exchange until difficulty × points lies within `slack` of the aim, or no exchange brings it nearer.

    An exchange that reaches the slack is chosen by the least use, then nearness; else the one that comes nearest.
    """
    away = hand.load(difficulty) - aim
    near: dict[int, list[tuple[int, int, int]]] = {}
    while abs(away) > slack:
        for number in {one[2] for one in hand.places} - near.keys():
            near[number] = [(row, int(difficulty[row]), supplies[number].uses(row)) for row in supplies[number].near()]
        best = _best(hand, near, supplies, difficulty, away, slack)
        if best is None:
            return
        place, row, away = best
        number = hand.places[place][2]
        hand.exchange(place, row, supplies[number])
        del near[number]


def set_apart(hand: Hand, seen: Collection[frozenset[int]], supplies: Mapping[int, Supply], difficulty: Rows, aim: int,
              slack: int | None) -> None:
    """Exchange one question of a paper somebody else has already, for the least used that makes it another one and, where
    a slack is stated, no less even; the paper stays as it is when there is none."""
    rows, load = hand.rows, hand.load(difficulty)
    if rows not in seen:
        return
    allowed = max(slack, abs(load - aim)) if slack is not None else None
    ways = []
    for place, (_, points, number, old) in enumerate(hand.places):
        for row in supplies[number].near():
            away = abs(load + points * int(difficulty[row] - difficulty[old]) - aim)
            if (allowed is None or away <= allowed) and rows - {old} | {row} not in seen:
                ways.append((supplies[number].uses(row) - supplies[number].uses(old), away, place, row))
    if ways:
        _, _, place, row = min(ways)
        hand.exchange(place, row, supplies[hand.places[place][2]])


def _best(hand: Hand, near: Mapping[int, list[tuple[int, int, int]]], supplies: Mapping[int, Supply], difficulty: Rows, away: int,
          slack: int) -> tuple[int, int, int] | None:
    """(place, row, how far away then) of the best exchange that comes nearer. near: (row, difficulty, uses) of each class."""
    best: tuple[tuple[bool, int, int, int, int], int] | None = None
    for place, (_, points, number, old) in enumerate(hand.places):
        was, uses = int(difficulty[old]), supplies[number].uses(old)
        for row, hard, used in near[number]:
            then = away + points * (hard - was)
            if abs(then) >= abs(away):
                continue
            far = abs(then) > slack
            order = (far, 0 if far else used - uses, abs(then), place, row)
            if best is None or order < best[0]:
                best = (order, then)
    return None if best is None else (best[0][3], best[0][4], best[1])
