"""Rules of the survey: who gets which questionnaire, what an answer may be, which groups may be shown, the draw, the ranking."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.core.errors import InvalidInput
from kmsvc.training.needs import rules
from kmsvc.training.needs.rules import Audience, Delivery, Grade, Hurt, SourceKind, Sums

FORM = rules.checked_questions([
    {"kind": "multiple", "text": "a", "options": ["x", "y"], "required": True, "wish": True},
    {"kind": "scale", "text": "b", "wish": True}, {"kind": "single", "text": "c", "options": ["1", "2"]}, {"kind": "text", "text": "d"}])


def test_the_narrowest_questionnaire_is_sent_post_before_grade() -> None:
    everybody, agents, leads = Audience(1, 1, (), ()), Audience(2, 2, (7,), ()), Audience(3, 3, (), ("lead",))
    both = Audience(4, 4, (7,), ("lead",))
    every = [everybody, agents, leads, both]
    found = {(post, grade): rules.form_for(every, post, grade) for post in (7, 8, None) for grade in ("lead", "staff")}
    assert {key: one.id for key, one in found.items() if one} == {
        (7, "lead"): 4, (7, "staff"): 2, (8, "lead"): 3, (8, "staff"): 1, (None, "lead"): 3, (None, "staff"): 1}
    assert rules.form_for([agents], 8, "staff") is None


def test_the_grade_is_that_of_the_highest_role() -> None:
    held = ((), ("agent",), ("agent", "marker"), ("marker", "team_leader"), ("team_leader", "manager"))
    assert [rules.grade_of(one) for one in held] == [Grade.STAFF, Grade.STAFF, Grade.EXPERT, Grade.LEAD, Grade.HEAD]


def test_questions_keep_their_key_and_new_ones_get_a_free_one() -> None:
    first = rules.checked_questions([{"kind": "text", "text": "a"}, {"kind": "text", "text": "b"}])
    assert [one["key"] for one in first] == ["q1", "q2"]
    again = rules.checked_questions([{"kind": "text", "text": "new"}, first[1], first[0]])
    assert [one["key"] for one in again] == ["q3", "q2", "q1"]
    twice = rules.checked_questions([first[0], first[0]])
    assert len({one["key"] for one in twice}) == 2


@pytest.mark.parametrize("wrong", [
    [], [{"kind": "single", "text": "a", "options": ["x"]}], [{"kind": "single", "text": "a", "options": ["x", "x"]}],
    [{"kind": "text", "text": " "}], [{"kind": "essay", "text": "a"}], [{"kind": "text", "text": "a"}] * 61,
    [{"kind": "multiple", "text": "a", "options": [str(n) for n in range(31)]}]])
def test_a_questionnaire_that_cannot_be_answered_is_refused(wrong: list[dict[str, object]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.checked_questions(wrong)
    assert refused.value.fields["questions"]


@pytest.mark.parametrize(("given", "key"), [
    ({}, "q1"), ({"q1": ["z"]}, "q1"), ({"q1": ["x"], "q2": 6}, "q2"), ({"q1": ["x"], "q2": True}, "q2"),
    ({"q1": ["x"], "q3": "3"}, "q3"),
    ({"q1": ["x"], "q4": "w" * 2001}, "q4"), ({"q1": ["x"], "q9": "?"}, "_schema")])
def test_an_answer_that_does_not_fit_is_named_by_its_question(given: dict[str, object], key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.checked_answers(FORM, given)
    assert list(refused.value.fields) == [key]


def test_answers_are_kept_in_the_order_of_the_options_and_silence_is_left_out() -> None:
    assert rules.checked_answers(FORM, {"q1": ["y", "x"], "q2": "4", "q3": "", "q4": "  w "}) == {"q1": ["x", "y"], "q2": 4, "q4": "w"}


def test_wishes_are_chosen_answers_and_low_marks() -> None:
    assert rules.wishes_in(FORM, {"q1": ["x"], "q2": 2, "q3": "1"}) == ["x", "b"]
    assert rules.wishes_in(FORM, {"q1": ["x"], "q2": 3}) == ["x"]


@settings(deadline=None)  # a busy machine is no fault of the rule
@given(st.dictionaries(st.integers(0, 20), st.integers(0, 30), max_size=12))
def test_no_small_group_is_shown_nor_left_alone_in_the_rest(counts: dict[int, int]) -> None:
    shown = rules.groups_shown(counts)
    assert all(counts[one] >= rules.LEAST_GROUP for one in shown)
    rest = sum(n for key, n in counts.items() if key not in shown)
    assert rest == 0 or rest >= rules.LEAST_GROUP or not shown


def test_the_rest_of_four_hides_the_smallest_group_that_could_be_shown() -> None:
    assert rules.groups_shown({"a": 9, "b": 6, "c": 4}) == {"a"}
    assert rules.groups_shown({"a": 9, "b": 6, "c": 5}) == {"a", "b", "c"}
    assert rules.groups_shown({"a": 9, "b": 3, "c": 2}) == {"a"}


def test_the_draw_can_be_repeated_and_is_at_least_one_person() -> None:
    assert rules.drawn(range(100), "s", 10) == rules.drawn(reversed(range(100)), "s", 10) != rules.drawn(range(100), "t", 10)
    assert [rules.size_of_draw(*one) for one in ((100, 10), (3, 10), (11, 10), (2, 100), (0, 10))] == [10, 1, 2, 2, 0]


def test_what_several_sources_name_adds_up_and_each_source_has_its_weight() -> None:
    rows = rules.ranked([Hurt(SourceKind.QA, "1", "退费 规则", 10), Hurt(SourceKind.QA, "2", "报障", 5),
                         Hurt(SourceKind.GAPS, "3", "退费规则", 3),
                         Hurt(SourceKind.SUGGESTIONS, "4", "英语", 1), Hurt(SourceKind.SURVEY, "5", "没人选", 0)])
    assert [(one.subject, one.score) for one in rows] == [("退费 规则", 170.0), ("报障", 50.0), ("英语", 40.0)]
    assert [part.source for part, _ in rows[0].parts] == ["qa", "gaps"]


def test_sums_are_a_head_and_say_when_they_pass_the_limits() -> None:
    sums = Sums(2, 60 * 80 * 10, 600_000, 10, 80, 500)
    assert (sums.hours_each, sums.yuan_each, sums.over, sums.short) == (80.0, 600.0, True, False)
    assert Sums(0, 0, 0, 0, 80, 500).hours_each == 0.0


def test_the_five_steps_of_delivery_have_their_order() -> None:
    done: list[str] = []
    while step := rules.next_delivery(done):
        done.append(step)
    assert done == [one.value for one in Delivery] == ["sample", "cooperate", "watch", "correct", "intensive"]
