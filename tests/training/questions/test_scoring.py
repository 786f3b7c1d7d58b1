"""From answers to points: written cases for each kind, and laws that hold for any question and any answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.training.questions.folding import folded, number_in
from kmsvc.training.questions.kinds import (
    MANUAL,
    Blank,
    Body,
    Case,
    Choice,
    Credit,
    FileAnswer,
    FillIn,
    Folding,
    Matching,
    Numeric,
    OrderCredit,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from kmsvc.training.questions.scoring import Score, Verdict, score
from tests.training.questions.strategies import questions

A, B, C, D, E = (one.id for one in options_of("甲乙丙丁戊"))
OPTIONS = options_of("甲乙丙丁戊")


def _points(body: Body, answer: object, most: str = "6") -> str:
    return str(score(Question("问", body), answer, Decimal(most)).points)


def _verdict(body: Body, answer: object) -> Verdict:
    return score(Question("问", body), answer).verdict


@pytest.mark.parametrize(("credit", "chosen", "points"), [
    # three keys A B C, two wrong D E, six points
    (Credit.ALL, [A, B, C], "6.00"), (Credit.ALL, [C, A, B], "6.00"), (Credit.ALL, [A, B], "0.00"), (Credit.ALL, [A, B, C, D], "0.00"),
    (Credit.LESS_WRONG, [A, B, C], "6.00"), (Credit.LESS_WRONG, [A, B], "4.00"), (Credit.LESS_WRONG, [A, B, D], "2.00"),
    (Credit.LESS_WRONG, [A, D], "0.00"), (Credit.LESS_WRONG, [A, D, E], "0.00"), (Credit.LESS_WRONG, [A, B, C, D, E], "2.00"),
    (Credit.IF_NONE_WRONG, [A, B, C], "6.00"), (Credit.IF_NONE_WRONG, [A], "2.00"), (Credit.IF_NONE_WRONG, [A, C], "4.00"),
    (Credit.IF_NONE_WRONG, [A, B, D], "0.00"), (Credit.IF_NONE_WRONG, [A, B, C, E], "0.00"),
    (Credit.HALF_IF_MISSED, [A, B, C], "6.00"), (Credit.HALF_IF_MISSED, [B], "3.00"), (Credit.HALF_IF_MISSED, [A, B], "3.00"),
    (Credit.HALF_IF_MISSED, [A, B, C, D], "0.00"), (Credit.HALF_IF_MISSED, [D], "0.00"),
])
def test_multiple_choice_by_its_credit(credit: Credit, chosen: list[str], points: str) -> None:
    assert _points(Choice(OPTIONS, (A, B, C), several=True, credit=credit), chosen) == points


def test_thirds_are_rounded_half_up_to_the_hundredth() -> None:
    body = Choice(OPTIONS, (A, B, C), several=True)
    assert [_points(body, chosen, "1") for chosen in ([A], [A, B])] == ["0.33", "0.67"]
    half = Choice(OPTIONS, (A, B), several=True)
    assert _points(half, [A], "0.01") == "0.01"
    assert _points(half, [A], "0.05") == "0.03"


def test_single_choice() -> None:
    body = Choice(OPTIONS, (B,))
    assert [_points(body, one) for one in (B, [B], A, [A])] == ["6.00", "6.00", "0.00", "0.00"]
    assert _verdict(body, [A, B]) is _verdict(body, "f" * 12) is _verdict(body, {"a": B}) is _verdict(body, 7) is Verdict.UNREADABLE
    assert _verdict(body, []) is _verdict(body, " ") is _verdict(body, None) is Verdict.UNANSWERED
    assert _verdict(replace(body, keys=()), B) is Verdict.NO_KEY


def test_true_and_false() -> None:
    assert [_points(TrueFalse(False), one) for one in (False, "false", True)] == ["6.00", "6.00", "0.00"]
    assert _verdict(TrueFalse(True), 1) is _verdict(TrueFalse(True), "yes") is Verdict.UNREADABLE
    assert _verdict(TrueFalse(False), False) is Verdict.RIGHT


def test_each_blank_counts_by_its_weight() -> None:
    body = FillIn((Blank("1", ("工作日", "working days"), 1), Blank("2", ("七",), 2)))
    assert _points(body, {"1": "Working Days", "2": "七"}) == "6.00"
    assert _points(body, {"1": "WORKING\u3000ｄａｙｓ"}) == "2.00"
    assert _points(body, {"1": "周末", "2": " 七 "}) == "4.00"
    assert score(Question("问", body), {"1": "周末", "2": "七"}).right == ("2",)
    assert _verdict(body, {"3": "七"}) is _verdict(body, {"1": 7}) is _verdict(body, "七") is Verdict.UNREADABLE
    assert _verdict(body, {"1": "", "2": None}) is Verdict.UNANSWERED
    assert _points(FillIn((Blank("1", ("七",)),)), "七") == "6.00"


@pytest.mark.parametrize(("how", "one", "other", "same"), [
    (Folding(), "ＡＢ c", "abC", True), (Folding(case=False), "AB", "ab", False), (Folding(case=False), "Ａ B", "AB", True),
    (Folding(width=False), "Ａ", "A", False), (Folding(width=False), "A b", "ab", True), (Folding(spaces=False), "a b", "ab", False),
    (Folding(spaces=False), " ab\u3000", "ab", True), (Folding(), "（一）", "(一)", True), (Folding(), "①", "1", False),
    (Folding(), "退款單", "退款单", False), (Folding(script=True), "退款單", "退款单", True), (Folding(), "e\u0301", "\u00e9", True),
])
def test_only_the_chosen_differences_do_not_count(how: Folding, one: str, other: str, same: bool) -> None:
    assert (folded(one, how) == folded(other, how)) is same


@pytest.mark.parametrize(("text", "unit", "number"), [
    ("5", "", "5"), (" ５．５ ", "", "5.5"), ("-3", "", "-3"), ("\u22123", "", "-3"), ("－3", "", "-3"), ("1,234.5", "", "1234.5"),
    ("1，234", "", "1234"),
    ("1,2345", "", None), ("12,34", "", None), ("5元", "元", "5"), ("5 元", "元", "5"), ("$5", "$", "5"), ("5", "元", "5"),
    ("5角", "元", None), ("5%", "%", "5"), ("5％", "%", "5"),
    ("5KM", "km", "5"), ("1e3", "", "1000"), ("1e9999", "", None), (".5", "", "0.5"), ("5.", "", "5"), ("", "", None), ("五", "", None),
    ("٥", "", None), ("5 5", "", None), ("nan", "", None), ("inf", "", None), ("0x1", "", None),
])
def test_numbers_as_people_type_them(text: str, unit: str, number: str | None) -> None:
    assert number_in(text, unit) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(("tolerance", "relative", "answer", "right"), [
    ("0", False, "98.0", True), ("0", False, "98.01", False), ("0.5", False, "98.5", True), ("0.5", False, "97.5", True),
    ("0.5", False, "98.500000000000000000001", False), ("0.5", False, "97.49", False),
    ("0.1", True, "107.8", True), ("0.1", True, "107.81", False), ("0.1", True, "88.2", True), ("0.1", True, "-98", False),
])
def test_tolerance_is_exact_and_its_edges_belong_to_it(tolerance: str, relative: bool, answer: str, right: bool) -> None:
    body = Numeric(Decimal(98), Decimal(tolerance), relative, "%")
    assert _points(body, answer) == ("6.00" if right else "0.00")
    assert _points(Numeric(Decimal(-98), Decimal(tolerance), relative), f"-{answer}".replace("--", "")) == ("6.00" if right else "0.00")


def test_a_number_may_come_as_a_number() -> None:
    assert _points(Numeric(Decimal("0.3")), 0.3) == "6.00"
    assert _points(Numeric(Decimal(3)), 3) == "6.00"
    assert _verdict(Numeric(Decimal(1)), True) is _verdict(Numeric(Decimal(1)), float("nan")) is Verdict.UNREADABLE
    assert _verdict(Numeric(Decimal(5), unit="元"), "5角") is Verdict.UNREADABLE
    assert _verdict(Numeric(None), "5") is Verdict.NO_KEY


def test_orders() -> None:
    exact, near = Ordering(OPTIONS[:4]), Ordering(OPTIONS[:4], OrderCredit.NEIGHBOURS)
    assert [_points(exact, one) for one in ([A, B, C, D], [A, B, D, C], [A, B, C])] == ["6.00", "0.00", "0.00"]
    assert _points(near, [A, B, C, D]) == "6.00"
    assert _points(near, [D, A, B, C]) == "4.00"  # A before B, B before C
    assert _points(near, [C, D, A, B]) == "4.00"
    assert _points(near, [D, C, B, A]) == "0.00"
    assert _points(near, [B, C]) == "2.00"
    assert score(Question("排", near), [B, C, A, D]).right == (B, C)
    assert _verdict(near, [A, A, B, C]) is _verdict(near, [A, B, C, E]) is _verdict(near, "甲") is Verdict.UNREADABLE


def test_matching_counts_pairs() -> None:
    body = Matching(OPTIONS[:3], OPTIONS, ((A, B), (B, B), (C, D)))
    assert _points(body, {A: B, B: B, C: D}) == "6.00"
    assert _points(body, {A: B, B: E, C: D}) == "4.00"
    assert _points(body, {B: B, C: None}) == "2.00"
    assert {_verdict(body, one) for one in ({D: B}, {A: "f" * 12}, {A: [B]}, [A, B])} == {Verdict.UNREADABLE}


def test_what_a_person_marks_has_no_points_yet() -> None:
    for body in (ShortAnswer(), FileAnswer()):
        assert score(Question("述", body), "text") == Score(None, Decimal("1.00"), Verdict.MANUAL)
        assert score(Question("述", body), " ") == Score(None, Decimal("1.00"), Verdict.UNANSWERED)


def test_parts_of_a_case_share_its_points_to_the_hundredth() -> None:
    parts = tuple(Part(str(n), Question("对吗", TrueFalse(True))) for n in range(1, 4))
    case = Question("景", Case(parts), points=Decimal(3))
    judged = score(case, {"1": True, "2": True, "3": True}, Decimal(10))
    assert [str(one.most) for _, one in judged.parts] == ["3.33", "3.34", "3.33"]
    assert judged.points == Decimal(10) and judged.verdict is Verdict.RIGHT and judged.right == ("1", "2", "3")
    assert str(score(case, {"2": True}).points) == "1.00"
    assert score(case, {"2": True}).verdict is Verdict.PARTLY
    assert score(case, {}).verdict is score(case, None).verdict is Verdict.UNANSWERED
    assert score(case, [True]).verdict is Verdict.UNREADABLE
    mixed = replace(case, body=Case((*parts[:2], Part("3", Question("述", ShortAnswer())))))
    assert (score(mixed, {"1": True}).points, score(mixed, {"1": True}).verdict) == (None, Verdict.MANUAL)


@pytest.mark.parametrize("most", ["-1", "NaN", "Infinity"])
def test_a_paper_cannot_give_less_than_nothing(most: str) -> None:
    with pytest.raises(ValueError):
        score(Question("对吗", TrueFalse(True)), True, Decimal(most))


ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from((A, B, "1", "2")),
                   lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                       st.text(max_size=2) | st.sampled_from((A, B, "1")), inner))
POINTS = st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100)


def _perfect(question: Question) -> Any:
    body = question.body
    if isinstance(body, Choice):
        return list(body.keys)
    if isinstance(body, TrueFalse):
        return body.key
    if isinstance(body, FillIn):
        return {one.id: one.accepted[-1] for one in body.blanks}
    if isinstance(body, Numeric):
        return str(body.value)
    if isinstance(body, Ordering):
        return [one.id for one in body.items]
    if isinstance(body, Matching):
        return dict(body.key)
    return {part.id: _perfect(part.question) for part in body.parts} if isinstance(body, Case) else "text"


@settings(max_examples=200, deadline=None)
@given(questions(), ANY, POINTS)
def test_any_answer_scores_within_bounds_and_never_fails(question: Question, answer: Any, most: Decimal) -> None:
    judged = score(question, answer, most)
    assert judged.most == most
    assert judged.points is None or 0 <= judged.points <= most
    assert judged.points is None or judged.points == judged.points.quantize(Decimal("0.01"))


@settings(max_examples=100, deadline=None)
@given(questions(), POINTS)
def test_the_key_itself_earns_everything(question: Question, most: Decimal) -> None:
    judged = score(question, _perfect(question), most)
    manual = question.kind in MANUAL or (isinstance(question.body, Case) and
                                         any(part.question.kind in MANUAL for part in question.body.parts))
    assert (judged.points, judged.verdict) == ((None, Verdict.MANUAL) if manual else (most, Verdict.RIGHT))


@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from((A, B, C, D, E)), min_size=1), st.sets(st.sampled_from((A, B, C, D, E)), min_size=1))
def test_the_credits_stand_in_their_order(keys: set[str], chosen: set[str]) -> None:
    """All or nothing is the hardest; to choose one more right option never costs anything."""
    body = Choice(OPTIONS, tuple(sorted(keys)), several=True)
    given_points = {credit: score(Question("问", replace(body, credit=credit)), sorted(chosen)).points or Decimal(0)
                    for credit in Credit}
    assert given_points[Credit.ALL] == min(given_points.values())
    for credit in Credit:
        for more in keys - chosen:
            better = score(Question("问", replace(body, credit=credit)), sorted(chosen | {more})).points
            assert better is not None and better >= given_points[credit]
