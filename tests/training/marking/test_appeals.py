"""Marking appeals: the last day in working days, what they cost, and everybody with the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.marking.appeals import (
    VERBS,
    Answered,
    AppealHindrance,
    AppealState,
    Contest,
    closes_at,
    decide_by,
    effects,
    hindrances,
    last_day,
    same,
)

D = Decimal
ZONE = "Asia/Shanghai"
RELEASED = datetime(2026, 9, 29, 18, tzinfo=ZoneInfo(ZONE))
CONTEST = Contest(True, RELEASED, "两个要点都答到了", D(3), D(5))


def test_the_last_day_skips_the_national_holiday_and_counts_the_saturday_worked() -> None:
    """2026: 1 to 7 October are free; Saturday, 10 October is worked."""
    assert last_day(RELEASED, 3, ZONE) == date(2026, 10, 9)
    assert last_day(RELEASED, 4, ZONE) == date(2026, 10, 10)
    assert closes_at(RELEASED, 3, ZONE) == datetime(2026, 10, 9, 16, tzinfo=UTC)
    assert decide_by(datetime(2026, 9, 30, 17, tzinfo=UTC), 1, ZONE) == date(2026, 10, 8)  # it is the 1st already


def test_the_last_day_counts_to_its_last_second() -> None:
    over = closes_at(RELEASED, 3, ZONE)
    assert hindrances(CONTEST, over - timedelta(seconds=1), 3, ZONE) == []
    assert hindrances(CONTEST, over, 3, ZONE) == [AppealHindrance.LATE]
    assert hindrances(CONTEST, RELEASED, 0, ZONE) == [AppealHindrance.LATE]


@pytest.mark.parametrize(("change", "expected"), [
    ({"is_own": False}, AppealHindrance.OTHERS), ({"released_at": None}, AppealHindrance.UNRELEASED),
    ({"released_at": RELEASED + timedelta(hours=2)}, AppealHindrance.UNRELEASED), ({"before": ("open",)}, AppealHindrance.OPEN),
    ({"before": ("declined",)}, AppealHindrance.DECIDED), ({"before": ("upheld",)}, AppealHindrance.DECIDED),
    ({"others": ("declined", "open", "declined")}, AppealHindrance.USED_UP), ({"mark": D(5)}, AppealHindrance.FULL),
    ({"reason": "  "}, AppealHindrance.REASON)])
def test_each_hindrance_is_named(change: dict[str, object], expected: AppealHindrance) -> None:
    assert hindrances(replace(CONTEST, **change), RELEASED + timedelta(hours=1), 3, ZONE) == [expected]


def test_what_was_upheld_or_taken_back_is_given_back() -> None:
    again = replace(CONTEST, before=("withdrawn",), others=("upheld", "withdrawn", "upheld", "declined", "open"))
    assert hindrances(again, RELEASED, 3, ZONE) == []


def test_only_an_open_appeal_is_decided() -> None:
    assert {(verb, state) for verb, state in product(VERBS, AppealState) if state in VERBS[verb][0]} == {
        ("uphold", "open"), ("decline", "open"), ("withdraw", "open")}


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("5个工作日", "５个 工作日", True), ("App内申请", "app内 申请\n", True), ("5个工作日", "7个工作日", False), ("", " ", True)])
def test_the_same_answer(one: str, other: str, expected: bool) -> None:
    assert same(one, other) is expected


answers = st.lists(st.builds(Answered, st.integers(2, 9), st.sampled_from(("甲", " 甲", "乙")), st.decimals(0, 5, places=1)),
                   unique_by=lambda one: one.sitting_id)


@given(answers, st.decimals("0", "4.9", places=1), st.decimals("0.1", "5", places=1))
def test_an_upheld_appeal_raises_exactly_those_with_the_same_answer_and_lowers_nobody(
        others: list[Answered], old: Decimal, new: Decimal) -> None:
    mine = Answered(1, "甲", old)
    if new <= old:
        with pytest.raises(ValueError, match="raises"):
            effects(mine, new, others)
        return
    found = effects(mine, new, [*others, mine])
    alike = {one.sitting_id for one in others if one.text.strip() == "甲" and one.mark < new}
    assert {sitting for sitting, _, _ in found} == {1} | alike
    assert all(was < now == new for _, was, now in found) and found == sorted(found)
