"""Gaps (B11, W5), the pure part: which searches count, what means the same, what a gap weighs."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest

from kmsvc.knowledge.gaps import clusters, rules
from kmsvc.knowledge.gaps.rules import GapSign, Noted, Weight
from kmsvc.search.noting import without_numbers

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = date(2026, 3, 2)


def noted(*rows: dict) -> list[tuple[int, str]]:
    """(place, sign) of those that count; each row: s (seconds), q, found, opened, acted, filtered."""
    searches = [Noted(place, START + timedelta(seconds=row.get("s", place * 300)), row.get("who", 1), row["q"],
                      row.get("filtered", False), row.get("found", 3), row.get("opened", True), row.get("acted"))
                for place, row in enumerate(rows)]
    return [(one.id, sign.value) for part in rules.by_person(searches) for one, sign in rules.judged(part)]


def test_nothing_found_counts_and_a_read_answer_does_not() -> None:
    assert noted({"q": "合并开票", "found": 0, "opened": False}, {"q": "退费", "acted": False}) == [(0, "zero")]


def test_what_was_typed_on_counts_once_by_its_last_form() -> None:
    assert noted({"q": "合并", "found": 0, "s": 0}, {"q": "合并开票", "found": 0, "s": 3}) == [(1, "zero")]
    assert noted({"q": "合并开票吗", "found": 0, "s": 0}, {"q": "合并开票", "found": 2, "s": 5, "acted": True}) == []


def test_other_words_within_a_minute_mean_that_what_stood_there_was_no_answer() -> None:
    rows = [{"q": "旧机", "s": 0, "acted": False}, {"q": "换新", "s": 40, "acted": False}]
    assert noted(*rows) == [(0, "unopened")]
    assert noted({**rows[0], "acted": True}, rows[1]) == []
    assert noted(rows[0], {**rows[1], "s": 90}) == []
    assert noted(rows[0], {**rows[1], "who": 2}) == []


def test_a_filter_that_was_on_is_no_gap_where_something_was_found() -> None:
    after = {"q": "换新", "s": 40, "acted": True}
    assert noted({"q": "旧机", "s": 0, "filtered": True, "opened": False}, after) == []
    assert noted({"q": "旧机", "s": 0, "filtered": False, "opened": False}, after) == [(0, "unopened")]


def test_what_is_read_where_it_stands_is_no_gap_not_even_when_the_same_words_are_searched_again() -> None:
    once = {"q": "tfbz", "s": 0, "opened": False}
    assert noted(once) == noted(once, {**once, "s": 20}) == noted(once, {**once, "s": 400}) == []
    assert noted(once, {**once, "s": 400}, {"q": "停机保号", "s": 900}) == []
    assert noted(once, {**once, "s": 20}, {"q": "停机保号", "s": 50}) == [(1, "unopened")]
    assert noted({**once, "found": 0}) == [(0, "zero")]


def test_the_order_of_words_fillers_width_and_customers_words_do_not_matter() -> None:
    ours = clusters.synonyms_of([("携号转网", "携转"), ("退钱", "退费")])
    assert clusters.meaning("请问怎么退费呢", ours) == clusters.meaning("退钱", ours) == ("退费",)
    assert clusters.meaning("ＥＳＩＭ 转移") == clusters.meaning("转移esim")
    assert clusters.meaning("How to transfer invoices") == clusters.meaning("invoice transfer")
    assert clusters.meaning("怎么办") == ("怎么办",)  # fillers alone stay what they are


def test_the_same_searches_give_the_same_gaps_in_any_order() -> None:
    queries = ["合并开票", "开票合并怎么弄", "旧机换新", "旧机换新估价", "卫星电话套餐", "宠物咬断光纤", "宠物咬断光纤算谁的"]
    wanted = [(one, clusters.meaning(one)) for one in queries]
    first = clusters.place(wanted, {})
    for seed in range(5):
        mixed = wanted[:]
        random.Random(seed).shuffle(mixed)
        assert clusters.place(mixed, {}) == first
    groups: dict[object, set[str]] = {}
    for one in first:
        groups.setdefault(one.fresh, set()).add(one.query)
    assert {"宠物咬断光纤", "宠物咬断光纤算谁的"} in groups.values() and {"卫星电话套餐"} in groups.values()


def test_what_is_there_takes_what_is_alike_and_never_moves() -> None:
    held = {7: [clusters.meaning("宠物咬断光纤")], 9: [clusters.meaning("宠物咬断光纤")]}
    [one] = clusters.place([("光纤被宠物咬断", clusters.meaning("光纤被宠物咬断"))], held)
    assert one.gap_id == 7  # the older one among equals
    [other] = clusters.place([("卫星电话", clusters.meaning("卫星电话"))], held)
    assert other.gap_id is None and other.fresh == 0


def test_placing_is_linear_enough_for_a_day_of_a_large_centre() -> None:
    rng = random.Random(3)
    words = [f"w{n}x" for n in range(4000)]
    new = [(f"{n}", tuple(sorted(rng.sample(words, 3)))) for n in range(10_000)]
    began = perf_counter()
    assert len(clusters.place(new, {})) == 10_000
    assert perf_counter() - began < 5


@pytest.mark.parametrize(("before", "after"), [
    ("查 13812345678 的套餐", "查 的套餐"), ("138 1234 5678 退费", "退费"), ("li.lei@mail.example 改密码", "改密码"),
    ("110105199003071234 实名", "实名"), ("95598 是谁", "95598 是谁"), ("5g 套餐 129", "5g 套餐 129"), ("KB-0017", "KB-0017")])
def test_what_may_point_to_a_person_is_not_kept(before: str, after: str) -> None:
    assert without_numbers(before) == after


def test_weight_is_the_formula_and_keeps_its_order_over_time() -> None:
    often = Weight(searches=10, people=4, reports=1, last_on=DAY)
    assert often.base == 21 and often.at(DAY) == 21 and often.at(DAY + timedelta(days=14)) == 10.5
    fresh = Weight(searches=2, people=2, reports=0, last_on=DAY + timedelta(days=30))
    for later in (30, 60, 200):
        day = DAY + timedelta(days=later)
        if often.at(day) != fresh.at(day):
            assert (often.at(day) > fresh.at(day)) == (often.rank() > fresh.rank())


def test_a_replay_hits_by_the_named_answer_or_by_anything_where_nothing_was_found() -> None:
    def hits(found: int, place: int | None, *, named: bool, found_other: bool = False) -> bool:
        return rules.hits(found=found, place=place, named=named, found_other=found_other)
    assert hits(3, None, named=False) and not hits(0, None, named=False)
    assert not hits(3, None, named=False, found_other=True)
    assert hits(9, 5, named=True) and not hits(9, 6, named=True) and not hits(9, None, named=True)
    assert hits(9, 1, named=True, found_other=True)


def test_a_gap_is_called_by_what_was_searched_most() -> None:
    assert rules.title_of([("旧手机换新机怎么估价", 3), ("旧机换新", 3), ("换新", 1)]) == "旧机换新"
    assert GapSign.ZERO.label == "Nothing found"
