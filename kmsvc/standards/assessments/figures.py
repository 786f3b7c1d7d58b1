"""How each figure of a round comes about, what a simulation gives, how two rounds differ. Pure over standings. Source: W14, W18, E5."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kmsvc.core.texts import N_, Filled, Labelled
from kmsvc.standards.assessments.campaign_rules import (
    Action,
    Forecast,
    Missing,
    forecast,
    missing_for,
    worklist,
)
from kmsvc.standards.assessments.rules import FULL, Item, Key, Marked, name_of
from kmsvc.standards.assessments.standing import Part, Standing, in_sections, part_of


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
    bare = Group(N_("Without marks"), tuple(name_of(one) for one in items if _key(one) not in standing.marks), 0)
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
    return tuple(name_of(one) for one in items if _key(one) in marks and fits(marks[_key(one)]))


def _key(item: Item) -> Key:
    return item.no, item.sub


def shown(share: Fraction | None) -> str:
    """A share in percent, one digit; cut, not rounded, so that 99.96 % never looks like all."""
    return "\u2013" if share is None else f"{int(share * 1000) / 10:g} %"


@dataclass(frozen=True)
class Simulated:
    """What is missing to a level, a way there, and what chosen marks would give. way: None where the level is out of reach; chosen:
    (clause, side); effort: of what was chosen, where it was estimated in days."""

    target: str
    missing: tuple[Missing, ...]
    way: tuple[Action, ...] | None
    chosen: tuple[tuple[str, str], ...]
    forecast: Forecast
    effort: Fraction
    estimated: int


def simulate(standing: Standing, target: str, chosen: Collection[tuple[str, str]] | None, days: Mapping[str, int | None]) -> Simulated:
    """What it takes to a level. chosen: what is done, else the whole way; days: estimates of answers, halved where both sides lack.
    ValueError for an unknown level."""
    efforts: dict[tuple[Key, str], Fraction] = {}
    for one in standing.items:
        held, total = standing.marks.get(_key(one), Marked(0, 0)), days.get(name_of(one))
        open_ = [side for side in ("c", "f") if getattr(held, side) < FULL]
        if total is not None:
            efforts |= {(_key(one), side): Fraction(total, len(open_)) for side in open_}
    way = worklist(standing.items, standing.marks, standing.levels, target, efforts)
    keys = {name_of(one): _key(one) for one in standing.items}
    if chosen is None:
        chosen = [(name_of(Item(*one.key, last=False)), one.side) for one in way or ()]
    sides = tuple((name, side) for name, side in chosen if name in keys and side in ("c", "f"))
    done = [(keys[name], side) for name, side in sides]
    return Simulated(
        target, tuple(missing_for(standing.items, standing.marks, standing.levels, target)), None if way is None else tuple(way), sides,
        forecast(standing.items, standing.marks, done, standing.levels, standing.scored.basis, standing.earlier),
        sum((efforts[one] for one in done if one in efforts), Fraction(0)), sum(one in efforts for one in done))


@dataclass(frozen=True)
class Change:
    """How the marks of an item differ between two rounds."""

    name: str
    before: Marked
    after: Marked

    @property
    def points(self) -> int:
        """How many points more."""
        return self.after.c + self.after.f - self.before.c - self.before.f


def changes(before: Standing, after: Standing) -> list[Change]:
    """Items that have marks in both rounds, and others, in the order of the standard."""
    return [Change(name_of(one), before.marks[_key(one)], after.marks[_key(one)]) for one in after.items
            if _key(one) in before.marks and _key(one) in after.marks and before.marks[_key(one)] != after.marks[_key(one)]]


def aimed(standing: Standing, aims: Mapping[Key, Marked], parts: Sequence[Part]) -> dict[str, Fraction | None]:
    """Number of a part -> share of points if each item had the marks that are aimed at, where any are; else those it has."""
    marks = {**standing.marks, **aims}
    return {part.number: part_of(part.number, "", "", [one for one in standing.items if in_sections(
        standing.section_of[_key(one)], [part.number])], marks).share for part in parts}
