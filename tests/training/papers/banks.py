"""Small banks and blueprints for properties, and a solver that tries everything."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from kmsvc.training.papers.blueprint import Blueprint, Cell, flaws, targets
from kmsvc.training.papers.pool import BANDS, Entry

TOPICS, KINDS = ("a", "b"), ("single", "short")
entries = st.lists(st.builds(
    Entry, id=st.integers(1, 60), topics=st.sampled_from((("a",), ("b",), ("a", "b"))), kind=st.sampled_from(KINDS),
    band=st.sampled_from(BANDS), difficulty=st.integers(0, 1000), exposure=st.integers(0, 4)),
    max_size=8, unique_by=lambda one: one.id)
cells = st.builds(
    Cell, topic=st.sampled_from((*TOPICS, None)), kind=st.sampled_from((*KINDS, None)), count=st.integers(1, 3),
    points=st.sampled_from((Decimal("0.5"), Decimal(1), Decimal("2.25"))), band=st.sampled_from((None, None, *BANDS)))
shares = st.sampled_from((None, None, (30, 50, 20), (0, 50, 50), (34, 33, 33), (100, 0, 0)))
drafts = st.builds(Blueprint, cells=st.lists(cells, min_size=1, max_size=3).map(tuple), pass_percent=st.just(60), shares=shares)
blueprints = drafts.filter(lambda it: not list(flaws(it)))
Fit = tuple[frozenset[int], int]


def fits(it: Blueprint, entry: Entry) -> Fit:
    """The cells a question may fill, and its band."""
    return frozenset(place for place, cell in enumerate(it.cells)
                     if cell.topic in (None, *entry.topics) and cell.kind in (None, entry.kind) and cell.band in (None, entry.band)
                     ), BANDS.index(entry.band)


def best(it: Blueprint, found: Sequence[Fit], costs: Sequence[int] | None = None) -> tuple[int, int]:
    """(most questions that can stand in a whole paper beside new ones, least cost of so many), by trying every way."""
    fixed = [None if cell.band is None else BANDS.index(cell.band) for cell in it.cells]

    def can_be_completed(left: tuple[int, ...], room: tuple[int, ...]) -> bool:
        return it.shares is None or all(
            sum(count for count, its in zip(left, fixed, strict=True) if its == band) <= most for band, most in enumerate(room))

    @cache
    def tried(at: int, left: tuple[int, ...], room: tuple[int, ...]) -> tuple[int, int]:
        if at == len(found):
            return (0, 0) if can_be_completed(left, room) else (1000, 0)
        most = tried(at + 1, left, room)
        places, band = found[at]
        for place in places:
            if left[place] and room[band]:
                count, cost = tried(at + 1, (*left[:place], left[place] - 1, *left[place + 1:]),
                                    (*room[:band], room[band] - 1, *room[band + 1:]))
                most = min(most, (count - 1, cost + (costs[at] if costs else 0)))
        return most

    count, cost = tried(0, tuple(cell.count for cell in it.cells), (it.count,) * 3 if it.shares is None else targets(it))
    return -count, cost


def lacks(it: Blueprint, found: Sequence[Fit]) -> set[tuple[int, ...]]:
    """What each cell lacks, for every way in which as many as possible are placed in a paper that can be completed."""
    fixed = [None if cell.band is None else BANDS.index(cell.band) for cell in it.cells]
    ends: set[tuple[int, ...]] = set()

    @cache
    def tried(at: int, left: tuple[int, ...], room: tuple[int, ...]) -> None:
        if at == len(found):
            if it.shares is None or all(sum(count for count, its in zip(left, fixed, strict=True) if its == band) <= most
                                        for band, most in enumerate(room)):
                ends.add(left)
            return
        tried(at + 1, left, room)
        places, band = found[at]
        for place in places:
            if left[place] and room[band]:
                tried(at + 1, (*left[:place], left[place] - 1, *left[place + 1:]),
                      (*room[:band], room[band] - 1, *room[band + 1:]))

    tried(0, tuple(cell.count for cell in it.cells), (it.count,) * 3 if it.shares is None else targets(it))
    fewest = min(map(sum, ends))
    return {one for one in ends if sum(one) == fewest}
