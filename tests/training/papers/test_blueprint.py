"""Blueprints: what is wrong with one, and exactly what a bank lacks; compared with a solver that tries everything."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kmsvc.training.papers.blueprint import (
    MOST_POINTS,
    SAID,
    Blueprint,
    Cell,
    Order,
    Shortage,
    feasibility,
    flaws,
    targets,
)
from kmsvc.training.papers.pool import BANDS, Entry, Pool
from tests.training.papers.banks import best, blueprints, drafts, entries, fits, lacks

D1 = Decimal(1)


def codes(it: Blueprint) -> list[tuple[str, int | None]]:
    return [(one.code, one.where) for one in flaws(it)]


def test_a_sound_blueprint_has_no_flaws_and_knows_its_worth() -> None:
    it = Blueprint((Cell("a", "single", 3, Decimal("1.5")), Cell("b", None, 2, Decimal("2.75"))), 60, total=Decimal(10),
                   shares=(30, 50, 20))
    assert codes(it) == []
    assert (it.count, it.points, it.pass_points) == (5, 10, 6)
    assert Blueprint((Cell(None, None, 3, Decimal("1.11")),), 50).pass_points == Decimal("1.67")  # 1.66 would be less than half


def test_every_flaw_is_named_with_its_place_and_has_a_sentence() -> None:
    wrong = Blueprint((Cell("a", None, 0, D1), Cell("a", None, 1, Decimal(0)), Cell("a", None, 1, Decimal(MOST_POINTS + 1)),
                       Cell("a", None, 1, Decimal("0.005"), "odd")), 0, total=Decimal(7), shares=(50, 60, -10))
    assert codes(wrong) == [("count", 0), ("points", 1), ("points", 2), ("points", 3), ("band", 3),
                            ("pass_percent", None), ("total", None),
                            ("shares", None)]
    assert codes(Blueprint((), 60)) == [("no_cells", None)]
    assert codes(Blueprint((Cell("a", None, 501, D1),), 60)) == [("many_questions", None)]
    assert codes(Blueprint((Cell("a", None, 1, D1),) * 201, 60)) == [("many_cells", None)]
    against = Blueprint((Cell("a", None, 3, D1, "hard"), Cell("b", None, 7, D1)), 60, shares=(30, 50, 20))
    assert [(one.code, one.params) for one in flaws(against)] == [("shares_against_cells", {"count": 1})]
    for one in [*flaws(wrong), *flaws(against)]:
        assert SAID[one.code] % one.params


@given(st.integers(1, 300), st.integers(0, D1), st.integers(0, D1))
def test_shares_become_whole_questions_less_than_one_beside_the_share(count: int, easy: int, middle: int) -> None:
    assume(easy + middle <= 100)
    shares = (easy, middle, 100 - easy - middle)
    found = targets(Blueprint((Cell(None, None, count, D1),), 60, shares=shares))
    assert sum(found) == count
    assert all(abs(100 * got - count * share) < 100 for got, share in zip(found, shares, strict=True))


@given(drafts)
def test_shares_against_the_cells_are_found_however_much_the_bank_holds(it: Blueprint) -> None:
    against = sum(one.params["count"] for one in flaws(it))
    if it.shares is None:
        assert not against
        return
    plenty = [(frozenset({place}), band) for place, cell in enumerate(it.cells) for band in range(3)
              if cell.band in (None, BANDS[band]) for _ in range(cell.count)]
    assert (best(it, plenty)[0] == it.count) == (not against)
    fixed = [sum(cell.count for cell in it.cells if cell.band == band) for band in BANDS]
    assert against == sum(max(0, count - cap) for count, cap in zip(fixed, targets(it), strict=True))


@given(blueprints, entries)
def test_feasible_is_exactly_right(it: Blueprint, bank: list[Entry]) -> None:
    found = feasibility(it, Pool.of(bank))
    known = [fits(it, one) for one in bank]
    assert found.missing == it.count - best(it, known)[0]
    assert found.available == tuple(sum(place in its for its, _ in known) for place in range(len(it.cells)))


@given(blueprints, entries)
def test_a_further_question_helps_exactly_where_the_shortage_says(it: Blueprint, bank: list[Entry]) -> None:
    known = [fits(it, one) for one in bank]
    most = best(it, known)[0]
    helps = {(place, band) for place, cell in enumerate(it.cells) for band in range(3) if cell.band in (None, BANDS[band])
             and best(it, [*known, (frozenset({place}), band)])[0] > most}
    said = {(place, BANDS.index(band)) for one in feasibility(it, Pool.of(bank)).shortages
            for place, bands in one.helps for band in bands}
    assert said == helps


@given(blueprints, entries)
def test_a_shortage_names_no_cell_that_it_could_do_without(it: Blueprint, bank: list[Entry]) -> None:
    """The cells of a group alone lack all that the group lacks; any fewer of them lack less."""
    free = Blueprint(it.cells, it.pass_percent)
    for one in feasibility(free, Pool.of(bank)).shortages:
        assert one.needed == sum(free.cells[place].count for place in one.cells) and one.missing > 0
        for size in range(1, len(one.cells) + 1):
            for some in combinations(one.cells, size):
                alone = Blueprint(tuple(free.cells[place] for place in some), 60)
                lacking = alone.count - best(alone, [fits(alone, entry) for entry in bank])[0]
                assert lacking == one.missing if some == one.cells else lacking < one.missing


@given(blueprints, entries)
def test_each_group_lacks_its_number_whichever_way_the_rest_is_placed(it: Blueprint, bank: list[Entry]) -> None:
    """So the groups really are apart: no question moved from cell to cell carries a shortage from one to another."""
    ways = lacks(it, [fits(it, one) for one in bank])
    groups = feasibility(it, Pool.of(bank)).shortages
    for one in groups:
        assert one.missing > 0 and {sum(way[place] for place in one.cells) for way in ways} == {one.missing}
    named = {place for one in groups for place in one.cells}
    assert named >= {place for way in ways for place, count in enumerate(way) if count}


def test_two_topics_that_share_the_lack_of_a_band_are_named_together() -> None:
    bank = [Entry(1, ("a",), "single", "easy"), Entry(2, ("b",), "single", "easy")]
    it = Blueprint((Cell("a", None, 1, D1), Cell("b", None, 1, D1)), 60, shares=(50, 0, 50))
    assert feasibility(it, Pool.of(bank)).shortages == (Shortage(2, 1, ((0, ("hard",)), (1, ("hard",)))),)


@given(blueprints, entries)
def test_what_is_ordered_is_as_little_as_possible_and_enough(it: Blueprint, bank: list[Entry]) -> None:
    found = feasibility(it, Pool.of(bank))
    assert sum(one.count for one in found.orders) == found.missing
    written = [(frozenset({one.cell}), BANDS.index(one.band or it.cells[one.cell].band or "easy"))
               for one in found.orders for _ in range(one.count)]
    assert best(it, [*(fits(it, one) for one in bank), *written])[0] == it.count


def test_the_shortage_reads_as_an_author_would_say_it() -> None:
    """C5: three short in refunds, hard."""
    bank = [Entry(n, ("退费",), "short", "hard") for n in (1, 2)] + [Entry(n, ("开户",), "single", "easy") for n in (3, 4, 5)]
    it = Blueprint((Cell("开户", None, 3, D1), Cell("退费", "short", 5, D1, "hard")), 60)
    found = feasibility(it, Pool.of(bank))
    assert found.shortages == (Shortage(5, 3, ((1, ("hard",)),)),)
    assert found.orders == (Order(1, "hard", 3),)


def test_cells_that_want_the_same_questions_are_named_together_and_others_apart() -> None:
    bank = [Entry(n, ("退费",), "short", "easy") for n in (1, 2, 3)]
    it = Blueprint((Cell("退费", None, 2, D1), Cell(None, "short", 2, D1), Cell("开户", None, 1, D1)), 60)
    assert feasibility(it, Pool.of(bank)).shortages == (
        Shortage(4, 1, ((0, BANDS), (1, BANDS))), Shortage(1, 1, ((2, BANDS),)))


def test_shares_can_be_what_a_bank_lacks() -> None:
    bank = [Entry(n, ("a",), "single", "easy") for n in range(10)]
    found = feasibility(Blueprint((Cell("a", None, 10, D1),), 60, shares=(80, 0, 20)), Pool.of(bank))
    assert found.shortages == (Shortage(10, 2, ((0, ("hard",)),)),) and found.orders == (Order(0, "hard", 2),)


def test_more_cells_than_a_machine_word_holds_are_kept_apart() -> None:
    names = [f"t{n}" for n in range(130)]
    bank = [Entry(n, (name,), "single", "easy") for n, name in enumerate(names) if n != 127]
    found = feasibility(Blueprint(tuple(Cell(name, None, 1, D1) for name in names), 60), Pool.of(bank))
    assert [one.cells for one in found.shortages] == [(127,)]


def test_a_pool_refuses_a_question_twice_and_a_band_that_is_none() -> None:
    with pytest.raises(ValueError, match="each stands once"):
        Pool.of([Entry(1, (), "single", "easy"), Entry(1, (), "single", "hard")])
    with pytest.raises(ValueError):
        Pool.of([Entry(1, (), "single", "odd")])
