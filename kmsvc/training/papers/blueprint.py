"""What a paper must hold: cells of topic, kind and difficulty with counts and points; what is wrong with a blueprint, and exactly
which questions a bank lacks for it. Source: clause 78 (content and pass mark are fixed in writing), domain 5.2, C5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np

from kmsvc.core.texts import N_
from kmsvc.training.papers.flow import Classes, Drawing
from kmsvc.training.papers.pool import BANDS, Pool, Rows

MOST_CELLS, MOST_QUESTIONS, MOST_POINTS = 200, 500, 1000
WORD = 60
"""cells in one machine word"""


@dataclass(frozen=True)
class Cell:
    """So many questions of a topic, kind and band at so many points each; None leaves it free."""

    topic: str | None
    kind: str | None
    count: int
    points: Decimal
    band: str | None = None

    @property
    def cents(self) -> int:
        """Points of one question in hundredths."""
        return int(self.points * 100)


@dataclass(frozen=True)
class Blueprint:
    """What every paper holds. pass_percent: of the points; total: what the author wants it to be worth, None when it follows
    from the cells; shares: per cent of the questions of the paper in each of BANDS, None leaves difficulty free."""

    cells: tuple[Cell, ...]
    pass_percent: int
    total: Decimal | None = None
    shares: tuple[int, int, int] | None = None

    @property
    def count(self) -> int:
        """Questions of a paper."""
        return sum(cell.count for cell in self.cells)

    @property
    def points(self) -> Decimal:
        """What a paper is worth."""
        return sum((cell.count * cell.points for cell in self.cells), Decimal(0))

    @property
    def pass_points(self) -> Decimal:
        """The fewest points that pass, up to the next hundredth."""
        return (self.points * self.pass_percent / 100).quantize(Decimal("0.01"), ROUND_CEILING)


@dataclass(frozen=True)
class Flaw:
    """What keeps a blueprint from being used. where: the place of its cell, None for the whole; code: a key of SAID."""

    code: str
    where: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


SAID = {
    "no_cells": N_("A blueprint needs at least one line."),
    "many_cells": N_("At most %(most)s lines are possible."),
    "count": N_("At least one question is needed in each line."),
    "many_questions": N_("At most %(most)s questions fit into a paper."),
    "points": N_("A question is worth more than nothing and at most %(most)s points, with two places at most."),
    "band": N_("Difficulty is easy, middle or hard."),
    "shares": N_("The shares of easy, middle and hard make 100 together, none is below zero."),
    "pass_percent": N_("The pass mark is from 1 to 100 per cent of the points."),
    "total": N_("The lines are worth %(points)s points together, not %(total)s."),
    "shares_against_cells": N_("The lines fix more questions of one difficulty than the shares allow, by %(count)s."),
}


def flaws(it: Blueprint) -> Iterator[Flaw]:
    """Everything that is wrong with a blueprint, whatever the bank holds."""
    if not it.cells:
        yield Flaw("no_cells")
    if len(it.cells) > MOST_CELLS:
        yield Flaw("many_cells", None, {"most": MOST_CELLS})
    sound = bool(it.cells) and len(it.cells) <= MOST_CELLS
    for place, cell in enumerate(it.cells):
        for code, wrong in (("count", cell.count < 1), ("points", not 0 < cell.points <= MOST_POINTS or cell.points * 100 % 1 != 0),
                            ("band", cell.band not in (None, *BANDS))):
            if wrong:
                sound = False
                yield Flaw(code, place, {"most": MOST_POINTS} if code == "points" else {})
    if it.count > MOST_QUESTIONS:
        sound = False
        yield Flaw("many_questions", None, {"most": MOST_QUESTIONS})
    if not 1 <= it.pass_percent <= 100:
        yield Flaw("pass_percent")
    if it.total not in (None, it.points):
        yield Flaw("total", None, {"points": it.points, "total": it.total})
    if it.shares is not None and (sum(it.shares) != 100 or min(it.shares) < 0):
        yield Flaw("shares")
    elif it.shares is not None and sound:
        against = sum(max(0, sum(cell.count for cell in it.cells if cell.band == band) - cap)
                      for band, cap in zip(BANDS, targets(it), strict=True))
        if against:
            yield Flaw("shares_against_cells", None, {"count": against})


def targets(it: Blueprint) -> tuple[int, ...]:
    """How many questions of each band a paper holds: the shares by largest remainder, easier first where remainders are equal.
    ValueError where difficulty is free."""
    if it.shares is None:
        raise ValueError("without shares no band has a number")
    exact = [it.count * share for share in it.shares]
    whole = [one // 100 for one in exact]
    for place in sorted(range(len(exact)), key=lambda place: (-(exact[place] % 100), place))[:it.count - sum(whole)]:
        whole[place] += 1
    return tuple(whole)


@dataclass(frozen=True)
class Stock:
    """The questions of a pool that a blueprint can use, as classes: alike in the cells they fit and in their band."""

    options: list[list[int]]
    bands: list[int]
    rows: list[Rows]


def stock(it: Blueprint, pool: Pool) -> Stock:
    """Sort a pool into classes; what fits no cell is left out. Classes and rows stand in an order of their own, by pool alone."""
    words = [np.zeros(len(pool), dtype=np.int64) for _ in range(-(-len(it.cells) // WORD))]
    for place, cell in enumerate(it.cells):
        words[place // WORD][pool.matching(cell.topic, cell.kind, cell.band)] |= 1 << place % WORD
    fitting = np.flatnonzero(np.bitwise_or.reduce(words)) if words else np.zeros(0, dtype=np.int64)
    label = pool.bands[fitting]
    for word in words:
        _, code = np.unique(word[fitting], return_inverse=True)
        _, label = np.unique(label * (int(code.max(initial=0)) + 1) + code, return_inverse=True)
    sizes = np.bincount(label) if len(label) else np.zeros(0, dtype=np.int64)
    rows = np.split(fitting[np.argsort(label, kind="stable")], np.cumsum(sizes)[:-1]) if len(sizes) else []
    options: list[list[int]] = [[] for _ in it.cells]
    for number, its in enumerate(rows):
        for place in range(len(it.cells)):
            if int(words[place // WORD][its[0]]) >> place % WORD & 1:
                options[place].append(number)
    return Stock(options, [int(pool.bands[its[0]]) for its in rows], rows)


@dataclass(frozen=True)
class Shortage:
    """Cells that together lack questions. needed: what they ask together; missing: the exact number; helps: (place of a cell, bands):
    a further question helps when it fits one of the cells and is of one of its bands, and only then."""

    needed: int
    missing: int
    helps: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells by place."""
        return tuple(place for place, _ in self.helps)


