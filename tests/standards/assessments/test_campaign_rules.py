"""Rounds of self-assessment: how far they are, what is missing to a level, what carries over. Domain 10.2 and 10.3, features W14."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kmsvc.standards.assessments.campaign_rules import (
    CLOSED,
    DRAFT,
    OPEN,
    PLAN_STEPS,
    REVIEW,
    STEPS,
    ImprovementState,
    after,
    attained,
    carry_over,
    following,
    forecast,
    missing_for,
    progress,
    worklist,
)
from kmsvc.standards.assessments.rules import Item, Key, Level, Marked, score


def level(name: str, *shares: int | None, total: int | None) -> Level:
    """A level with shares in percent."""
    c, f, c_5, f_5 = (None if one is None else Fraction(one, 100) for one in shares)
    return Level(name, c, f, c_5, f_5, total)


LEVELS = [level("L1", 80, 60, None, None, total=2250), level("L2", 90, 70, None, None, total=2500),
          level("L3", 100, 80, None, None, total=2750), level("L4", 100, 90, 80, 70, total=3200),
          level("L5", 100, 100, 100, 90, total=3380)]
SUBITEMS = [Item(no, None, False) for no in range(1, 158)] + [Item(no, None, True) for no in range(158, 178)]
CLAUSES = [Item(no, None, False) for no in range(1, 149)] + [Item(no, None, True) for no in range(149, 169)]


def test_the_way_of_a_round() -> None:
    assert [after(state, verb) for state, verb in ((DRAFT, "open"), (OPEN, "review"), (REVIEW, "close"), (CLOSED, "reopen"))] == [
        OPEN, REVIEW, CLOSED, OPEN]
    assert [after(state, "close") for state in (DRAFT, OPEN, CLOSED)] == [None] * 3
    assert {verb for verb in STEPS if after(CLOSED, verb)} == {"reopen"}


def test_assessed_and_met_are_counted_apart_over_all_items() -> None:
    items = [Item(no, None, False) for no in range(1, 5)]
    got = progress(items, {(1, None): Marked(10, 10), (2, None): Marked(10, 5), (9, None): Marked(10, 10)})
    assert (got.assessed, got.met, got.of) == (2, 1, 4)
    assert (got.share(got.assessed), got.share(got.met)) == (Fraction(1, 2), Fraction(1, 4))
    assert progress([], {}).share(0) is None


def test_an_item_of_a_plan_goes_through_four_steps() -> None:
    assert [following(one.value) for one in PLAN_STEPS] == [*PLAN_STEPS[1:], ImprovementState.DONE]
    with pytest.raises(ValueError, match="not in tuple"):
        following("done")


@pytest.mark.parametrize(("by_marks", "earlier", "got"), [
    (None, "L2", None), ("L3", None, "L1"), ("L3", "L1", "L2"), ("L3", "L2", "L3"), ("L1", "L3", "L1"), ("L5", "L5", "L5")])
def test_levels_one_at_a_time(by_marks: str | None, earlier: str | None, got: str | None) -> None:
    assert attained(by_marks, earlier, LEVELS) == got


def test_what_a_level_lacks_is_whole_items_rounded_up() -> None:
    """80 % of 157 is 125.6, so 126; 60 % is 94.2, so 95."""
    marks: dict[Key, Marked] = {(no, None): Marked(10, 5) for no in range(1, 121)}
    assert [(one.check, one.asked, one.have, one.lacks) for one in missing_for(SUBITEMS, marks, LEVELS, "L1")] == [
        ("c_rate", 126, 120, 6), ("f_rate", 95, 0, 95), ("total", 2250, 1800, 450)]
    assert {one.check: one.asked for one in missing_for(SUBITEMS, {}, LEVELS, "L4")} == {
        "c_rate": 157, "f_rate": 142, "c_rate_5": 16, "f_rate_5": 14, "total": 3200}


@pytest.mark.parametrize("target", ["L1", "L2", "L3", "L4", "L5"])
@pytest.mark.parametrize("held", [{}, {(no, None): Marked(10, 5) for no in range(1, 121)},
                                  {(no, None): Marked(5, 0) for no in range(1, 178)}])
def test_a_worklist_reaches_its_level_and_no_rate_takes_more_than_it_lacks(target: str, held: dict[Key, Marked]) -> None:
    way = worklist(SUBITEMS, held, LEVELS, target)
    assert way is not None
    assert len({(one.key, one.side) for one in way}) == len(way)
    reached = forecast(SUBITEMS, held, [(one.key, one.side) for one in way], LEVELS, "subitems", None).scored.level
    assert reached is not None
    assert reached >= target
    for one in missing_for(SUBITEMS, held, LEVELS, target):
        if one.check != "total":
            assert sum(action.check == one.check for action in way) == one.lacks


def test_the_cheapest_marks_come_first_and_estimates_count() -> None:
    items = [Item(no, None, False) for no in range(1, 4)]
    half = [level("L1", 34, None, None, None, total=None)]
    held: dict[Key, Marked] = {(1, None): Marked(0, 0), (2, None): Marked(5, 0), (3, None): Marked(5, 0)}
    assert [one.key for one in worklist(items, held, half, "L1") or []] == [(2, None), (3, None)]  # 34 % of 3 is 1.02, so 2
    dear: dict[tuple[Key, str], Fraction] = {((2, None), "c"): Fraction(9)}
    assert [one.key for one in worklist(items, held, half, "L1", dear) or []] == [(3, None), (1, None)]


def test_out_of_reach_on_the_basis_of_clauses_is_told_and_not_planned() -> None:
    assert worklist(CLAUSES, {}, LEVELS, "L5") is None
    assert worklist(CLAUSES, {}, LEVELS, "L4") is not None
    four = [one for one in SUBITEMS if not one.last]
    assert worklist(four, {}, LEVELS[:2], "L2") is not None
    assert worklist(four, {}, [level("L1", None, None, 80, None, total=None)], "L1") is None


def test_a_forecast_changes_nothing_and_keeps_one_level_at_a_time() -> None:
    held: dict[Key, Marked] = {(one.no, None): Marked(10, 10) for one in SUBITEMS if one.no != 1}
    before = dict(held)
    got = forecast(SUBITEMS, held, [((1, None), "c"), ((1, None), "f")], LEVELS, "subitems", "L1")
    assert (got.scored.level, got.scored.total, got.level) == ("L5", 3540, "L2")
    assert held == before
    assert score(SUBITEMS, held, LEVELS, "subitems").level == "L2"  # L3 asks for 100 % of C


def test_what_carries_over_to_another_edition() -> None:
    marks: dict[Key, Marked] = {(1, None): Marked(10, 5), (2, None): Marked(10, 10), (3, None): Marked(5, 10), (4, None): Marked(10, 10)}
    carried, gone = carry_over([
        ((1, None), (1, None), "kept"), ((2, None), (2, None), "split"), ((2, None), (3, None), "split"),
        ((3, None), (4, None), "merged"), ((4, None), (4, None), "merged"), ((2, None), (5, None), "merged"),
        ((9, None), (5, None), "merged"), (None, (6, None), "new"), ((7, None), None, "withdrawn")], marks)
    assert [(one.key[0], one.relation, one.marks, one.look_again) for one in carried] == [
        (1, "kept", Marked(10, 5), False), (2, "split", Marked(10, 10), True), (3, "split", Marked(10, 10), True),
        (4, "merged", Marked(5, 10), True), (5, "merged", None, True), (6, "new", None, True)]
    assert gone == [(7, None)]
