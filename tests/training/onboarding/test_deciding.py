"""Team entry, observation, transfer, exit; and the colours of a week."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from kmsvc.training.onboarding.deciding import (
    BEFORE_LIVE_WORK,
    CLAUSES,
    HINDERED,
    VERBS,
    WITH_REASON,
    GoLive,
    OnboardingAdvice,
    OnboardingState,
    Record,
    advice,
    hindrances,
    lacking,
)
from kmsvc.training.onboarding.weeks import RED, Light, WeekFacts, WeekSign, light, signs

D = Decimal
WHOLE = Record(frozenset(GoLive), quality=D(80))


def test_only_the_listed_steps_exist() -> None:
    allowed = {(verb, state.value, VERBS[verb][1].value) for verb, state in product(VERBS, OnboardingState)
               if not hindrances(verb, state, WHOLE, "因为")}
    assert allowed == {
        ("begin", "planned", "running"), ("extend", "running", "running"), ("observe", "running", "observed"),
        ("enter_team", "running", "in_team"), ("enter_team", "observed", "in_team"), ("transfer", "running", "transferred"),
        ("transfer", "observed", "transferred"), ("leave", "planned", "left"), ("leave", "running", "left"),
        ("leave", "observed", "left")}


@pytest.mark.parametrize("verb", list(VERBS))
def test_a_step_that_hurts_somebody_needs_a_reason(verb: str) -> None:
    state = next(iter(VERBS[verb][0]))
    assert hindrances(verb, state, WHOLE, " ") == (["reason"] if verb in WITH_REASON else [])
    assert {"extend", "observe", "transfer", "leave"} == WITH_REASON


@pytest.mark.parametrize("item", list(GoLive))
def test_nobody_enters_the_team_while_anything_is_lacking(item: GoLive) -> None:
    short = replace(WHOLE, done=WHOLE.done - {item}, quality=D("79.99") if item == GoLive.QUALITY else D(80))
    assert lacking(short) == [item] and hindrances("enter_team", "running", short) == [item.value]
    assert item.value in HINDERED


def test_quality_counts_by_its_score_alone_and_equal_to_the_baseline_passes() -> None:
    assert lacking(replace(WHOLE, quality=None)) == [GoLive.QUALITY] and lacking(WHOLE) == []
    assert lacking(replace(WHOLE, done=WHOLE.done - {GoLive.QUALITY})) == []


def test_the_agreement_is_asked_of_whoever_gets_confidential_information() -> None:
    unsigned = replace(WHOLE, done=WHOLE.done - {GoLive.NDA})
    assert lacking(unsigned) == [GoLive.NDA] and lacking(replace(unsigned, confidential=False)) == []


def test_what_the_clauses_ask_comes_before_the_first_customer() -> None:
    assert lacking(Record(), BEFORE_LIVE_WORK) == [
        GoLive.SECURITY, GoLive.PROCESSES, GoLive.SKILLS, GoLive.POST_EXAM, GoLive.NDA]
    assert [CLAUSES[one] for one in lacking(Record(), BEFORE_LIVE_WORK)] == ["28", "63", "73", "80", "27"]


@pytest.mark.parametrize(("change", "expected"), [
    ({}, OnboardingAdvice.ENTER), ({"quality": None}, OnboardingAdvice.WAIT), ({"quality": D(79)}, OnboardingAdvice.OBSERVE),
    ({"quality": D(79), "observations": 1}, OnboardingAdvice.TRANSFER), ({"observations": 1}, OnboardingAdvice.ENTER),
    ({"done": frozenset(GoLive) - {GoLive.BUSINESS_EXAM}}, OnboardingAdvice.EXTEND)])
def test_one_observation_period_then_another_platform(change: dict[str, object], expected: OnboardingAdvice) -> None:
    assert advice(replace(WHOLE, **change)) == expected


def test_there_is_one_observation_period() -> None:
    assert hindrances("observe", "running", replace(WHOLE, observations=1), "再看一周") == ["observed"]


@pytest.mark.parametrize(("facts", "colour", "why"), [
    (WeekFacts(begun=False, missing_forms=9), Light.GREY, []), (WeekFacts(), Light.GREEN, []),
    (WeekFacts(missing_forms=1), Light.AMBER, [WeekSign.FORM]), (WeekFacts(missing_forms=2), Light.AMBER, [WeekSign.FORM]),
    (WeekFacts(missing_forms=3), Light.RED, [WeekSign.FORMS]),
    (WeekFacts(exams=[(D(95), D(80)), (D("79.9"), D(80))]), Light.RED, [WeekSign.EXAM_FAILED]),
    (WeekFacts(exams=[(D(80), D(80))]), Light.AMBER, [WeekSign.EXAM_CLOSE]), (WeekFacts(exams=[(D(85), D(80))]), Light.GREEN, []),
    (WeekFacts(quality=D(79)), Light.RED, [WeekSign.QUALITY_BELOW]), (WeekFacts(quality=D(80)), Light.AMBER, [WeekSign.QUALITY_CLOSE]),
    (WeekFacts(quality=D(85)), Light.GREEN, []), (WeekFacts(talk_overdue=True), Light.RED, [WeekSign.TALK_LATE]),
    (WeekFacts(absent_days=1), Light.AMBER, [WeekSign.ABSENT]), (WeekFacts(noted=True), Light.AMBER, [WeekSign.NOTED]),
    (WeekFacts(days_since_end=0), Light.GREEN, []), (WeekFacts(days_since_end=1), Light.AMBER, [WeekSign.OPEN]),
    (WeekFacts(days_since_end=3), Light.AMBER, [WeekSign.OPEN]), (WeekFacts(days_since_end=4), Light.RED, [WeekSign.UNDECIDED]),
    (WeekFacts(days_since_end=4, decided=True), Light.GREEN, []),
    (WeekFacts(noted=True, talk_overdue=True), Light.RED, [WeekSign.TALK_LATE, WeekSign.NOTED])])
def test_the_colour_of_a_week_and_why(facts: WeekFacts, colour: Light, why: list[WeekSign]) -> None:
    assert (light(facts), signs(facts)) == (colour, why)


def test_every_sign_is_seen_above_and_grave_ones_stand_first() -> None:
    marks = test_the_colour_of_a_week_and_why.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {one for _, _, why in marks for one in why} == set(WeekSign)
    assert set(list(WeekSign)[:len(RED)]) == RED
