"""Certificates in the one engine of duties: who is reminded when, and of what nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kmsvc.core.clock import add_months, local_date, start_of_day
from kmsvc.standards.duties.rules import further_up, reminder_step
from kmsvc.training.certificates.duties import (
    FIRST,
    REMIND_BEFORE,
    Change,
    Holding,
    fulfilled_on,
    proving,
    renewal,
    retraining,
    tells_supervisor,
)
from kmsvc.training.certificates.rules import Held, Term, Validity, terms

D = date
YEAR = Validity(12, early_days=90, grace_days=30)


def holding(*passed: date, **more: object) -> Holding:
    return Holding(7, 3, Held(tuple(terms(YEAR, passed)), YEAR), clause="80", **more)  # type: ignore[arg-type]


LEAP = holding(D(2027, 2, 28), D(2028, 2, 20))


def reminders(it: Holding, looked_at: list[date]) -> list[tuple[date, str]]:
    """What the engine sends when it looks on these days."""
    found: list[tuple[date, str]] = []
    last: dict[str, str] = {}
    for day in looked_at:
        for one in renewal(it, day):
            rung = reminder_step(one.due.due_on, day, REMIND_BEFORE)
            if rung is not None and further_up(rung, last.get(one.due.period)):
                last[one.due.period] = rung
                found.append((day, rung))
    return found


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_reminded_90_60_30_and_7_days_before_and_weekly_when_late() -> None:
    found = reminders(holding(D(2027, 2, 28)), every_day(D(2027, 2, 28), D(2028, 3, 10)))
    assert found == [(D(2027, 11, 30), "90d"), (D(2027, 12, 30), "60d"), (D(2028, 1, 29), "30d"), (D(2028, 2, 21), "7d"),
                     (D(2028, 2, 29), "late0"), (D(2028, 3, 6), "late7")]


@pytest.mark.parametrize(("idle", "expected"), [
    ((D(2027, 11, 28), D(2027, 12, 1)), ["90d", "60d", "30d", "7d"]),       # three days off
    ((D(2027, 11, 1), D(2028, 2, 10)), ["30d", "7d"]),                      # a hundred days: the newest rung alone
    ((D(2027, 2, 28), D(2028, 4, 3)), ["late35"])])                         # four hundred days
def test_r_j2_after_idle_days_each_is_told_once_by_its_newest_rung(idle: tuple[date, date], expected: list[str]) -> None:
    looked = [day for day in every_day(D(2027, 2, 28), max(D(2028, 2, 28), idle[1])) if not idle[0] < day < idle[1]]
    assert [rung for _, rung in reminders(holding(D(2027, 2, 28)), looked)] == expected


def test_r_j3_the_ladder_stands_on_the_29_of_february_too() -> None:
    leap = Holding(7, 3, Held(tuple(terms(YEAR, [D(2024, 2, 29), D(2025, 2, 1), D(2026, 2, 1), D(2027, 2, 1)])), YEAR))
    found = reminders(leap, every_day(D(2027, 3, 1), D(2028, 2, 29)))
    assert found[-1] == (D(2028, 2, 22), "7d") and len(found) == 4


def test_renewed_early_the_next_period_opens_and_nothing_more_is_said_of_the_old_one() -> None:
    before = next(iter(renewal(holding(D(2027, 2, 28)), D(2028, 2, 19))))
    later = next(iter(renewal(LEAP, D(2028, 2, 20))))
    assert (before.due.due_on, later.due.due_on, later.last_on) == (D(2028, 2, 28), D(2029, 2, 28), D(2028, 2, 20))
    assert fulfilled_on(LEAP.held, before.due.period) == D(2028, 2, 20) and fulfilled_on(LEAP.held, later.due.period) is None


@pytest.mark.parametrize("change", [
    {"is_given": False}, {"person_works": False}, {"held": replace(LEAP.held, revoked_on=D(2028, 3, 1))}, {"held": Held((), YEAR)},
    {"held": Held(tuple(terms(Validity(None), [D(2028, 1, 1)])), Validity(None))}])
def test_nothing_is_sent_for_a_retired_course_nor_of_what_cannot_be_renewed(change: dict[str, object]) -> None:
    assert reminders(replace(LEAP, **change), every_day(D(2028, 3, 1), D(2029, 6, 1))) == []
    assert reminders(LEAP, every_day(D(2028, 3, 1), D(2029, 6, 1))) != []


def test_what_nobody_asks_for_is_let_go_when_grace_is_over() -> None:
    optional = replace(LEAP, is_required=False)
    assert [len(list(renewal(optional, D(2029, 3, day)))) for day in (30, 31)] == [1, 0]
    assert len(list(renewal(LEAP, D(2029, 3, 31)))) == 1


def test_a_changed_requirement_is_asked_once_of_everybody_in_the_post() -> None:
    change = Change(D(2028, 6, 1), D(2028, 7, 1))
    asked = list(retraining(LEAP, change, D(2028, 6, 5)))
    assert [(one.due.period, one.due.due_on, one.clause, one.owner_id) for one in asked] == [
        ("since-2028-06-01", D(2028, 7, 1), "81", 3)]
    passed = holding(D(2027, 2, 28), D(2028, 2, 20), D(2028, 6, 10))
    assert list(retraining(passed, change, D(2028, 6, 11))) == [] and list(retraining(LEAP, None, D(2028, 6, 5))) == []
    assert fulfilled_on(passed.held, "since-2028-06-01") == D(2028, 6, 10) and fulfilled_on(LEAP.held, "since-2028-06-01") is None
    assert list(retraining(replace(LEAP, is_required=False), change, D(2028, 6, 5))) == []
    assert len(list(retraining(holding(), change, D(2028, 6, 5)))) == 1


def test_the_supervisor_hears_of_the_last_thirty_days_and_of_what_is_late() -> None:
    assert [rung for rung in ("90d", "60d", "30d", "7d", "late0", "late35", "nonsense") if tells_supervisor(rung)] == [
        "30d", "7d", "late0", "late35"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "America/Santiago", "Australia/Lord_Howe"])
@pytest.mark.parametrize("last", [D(2027, 3, 14), D(2027, 11, 7), D(2027, 4, 4), D(2027, 9, 5), D(2028, 2, 29), D(2027, 12, 31)])
def test_r_j3_each_rung_falls_on_its_day_once_whatever_the_clocks_do(zone: str, last: date) -> None:
    """A worker that looks every twenty minutes, over days on which clocks change north and south, and a 29 February."""
    held = Held((Term(add_months(last, -12), add_months(last, -12), last),), YEAR)
    it = Holding(7, 3, held, clause="80")
    told: list[tuple[date, str]] = []
    reached: dict[str, str] = {}
    looked: set[date] = set()
    at = start_of_day(last - timedelta(days=95), zone)
    while local_date(at, zone) <= last + timedelta(days=9):
        day = local_date(at, zone)
        looked.add(day)
        for one in renewal(it, day):
            rung = reminder_step(one.due.due_on, day, REMIND_BEFORE)
            if rung is not None and further_up(rung, reached.get(one.due.period)):
                reached[one.due.period] = rung
                told.append((day, rung))
        at += timedelta(minutes=20)
    assert told == [(last - timedelta(days=days), f"{days}d") for days in (90, 60, 30, 7)] + [
        (last + timedelta(days=days), f"late{days if days > 1 else 0}") for days in (1, 7)]
    assert len(looked) == 95 + 10, "no day of the calendar is skipped"


def test_whoever_is_newly_asked_proves_it_within_days_unless_nothing_leads_there() -> None:
    new = Holding(7, 3, Held((), YEAR), clause="28", asked_on=D(2028, 6, 1), first_days=30)
    assert [(one.due.period, one.due.due_on, one.clause, one.owner_id) for one in proving(new, None, D(2028, 6, 1))] == [
        ("asked-2028-06-01", D(2028, 7, 1), "28", 3)]
    for change in ({"asked_on": None}, {"has_way": False}, {"is_given": False}, {"person_works": False}, {"is_required": False},
                   {"held": LEAP.held}):
        assert list(proving(replace(new, **change), None, D(2028, 6, 5))) == [], change
    assert list(proving(new, Change(D(2028, 6, 3), D(2028, 7, 1)), D(2028, 6, 5))) == [], "the change asks instead"
    assert fulfilled_on(LEAP.held, "asked-2026-01-01") == D(2028, 2, 20) and fulfilled_on(Held((), YEAR), "asked-2026-01-01") is None
    assert [rung for rung in ("30d", "7d", "late0") if tells_supervisor(rung, FIRST)] == ["7d", "late0"]


def test_a_longer_term_is_no_fulfilment_of_the_day_it_moved() -> None:
    longer = Held(tuple(terms(YEAR, [D(2027, 2, 28)], {D(2027, 2, 28): D(2028, 4, 30)})), YEAR)
    assert [one.due.due_on for one in renewal(Holding(7, 3, longer), D(2028, 2, 1))] == [D(2028, 4, 30)]
    assert fulfilled_on(longer, "2028-02-28") is None
    renewed = Held(tuple(terms(YEAR, [D(2027, 2, 28), D(2028, 4, 20)], {D(2027, 2, 28): D(2028, 4, 30)})), YEAR)
    assert fulfilled_on(renewed, "2028-02-28") == fulfilled_on(renewed, "2028-04-30") == D(2028, 4, 20)
