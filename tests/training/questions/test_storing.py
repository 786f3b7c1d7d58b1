"""A stored question is the same question again, in one form of bytes, and nothing else is taken for one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.training.questions.kinds import Choice, FillIn, Question, ShortAnswer, TrueFalse, options_of
from kmsvc.training.questions.storing import (
    SCHEMA,
    UPGRADES,
    StoredWrong,
    canonical,
    content_hash,
    from_json,
    to_json,
    upgraded,
)
from tests.training.questions.strategies import ROUGH, questions

A, B = options_of(["甲", "乙"])
QUESTION = Question("问", Choice((A, B), (A.id,)), points=Decimal("1.50"))


@settings(max_examples=120, deadline=None)
@given(questions() | questions(ROUGH))
def test_storing_and_reading_gives_the_same_question(question: Question) -> None:
    read = from_json(json.loads(canonical(question)))
    assert read == question
    assert canonical(read) == canonical(question)


def test_equal_questions_have_one_hash_and_others_another() -> None:
    same = from_json({**dict(reversed(to_json(QUESTION).items())), "points": "1.5"})
    assert content_hash(same) == content_hash(QUESTION)
    assert len(content_hash(QUESTION)) == 64
    for other in (Question("问 ", QUESTION.body, points=QUESTION.points), Question("问", QUESTION.body)):
        assert content_hash(other) != content_hash(QUESTION)


def test_the_stored_form_is_this_one_for_ever() -> None:
    """Whoever changes this line must raise SCHEMA and write the step that reads the old form."""
    assert SCHEMA == 1 and UPGRADES == {}
    assert canonical(Question("对吗", TrueFalse(True), "因为", Decimal("2.50"))).decode() == (
        '{"body":{"key":true,"sort":"true_false"},"explanation":"因为","points":"2.5","schema":1,"stem":"对吗"}')
    assert from_json({"schema": 1, "stem": "", "body": {"sort": "fill_in", "blanks": []}}) == Question("", FillIn(()))


def test_numbers_lose_no_digit() -> None:
    long = Decimal("1234567890123456789012345678901234567890.5")
    assert from_json(json.loads(canonical(Question("问", ShortAnswer(), points=long)))).points == long


WRONG: list[tuple[Any, str]] = [
    (None, "value"), ([], "value"), ({}, "schema"), ({"schema": 0}, "schema"), ({"schema": True}, "schema"), ({"schema": "1"}, "schema"),
    ({"schema": SCHEMA + 1}, "newer"),
    ({"schema": 1, "stem": "问"}, "missing"),
    ({**to_json(QUESTION), "more": 1}, "field"),
    ({**to_json(QUESTION), "stem": 1}, "value"),
    ({**to_json(QUESTION), "points": 1.5}, "value"),
    ({**to_json(QUESTION), "points": "NaN"}, "value"),
    ({**to_json(QUESTION), "points": "one"}, "value"),
    ({**to_json(QUESTION), "body": {"sort": "question"}}, "value"),
    ({**to_json(QUESTION), "body": {"sort": ["choice"]}}, "value"),
    ({**to_json(QUESTION), "body": {"sort": "choice", "options": "ab", "keys": []}}, "value"),
    ({**to_json(QUESTION), "body": {"sort": "choice", "options": [], "keys": [], "credit": "most"}}, "value"),
    ({**to_json(QUESTION), "body": {"sort": "true_false", "key": 1}}, "value"),
    ({**to_json(QUESTION), "body": {"sort": "matching", "lefts": [], "rights": [], "key": [["a"]]}}, "value"),
]


@pytest.mark.parametrize(("data", "code"), WRONG)
def test_what_is_no_question_is_refused_with_a_code(data: Any, code: str) -> None:
    with pytest.raises(StoredWrong) as refused:
        from_json(data)
    assert refused.value.code == code


def test_a_case_in_a_case_in_a_case_has_an_end() -> None:
    deep: Any = to_json(QUESTION)
    for _ in range(200):
        inner = {name: value for name, value in deep.items() if name != "schema"}
        deep = {"stem": "", "body": {"sort": "case", "parts": [{"id": "1", "question": inner}]}}
    with pytest.raises(StoredWrong):
        from_json({"schema": 1, **deep})


NAMES = st.sampled_from(("sort", "options", "keys", "id", "text", "parts", "question", "stem", "body"))
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner))


@settings(max_examples=150, deadline=None)
@given(JSON, JSON)
def test_nothing_but_a_refusal_comes_of_any_json(body: Any, stem: Any) -> None:
    try:
        from_json({"schema": 1, "stem": stem, "body": body})
    except StoredWrong:
        return


def test_earlier_schemas_are_read_step_by_step() -> None:
    steps = {1: lambda data: {"text": data["stem"]}, 2: lambda data: {"words": data["text"]}}
    assert upgraded({"schema": 1, "stem": "问"}, steps, 3) == {"schema": 3, "words": "问"}
    assert upgraded({"schema": 2, "text": "问"}, steps, 3) == {"schema": 3, "words": "问"}
    with pytest.raises(StoredWrong, match="schema"):
        upgraded({"schema": 1, "stem": "问"}, {2: steps[2]}, 3)
