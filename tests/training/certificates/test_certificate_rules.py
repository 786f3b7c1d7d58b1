"""Certificates: days that never drift, states on a day, and which queues somebody may handle."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.core.clock import add_months
from kmsvc.training.certificates.queues import Lack, QueueRight, Requirement, queues_on
from kmsvc.training.certificates.rules import (
    PRESETS,
    SAID,
    CertificateState,
    Counting,
    Held,
    RollFrom,
    Term,
    Validity,
    flaws,
    state_on,
    term,
    terms,
)

D = date
EXPIRY = Validity(12, early_days=60, grace_days=30)
PASSING = Validity(12, roll_from=RollFrom.PASSING, early_days=60, grace_days=30)
YEAR_END = Validity(12, Counting.FIXED, early_days=60, grace_days=30, anchor=D(2024, 12, 31))
days = st.dates(D(2024, 1, 1), D(2032, 12, 31))
validities = st.builds(Validity, st.sampled_from((1, 3, 6, 12, 24, 25)), st.just(Counting.ROLLING), st.sampled_from(list(RollFrom)),
                       st.integers(0, 15), st.integers(0, 12))


def until(it: Validity, *passed: date) -> list[date | None]:
    return [one.until for one in terms(it, passed)]


def test_a_year_from_the_day_of_passing_its_last_day_counting() -> None:
    assert term(EXPIRY, D(2026, 3, 1)) == Term(D(2026, 3, 1), D(2026, 3, 1), D(2027, 3, 1))


@pytest.mark.parametrize(("it", "again", "expected"), [
    (EXPIRY, D(2027, 2, 1), D(2028, 3, 1)), (PASSING, D(2027, 2, 1), D(2028, 2, 1)),       # in the window
    (EXPIRY, D(2026, 12, 31), D(2028, 3, 1)), (PASSING, D(2026, 12, 31), D(2027, 12, 31)),  # its first day
    (EXPIRY, D(2026, 12, 30), D(2027, 12, 30)), (PASSING, D(2026, 12, 30), D(2027, 12, 30)),  # a day too early
    (EXPIRY, D(2027, 3, 31), D(2028, 3, 1)), (PASSING, D(2027, 3, 31), D(2028, 3, 31)),      # the last day of grace
    (EXPIRY, D(2027, 4, 1), D(2028, 4, 1)), (PASSING, D(2027, 4, 1), D(2028, 4, 1))])        # too late
def test_passing_again_by_the_setting(it: Validity, again: date, expected: date) -> None:
    assert until(it, D(2026, 3, 1), again)[-1] == expected


def test_the_29_of_february_and_the_31_come_back() -> None:
    renewed = until(EXPIRY, D(2024, 2, 29), D(2025, 2, 1), D(2026, 2, 1), D(2027, 2, 1), D(2028, 2, 1))
    assert renewed == [D(2025, 2, 28), D(2026, 2, 28), D(2027, 2, 28), D(2028, 2, 29), D(2029, 2, 28)]
    monthly = Validity(1, early_days=5)
    assert until(monthly, D(2026, 1, 31), D(2026, 2, 27), D(2026, 3, 30)) == [D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)]


@pytest.mark.parametrize(("passed", "expected"), [
    (D(2026, 9, 15), D(2026, 12, 31)),   # recently passed, and yet renewed with everybody
    (D(2026, 10, 31), D(2026, 12, 31)), (D(2026, 11, 1), D(2027, 12, 31)),  # the window opens
    (D(2026, 12, 31), D(2027, 12, 31)), (D(2027, 1, 15), D(2027, 12, 31)), (D(2027, 6, 1), D(2027, 12, 31)),
    (D(2023, 5, 1), D(2023, 12, 31))])
def test_a_fixed_calendar_has_the_same_days_for_everybody(passed: date, expected: date) -> None:
    assert term(YEAR_END, passed).until == expected
    assert term(YEAR_END, passed, Term(D(2020, 1, 1), D(2020, 1, 1), D(2022, 1, 1))).until == expected


@given(days, st.sampled_from((1, 6, 12, 24)), st.lists(days, max_size=6))
def test_days_of_a_fixed_calendar_never_drift(anchor: date, months: int, passed: list[date]) -> None:
    it = Validity(months, Counting.FIXED, early_days=10, anchor=anchor)
    grid = {add_months(anchor, months * number) for number in range(-300, 300)}
    for one in terms(it, passed):
        assert one.until == min(day for day in grid if day - timedelta(days=10) > one.passed_on)


@given(validities, st.lists(days, max_size=8))
def test_passing_once_more_shortens_nothing_and_overwrites_nothing(it: Validity, passed: list[date]) -> None:
    found = terms(it, passed)
    assert [one.passed_on for one in found] == sorted(passed)
    for before, one in zip(found, found[1:], strict=False):
        assert before.until is not None and one.until is not None and one.until >= before.until
    for one in found:
        assert one.until is not None and one.until >= add_months(one.passed_on, it.months or 0) or one.counted_from < one.passed_on


@given(days, st.sampled_from((1, 3, 12)), st.integers(1, 30), st.data())
def test_renewed_in_time_each_time_the_day_of_the_first_passing_stays(first: date, months: int, times: int, data: st.DataObject) -> None:
    it = Validity(months, early_days=10, grace_days=5)
    held = [term(it, first)]
    for _ in range(times):
        last = held[-1].until
        assert last is not None
        held.append(term(it, last + timedelta(days=data.draw(st.integers(-10, 5))), held[-1]))
    assert [one.until for one in held] == [add_months(first, months * number) for number in range(1, times + 2)]


def test_what_always_counts_has_no_last_day() -> None:
    always = Validity(None)
    assert term(always, D(2026, 3, 1)).until is None
    assert state_on(term(always, D(2026, 3, 1)), always, D(2099, 1, 1)) == CertificateState.VALID


@pytest.mark.parametrize(("day", "expected"), [
    (D(2026, 2, 28), CertificateState.AHEAD), (D(2026, 3, 1), CertificateState.VALID), (D(2026, 11, 30), CertificateState.VALID),
    (D(2026, 12, 1), CertificateState.EXPIRING), (D(2027, 3, 1), CertificateState.EXPIRING), (D(2027, 3, 2), CertificateState.GRACE),
    (D(2027, 3, 31), CertificateState.GRACE), (D(2027, 4, 1), CertificateState.EXPIRED)])
def test_the_state_on_each_day(day: date, expected: CertificateState) -> None:
    held = term(EXPIRY, D(2026, 3, 1))
    assert state_on(held, EXPIRY, day) == expected
    assert state_on(held, EXPIRY, day, D(2026, 12, 1)) == (CertificateState.REVOKED if day >= D(2026, 12, 1) else expected)


@pytest.mark.parametrize(("it", "expected"), [
    (EXPIRY, []), (YEAR_END, []), (Validity(None), []), (Validity(0), ["months", "early"]), (Validity(121), ["months"]),
    (Validity(12, grace_days=-1), ["days"]), (Validity(3, early_days=60, grace_days=24), ["early"]),
    (Validity(12, Counting.FIXED), ["anchor"]), (Validity(None, Counting.FIXED, anchor=D(2026, 1, 1)), ["always"])])
def test_what_cannot_be_set(it: Validity, expected: list[str]) -> None:
    assert flaws(it) == expected
    assert all(SAID[code] % {"most": 1} for code in expected)


def test_the_defaults_are_sound_and_yearly_where_a_clause_says_so() -> None:
    assert [flaws(it) for _, it in PRESETS.values()] == [[]] * len(PRESETS)
    assert {clause: it.months for clause, it in PRESETS.values() if clause in ("64", "80")} == {"64": 12, "80": 12}


def held(*passed: date, revoked_on: date | None = None) -> Held:
    return Held(tuple(terms(EXPIRY, passed)), EXPIRY, revoked_on)


ASKED = {"退费": [Requirement("security"), Requirement("refunds")], "咨询": [Requirement("security")], "前台": []}
TODAY = D(2026, 6, 1)


def test_which_queues_somebody_may_handle_today_and_until_when() -> None:
    found = queues_on(TODAY, ASKED, {"security": held(D(2026, 3, 1))})
    assert found == [QueueRight("退费", {"refunds": Lack.NEVER}), QueueRight("咨询", {}, (), D(2027, 3, 31)), QueueRight("前台", {})]
    assert [one.may for one in found] == [False, True, True]


@pytest.mark.parametrize(("its", "requirement", "expected"), [
    (held(D(2025, 3, 1)), Requirement("c"), Lack.EXPIRED), (held(D(2026, 7, 1)), Requirement("c"), Lack.NEVER),
    (held(D(2026, 3, 1), revoked_on=D(2026, 5, 1)), Requirement("c"), Lack.REVOKED),
    (held(D(2026, 3, 1), D(2026, 5, 20), revoked_on=D(2026, 5, 1)), Requirement("c"), None),
    (held(D(2026, 3, 1)), Requirement("c", passed_since=D(2026, 3, 2)), Lack.CHANGED),
    (held(D(2026, 3, 1)), Requirement("c", passed_since=D(2026, 3, 1)), None),
    (held(D(2026, 3, 1)), Requirement("c", since=D(2026, 6, 2), passed_since=D(2026, 5, 1)), None)])
def test_why_a_certificate_does_not_help(its: Held, requirement: Requirement, expected: Lack | None) -> None:
    assert queues_on(TODAY, {"q": [requirement]}, {"c": its})[0].lacks == ({} if expected is None else {"c": expected})


def test_grace_still_counts_and_is_told() -> None:
    found = queues_on(D(2027, 3, 15), {"q": [Requirement("c")]}, {"c": held(D(2026, 3, 1))})[0]
    assert found.may and found.in_grace == ("c",) and found.last_on == D(2027, 3, 31)


def test_the_last_day_sees_what_is_to_come() -> None:
    """A requirement that begins, one that changes, a revocation dated ahead: as things are, each ends the right the day before."""
    its = {"c": held(D(2026, 3, 1)), "r": held(D(2026, 3, 1), revoked_on=D(2026, 8, 1))}
    asked = {"new": [Requirement("c"), Requirement("n", since=D(2026, 9, 1))],
             "changed": [Requirement("c"), Requirement("c", since=D(2026, 10, 1), passed_since=D(2026, 7, 1))],
             "met": [Requirement("c"), Requirement("c", since=D(2026, 10, 1))], "revoked": [Requirement("r")]}
    assert {one.queue: one.last_on for one in queues_on(TODAY, asked, its)} == {
        "new": D(2026, 8, 31), "changed": D(2026, 9, 30), "met": D(2027, 3, 31), "revoked": D(2026, 7, 31)}


@given(st.lists(days, max_size=4), days, st.integers(0, 40))
def test_a_right_lasts_exactly_to_its_last_day(passed: list[date], day: date, change_in: int) -> None:
    requirements = [Requirement("c"), Requirement("d", since=day + timedelta(days=change_in))]
    its = {"c": held(*[one for one in passed if one <= day]), "d": held(*[one for one in passed[:2] if one <= day])}
    found = queues_on(day, {"q": requirements}, its)[0]
    if found.may and found.last_on is not None:
        assert found.last_on >= day
        assert queues_on(found.last_on, {"q": requirements}, its)[0].may
        assert not queues_on(found.last_on + timedelta(days=1), {"q": requirements}, its)[0].may
