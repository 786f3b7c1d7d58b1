"""R-E6: author, marker, second marker, the one who decides and the candidate differ; what mark results; what keeps a release back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.marking.rules import (
    GAPS,
    SAID,
    Hand,
    Involved,
    MarkingPart,
    Marks,
    MarkStand,
    ScoreChange,
    Settled,
    Settling,
    Unfit,
    broken_links,
    change_flaws,
    for_second,
    mark_flaws,
    mark_of,
    passes,
    release_gaps,
    settled,
    unfit,
)

D = Decimal
CANDIDATE, AUTHOR, FIRST, SECOND, THIRD, OTHER, FRIEND = range(1, 8)
INVOLVED = Involved(CANDIDATE, frozenset({AUTHOR}), frozenset({FIRST}), frozenset({SECOND}), frozenset({THIRD}))
FORBIDDEN = {
    MarkingPart.MARK: {CANDIDATE: Unfit.CANDIDATE, AUTHOR: Unfit.AUTHOR},
    MarkingPart.SECOND: {CANDIDATE: Unfit.CANDIDATE, AUTHOR: Unfit.AUTHOR, FIRST: Unfit.FIRST},
    MarkingPart.THIRD: {CANDIDATE: Unfit.CANDIDATE, AUTHOR: Unfit.AUTHOR, FIRST: Unfit.FIRST, SECOND: Unfit.SECOND},
    MarkingPart.DECIDE: {CANDIDATE: Unfit.CANDIDATE, AUTHOR: Unfit.AUTHOR, FIRST: Unfit.FIRST, SECOND: Unfit.SECOND, THIRD: Unfit.THIRD},
}


@pytest.mark.parametrize("part", list(MarkingPart))
@pytest.mark.parametrize("person", [CANDIDATE, AUTHOR, FIRST, SECOND, THIRD, OTHER])
@pytest.mark.parametrize("way", ["own hand", "as a delegate", "for a delegate of somebody", "by delegating to a friend"])
def test_r_e6_the_whole_matrix_also_through_delegation(part: MarkingPart, person: int, way: str) -> None:
    """Whoever acts, and everybody whose right is used along the chain, must be allowed. A second account is the same person, so it
    is the same cell."""
    hand = {"own hand": Hand(person), "as a delegate": Hand(person, frozenset({OTHER})),
            "for a delegate of somebody": Hand(FRIEND, frozenset({OTHER, person})),
            "by delegating to a friend": Hand(FRIEND, frozenset({person}))}[way]
    expected = FORBIDDEN[part].get(person)
    assert unfit(part, hand, INVOLVED) == ([expected] if expected else [])


def test_somebody_who_marked_by_delegation_counts_with_the_one_they_marked_for() -> None:
    involved = Involved(CANDIDATE, first=Hand(FIRST, frozenset({OTHER})).people)
    assert unfit("second", Hand(OTHER), involved) == [Unfit.FIRST] == unfit("decide", Hand(FIRST), involved)
    assert unfit("second", Hand(FRIEND), involved) == []


def test_a_small_centre_may_let_authors_mark_but_never_decide() -> None:
    assert unfit("mark", Hand(AUTHOR), INVOLVED, author_may=True) == []
    assert unfit("decide", Hand(AUTHOR), INVOLVED, author_may=True) == [Unfit.AUTHOR]
    assert unfit("mark", Hand(CANDIDATE), INVOLVED, author_may=True) == [Unfit.CANDIDATE]


def test_whoever_is_not_calibrated_marks_nothing_but_may_decide() -> None:
    assert [unfit(part, Hand(OTHER), INVOLVED, calibrated=False) for part in MarkingPart] == [[Unfit.UNCALIBRATED]] * 3 + [[]]


def test_every_reason_is_told_at_once() -> None:
    everything = Involved(1, frozenset({1}), frozenset({1}), frozenset({1}), frozenset({1}))
    assert unfit("decide", Hand(1), everything) == [Unfit.CANDIDATE, Unfit.AUTHOR, Unfit.FIRST, Unfit.SECOND, Unfit.THIRD]


RUBRIC = {"steps": D(3), "tone": D(2)}


@pytest.mark.parametrize(("points", "expected"), [
    ({"steps": D(3), "tone": D(0)}, []),
    ({"steps": D("2.25"), "tone": D("0.5")}, []),
    ({"steps": D(3)}, [("missing", "tone")]),
    ({"steps": D("3.01"), "tone": D("-0.01")}, [("range", "steps"), ("range", "tone")]),
    ({"steps": D("NaN"), "tone": D("Infinity")}, [("range", "steps"), ("range", "tone")]),
    ({"steps": D("0.125"), "tone": D(1)}, [("places", "steps")]),
    ({"steps": D(1), "tone": D(1), "charm": D(1)}, [("unknown", "charm")])])
def test_points_by_rubric(points: dict[str, Decimal], expected: list[tuple[str, str]]) -> None:
    found = mark_flaws(RUBRIC, points, D(5))
    assert [(one.code, one.where) for one in found] == expected
    assert all(SAID[one.code] % one.params for one in found)


def test_without_a_rubric_there_is_one_line_and_a_generous_rubric_is_capped() -> None:
    assert mark_flaws({}, {"": D(4)}, D(5)) == [] and [one.code for one in mark_flaws({}, {"": D(6)}, D(5))] == ["range"]
    assert (mark_of({"steps": D(3), "tone": D(2)}, D(4)), mark_of({"steps": D("1.25"), "tone": D(0)}, D(4))) == (4, D("1.25"))


SCORES = {number: D(40 + number) for number in range(60)}


def test_the_border_is_marked_twice_with_both_ends_and_a_share_of_all_by_lot() -> None:
    chosen = for_second(SCORES, D(80), D(3), 10, "exam 7")
    assert [one for one, why in chosen.items() if why == "border"] == list(range(37, 44))
    assert sum(why == "lot" for why in chosen.values()) == 6
    assert for_second(dict(reversed(SCORES.items())), D(80), D(3), 10, "exam 7") == chosen
    assert for_second(SCORES, D(80), D(3), 10, "exam 8") != chosen
    assert [one for one, why in chosen.items() if why == "lot"] == LOT


LOT = [0, 24, 36, 53, 56, 58]


def test_the_share_is_rounded_up_and_can_be_nothing_or_all() -> None:
    assert len(for_second(SCORES, D(80), D(-1), 1, "s")) == 1 and for_second(SCORES, D(80), D(-1), 0, "s") == {}
    assert set(for_second(SCORES, D(80), D(3), 100, "s")) == set(SCORES) and for_second({}, D(80), D(3), 10, "s") == {}


@pytest.mark.parametrize(("marks", "expected"), [
    (Marks(), Settled(MarkStand.FIRST)),
    (Marks(wants_second=True), Settled(MarkStand.FIRST)),
    (Marks(D(3)), Settled(MarkStand.SETTLED, D(3))),
    (Marks(D(3), wants_second=True), Settled(MarkStand.SECOND)),
    (Marks(D(3), D(4), wants_second=True), Settled(MarkStand.SETTLED, D("3.5"))),
    (Marks(D("3.01"), D("4"), wants_second=True), Settled(MarkStand.SETTLED, D("3.51"))),
    (Marks(D(3), D("4.01"), wants_second=True), Settled(MarkStand.THIRD)),
    (Marks(D("4.01"), D(3), wants_second=True), Settled(MarkStand.THIRD)),
    (Marks(D(1), D(4), D(2), wants_second=True), Settled(MarkStand.SETTLED, D(2)))])
def test_the_mark_that_results_with_a_limit_of_one_point(marks: Marks, expected: Settled) -> None:
    assert settled(marks, D(1)) == expected


def test_the_setting_says_which_of_two_near_marks_counts() -> None:
    assert [settled(Marks(D(4), D(3)), D(1), how).mark for how in Settling] == [D("3.5"), D(4), D(3)]


@given(st.decimals(0, 10, places=2), st.decimals(0, 10, places=2), st.decimals(0, 5, places=2), st.sampled_from(list(Settling)))
def test_two_marks_are_settled_between_them_or_go_to_a_third(first: Decimal, second: Decimal, limit: Decimal, how: Settling) -> None:
    found = settled(Marks(first, second, wants_second=True), limit, how)
    if abs(first - second) > limit:
        assert found == Settled(MarkStand.THIRD)
    else:
        assert found.mark is not None and min(first, second) <= found.mark <= max(first, second)
        assert found.mark == found.mark.quantize(D("0.01"))


def test_results_are_released_only_when_complete() -> None:
    assert release_gaps([MarkStand.SETTLED] * 3, running=0, undrawn=0, regrades=0) == {}
    gaps = release_gaps([MarkStand.THIRD, MarkStand.FIRST, MarkStand.THIRD, MarkStand.SECOND], running=1, undrawn=2, regrades=3)
    assert gaps == {"running": 1, "undrawn": 2, "third": 2, "first": 1, "second": 1, "regrades": 3}
    assert set(gaps) == set(GAPS) and all(GAPS[code] % {"count": count} for code, count in gaps.items())


AT = datetime(2026, 12, 20, tzinfo=UTC)


def change(**more: object) -> ScoreChange:
    usual: dict[str, object] = {"sitting_id": 1, "question_id": 2, "who": 9, "why": "要点已答到", "cause": "appeal", "at": AT,
                                "old": D(3), "new": D(5), "appeal_id": 4}
    return ScoreChange(**{**usual, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(("more", "expected"), [
    ({}, []), ({"who": None}, ["who"]), ({"why": " "}, ["why"]), ({"appeal_id": None}, ["appeal"]),
    ({"cause": "same_answer", "appeal_id": None}, ["appeal"]), ({"cause": "key", "appeal_id": None}, []),
    ({"old": D(4)}, ["old"]), ({"new": D(3)}, ["same"]), ({"new": D(6)}, ["range"]), ({"new": D(-1)}, ["range"])])
def test_a_change_after_release_says_who_why_old_and_new(more: dict[str, object], expected: list[str]) -> None:
    assert change_flaws(change(**more), D(3), D(5)) == expected


def test_a_history_with_a_gap_is_found() -> None:
    first, second = change(old=D(3), new=D(5)), change(old=D(5), new=D(4))
    assert broken_links([first, second], D(3), D(4)) == [] == broken_links([], D(3), D(3))
    assert broken_links([second], D(3), D(4)) == [0]
    assert broken_links([first], D(3), D(4)) == [1] and broken_links([], D(3), D(4)) == [0]


@pytest.mark.parametrize(("score", "most", "percent", "expected"), [
    (D(80), D(100), 80, True), (D("79.99"), D(100), 80, False), (D("22.11"), D("33.5"), 66, True), (D("22.10"), D("33.5"), 66, False)])
def test_at_the_pass_mark_is_passed(score: Decimal, most: Decimal, percent: int, expected: bool) -> None:
    assert passes(score, most, percent) is expected


def test_the_parts_and_their_reasons_are_all_in_the_matrix() -> None:
    assert set(FORBIDDEN) == set(MarkingPart)
    assert {one for row in FORBIDDEN.values() for one in row.values()} == set(Unfit) - {Unfit.UNCALIBRATED}
