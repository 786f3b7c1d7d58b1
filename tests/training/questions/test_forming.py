"""A question as a form and back: nothing is lost, rows move with all that is theirs, what is wrong stands at its field."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kmsvc.training.questions.forming import acted, blank_form, errors_at, question_of, typed_of
from kmsvc.training.questions.kinds import Choice, Kind, Matching, Question, options_of
from kmsvc.training.questions.problems import problems_of
from tests.training.questions.test_importing import SOUND


@pytest.mark.parametrize("question", SOUND, ids=lambda one: one.kind.value)
def test_every_kind_comes_back_from_its_form_as_it_was(question: Question) -> None:
    formed = question_of(typed_of(question))
    assert formed.question == question and not formed.wrong


@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_form_is_refused_at_its_fields_and_never_breaks(kind: Kind) -> None:
    typed = blank_form(kind.value)
    formed = question_of(typed)
    assert formed.question.kind is kind
    where = {one.where: [one.code] for one in problems_of(formed.question)}
    assert "stem" in errors_at(formed.question, typed, where)


def test_rows_move_with_their_right_answer_and_their_id() -> None:
    options = options_of(["甲", "乙", "丙"])
    question = Question("？", Choice(options, (options[2].id,)))
    typed = acted(typed_of(question), "up:options-3")
    assert typed is not None and typed["right"] == "2" and typed["options-2"] == "丙" and typed["options-2-id"] == options[2].id
    moved = question_of(typed).question
    assert isinstance(moved.body, Choice) and moved.body.keys == (options[2].id,)
    less = acted(typed, "remove:options-1")
    assert less is not None
    fewer = question_of(less).question.body
    assert isinstance(fewer, Choice) and [one.text for one in fewer.options] == ["丙", "乙"] and fewer.keys == (options[2].id,)
    more = acted(less, "add:options")
    assert more is not None and "options-4" in more
    assert acted(typed, "up:options-9") is None and acted(typed, "nonsense") is None


def test_what_is_wrong_stands_at_the_field_though_rows_before_it_are_empty() -> None:
    typed = blank_form("single") | {"stem": "？", "options-1": "", "options-2": "同", "options-3": "同", "right": "2"}
    formed = question_of(typed)
    found = errors_at(formed.question, typed, {one.where: [one.code] for one in problems_of(formed.question)})
    assert found == {"options-3": ["same_options"]}


def test_two_lefts_may_share_a_right_and_a_lone_right_distracts() -> None:
    typed = blank_form("matching") | {"stem": "？", "lefts-1": "投诉", "rights-1": "一天",
                                      "lefts-2": "咨询", "rights-2": "一天",
                                      "lefts-3": "", "rights-3": "七天"}
    body = question_of(typed).question.body
    assert isinstance(body, Matching) and len(body.rights) == 2 and len({right for _, right in body.key}) == 1
    assert question_of(typed_of(Question("？", body))).question.body == body


def test_a_part_of_a_case_has_fields_of_its_own() -> None:
    typed = acted(blank_form("case"), "add:parts:numeric")
    assert typed is not None
    typed |= {"stem": "案例", "points": "4", "parts-2-stem": "几？", "parts-2-value": "abc"}
    formed = question_of(typed)
    assert formed.wrong == {"parts-2-value": ["A number is needed here."]}
    found = errors_at(formed.question, typed, {one.where: [one.code] for one in problems_of(formed.question)})
    assert "parts-1-stem" in found and "parts-1-options" in found


def _strategy() -> object:
    from tests.training.questions.strategies import questions
    return questions()


@settings(max_examples=60, deadline=None)
@given(_strategy())
def test_any_sound_question_survives_its_form(question: Question) -> None:
    again = question_of(typed_of(question)).question
    assert again.kind is question.kind and not question_of(typed_of(question)).wrong
