"""R-E3: the server's time decides; R-E4: an older answer never overwrites a newer one; R-E2: one submission counts."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.training.sittings import rules
from kmsvc.training.sittings.rules import (
    VERBS,
    Arrival,
    BeginHindrance,
    FocusLoss,
    FocusSummary,
    Kept,
    Reading,
    Saving,
    SittingState,
    Terms,
    after,
    arrival,
    begin_hindrances,
    deadline,
    due_to_time_out,
    focus_summary,
    hasty,
    left_s,
    may_submit,
    next_number,
    saving,
    trusted,
)

NINE = datetime(2026, 12, 7, 1, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns")
seconds = st.integers(0, 20_000)
terms = st.builds(Terms, begun_at=st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC)),
                  length_s=st.integers(60, 30_000), window_ends_at=st.just(NINE), grace_s=st.integers(0, 600),
                  more_s=st.integers(0, 3600))


def placed(it: Terms, window_s: int) -> Terms:
    return Terms(it.begun_at, it.length_s, it.begun_at + timedelta(seconds=window_s), it.grace_s, it.more_s)


@given(terms, seconds)
def test_nobody_has_more_than_the_length_nor_past_the_window(it: Terms, window_s: int) -> None:
    it = placed(it, window_s)
    until = deadline(it)
    given_s = (until.ends_at - it.begun_at).total_seconds()
    assert given_s == min(it.length_s, window_s) + it.more_s
    assert (until.last_at - until.ends_at).total_seconds() == it.grace_s


@given(terms, seconds, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_the_zone_an_instant_is_written_in_changes_nothing(it: Terms, window_s: int, one: str, other: str) -> None:
    """Whatever the nights in which clocks change: five zones, one with half an hour, nine years."""
    it = placed(it, window_s)
    abroad = Terms(it.begun_at.astimezone(ZoneInfo(one)), it.length_s, it.window_ends_at.astimezone(ZoneInfo(other)), it.grace_s,
                   it.more_s)
    assert deadline(abroad) == deadline(it)


@pytest.mark.parametrize(("begun", "hours"), [("2026-03-29T01:30", 1), ("2026-10-25T02:30", 1)])
def test_an_hour_is_an_hour_in_the_nights_when_clocks_change(begun: str, hours: int) -> None:
    start = datetime.fromisoformat(begun).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    until = deadline(Terms(start, hours * 3600, start + timedelta(hours=12), 60))
    assert (until.ends_at - start.astimezone(UTC)).total_seconds() == hours * 3600


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        deadline(Terms(datetime(2026, 12, 7, 9), 60, NINE, 0))


@pytest.mark.parametrize(("offset_ms", "expected", "shown"), [
    (-1, Arrival.ON_TIME, 0), (-1500, Arrival.ON_TIME, 1), (0, Arrival.IN_GRACE, 0), (60_000, Arrival.IN_GRACE, 0),
    (60_001, Arrival.LATE, 0)])
def test_in_time_within_grace_and_late_by_the_millisecond(offset_ms: int, expected: Arrival, shown: int) -> None:
    until = deadline(Terms(NINE, 3600, NINE + timedelta(hours=3), 60))
    at = until.ends_at + timedelta(milliseconds=offset_ms)
    assert (arrival(until, at), left_s(until, at)) == (expected, shown)


jumps = st.lists(st.tuples(st.floats(0, 600), st.floats(-90_000, 90_000), st.floats(0, 4000)), max_size=12)


@given(jumps, st.booleans())
def test_r_e3_no_jump_of_the_clock_and_no_sleep_adds_a_second(steps: list[tuple[float, float, float]], restarts: bool) -> None:
    """Seconds pass, then the wall clock is set by others and the machine sleeps; after each the instant that counts is looked at.
    real: what has passed in truth."""
    begun = Reading(NINE, 1000.0, "boot-1")
    real = wall = steady = 0.0
    latest = None
    for passed, jump, slept in steps:
        real, wall, steady = real + passed + slept, wall + passed + jump + slept, steady + passed
        awake = Reading(NINE + timedelta(seconds=wall), 1000.0 + steady, "boot-1")
        counted = trusted(begun, awake, latest)
        assert latest is None or counted >= latest
        assert counted >= NINE + timedelta(seconds=steady) - timedelta(microseconds=2)
        if jump >= 0 and all(one[1] >= 0 for one in steps):
            assert counted >= NINE + timedelta(seconds=real) - timedelta(microseconds=50)
        latest = counted
    if restarts and latest is not None:
        back = Reading(NINE - timedelta(days=2), 3.0, "boot-2")
        assert trusted(begun, back, latest) == latest


def test_a_clock_set_back_by_an_hour_gives_no_hour() -> None:
    """The example behind the property: after 50 of 60 minutes the wall clock is set back, 20 minutes later it is over."""
    begun = Reading(NINE, 500.0, "b")
    until = deadline(Terms(NINE, 3600, NINE + timedelta(hours=5), 60))
    seventy = Reading(NINE + timedelta(minutes=10), 500.0 + 70 * 60, "b")
    assert arrival(until, trusted(begun, seventy)) == Arrival.LATE
    forty = Reading(NINE + timedelta(minutes=40), 500.0 + 40 * 60, "b")
    assert arrival(until, trusted(begun, forty)) == Arrival.ON_TIME


UNTIL = deadline(Terms(NINE, 3600, NINE + timedelta(hours=3), 60))
EARLY, GRACE, LATE = NINE, UNTIL.ends_at, UNTIL.last_at + timedelta(seconds=1)


@pytest.mark.parametrize(("state", "at", "kept", "came", "expected"), [
    ("running", EARLY, None, Kept(1, "a"), Saving.STORE),
    ("running", EARLY, Kept(1, "a"), Kept(2, "b"), Saving.STORE),
    ("running", GRACE, Kept(1, "a"), Kept(2, "b"), Saving.STORE),
    ("running", EARLY, Kept(2, "b"), Kept(2, "b"), Saving.AGAIN),
    ("running", EARLY, Kept(2, "b"), Kept(1, "a"), Saving.OLDER),
    ("running", EARLY, Kept(2, "b"), Kept(2, "c"), Saving.CLASH),
    ("running", LATE, Kept(1, "a"), Kept(2, "b"), Saving.LATE),
    ("running", LATE, Kept(2, "b"), Kept(2, "b"), Saving.AGAIN),
    ("submitted", EARLY, Kept(1, "a"), Kept(2, "b"), Saving.ENDED),
    ("submitted", LATE, Kept(2, "b"), Kept(2, "b"), Saving.AGAIN),
    ("timed_out", EARLY, None, Kept(1, "a"), Saving.ENDED),
    ("void", EARLY, None, Kept(1, "a"), Saving.ENDED)])
def test_what_becomes_of_an_answer(state: str, at: datetime, kept: Kept | None, came: Kept, expected: Saving) -> None:
    assert saving(state, UNTIL, at, kept, came) == expected


@given(st.lists(st.builds(Kept, st.integers(1, 6), st.sampled_from("abc")), max_size=25))
def test_r_e4_whatever_order_and_however_often_answers_arrive_the_newest_stays(arrivals: list[Kept]) -> None:
    kept: Kept | None = None
    for came in arrivals:
        before = kept
        done = saving("running", UNTIL, EARLY, kept, came)
        if done == Saving.STORE:
            kept = came
        assert kept is not None and kept.number == max(came.number, before.number if before else 0)
        assert saving("running", UNTIL, EARLY, kept, kept) == Saving.AGAIN
        assert done == Saving.STORE or kept == before
    if arrivals:
        newest = max(one.number for one in arrivals)
        assert kept == next(one for one in arrivals if one.number == newest)  # of a clash the first


@given(st.permutations([Kept(n, f"text {n}") for n in range(1, 7)]), st.integers(0, 5))
def test_an_offline_queue_sent_twice_in_any_order_ends_the_same(queue: list[Kept], cut: int) -> None:
    kept: Kept | None = None
    for came in [*queue[:cut], *queue]:
        if saving("running", UNTIL, EARLY, kept, came) == Saving.STORE:
            kept = came
    assert kept == Kept(6, "text 6") and next_number([kept]) == 7


def test_a_device_that_takes_up_a_sitting_goes_on_behind_everything() -> None:
    assert next_number([]) == 1 and next_number([Kept(4, "a"), Kept(9, "b"), Kept(2, "c")]) == 10


def test_r_e2_only_the_listed_steps_exist_and_handing_in_twice_is_none() -> None:
    allowed = {(verb, state): after(verb, state) for verb, state in product(VERBS, SittingState) if after(verb, state)}
    running, ended = SittingState.RUNNING, (SittingState.SUBMITTED, SittingState.TIMED_OUT)
    assert allowed == {
        ("answer", running): running, ("resume", running): running, ("extend", running): running,
        ("submit", running): SittingState.SUBMITTED, ("time_out", running): SittingState.TIMED_OUT,
        ("restore", SittingState.VOID): SittingState.SUBMITTED,
        **{("reopen", one): running for one in ended}, **{("annul", one): SittingState.VOID for one in (running, *ended)}}


@pytest.mark.parametrize("state", list(SittingState))
@pytest.mark.parametrize("at", [EARLY, GRACE, UNTIL.last_at, LATE])
def test_at_every_instant_either_the_person_or_the_clock_hands_in(state: SittingState, at: datetime) -> None:
    assert (may_submit(state, UNTIL, at), due_to_time_out(state, UNTIL, at)) == (
        (state == "running" and at != LATE), (state == "running" and at == LATE))


@pytest.mark.parametrize(("change", "expected"), [
    ({}, []), ({"invited": False}, [BeginHindrance.UNINVITED]), ({"at": NINE - timedelta(seconds=1)}, [BeginHindrance.AHEAD]),
    ({"at": NINE + timedelta(hours=3)}, [BeginHindrance.CLOSED]), ({"sittings": ["running"]}, [BeginHindrance.RUNNING]),
    ({"sittings": ["submitted"]}, []), ({"sittings": ["submitted", "timed_out"]}, [BeginHindrance.USED_UP]),
    ({"sittings": ["submitted", "void", "void"]}, []), ({"passed": True, "sittings": ["submitted"]}, [BeginHindrance.PASSED]),
    ({"paused": True}, [BeginHindrance.PAUSED])])
def test_who_may_begin(change: dict[str, object], expected: list[BeginHindrance]) -> None:
    usual: dict[str, object] = {"invited": True, "opens_at": NINE, "closes_at": NINE + timedelta(hours=3), "at": NINE,
                                "sittings": [], "passed": False, "attempts": 2}
    assert begin_hindrances(**{**usual, **change}) == expected  # type: ignore[arg-type]


def test_leaving_the_page_is_counted_for_people_and_fails_nobody() -> None:
    def at(second: int) -> datetime:
        return NINE + timedelta(seconds=second)

    found = focus_summary([FocusLoss(at(0), at(5)), FocusLoss(at(10), None), FocusLoss(at(50), at(40))], at(30))
    assert found == FocusSummary(3, 25, 20) and focus_summary([], at(1)) == FocusSummary(0, 0, 0)
    users = [name for name, one in inspect.getmembers(rules, inspect.isfunction) if "Focus" in str(inspect.signature(one))]
    assert users == ["focus_summary"]
    assert not [verb for verb in VERBS if "focus" in verb]


def test_who_answers_faster_than_anybody_reads_is_counted_and_a_burst_after_a_break_is_not() -> None:
    at = [NINE + timedelta(seconds=one) for one in (0, 2, 40, 43, 43, 43, 45.5)]
    assert hasty(at) == 2
    assert hasty([NINE] * 9) == 0
    assert hasty([]) == 0
