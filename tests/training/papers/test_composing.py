"""Composing: the same everywhere, nothing twice, the least used first, equally difficult for everybody."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.papers.blueprint import Blueprint, Cell, targets
from kmsvc.training.papers.composing import Batch, TooFew, compose, option_order
from kmsvc.training.papers.lots import MASK, key_of, lot, lots
from kmsvc.training.papers.pool import BANDS, Entry, Pool
from tests.training.papers.banks import best, blueprints, entries, fits

MIXED = Blueprint((Cell("t0", "single", 2, Decimal(2)), Cell("t1", None, 2, Decimal(1)),
                   Cell(None, "short", 1, Decimal(5))), 60, shares=(40, 40, 20))
GOLDEN_KEY = 0x8F41870F8F91D045
GOLDEN_PAPERS = [[190, 193, 184, 66, 212], [72, 78, 205, 83, 213]]
GOLDEN_OPTIONS = [4, 3, 1, 2, 0]


def bank(count: int = 240, *, seed: int = 1) -> list[Entry]:
    key = key_of(seed)
    return [Entry(n, (f"t{lot(key, n) % 3}",), ("single", "short")[lot(key + 1, n) % 2], BANDS[lot(key + 2, n) % 3],
                  lot(key + 3, n) % 1001, lot(key + 4, n) % 3) for n in range(1, count + 1)]


def ids(batch: Batch) -> list[list[int]]:
    return [[one.question_id for one in paper.questions] for paper in batch.papers]


@given(blueprints, entries, st.text(max_size=5))
def test_a_paper_is_composed_whenever_there_is_a_way_and_from_the_least_used(it: Blueprint, some: list[Entry], seed: str) -> None:
    known = [fits(it, one) for one in some]
    most, cost = best(it, known, [one.exposure for one in some])
    if most < it.count:
        with pytest.raises(TooFew) as refused:
            compose(it, Pool.of(some), seed)
        assert refused.value.found.missing == it.count - most
        return
    paper = compose(it, Pool.of(some), seed).papers[0]
    by_id = {one.id: one for one in some}
    asked = [by_id[one.question_id] for one in paper.questions]
    assert len({one.id for one in asked}) == it.count
    assert Counter(one.cell for one in paper.questions) == {place: cell.count for place, cell in enumerate(it.cells)}
    assert all(one.cell in fits(it, entry)[0] and one.points == it.cells[one.cell].points
               for one, entry in zip(paper.questions, asked, strict=True))
    if it.shares is not None:
        assert tuple(sum(one.band == band for one in asked) for band in BANDS) == targets(it)
    assert sum(one.exposure for one in asked) == cost
    assert paper.load == sum(one.points * 100 * entry.difficulty for one, entry in zip(paper.questions, asked, strict=True))


@given(blueprints, entries, st.integers(1, 4))
def test_several_papers_hold_the_same_bands_and_nothing_twice(it: Blueprint, some: list[Entry], people: int) -> None:
    if best(it, [fits(it, one) for one in some])[0] < it.count:
        return
    bands = {one.id: one.band for one in some}
    batch = compose(it, Pool.of(some), "s", range(people), tolerance=10)
    assert [one.person for one in batch.papers] == list(range(people))
    for paper in ids(batch):
        assert len(set(paper)) == it.count
    held = [sorted((one.cell, bands[one.question_id]) for one in paper.questions) for paper in batch.papers]
    assert [Counter(band for _, band in one) for one in held] == [Counter(band for _, band in held[0])] * people


def test_the_same_seed_gives_the_same_papers_whatever_the_order_of_bank_and_people() -> None:
    first = compose(MIXED, Pool.of(bank()), "2026-W50", [7, 8, 9], tolerance=5)
    shuffled = bank()
    random.Random(3).shuffle(shuffled)
    assert compose(MIXED, Pool.of(shuffled), "2026-W50", [9, 7, 8, 7], tolerance=5) == first
    assert ids(compose(MIXED, Pool.of(bank()), "2026-W51", [7, 8, 9], tolerance=5)) != ids(first)


def test_lots_are_those_of_every_machine() -> None:
    """Written down once: another Python, NumPy or machine must give the same. The first is SplitMix64's own known answer."""
    assert lot(0, 1) == 0xE220A8397B1DCDAF
    assert key_of("2026-W50", "question") == GOLDEN_KEY
    numbers = np.array([0, 1, 2, 99_999, 2**62], dtype=np.int64)
    for key in (0, 1, MASK):
        assert [int(one) for one in lots(key, numbers)] == [lot(key, int(one)) for one in numbers]


