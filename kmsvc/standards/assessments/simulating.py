"""What a simulation gives, how two rounds differ, what is aimed at: pure over standings. Source: W14, E5."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
        held, total = standing.marks.get(one.key, Marked(0, 0)), days.get(name_of(one))
        open_ = [side for side in ("c", "f") if getattr(held, side) < FULL]
        if total is not None:
            efforts |= {(one.key, side): Fraction(total, len(open_)) for side in open_}
    way = worklist(standing.items, standing.marks, standing.levels, target, efforts)
    keys = {name_of(one): one.key for one in standing.items}
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
    return [Change(name_of(one), before.marks[one.key], after.marks[one.key]) for one in after.items
            if one.key in before.marks and one.key in after.marks and before.marks[one.key] != after.marks[one.key]]


def aimed(standing: Standing, aims: Mapping[Key, Marked], parts: Sequence[Part]) -> dict[str, Fraction | None]:
    """Number of a part -> share of points if each item had the marks that are aimed at, where any are; else those it has."""
    marks = {**standing.marks, **aims}
    return {part.number: part_of(part.number, "", "", [one for one in standing.items if in_sections(
        standing.section_of[one.key], [part.number])], marks).share for part in parts}
