"""Item statistics against figures printed elsewhere, and against their definitions worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.training.questions.statistics import (
    Flag,
    ItemFigures,
    OptionFigures,
    Thresholds,
    alpha,
    analysed,
    flags,
    groups,
    kr20,
    options,
    rest_shares,
    standard_error,
)

# Law School Admission Test, section 6: 1000 persons, five questions, counts by answer pattern 00000 to 11111.
# Source: R. D. Bock and M. Lieberman, Psychometrika 35 (1970), 179-197; the data set LSAT of the R package ltm
# (D. Rizopoulos, Journal of Statistical Software 17/5, 2006), whose descript(LSAT) prints the figures below.
LSAT_COUNTS = [3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298]
LSAT = np.array([row for row, count in zip(product((0, 1), repeat=5), LSAT_COUNTS, strict=True) for _ in range(count)])


def test_the_figures_of_a_well_known_test() -> None:
    found = analysed(LSAT, np.ones(5))
    assert (found.persons, found.complete) == (1000, 1000)
    assert [one.facility for one in found.items] == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870])
    assert [one.discrimination for one in found.items] == pytest.approx([0.1128, 0.1531, 0.1727, 0.1444, 0.1215], abs=1.5e-4)
    assert found.alpha == pytest.approx(0.2950, abs=5e-5)
    assert [one.alpha_without for one in found.items] == pytest.approx([0.2754, 0.2376, 0.2168, 0.2459, 0.2663], abs=5e-5)
    assert kr20(LSAT) == pytest.approx(found.alpha)


# Ten persons, four questions, the third worth two points: small enough for a pencil.
SMALL = [[1, 1, 2, 1], [1, 1, 2, 0], [1, 0, 2, 1], [1, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 0],
         [0, 0, 1, 0], [0, 0, 0, 0]]
MOST = [1, 1, 2, 1]


def _pearson(one: list[Fraction], other: list[Fraction]) -> float:
    n = len(one)
    a, b = sum(one) / n, sum(other) / n
    top = sum(((x - a) * (y - b) for x, y in zip(one, other, strict=True)), Fraction(0))
    return float(top) / sqrt(float(sum((x - a) ** 2 for x in one) * sum((y - b) ** 2 for y in other)))


def test_the_figures_of_a_small_paper_by_their_definitions() -> None:
    rows = [[Fraction(one) for one in row] for row in SMALL]
    found = analysed(SMALL, MOST)
    totals = [sum(row) for row in rows]  # 5 4 4 4 3 2 2 1 1 0
    assert found.mean == pytest.approx(2.6)
    variance = sum((one - Fraction(13, 5)) ** 2 for one in totals) / 9
    assert variance == Fraction(244, 90)
    assert found.deviation == pytest.approx(sqrt(variance))
    columns = [list(column) for column in zip(*rows, strict=True)]
    spreads = [sum((one - sum(column) / 10) ** 2 for one in column) / 9 for column in columns]
    by_hand = Fraction(4, 3) * (1 - sum(spreads) / variance)
    assert found.alpha == pytest.approx(float(by_hand))
    assert found.standard_error == pytest.approx(sqrt(variance) * sqrt(1 - by_hand))
    for place, one in enumerate(found.items):
        rest = [total - row[place] for total, row in zip(totals, rows, strict=True)]
        assert one.facility == pytest.approx(float(sum(columns[place]) / 10 / MOST[place]))
        assert one.discrimination == pytest.approx(_pearson(columns[place], rest))
    # 27 % of ten are three: above 5 and two of the three who have 4; below 0 and both who have 1
    assert [one.upper_lower for one in found.items] == pytest.approx([1.0, (1 + 2 * 2 / 3) / 3 - 1 / 3, (2 + 2 * 5 / 3) / 6 - 1 / 6,
                                                                      (1 + 2 * 2 / 3) / 3])


def test_groups_do_not_depend_on_the_order_of_persons() -> None:
    values, by = np.array([1.0, 0, 1, 0, 1, 0]), np.array([3.0, 3, 3, 1, 1, 1])
    assert groups(values, by) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert groups(values[::-1], by[::-1]) == groups(values, by)
    assert groups(values[:1], by[:1]) == (None, None)


def test_who_was_not_asked_counts_nowhere() -> None:
    holes = np.array(SMALL, dtype=float)
    more = np.vstack([holes, [[np.nan, 1, np.nan, 1], [np.nan, 0, 2, 0]]])
    whole, found = analysed(SMALL, MOST), analysed(more, MOST)
    assert found.items[0] == whole.items[0]
    assert (found.persons, found.complete, found.alpha, found.mean) == (12, 10, whole.alpha, whole.mean)
    assert (found.items[1].asked, found.items[1].facility) == (12, pytest.approx(6 / 12 + 1 / 12 - 0 / 12))
    assert rest_shares(more, MOST, 1)[10:] == pytest.approx([1.0, 2 / 3])
    assert np.isnan(rest_shares(more, MOST, 0)[10:]).all()


@pytest.mark.parametrize("table", [np.zeros((0, 2)), np.ones((1, 2)), np.ones((5, 2)), np.full((3, 2), np.nan), np.ones((5, 1))])
def test_what_is_not_defined_is_none(table: np.ndarray) -> None:
    found = analysed(table, np.ones(table.shape[1]))
    assert found.alpha is None and found.standard_error is None
    assert all(one.discrimination is None and one.alpha_without is None for one in found.items)


def test_wrong_shapes_and_worths_are_refused() -> None:
    for points, most in (([1, 2], [1]), ([[1, 2]], [1]), ([[1, 2]], [1, 0]), ([[1, 2]], [1, float("nan")])):
        with pytest.raises(ValueError):
            analysed(points, most)
    with pytest.raises(ValueError):
        analysed(SMALL, MOST, share=0.6)
    with pytest.raises(ValueError):
        kr20(SMALL)


def test_an_error_is_never_larger_than_the_deviation() -> None:
    assert standard_error(2.0, 0.75) == pytest.approx(1.0)
    assert standard_error(2.0, -0.5) == 2.0
    assert standard_error(2.0, None) is None


CHOSEN = [{"a"}, {"a"}, {"a"}, {"b"}, {"a"}, {"c"}, {"b"}, set(), {"b"}, {"c"}, None]
REST = [1.0, 0.9, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.7]


def test_options_are_counted_and_told_apart() -> None:
    a, b, c, d = options(CHOSEN, ["a", "b", "c", "d"], {"a"}, REST)
    assert [one.chosen for one in (a, b, c, d)] == [4, 3, 2, 0]
    assert [one.share for one in (a, b, c, d)] == pytest.approx([0.4, 0.3, 0.2, 0])
    assert (a.is_key, b.is_key) == (True, False)
    assert (a.upper, a.lower, b.upper, b.lower) == pytest.approx((1, 0, 0, 1 / 3))
    taken = [Fraction(int(one is not None and "a" in one)) for one in CHOSEN[:10]]
    assert a.discrimination == pytest.approx(_pearson(taken, [Fraction(str(one)) for one in REST[:10]]))
    assert d.discrimination is None and c.discrimination is not None and c.discrimination < 0
    with pytest.raises(ValueError):
        options(CHOSEN, ["a"], {"a"}, REST[:-1])


GOOD = ItemFigures(100, 0.6, 0.4, 0.5, 0.7)
KEY = OptionFigures("a", True, 60, 0.6, 0.9, 0.3, 0.4)


@pytest.mark.parametrize(("item", "its_options", "codes"), [
    (GOOD, (KEY,), []),
    (replace(GOOD, facility=0.1), (), ["too_hard"]),
    (replace(GOOD, facility=0.99), (), ["too_easy"]),
    (replace(GOOD, discrimination=0.1), (), ["weak"]),
    (replace(GOOD, discrimination=-0.1), (), ["negative"]),
    (replace(GOOD, discrimination=None), (), []),
    (GOOD, (KEY, OptionFigures("b", False, 1, 0.01, 0, 0.1, -0.2)), ["idle_option"]),
    (GOOD, (KEY, OptionFigures("b", False, 30, 0.3, 0.5, 0.1, 0.5)), ["option_over_key"]),
    (GOOD, (KEY, OptionFigures("b", False, 30, 0.3, 0.5, 0.1, -0.3)), []),
    (replace(GOOD, facility=0.1, discrimination=-0.3, asked=29), (), []),
    (replace(GOOD, facility=None), (), []),
])
def test_flags(item: ItemFigures, its_options: tuple[OptionFigures, ...], codes: list[str]) -> None:
    assert [one.code for one in flags(item, its_options)] == codes


def test_thresholds_are_the_centre_s_own() -> None:
    assert flags(GOOD, (), Thresholds(weak=0.5)) == [Flag("weak", {"discrimination": 0.4, "bound": 0.5})]
    assert flags(replace(GOOD, asked=5, facility=0.1), (), Thresholds(asked=5, too_hard=0.1)) == []


TABLES = st.integers(2, 6).flatmap(lambda width: st.lists(st.lists(st.integers(0, 1), min_size=width, max_size=width), min_size=2,
                                                          max_size=12))


@settings(max_examples=100, deadline=None)
@given(TABLES, st.integers(1, 9))
def test_laws(table: list[list[int]], worth: int) -> None:
    """KR-20 is alpha; what a point is worth, and the order of persons, change no figure that is a share."""
    width = len(table[0])
    found, scaled = analysed(table, [1] * width), analysed(np.array(table) * worth, [worth] * width)
    assert kr20(table) == (None if alpha(table) is None else pytest.approx(alpha(table)))
    turned = analysed(table[::-1], [1] * width)
    for one, same in (*zip(found.items, scaled.items, strict=True), *zip(found.items, turned.items, strict=True)):
        for name in ("facility", "discrimination", "upper_lower", "alpha_without"):
            figure = getattr(one, name)
            assert getattr(same, name) == (None if figure is None else pytest.approx(figure, abs=1e-9))
            assert figure is None or name == "alpha_without" or -1 <= figure <= 1