def test_a_paper_once_composed_is_composed_again_after_any_upgrade() -> None:
    """Written down once; whoever changes the lots or the order of choices changes papers that were promised to be repeatable."""
    batch = compose(MIXED, Pool.of(bank()), "2026-W50", [7, 8], tolerance=5)
    assert ids(batch) == GOLDEN_PAPERS
    assert option_order("2026-W50", 7, 12, 5) == GOLDEN_OPTIONS


def test_options_stand_differently_for_different_people_and_none_is_lost() -> None:
    orders = {tuple(option_order("s", person, 5, 4)) for person in range(200)}
    assert len(orders) == 24 and all(sorted(one) == [0, 1, 2, 3] for one in orders)


def test_everybody_has_another_paper_and_all_are_used_alike() -> None:
    """Forty papers of three from thirty questions: each stands in four."""
    some = [Entry(n, ("a",), "single", "easy", 500) for n in range(30)]
    batch = compose(Blueprint((Cell("a", None, 3, Decimal(1)),), 60), Pool.of(some), "s", range(40))
    assert set(Counter(one for paper in ids(batch) for one in paper).values()) == {4}
    assert batch.all_differ


def test_less_used_questions_come_first_until_they_have_caught_up() -> None:
    some = [Entry(n, ("a",), "single", "easy", 500, 0 if n < 10 else 3) for n in range(20)]
    pool, it = Pool.of(some), Blueprint((Cell("a", None, 5, Decimal(1)),), 60)
    assert {one for paper in ids(compose(it, pool, "s", range(6))) for one in paper} == set(range(10))
    uses = Counter(one for paper in ids(compose(it, pool, "s", range(10))) for one in paper)
    assert [uses[n] + (0 if n < 10 else 3) for n in range(20)].count(4) == 20


def test_a_class_used_up_gives_less_than_one_that_is_not() -> None:
    """A free cell beside a fixed one: what it takes follows the uses."""
    some = [Entry(n, ("a",), "single", "easy", 500, 5) for n in range(10)] + [Entry(n, ("a",), "short", "easy") for n in range(10, 14)]
    it = Blueprint((Cell("a", None, 2, Decimal(1)), Cell("a", "single", 1, Decimal(1))), 60)
    batch = compose(it, Pool.of(some), "s")
    assert sum(one.question_id >= 10 for one in batch.papers[0].questions) == 2


def test_papers_are_equally_difficult_within_the_tolerance_and_the_spread_is_shown() -> None:
    pool = Pool.of(bank(900))
    loose = compose(MIXED, pool, "s", range(60))
    even = compose(MIXED, pool, "s", range(60), tolerance=8)
    assert even.is_even and even.all_differ
    low, high = even.spread
    assert high - low <= 16 and low <= even.aim / int(even.points * 100) <= high
    assert loose.spread[1] - loose.spread[0] > 5 * (high - low)
    assert loose.is_even  # nothing was promised


def test_a_bank_that_cannot_be_fair_says_so() -> None:
    some = [Entry(1, ("a",), "single", "easy", 0), Entry(2, ("a",), "single", "easy", 1000)]
    batch = compose(Blueprint((Cell("a", None, 1, Decimal(1)),), 60), Pool.of(some), "s", [1, 2], tolerance=20)
    assert not batch.is_even and batch.spread == (0, 1000)


def test_a_make_up_paper_is_as_difficult_as_the_papers_of_the_day() -> None:
    day = compose(MIXED, Pool.of(bank(900)), "s", range(20), tolerance=8)
    later = compose(MIXED, Pool.of(bank(900, seed=2)), "make-up", [99], tolerance=8, aim=day.aim)
    assert later.is_even and abs(later.papers[0].load - day.aim) <= 8 * day.points * 100


@pytest.mark.parametrize("tolerance", [None, 0])
def test_as_many_papers_as_a_small_bank_has_are_all_different(tolerance: int | None) -> None:
    """Six ways to take two of four, six people: nobody has the paper of another."""
    some = [Entry(n, ("a",), "single", "easy", 500) for n in range(4)]
    batch = compose(Blueprint((Cell("a", None, 2, Decimal(1)),), 60), Pool.of(some), "s", range(5), tolerance=tolerance)
    assert batch.all_differ and batch.is_even
