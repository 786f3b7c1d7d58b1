"""From marks to levels: pure and exact. Source: domain 10.2 and 10.3 (CC-CMM), 11.3 (CCSO).

Each item has two marks, C (method compliance) and F (execution), of 10, 5 or 0. A rate is the share of items with 10. A level asks for
rates in chapters 1 to 4, for rates in the last chapter and for a total; it is reached when it and every one below it are passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kmsvc.core.texts import N_, Filled

MARKS = (10, 5, 0)
FULL = 10

Key = tuple[int, int | None]
"""clause number, sub-item or None"""


@dataclass(frozen=True)
class Item:
    """What is scored once. last: it stands in the chapter with rates of its own."""

    no: int
    sub: int | None
    last: bool

    @property
    def key(self) -> Key:
        """Clause number and sub-item."""
        return self.no, self.sub


@dataclass(frozen=True)
class Marked:
    """The two marks of an item."""

    c: int
    f: int


@dataclass(frozen=True)
class Level:
    """What a level asks for: shares from 0 to 1, points, years; None where it asks for nothing."""

    level: str
    c_min: Fraction | None
    f_min: Fraction | None
    c_min_5: Fraction | None
    f_min_5: Fraction | None
    total_min: int | None
    years_min: int | None = None


@dataclass(frozen=True)
class Rates:
    """Shares of items with full marks; None where a part has no item."""

    c: Fraction | None
    f: Fraction | None
    c_5: Fraction | None
    f_5: Fraction | None


@dataclass(frozen=True)
class Check:
    """How the marks stand to a level. failed: which of c_rate, f_rate, c_rate_5, f_rate_5, total miss it."""

    level: Level
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the marks meet it."""
        return not self.failed


@dataclass(frozen=True)
class Scored:
    """The result of marks. level: the highest whose checks and those of all below are passed; None below the first."""

    basis: str
    rates: Rates
    total: int
    max_total: int
    checks: tuple[Check, ...]
    level: str | None
    warnings: tuple[Filled, ...]


def items_of(keys: Sequence[tuple[int, int | None, bool]], basis: str) -> list[Item]:
    """The items of a basis, from (clause, sub-item, in the last chapter). `clauses`: each clause is one; `subitems`: where a clause has
    sub-items they are scored singly instead of it. Source: domain 10.3, decision D1."""
    split = {no for no, sub, _ in keys if sub is not None} if basis == "subitems" else frozenset()
    return [Item(no, sub, last) for no, sub, last in keys if (sub is None) == (no not in split)]


def rate(marks: Iterable[int]) -> Fraction | None:
    """The share of items with full marks."""
    given = list(marks)
    return Fraction(sum(one == FULL for one in given), len(given)) if given else None


def score(items: Sequence[Item], marks: Mapping[Key, Marked], levels: Sequence[Level], basis: str) -> Scored:
    """Rates, total and what each level says to them. Items without marks count 0 and are told."""
    none = Marked(0, 0)
    of = [(one, marks.get((one.no, one.sub), none)) for one in items]
    rates = Rates(*(rate(getattr(given, side) for one, given in of if one.last is last)
                    for last in (False, True) for side in ("c", "f")))
    total, most = sum(given.c + given.f for _, given in of), 2 * FULL * len(items)
    checks = tuple(Check(level, _failed(level, rates, total)) for level in levels)
    reached: str | None = None
    for check in checks:
        if not check.passed:
            break
        reached = check.level.level
    return Scored(basis, rates, total, most, checks, reached, tuple(_warnings(items, marks, levels, basis, most, checks, reached)))


def _failed(level: Level, rates: Rates, total: int) -> tuple[str, ...]:
    asked = (("c_rate", level.c_min, rates.c), ("f_rate", level.f_min, rates.f), ("c_rate_5", level.c_min_5, rates.c_5),
             ("f_rate_5", level.f_min_5, rates.f_5))
    short = [name for name, least, got in asked if least is not None and (got is None or got < least)]
    return (*short, *(("total",) if level.total_min is not None and total < level.total_min else ()))


def _warnings(items: Sequence[Item], marks: Mapping[Key, Marked], levels: Sequence[Level], basis: str, most: int,
              checks: Sequence[Check], reached: str | None) -> Iterable[Filled]:
    for level in levels:
        if level.total_min is not None and level.total_min > most:
            yield Filled(N_("On the basis %(basis)s level %(level)s is out of reach: it asks for %(asked)s points, a perfect result has "
                            "%(most)s."), basis=basis, level=level.level, asked=level.total_min, most=most)
    bare = [one for one in items if (one.no, one.sub) not in marks]
    if bare:
        yield Filled(N_("%(count)s items have no marks and count 0, the first is %(first)s."), count=len(bare), first=name_of(bare[0]))
    wanted = {(one.no, one.sub) for one in items}
    other = sum(one not in wanted for one in marks)
    if other:
        yield Filled(N_("%(count)s rows are no items on the basis %(basis)s and were left out."), count=other, basis=basis)
    names = [one.level for one in levels]
    if reached is not None:
        years = max((one.years_min or 0 for one in levels[:names.index(reached) + 1]), default=0)
        if years:
            yield Filled(N_("%(level)s asks for %(years)s years in operation; marks do not tell them."), level=reached, years=years)
        if names.index(reached):
            yield Filled(N_("Levels are reached one at a time: %(level)s asks that %(below)s was reached before and is kept."),
                         level=reached, below=names[names.index(reached) - 1])
    for check in checks:
        if check.passed and (reached is None or names.index(check.level.level) > names.index(reached)):
            yield Filled(N_("%(level)s alone would be passed, but a level below it is not."), level=check.level.level)


def name_of(item: Item) -> str:
    """`N` or `N.sub`."""
    return f"{item.no}" if item.sub is None else f"{item.no}.{item.sub}"


def weighted(marks: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Fraction:
    """The total over dimensions: each weight counts by its share of all weights. ValueError where a dimension has no mark.
    Source: 11.3."""
    whole = sum(weights.values(), Fraction(0))
    missing = sorted(set(weights) - set(marks))
    if missing or whole <= 0:
        raise ValueError(", ".join(missing) or "weights")
    return sum((marks[name] * weight for name, weight in weights.items()), Fraction(0)) / whole
