"""Exam plans: every inconsistency by its code, the states with what hinders each step, and templates that are consistent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from kmsvc.training.exams.rules import (
    SAID,
    Candidate,
    ExamPlan,
    Extra,
    Room,
    Window,
    inconsistencies,
    last_appeal_on,
    seconds_for,
)
from kmsvc.training.exams.states import HINDERED, VERBS, ExamPhase, ExamState, Scene, hindrances, phase
from kmsvc.training.exams.templates import ExamTemplate, plan_from

ZONE = "Asia/Shanghai"
SHANGHAI = ZoneInfo(ZONE)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI)


PLAN = ExamPlan(
    window=Window(at(7, 9), at(7, 12)), duration_min=90, pass_percent=80, release_at=at(11, 18),
    candidates=(Candidate(1, "A"), Candidate(2, "A", Extra(percent=25)), Candidate(3, "B", Extra(minutes=30))),
    rooms=(Room("A", 2), Room("B", 1)), review=Window(at(11, 18), at(22, 18)), make_up=Window(at(9, 9), at(9, 12)))
BEFORE = at(1, 9)


def codes(plan: ExamPlan, now: datetime | None = BEFORE) -> list[tuple[str, int | None]]:
    return [(one.code, one.person_id) for one in inconsistencies(plan, ZONE, now)]


def test_a_consistent_plan_has_none() -> None:
    assert codes(PLAN) == []
    assert codes(replace(PLAN, candidates=(Candidate(1, "A", Extra(percent=100)),), attempts=2)) == []  # both fit to the minute


@pytest.mark.parametrize(("change", "code", "person"), [
    ({"window": Window(at(7, 9), at(7, 9))}, "window_backwards", None),
    ({"duration_min": 0}, "duration", None),
    ({"duration_min": 481}, "duration", None),
    ({"grace_s": -1}, "grace", None),
    ({"grace_s": 601}, "grace", None),
    ({"attempts": 0}, "attempts", None),
    ({"attempts": 11}, "attempts", None),
    ({"attempts": 3}, "attempts_do_not_fit", None),
    ({"attempts": 2, "candidates": (Candidate(1, "A"),), "duration_min": 180}, "attempts_do_not_fit", None),
    ({"pass_percent": 0}, "pass_percent", None),
    ({"pass_percent": 101}, "pass_percent", None),
    ({"candidates": ()}, "nobody", None),
    ({"candidates": (Candidate(1, "A"), Candidate(1, "B"))}, "candidate_twice", 1),
    ({"candidates": (Candidate(1, "A", Extra(10, 10)),)}, "extra", 1),
    ({"candidates": (Candidate(1, "A", Extra(percent=-1)),)}, "extra", 1),
    ({"candidates": (Candidate(1, "A", Extra(percent=101)),), "make_up": None}, "extra_beyond_window", 1),
    ({"candidates": (Candidate(1, "C"),)}, "room_unknown", 1),
    ({"candidates": (Candidate(1),)}, "room_missing", 1),
    ({"candidates": (Candidate(1, "B"), Candidate(2, "B"))}, "room_full", None),
    ({"rooms": (Room("A", 2), Room("B", 1), Room("A", 2))}, "room_twice", None),
    ({"rooms": (Room("A", 2), Room("B", 1), Room("C", 0))}, "seats", None),
    ({"make_up": None, "candidates": (Candidate(1, "A", made_up=True),)}, "no_make_up", 1),
    ({"make_up": Window(at(9, 9), at(9, 8))}, "make_up_backwards", None),
    ({"make_up": Window(at(9, 9), at(9, 10, 59))}, "make_up_short", None),
    ({"make_up": Window(at(7, 11), at(7, 14))}, "make_up_early", None),
    ({"release_at": at(9, 12)}, "release_early", None),
    ({"review": Window(at(11, 18), at(11, 18)), "appeal_days": 0}, "review_backwards", None),
    ({"review": Window(at(11, 17), at(22, 18))}, "review_early", None),
    ({"appeal_days": 31}, "appeal_days", None),
    ({"review": Window(at(11, 18), at(16, 18))}, "review_ends_before_appeals", None),
])
def test_each_inconsistency_is_named_alone_and_has_a_sentence(change: dict[str, object], code: str, person: int | None) -> None:
    plan = replace(PLAN, **change)
    assert codes(plan) == [(code, person)]
    for one in inconsistencies(plan, ZONE):
        assert one.sentence % one.params


def test_who_makes_it_up_takes_no_seat_of_the_first_window() -> None:
    two = (Candidate(1, "B"), Candidate(2, "B", made_up=True))
    assert codes(replace(PLAN, candidates=two)) == []
    assert codes(replace(PLAN, candidates=(*two, Candidate(3, "B", made_up=True)))) == [("room_full", None)]


def test_a_window_shorter_than_the_duration_is_told_once_not_for_each_person() -> None:
    plan = replace(PLAN, window=Window(at(7, 9), at(7, 10)))
    assert codes(plan) == [("window_short", None)]


def test_what_would_open_in_the_past_is_refused_only_when_it_is_announced() -> None:
    assert codes(PLAN, at(7, 9, 1)) == [("past", None)] and codes(PLAN, None) == []


def test_every_code_is_reached_by_a_test_above() -> None:
    marks = test_each_inconsistency_is_named_alone_and_has_a_sentence.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {code for _, code, _ in marks} | {"past", "window_short"} == set(SAID)


@pytest.mark.parametrize(("extra", "seconds"), [
    (Extra(), 5400), (Extra(percent=25), 6750), (Extra(minutes=7), 5820), (Extra(percent=33), 7182)])
def test_extra_time_is_per_cent_or_minutes(extra: Extra, seconds: int) -> None:
    assert seconds_for(90, extra) == seconds
    assert seconds_for(1, Extra(percent=1)) == 61  # a begun second is given whole


def test_appeals_count_working_days_of_the_centre_over_a_holiday_and_its_make_up_days() -> None:
    """New Year 2026: 1 to 3 January are free, Sunday the 4th is worked."""
    assert last_appeal_on(datetime(2025, 12, 31, 17, tzinfo=SHANGHAI), 2, ZONE) == date(2026, 1, 5)
    assert last_appeal_on(datetime(2025, 12, 31, 17, tzinfo=UTC), 1, ZONE) == date(2026, 1, 4)  # it is the 1st in Shanghai


def test_a_window_over_the_night_clocks_change_has_the_seconds_that_pass() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = Window(datetime(2026, 3, 29, 1, tzinfo=berlin), datetime(2026, 3, 29, 4, tzinfo=berlin))
    autumn = Window(datetime(2026, 10, 25, 1, tzinfo=berlin), datetime(2026, 10, 25, 4, tzinfo=berlin))
    assert (spring.seconds, autumn.seconds) == (2 * 3600, 4 * 3600)
    with pytest.raises(ValueError, match="zone"):
        Window(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 4))


@pytest.mark.parametrize("template", list(ExamTemplate))
@pytest.mark.parametrize("opens_at", [at(7, 9), datetime(2026, 9, 30, 9, tzinfo=SHANGHAI), datetime(2028, 2, 28, 16, tzinfo=SHANGHAI)])
def test_a_template_makes_a_consistent_plan_of_any_instant(template: ExamTemplate, opens_at: datetime) -> None:
    plan = plan_from(template, opens_at, ZONE, (Candidate(1),))
    assert inconsistencies(plan, ZONE, opens_at - timedelta(hours=1)) == []
    assert plan.window.opens_at == opens_at


SCENES: dict[str, Callable[[Scene], Scene]] = {
    "unready": lambda it: replace(it, unready=True), "short": lambda it: replace(it, short=1),
    "stale": lambda it: replace(it, stale=1),
    "unassigned": lambda it: replace(it, unassigned=1), "begun": lambda it: replace(it, begun=1),
    "running": lambda it: replace(it, running=1), "unmarked": lambda it: replace(it, unmarked=1),
    "appeals": lambda it: replace(it, appeals=1)}
LATER = {"publish": BEFORE, "take_back": BEFORE, "release": at(11, 18), "finish": at(30, 9), "cancel": BEFORE}


def test_only_the_listed_steps_exist() -> None:
    """From every state by every verb, at a time and in a scene that hinder nothing."""
    allowed = {(verb, state) for verb, state in product(VERBS, ExamState)
               if not hindrances(verb, state, PLAN, Scene(), LATER[verb], ZONE)}
    assert allowed == {("publish", "draft"), ("take_back", "published"), ("release", "published"), ("finish", "released"),
                       ("cancel", "draft"), ("cancel", "published")}
    assert {verb: after for verb, (_, after) in VERBS.items()} == {
        "publish": "published", "take_back": "draft", "release": "released", "finish": "final", "cancel": "cancelled"}


def test_each_count_hinders_exactly_its_steps() -> None:
    found = {(verb, code) for verb, (states, _) in VERBS.items() for name, made in SCENES.items()
             for code in hindrances(verb, next(iter(states)), PLAN, made(Scene()), LATER[verb], ZONE)}
    assert found == {("publish", "unready"), ("publish", "short"), ("publish", "stale"), ("publish", "unassigned"),
                     ("take_back", "begun"),
                     ("release", "running"), ("release", "unmarked"), ("finish", "appeals")}


def test_time_hinders_too() -> None:
    wrong = replace(PLAN, duration_min=0)
    assert hindrances("publish", "draft", wrong, Scene(), BEFORE, ZONE) == ["inconsistent"]
    assert hindrances("take_back", "published", PLAN, Scene(), at(7, 9), ZONE) == ["opened"]
    assert hindrances("release", "published", PLAN, Scene(), at(9, 12), ZONE) == ["running"]  # the grace of the make-up runs
    assert hindrances("release", "published", PLAN, Scene(), at(9, 12, 1), ZONE) == []
    assert hindrances("finish", "released", PLAN, Scene(), at(16, 23, 59), ZONE) == ["appeals_possible"]
    assert hindrances("finish", "released", PLAN, Scene(), at(17, 0), ZONE) == []
    late = Scene(released_at=at(14, 18))
    assert hindrances("finish", "released", PLAN, late, at(17, 23), ZONE) == ["appeals_possible"]
    assert set(HINDERED) == {"state", "unready", "inconsistent", "short", "stale", "unassigned", "begun", "opened", "running",
                             "unmarked",
                             "appeals", "appeals_possible"}


@pytest.mark.parametrize(("state", "now", "expected"), [
    (ExamState.DRAFT, at(7, 10), None), (ExamState.CANCELLED, at(7, 10), None),
    (ExamState.PUBLISHED, at(7, 8, 59), ExamPhase.AHEAD), (ExamState.PUBLISHED, at(7, 9), ExamPhase.OPEN),
    (ExamState.PUBLISHED, at(7, 12), ExamPhase.BETWEEN), (ExamState.PUBLISHED, at(9, 10), ExamPhase.OPEN),
    (ExamState.PUBLISHED, at(9, 12), ExamPhase.CLOSED), (ExamState.RELEASED, at(11, 17), ExamPhase.CLOSED),
    (ExamState.RELEASED, at(12, 9), ExamPhase.REVIEW), (ExamState.FINAL, at(22, 18), ExamPhase.OVER)])
def test_the_clock_makes_phases_of_a_state(state: ExamState, now: datetime, expected: ExamPhase | None) -> None:
    assert phase(PLAN, state, now) == expected
