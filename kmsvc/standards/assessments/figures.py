"""How each figure of a round comes about: formula, inputs, what it counts and leaves out. Pure over standings. Source: W18."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kmsvc.core.texts import N_, Filled, Labelled
from kmsvc.standards.assessments.rules import FULL, Item, Key, Marked, name_of
from kmsvc.standards.assessments.standing import Standing


class Figure(Labelled):
    """A figure of a round that opens to its formula and inputs."""

    ASSESSED = "assessed", N_("Assessed")
    MET = "met", N_("Met")
    C_RATE = "c_rate", N_("Rate of C")
    F_RATE = "f_rate", N_("Rate of F")
    C_RATE_5 = "c_rate_5", N_("Rate of C, last chapter")
    F_RATE_5 = "f_rate_5", N_("Rate of F, last chapter")
    TOTAL = "total", N_("Total")
    LEVEL = "level", N_("Level")


FORMULAS: dict[Figure, str] = {
    Figure.ASSESSED: N_("Items that have been answered, of all items of the round. Marks out of a file or an earlier round count once "
                        "somebody has confirmed them with a reason."),
    Figure.MET: N_("Items with full marks on both sides, of all items of the round."),
    Figure.C_RATE: N_("Items of the first chapters with 10 for C, of all items there. An item without marks counts 0."),
    Figure.F_RATE: N_("Items of the first chapters with 10 for F, of all items there. An item without marks counts 0."),
    Figure.C_RATE_5: N_("Items of the last chapter with 10 for C, of all items there. An item without marks counts 0."),
    Figure.F_RATE_5: N_("Items of the last chapter with 10 for F, of all items there. An item without marks counts 0."),
    Figure.TOTAL: N_("The points of all items on both sides added up. An item without marks counts 0."),
    Figure.LEVEL: N_("The highest level whose rates and total are met together with those of all levels below, and at most one above "
                     "the level of the round before."),
}
_SIDES = {Figure.C_RATE: ("c", False), Figure.F_RATE: ("f", False), Figure.C_RATE_5: ("c", True), Figure.F_RATE_5: ("f", True)}


@dataclass(frozen=True)
class Group:
    """Items that a figure counts alike. label: what they have in common; adds: what they add to the figure."""

    label: str
    names: tuple[str, ...]
    adds: int


@dataclass(frozen=True)
class Explained:
    """A figure with its formula, its inputs (label, value), what it counts and what it leaves out."""

    figure: Figure
    value: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    counted: tuple[Group, ...]
    excluded: Group


def explain(standing: Standing, figure: Figure) -> Explained:
    """One figure of a round, opened."""
    items = [one for one in standing.items if figure not in _SIDES or one.last is _SIDES[figure][1]]
    bare = Group(N_("Without marks"), tuple(name_of(one) for one in items if one.key not in standing.marks), 0)
    value, groups, inputs = _opened(standing, figure, items)
    return Explained(figure, value, FORMULAS[figure], (*inputs, (N_("Items (n)"), str(len(items)))), groups, bare)


def _opened(standing: Standing, figure: Figure, items: Sequence[Item]) -> tuple[str, tuple[Group, ...], tuple[tuple[str, str], ...]]:
    marks = standing.marks
    groups: tuple[Group, ...]
    if figure in (Figure.ASSESSED, Figure.MET):
        met = _those(items, marks, lambda it: it.c == FULL and it.f == FULL)
        rest = _those(items, marks, lambda it: not (it.c == FULL and it.f == FULL))
        count = standing.progress.met if figure is Figure.MET else standing.progress.assessed
        groups = (Group(N_("Full marks on both sides"), met, len(met)),
                  Group(N_("Assessed, below full marks"), rest, 0 if figure is Figure.MET else len(rest)))
        return shown(standing.progress.share(count)), groups, ((N_("Counted"), str(count)),)
    if figure in _SIDES:
        side, _ = _SIDES[figure]
        groups = tuple(Group(Filled(N_("Mark %(mark)s"), mark=mark), held, len(held) if mark == FULL else 0)
                       for mark in (10, 5, 0) for held in [_those(items, marks, lambda it, mark=mark: getattr(it, side) == mark)])
        share = getattr(standing.scored.rates, figure.value.replace("_rate", ""))
        return shown(share), groups, ((N_("Counted"), str(groups[0].adds)),)
    if figure is Figure.TOTAL:
        groups = tuple(Group(Filled(N_("%(points)s points each"), points=points), held, points * len(held))
                       for points in (20, 15, 10, 5, 0) for held in [
                           _those(items, marks, lambda it, points=points: it.c + it.f == points)])
        return str(standing.scored.total), groups, ((N_("At most"), str(standing.scored.max_total)),)
    return standing.attained or "\u2013", (), (
        (N_("Level by marks alone"), standing.scored.level or "\u2013"), (N_("Level of the round before"), standing.earlier or "\u2013"))


def _those(items: Iterable[Item], marks: Mapping[Key, Marked], fits: Any) -> tuple[str, ...]:
    return tuple(name_of(one) for one in items if one.key in marks and fits(marks[one.key]))


def shown(share: Fraction | None) -> str:
    """A share in percent, one digit; cut, not rounded, so that 99.96 % never looks like all."""
    return "\u2013" if share is None else f"{int(share * 1000) / 10:g} %"
