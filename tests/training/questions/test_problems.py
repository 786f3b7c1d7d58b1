"""What is wrong with a question is named by code and place, and a sound one has nothing wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    Criterion,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Option,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
    pictures_of,
)
from kmsvc.training.questions.problems import CODES, LONGEST, MOST, problems_of
from tests.training.questions.strategies import questions

A, B, C = options_of(["甲", "乙", "丙"])
SINGLE = Question("退款多久到账？", Choice((A, B, C), (A.id,)))
RUBRIC = (Criterion("1", "说明时限", Decimal("1.5")), Criterion("2", "致歉", Decimal("0.5")))
SHA = "ab" * 32


def _choice(**changes: Any) -> Question:
    return replace(SINGLE, body=replace(SINGLE.body, **changes))


def _fill(stem: str, *blanks: Blank) -> Question:
    return Question(stem, FillIn(blanks))


PAIRS = Matching((A, B), (A, B, C), ((A.id, B.id), (B.id, A.id)))
WRONG = [
    (replace(SINGLE, stem=" \n"), "stem_empty", "stem"),
    (replace(SINGLE, stem="x" * (LONGEST["stem"] + 1)), "text_too_long", "stem"),
    (replace(SINGLE, stem="问\n:::secret\n甲\n:::"), "text_locked", "stem"),
    (replace(SINGLE, explanation="::: internal\n甲"), "text_locked", "explanation"),
    (replace(SINGLE, points=Decimal(0)), "points_wrong", "points"),
    (replace(SINGLE, points=Decimal("-1")), "points_wrong", "points"),
    (replace(SINGLE, points=Decimal("0.001")), "points_wrong", "points"),
    (replace(SINGLE, points=Decimal("NaN")), "points_wrong", "points"),
    (_choice(options=(), keys=()), "no_options", "options"),
    (_choice(options=(), keys=(A.id,)), "no_options", "options"),
    (_choice(options=(A,)), "too_few_options", "options"),
    (_choice(options=options_of(map(str, range(MOST["options"] + 1)))), "too_many", "options"),
    (_choice(options=(A, B, options_of(["甲", "甲 "])[1])), "same_options", "options/3"),
    (_choice(options=(A, replace(B, id=A.id))), "same_ids", "options/2"),
    (_choice(options=(A, Option("correct", "丁"))), "telling_id", "options/2"),
    (_choice(options=(A, Option("0" * 12, " "))), "text_empty", "options/2"),
    (_choice(keys=()), "no_key", "keys"),
    (_choice(keys=("f" * 12,)), "key_unknown", "keys/1"),
    (_choice(keys=(A.id, B.id)), "many_keys", "keys"),
    (_choice(keys=(A.id, A.id), several=True), "key_twice", "keys"),
    (Question("对吗", TrueFalse(None)), "no_key", ""),
    (_fill("没有空"), "no_blanks", "blanks"),
    (_fill("一[[1]]二", Blank("1", ("x",)), Blank("2", ("y",))), "blank_without_mark", "blanks/2"),
    (_fill("一[[1]]二[[2]]", Blank("1", ("x",))), "mark_without_blank", "stem"),
    (_fill("一[[1]]二[[1]]", Blank("1", ("x",))), "mark_twice", "stem"),
    (_fill("一[[1]]", Blank("1", ("x",)), Blank("1", ("y",))), "same_ids", "blanks/2"),
    (_fill("一[[1]]", Blank("1", ())), "blank_accepts_nothing", "blanks/1"),
    (_fill("一[[1]]", Blank("1", ("x", " "))), "text_empty", "blanks/1"),
    (_fill("一[[1]]", Blank("1", ("x" * 201,))), "text_too_long", "blanks/1"),
    (_fill("一[[1]]", Blank("1", ("x",), 0)), "blank_weight", "blanks/1"),
    (Question("多少", Numeric(None)), "no_value", "value"),
    (Question("多少", Numeric(Decimal("Infinity"))), "no_value", "value"),
    (Question("多少", Numeric(Decimal(5), Decimal("-0.1"))), "tolerance_negative", "tolerance"),
    (Question("多少", Numeric(Decimal("1E+31"))), "number_too_long", "value"),
    (Question("多少", Numeric(Decimal(1), Decimal("1E-31"))), "number_too_long", "value"),
    (Question("多少", Numeric(Decimal(0), Decimal("0.1"), relative=True)), "tolerance_of_zero", "tolerance"),
    (Question("多少", Numeric(Decimal(5), unit="x" * 21)), "text_too_long", "unit"),
    (Question("排", Ordering((A,))), "too_few_items", "items"),
    (Question("排", Ordering((A, replace(A, id=B.id)))), "same_options", "items/2"),
    (Question("配", Matching((A,), (A,), ((A.id, A.id),))), "too_few_pairs", "lefts"),
    (Question("配", replace(PAIRS, key=((A.id, B.id),))), "left_unmatched", "lefts/2"),
    (Question("配", replace(PAIRS, key=(*PAIRS.key, (A.id, C.id)))), "left_matched_twice", "lefts/1"),
    (Question("配", replace(PAIRS, key=((A.id, "f" * 12), *PAIRS.key[1:]))), "key_unknown", "key/1"),
    (Question("述", ShortAnswer(RUBRIC), points=Decimal(3)), "rubric_sum", "rubric"),
    (Question("述", ShortAnswer((replace(RUBRIC[0], points=Decimal("-1")),))), "points_wrong", "rubric/1"),
    (Question("述", ShortAnswer((RUBRIC[0], replace(RUBRIC[1], id="1"))), points=Decimal(2)), "same_ids", "rubric/2"),
    (Question("述", ShortAnswer(longest=-1)), "bound_wrong", "longest"),
    (Question("交", FileAnswer(types=("PDF",))), "type_wrong", "types/1"),
    (Question("景", Case(())), "no_parts", "parts"),
    (Question("景", Case((Part("1", Question("内", Case((Part("1", SINGLE),)))),))), "case_in_case", "parts/1"),
    (Question("景", Case((Part("1", SINGLE), Part("1", SINGLE))), points=Decimal(2)), "same_ids", "parts/2"),
    (Question("景", Case((Part("1", SINGLE),)), points=Decimal(2)), "parts_sum", "parts"),
    (Question("景", Case((Part("1", _choice(options=(), keys=(A.id,))),))), "no_options", "parts/1/options"),
]


@pytest.mark.parametrize(("question", "code", "where"), WRONG)
def test_what_is_wrong_is_named_with_its_place(question: Question, code: str, where: str) -> None:
    assert (code, where) in [(one.code, one.where) for one in problems_of(question)]


def test_every_code_has_its_question() -> None:
    assert {code for _, code, _ in WRONG} == CODES


@pytest.mark.parametrize("points", ["NaN", "sNaN", "Infinity", "9E999999", "-9E999999", "1E-999999"])
def test_no_number_breaks_the_judge(points: str) -> None:
    odd = Decimal(points)
    assert problems_of(replace(SINGLE, points=odd))
    assert problems_of(Question("景", Case((Part("1", replace(SINGLE, points=odd)), Part("2", replace(SINGLE, points=odd))))))
    assert problems_of(Question("述", ShortAnswer((Criterion("1", "甲", odd), Criterion("2", "乙", odd)))))
    problems_of(Question("多少", Numeric(odd, odd, relative=True)))


@settings(max_examples=60, deadline=None)
@given(questions())
def test_a_sound_question_has_nothing_wrong(question: Question) -> None:
    assert problems_of(question) == []


def test_pictures_are_named_wherever_they_stand() -> None:
    picture = f"![图](attachment:{SHA})"
    other = f"![图](attachment:{'cd' * 32})"
    inner = replace(_choice(options=(replace(A, text=other), B)), explanation=picture)
    assert pictures_of(Question(picture, Case((Part("1", inner),)))) == (SHA, "cd" * 32)


def test_ids_follow_from_words_not_from_places() -> None:
    there, back = options_of(["甲", "乙", "丙"]), options_of(["丙", "乙", "甲"])
    assert set(there) == set(back)
    assert len({one.id for one in options_of(["同", "同", "同"])}) == 3