@dataclass(frozen=True)
class Order:
    """What to write so that the blueprint can be composed. band: None when any will do."""

    cell: int
    band: str | None
    count: int


@dataclass(frozen=True)
class Feasibility:
    """Whether a bank can give a paper. available: questions that fit each cell, counted in every cell they fit; shortages: the
    smallest sets of cells that explain all that is missing; orders: one way to mend it with as few questions as possible."""

    available: tuple[int, ...]
    shortages: tuple[Shortage, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def missing(self) -> int:
        """The least number of questions that must be written; none means that a paper can be composed."""
        return sum(one.missing for one in self.shortages)


def feasibility(it: Blueprint, pool: Pool) -> Feasibility:
    """Whether, and with which exact shortage, a blueprint without flaws can be composed from a pool, no question twice.

    Exact although cells overlap and shares bind: the paper is composed as if each missing question could be bought. A cheapest flow
    buys as few as possible; what it would buy no more if the bank had one question more is what the bank lacks (in a bank without
    shares these are the cells of König's and Hall's argument: they ask for more than there is for all of them). Source: C5."""
    there = stock(it, pool)
    available = tuple(sum(len(there.rows[one]) for one in its) for its in there.options)
    if not drawing(it, there, [[0] * min(len(rows), it.count) for rows in there.rows]).run().missing:
        return Feasibility(available)  # the usual case, without buying anything
    bought = _bought(it, len(there.rows))
    draw = drawing(it, there, [[0] * min(len(rows), it.count) for rows in there.rows], bought).run()
    lacking = {place: {bought.bands[one - len(there.rows)]: count for one in bought.options[place]
                       if (count := draw.taken[one].get(place, 0))} for place in range(len(it.cells))}
    if not any(lacking.values()):
        return Feasibility(available)
    return Feasibility(available, tuple(_shortages(it, there, draw, lacking)), tuple(
        Order(place, _band_of(it, place, band), count) for place, its in lacking.items() for band, count in its.items()))


def drawing(it: Blueprint, there: Stock, costs: Sequence[Sequence[int]], more: Classes | None = None) -> Drawing:
    """The flow of a blueprint over its stock, nothing taken yet. more: classes that follow those of the stock."""
    bands = there.bands if it.shares is not None else [0] * len(there.bands)
    classes = Classes(there.options, bands, list(costs))
    if more is not None:
        classes = Classes([[*its, *others] for its, others in zip(there.options, more.options, strict=True)],
                          [*bands, *more.bands], [*costs, *more.costs])
    return Drawing([cell.count for cell in it.cells], (it.count,) if it.shares is None else targets(it), classes)


def _bought(it: Blueprint, first: int) -> Classes:
    """Whatever is asked for, at a price: one class for each cell and band it allows, numbered from `first`."""
    classes = Classes([], [], [])
    for cell in it.cells:
        allowed = [0] if it.shares is None else [place for place, band in enumerate(BANDS) if cell.band in (None, band)]
        classes.options.append([first + len(classes.bands) + number for number in range(len(allowed))])
        classes.bands += allowed
        classes.costs += [[1] * cell.count for _ in allowed]
    return classes


def _band_of(it: Blueprint, place: int, band: int) -> str | None:
    return it.cells[place].band if it.shares is None else BANDS[band]


def _shortages(it: Blueprint, there: Stock, draw: Drawing, lacking: Mapping[int, Mapping[int, int]]) -> Iterator[Shortage]:
    helps: dict[int, set[str]] = {}
    for number in range(len(draw.caps)):
        for place in draw.cheaper_with(number):
            fixed = it.cells[place].band
            bands = set(BANDS) if it.shares is None else {BANDS[number]}
            helps.setdefault(place, set()).update(bands if fixed is None else bands & {fixed})
    for group in _together({place: its for place, its in helps.items() if its}, there, it.shares is not None):
        yield Shortage(sum(it.cells[place].count for place in group), sum(sum(lacking[place].values()) for place in group),
                       tuple((place, tuple(band for band in BANDS if band in helps[place])) for place in sorted(group)))


def _together(helps: Mapping[int, set[str]], there: Stock, bound: bool) -> list[set[int]]:
    """Short cells in groups: those that want the same questions, or room in the same band of a share, belong together."""
    groups: list[tuple[set[int], set[tuple[str, int | str]]]] = []
    for place in sorted(helps):
        wants: set[tuple[str, int | str]] = {("class", one) for one in there.options[place]}
        wants |= {("band", band) for band in helps[place]} if bound else set()
        near = [group for group in groups if group[1] & wants]
        groups = [group for group in groups if not group[1] & wants]
        groups.append(({place}.union(*(group[0] for group in near)), wants.union(*(group[1] for group in near))))
    return sorted((group[0] for group in groups), key=min)
