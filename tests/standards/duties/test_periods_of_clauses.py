"""Duties of clauses: every period of the calendar once, from the first day of use; people who come and go. R-J1, R-J2, R-J3."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kmsvc.standards.duties.rules import next_rung_on, on_days, reminder_step, spans
from tests.standards.duties.houses import begin_use, duties, rule, run, rungs
from tests.support.centre import Centre


def names(world: Centre, clause: str) -> list[str]:
    return [one.period for one in duties(world, clause)]


def test_every_period_from_the_start_of_use_to_the_end_of_the_year(world: Centre) -> None:
    begin_use(world, date(2026, 3, 2))
    run(world, date(2026, 3, 2))
    assert names(world, "49") == [f"2026-{month:02}" for month in range(3, 13)]
    assert names(world, "54") == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert names(world, "8") == ["2026"] and names(world, "119") == ["2026-2027"]
    assert {one.due_on for one in duties(world, "54")} == {date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)}
    assert all(one.owner_id is not None and one.subject_kind == "unit" for one in duties(world))


def test_use_begins_with_the_first_day_asked_for_where_that_is_earlier(world: Centre) -> None:
    begin_use(world, date(2026, 11, 23))
    run(world, date(2026, 1, 31))
    assert names(world, "49") == [f"2026-{month:02}" for month in range(1, 13)]
    run(world, date(2025, 1, 31))
    assert len(names(world, "49")) == 12, "a clock that was set back once makes no years of the past"


def test_r_j1_running_twice_makes_nothing_and_reminds_of_nothing(world: Centre) -> None:
    """R-J1: each once."""
    begin_use(world, date(2026, 3, 2))
    first = run(world, date(2026, 12, 20))
    assert first.made > 0 and first.reminders > 0 and not first.failed
    before = [(one.rule_id, one.period, one.reminded, one.remind_on) for one in rungs(world)]
    again = run(world, date(2026, 12, 20))
    assert (again.made, again.reminders) == (0, 0)
    assert [(one.rule_id, one.period, one.reminded, one.remind_on) for one in rungs(world)] == before


def test_r_j2_three_idle_years_make_every_period_once_with_one_reminder_each(world: Centre) -> None:
    """R-J2: all due once, found late, and that is kept."""
    begin_use(world, date(2026, 3, 2))
    run(world, date(2026, 3, 2))
    run(world, date(2029, 3, 2))
    found = duties(world, "49")
    assert [one.period for one in found] == [f"{year}-{month:02}" for year in range(2026, 2030) for month in range(1, 13)][2:]
    assert names(world, "119") == ["2026-2027", "2028-2029"]
    assert max(Counter((one.rule, one.period) for one in duties(world)).values()) == 1
    assert {one.reminded for one in rungs(world) if one.due_on < date(2029, 2, 20)} <= {f"late{days}" for days in range(0, 1200, 7)}
    assert run(world, date(2029, 3, 2)).reminders == 0


@pytest.mark.parametrize(("since", "months", "until", "expected"), [
    (date(2028, 2, 29), 1, date(2028, 3, 31), [("2028-02", date(2028, 2, 29)), ("2028-03", date(2028, 3, 31))]),
    (date(2027, 2, 28), 1, date(2027, 2, 28), [("2027-02", date(2027, 2, 28))]),
    (date(2027, 12, 31), 3, date(2028, 1, 1), [("2027-Q4", date(2027, 12, 31)), ("2028-Q1", date(2028, 3, 31))]),
    (date(2027, 5, 1), 24, date(2028, 12, 31), [("2026-2027", date(2027, 12, 31)), ("2028-2029", date(2029, 12, 31))]),
    (date(2027, 5, 1), 6, date(2027, 12, 31), [("2027-H1", date(2027, 6, 30)), ("2027-H2", date(2027, 12, 31))]),
    (date(2027, 5, 1), 2, date(2027, 6, 30), [("2027-05~2027-06", date(2027, 6, 30))]),
])
def test_r_j3_periods_end_on_the_last_day_of_their_month(
        since: date, months: int, until: date, expected: list[tuple[str, date]]) -> None:
    """R-J3: leap day, the 31st, the end of the year."""
    assert [(one.period, one.due_on) for one in spans(since, months, until)] == expected


def test_r_j3_named_days_keep_the_leap_day(world: Centre) -> None:
    """R-J3: 29 February is the 28th in other years."""
    found = [one.due_on for one in on_days(date(2027, 1, 1), ["02-29", "08-31"], date(2028, 12, 31))]
    assert found == [date(2027, 2, 28), date(2027, 8, 31), date(2028, 2, 29), date(2028, 8, 31)]


def test_nobody_needs_to_look_between_two_rungs() -> None:
    due = date(2028, 3, 31)
    day = date(2028, 2, 1)
    while day < date(2028, 5, 1):
        following = next_rung_on(due, day, (14, 1), 7)
        steps = {reminder_step(due, date.fromordinal(one), (14, 1), 7) for one in range(day.toordinal(), following.toordinal())}
        assert len(steps) == 1 and reminder_step(due, following, (14, 1), 7) not in steps
        day = following


def test_each_person_is_asked_and_who_leaves_is_asked_no_more(world: Centre) -> None:
    begin_use(world, date(2026, 3, 2))
    rule(world, "8", scope="people", owner_kind="subject")
    run(world, date(2026, 3, 2))
    found = duties(world, "8")
    assert {one.subject_kind for one in found} == {"person"} and all(one.owner_id == one.subject_id for one in found)
    gone = world.people["agent"]
    with world.begin("admin") as work:
        from kmsvc.people.accounts.usecases import suspend_person

        suspend_person(work, gone, reason="left")
    run(world, date(2026, 3, 3))
    assert {one.subject_id: one.state for one in duties(world, "8")}[gone] == "moot"
    assert len(duties(world, "8")) == len(found)
