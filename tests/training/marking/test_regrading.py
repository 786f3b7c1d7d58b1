"""Marking anew after a corrected key: old and new of every person, before anybody confirms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.marking.regrading import Line, Result, report

D = Decimal
RESULTS = [
    Result(1, 11, {7: D(0), 8: D(5)}, D(10)), Result(2, 12, {7: D(5), 8: D(3)}, D(10)), Result(3, 13, {7: D(5), 8: D(5)}, D(10)),
    Result(4, 14, {8: D(5)}, D(10))]
ANEW = {1: D(5), 2: D(0), 3: D(5)}


def test_the_report_names_old_and_new_of_everybody_with_the_question() -> None:
    found = report(7, reversed(RESULTS), ANEW, 80, never_lower=False)
    assert found.lines == (Line(1, 11, D(5), D(10), False, True), Line(2, 12, D(8), D(3), True, False),
                           Line(3, 13, D(10), D(10), True, True))
    assert found.counts() == {"up": 1, "down": 1, "unchanged": 1, "now_pass": 1, "now_fail": 1, "kept": 0}
    assert [one.sitting_id for one in found.changed] == [1, 2]


def test_after_release_nobody_loses_points_and_the_report_says_who_kept_them() -> None:
    found = report(7, RESULTS, ANEW, 80)
    assert found.lines[1] == Line(2, 12, D(8), D(8), True, True, D(5))
    assert found.counts() == {"up": 1, "down": 0, "unchanged": 2, "now_pass": 1, "now_fail": 0, "kept": 1}


def test_a_report_that_would_leave_somebody_out_is_none() -> None:
    with pytest.raises(KeyError):
        report(7, RESULTS, {1: D(5)}, 80)


points = st.decimals(0, 5, places=2)


@given(st.dictionaries(st.integers(1, 9), st.tuples(points, points, points), min_size=1), st.integers(1, 100), st.booleans())
def test_scores_move_by_exactly_what_the_question_moves(rows: dict[int, tuple[Decimal, Decimal, Decimal]], percent: int,
                                                        never: bool) -> None:
    results = [Result(one, one, {7: was, 8: rest}, D(10)) for one, (was, rest, _) in rows.items()]
    found = report(7, results, {one: now for one, (_, _, now) in rows.items()}, percent, never_lower=never)
    assert [one.sitting_id for one in found.lines] == sorted(rows)
    for one in found.lines:
        was, rest, now = rows[one.sitting_id]
        assert one.old == was + rest and one.new == rest + (max(was, now) if never else now)
        assert one.passes == (one.new * 10 >= percent) and not (never and one.turns and one.passed)
    counts = found.counts()
    assert counts["up"] + counts["down"] + counts["unchanged"] == len(rows)
