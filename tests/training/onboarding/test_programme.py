"""The forty working days on a calendar with holidays and the weekends worked for them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmsvc.core.workdays import is_workday
from kmsvc.training.onboarding.rules import (
    FILLED_BY,
    SAID,
    Extension,
    FormDue,
    NewcomerForm,
    NewcomerTalk,
    OnboardingPhase,
    Programme,
    day_of,
    days,
    flaws,
    forms,
    missing_forms,
    number_on,
    phases_on,
    prepare_by,
    talks,
)
from kmsvc.training.onboarding.weeks import weeks

D = date
AUTUMN = Programme(D(2026, 9, 14))
starts = st.dates(D(2024, 1, 1), D(2031, 12, 31))
programmes = st.builds(
    Programme, starts, extensions=st.lists(st.builds(Extension, st.integers(1, 45), st.integers(1, 8)), max_size=2).map(tuple),
    observation_days=st.sampled_from((0, 5, 10)))


def test_eight_weeks_over_the_national_holiday_with_its_weekends_worked() -> None:
    """2026: Sunday, 20 September and Saturday, 10 October are worked; 25 to 27 September and 1 to 7 October are free."""
    assert [day_of(AUTUMN, number) for number in (1, 5, 6, 9, 10, 11, 13, 14, 15, 16, 30, 40)] == [
        D(2026, 9, 14), D(2026, 9, 18), D(2026, 9, 20), D(2026, 9, 23), D(2026, 9, 24), D(2026, 9, 28), D(2026, 9, 30), D(2026, 10, 8),
        D(2026, 10, 9), D(2026, 10, 10), D(2026, 10, 29), D(2026, 11, 12)]


@pytest.mark.parametrize(("day", "number"), [
    (D(2026, 9, 13), 0), (D(2025, 1, 1), 0), (D(2026, 9, 14), 1), (D(2026, 9, 19), 5), (D(2026, 9, 20), 6), (D(2026, 10, 7), 13)])
def test_a_free_day_has_the_number_of_the_last_one_worked(day: date, number: int) -> None:
    assert number_on(AUTUMN, day) == number


@given(programmes)
def test_numbers_and_days_fit_on_every_calendar_year(it: Programme) -> None:
    """Also in years whose holidays are not announced, and where the day of entry itself is free."""
    found = days(it)
    assert len(found) == it.last and all(is_workday(day) for day in found)
    assert [number_on(it, day) for day in found] == list(range(1, it.last + 1))
    assert found[-1] == day_of(it, it.last) and found[0] == day_of(it, 1)
    free = [found[0] + timedelta(days=number) for number in range((found[-1] - found[0]).days)]
    assert [day for day in free if is_workday(day)] == found[:-1]


def test_a_centre_with_another_calendar_has_other_days() -> None:
    assert day_of(Programme(D(2026, 9, 14)), 40, lambda day: day.weekday() < 5) == D(2026, 11, 6)
    assert day_of(Programme(D(2026, 9, 14)), 40, lambda day: True) == D(2026, 10, 23)
    with pytest.raises(ValueError, match="working days"):
        day_of(AUTUMN, 2, lambda day: False)
    with pytest.raises(ValueError, match="from 1"):
        day_of(AUTUMN, 0)


@pytest.mark.parametrize(("number", "expected"), [
    (0, ("before",)), (1, ("entry",)), (2, ("business",)), (29, ("business",)), (30, ("business", "mentoring")), (31, ("mentoring",)),
    (40, ("mentoring",)), (41, ("after",))])
def test_the_phases_with_day_30_in_two(number: int, expected: tuple[str, ...]) -> None:
    assert phases_on(AUTUMN, number) == tuple(OnboardingPhase(one) for one in expected)


@given(programmes, st.integers(1, 80))
@example(Programme(D(2024, 1, 1), extensions=(Extension(41, 2), Extension(42, 1))), 1)
def test_every_day_of_the_programme_has_a_phase_and_no_other(it: Programme, number: int) -> None:
    found = phases_on(it, number)
    assert len(found) == (2 if number == it.business_to else 1)
    assert (found == (OnboardingPhase.AFTER,)) == (number > it.last)
    # day by day: what is decided after the last day moves nothing
    length, day = 40, 0
    while day < length:
        day += 1
        length += sum(one.days for one in it.extensions if one.decided_on == day)
    assert it.last == length + it.observation_days


def test_an_extension_moves_what_lies_behind_it() -> None:
    early = Programme(D(2026, 9, 14), extensions=(Extension(28, 5),))
    late = Programme(D(2026, 9, 14), extensions=(Extension(36, 5),))
    assert (early.business_to, early.mentoring_to, [early.moved(one) for one in early.exams]) == (35, 45, [10, 20, 35])
    assert (late.business_to, late.mentoring_to) == (30, 45)
    twice = Programme(D(2026, 9, 14), extensions=(Extension(44, 2), Extension(36, 5)))
    assert twice.mentoring_to == 47 and phases_on(twice, 46) == (OnboardingPhase.MENTORING,)


def test_the_four_forms_on_their_days() -> None:
    found = forms(AUTUMN)
    assert Counter(one.form for one in found) == {"training": 40, "exam": 3, "evaluation": 1, "mentoring_exam": 1}
    assert [(one.form, one.number, one.due_on) for one in found if one.form not in ("training", "exam")] == [
        ("evaluation", 30, D(2026, 10, 29)), ("mentoring_exam", 40, D(2026, 11, 12))]
    assert [one.number for one in found if one.form == "exam"] == [10, 20, 30]
    assert set(FILLED_BY) == set(NewcomerForm)


def test_an_observation_period_has_its_own_forms_and_a_second_mentoring_exam() -> None:
    found = forms(Programme(D(2026, 9, 14), observation_days=5))
    assert [one.number for one in found if one.form == "mentoring_exam"] == [40, 45]
    assert sum(one.form == "training" for one in found) == 45


def test_a_form_is_missing_when_its_day_is_over() -> None:
    due = [FormDue(NewcomerForm.TRAINING, 1, D(2026, 9, 14)), FormDue(NewcomerForm.TRAINING, 2, D(2026, 9, 15))]
    assert missing_forms(due, {("training", 2)}, D(2026, 9, 14)) == []
    assert missing_forms(due, {("training", 2)}, D(2026, 9, 16)) == due[:1]
    assert missing_forms(due, {("exam", 1), ("training", 2)}, D(2026, 9, 16)) == due[:1]


@pytest.mark.parametrize(("starts_on", "confirmation_on", "expected"), [
    (D(2026, 9, 14), D(2026, 12, 14), [("first", D(2026, 11, 13)), ("confirmation", D(2026, 12, 11))]),
    (D(2026, 9, 14), D(2026, 10, 8), [("first", D(2026, 9, 30)), ("confirmation", D(2026, 9, 30))]),
    (D(2023, 12, 30), None, [("first", D(2024, 2, 28))]),
    (D(2026, 12, 31), None, [("first", D(2027, 2, 27))])])
def test_two_talks(starts_on: date, confirmation_on: date | None, expected: list[tuple[str, date]]) -> None:
    """Within two months, also where the second month is short; before confirmation, on a working day."""
    found = list(talks(Programme(starts_on, confirmation_on=confirmation_on)))
    assert found == [(NewcomerTalk(talk), day) for talk, day in expected]


def test_everything_stands_ready_on_the_last_working_day_before() -> None:
    assert prepare_by(Programme(D(2026, 10, 8))) == D(2026, 9, 30)


@pytest.mark.parametrize(("it", "expected"), [
    (AUTUMN, []), (Programme(D(2026, 10, 1)), ["start"]), (Programme(D(2026, 9, 14), exams=(0, 30)), ["exams"]),
    (Programme(D(2026, 9, 14), exams=(30, 30)), ["exams"]), (Programme(D(2026, 9, 14), exams=(10,)), ["last_exam"]),
    (Programme(D(2026, 9, 14), extensions=(Extension(5, 0),)), ["extension"]),
    (Programme(D(2026, 9, 14), extensions=(Extension(5, 11), Extension(9, 10))), ["extension"]),
    (Programme(D(2026, 9, 14), observation_days=21), ["observation"]),
    (Programme(D(2026, 9, 14), confirmation_on=D(2026, 9, 14)), ["confirmation"])])
def test_what_is_inconsistent_is_named(it: Programme, expected: list[str]) -> None:
    assert flaws(it) == expected
    assert all(SAID[code] % {"extension": 20, "observation": 20} for code in expected)


@given(programmes)
def test_weeks_are_fives_of_working_days_and_leave_none_out(it: Programme) -> None:
    found = weeks(it)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [day for one in found for day in one.days] == days(it)
    assert all(len(one.days) == 5 for one in found[:-1]) and 1 <= len(found[-1].days) <= 5


def test_an_extension_is_decided_before_the_programme_as_it_stands_is_over() -> None:
    start = date(2026, 3, 2)
    assert "extension_late" not in flaws(Programme(start, extensions=(Extension(40, 5), Extension(45, 5))))
    assert "extension_late" in flaws(Programme(start, extensions=(Extension(41, 5),)))
    assert "extension_late" in flaws(Programme(start, extensions=(Extension(30, 5), Extension(46, 5))))


def test_leave_does_not_pause_the_forty_days_an_extension_makes_them_good() -> None:
    start = date(2026, 3, 2)
    plain, longer = Programme(start), Programme(start, extensions=(Extension(12, 3),))
    assert day_of(plain, plain.last) == day_of(Programme(start), 40)
    assert (longer.last, longer.moved(10), longer.moved(12)) == (43, 10, 15)
