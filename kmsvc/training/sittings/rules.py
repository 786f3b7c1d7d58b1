"""When a sitting ends, what is accepted when, which of two answers counts, and what happens by itself: pure functions.

The server's clock decides; what a browser says of time is kept for people to look at and decides nothing. Source: domain 5.2, C8, C9,
requirements E2, E3 and E4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from kmsvc.core.texts import N_, Labelled

HEARD_EVERY = timedelta(seconds=40)
"""how often it is noted that a window of a sitting is there"""
UNDER_WAY = timedelta(seconds=60)
"""for so long after a pause has begun answers are taken that were given before it"""
GONE_AFTER = timedelta(seconds=100)
"""after so long without a word somebody who sits is shown as without connection"""


class SittingState(Labelled):
    """Where a sitting stands."""

    RUNNING = "running", N_("Being sat")
    SUBMITTED = "submitted", N_("Paper handed in")
    TIMED_OUT = "timed_out", N_("Handed in when time was up")
    VOID = "void", N_("Does not count")


class Stand(Labelled):
    """Where somebody on the list of an exam stands, for who watches."""

    NOT_BEGUN = "not_begun", N_("Not begun")
    SITTING = "sitting", N_("In progress")
    GONE = "gone", N_("Without connection")
    SUBMITTED = "submitted", N_("Has handed in")
    TIMED_OUT = "timed_out", N_("Handed in by the clock")
    VOID = "void", N_("Taken out of the count")


class Arrival(Labelled):
    """How what arrives stands to the end of a sitting."""

    ON_TIME = "on_time", N_("In time")
    IN_GRACE = "in_grace", N_("Within grace")
    LATE = "late", N_("Too late")


class Saving(Labelled):
    """What becomes of an answer that arrives."""

    STORE = "store", N_("Answer saved")
    AGAIN = "again", N_("Saved already")
    OLDER = "older", N_("A newer answer is kept")
    CLASH = "clash", N_("Another answer came with this number")
    LATE = "late", N_("Too late to be saved")
    ENDED = "ended", N_("Handed in already")
    PAUSED = "paused", N_("The exam is paused; it is sent again afterwards")


S = SittingState
VERBS: dict[str, tuple[frozenset[SittingState], SittingState]] = {
    "answer": (frozenset({S.RUNNING}), S.RUNNING),
    "resume": (frozenset({S.RUNNING}), S.RUNNING),
    "extend": (frozenset({S.RUNNING}), S.RUNNING),
    "submit": (frozenset({S.RUNNING}), S.SUBMITTED),
    "time_out": (frozenset({S.RUNNING}), S.TIMED_OUT),
    "reopen": (frozenset({S.SUBMITTED, S.TIMED_OUT}), S.RUNNING),
    "annul": (frozenset({S.RUNNING, S.SUBMITTED, S.TIMED_OUT}), S.VOID),
    "restore": (frozenset({S.VOID}), S.SUBMITTED),
}
"""verb -> the states in which it makes sense, and the state after it; `restore` leads to what was there before. Leaving the page is no
verb."""
WITH_REASON = frozenset({"extend", "reopen", "annul", "restore"})


@dataclass(frozen=True)
class Terms:
    """What one person was given. length_s: the duration with extra time; window_ends_at: when the exam closes for this person;
    more_s: granted while sitting, each an act with a reason, moving both ends."""

    begun_at: datetime
    length_s: int
    window_ends_at: datetime
    grace_s: int
    more_s: int = 0


@dataclass(frozen=True)
class Deadline:
    """ends_at: when the clock in front of the person shows nothing left; last_at: until when the server still takes what was
    under way. Both in UTC."""

    ends_at: datetime
    last_at: datetime


def deadline(terms: Terms) -> Deadline:
    """The earlier of begin + length and the end of the window, later by what was granted; grace behind it.

    Counted in UTC: between two instants of one other zone Python counts by the clock on the wall, an hour wrong in two nights
    of a year. ValueError for an instant without a zone.
    """
    if terms.begun_at.tzinfo is None or terms.window_ends_at.tzinfo is None:
        raise ValueError("an instant of a sitting has a zone")
    own = terms.begun_at.astimezone(UTC) + timedelta(seconds=terms.length_s)
    ends = min(own, terms.window_ends_at.astimezone(UTC)) + timedelta(seconds=terms.more_s)
    return Deadline(ends, ends + timedelta(seconds=terms.grace_s))


@dataclass(frozen=True)
class Reading:
    """A look at the clocks of one machine. steady_s: a clock nobody can set; boot: since which start of which machine it counts."""

    at: datetime
    steady_s: float
    boot: str


def trusted(begun: Reading, now: Reading, latest: datetime | None = None) -> datetime:
    """The instant that counts, in UTC: never earlier than the steady clock says since the begin, than the wall clock, than the latest
    instant that counted before.

    So a clock set back, or back and forth, adds no second, nor does a sleep of the machine. A clock set forward takes time; whoever
    watches the exam gives it back by an extension with its reason. After a restart of the machine the steady clock begins anew; then the
    wall clock and `latest` are what there is.
    """
    found = [now.at.astimezone(UTC)]
    if now.boot == begun.boot:
        found.append(begun.at.astimezone(UTC) + timedelta(seconds=max(0.0, now.steady_s - begun.steady_s)))
    if latest is not None:
        found.append(latest.astimezone(UTC))
    return max(found)


def arrival(until: Deadline, at: datetime) -> Arrival:
    """How an instant stands to the end: in time before it, within grace up to and with its last second, late after that."""
    if at < until.ends_at:
        return Arrival.ON_TIME
    return Arrival.IN_GRACE if at <= until.last_at else Arrival.LATE


def left_s(until: Deadline, at: datetime) -> int:
    """Whole seconds the person has left; grace is not shown."""
    return max(0, int((until.ends_at - at) / timedelta(seconds=1)))


@dataclass(frozen=True)
class Kept:
    """The answer of one question as it is kept. number: of the saving, rising through the sitting; digest: of its content."""

    number: int
    digest: str


def saving(state: str, until: Deadline, at: datetime, kept: Kept | None, came: Kept, *, paused: bool = False) -> Saving:
    """What becomes of an answer.

    A replay of what is kept is acknowledged again, at any time; an older one never overwrites a newer one; two different ones under
    one number (two devices) leave what is kept and are told the newest number. Anything else counts when the sitting runs and the
    answer is not late. paused: for so long that nothing given before can still be under way; the window keeps it and sends it again.
    Source: E3, E4.
    """
    if kept is not None and came == kept:
        return Saving.AGAIN
    if state != S.RUNNING:
        return Saving.ENDED
    if arrival(until, at) == Arrival.LATE:
        return Saving.LATE
    if kept is None or came.number > kept.number:
        return Saving.PAUSED if paused else Saving.STORE
    return Saving.CLASH if came.number == kept.number else Saving.OLDER


def stand_of(state: str | None, heard_at: datetime | None, at: datetime) -> Stand:
    """Where somebody stands whose latest sitting has this state; None where there is none. heard_at: when the server last heard of
    one of their windows."""
    if state is None:
        return Stand.NOT_BEGUN
    if state != S.RUNNING:
        return Stand(state)
    return Stand.SITTING if heard_at is not None and at - heard_at <= GONE_AFTER else Stand.GONE


def next_number(kept: Iterable[Kept]) -> int:
    """The number with which a device goes on after it has taken up a sitting."""
    return max((one.number for one in kept), default=0) + 1


def after(verb: str, state: str) -> SittingState | None:
    """The state after a verb; None where it makes no sense."""
    states, to = VERBS[verb]
    return to if SittingState(state) in states else None


def may_submit(state: str, until: Deadline, at: datetime) -> bool:
    """Whether handing in is still an act of the person; after the grace the clock has done it."""
    return state == S.RUNNING and arrival(until, at) != Arrival.LATE


def due_to_time_out(state: str, until: Deadline, at: datetime) -> bool:
    """Whether the sitting is to be handed in by the clock now. It counts as handed in at `ends_at`, whenever it is found."""
    return state == S.RUNNING and at > until.last_at


class BeginHindrance(Labelled):
    """Why somebody cannot begin now."""

    UNINVITED = "uninvited", N_("You are not on the list of this exam.")
    AHEAD = "ahead", N_("The exam is not open yet.")
    CLOSED = "closed", N_("The exam is closed.")
    RUNNING = "running", N_("You have begun already; go on where you were.")
    PASSED = "passed", N_("You have passed already.")
    USED_UP = "used_up", N_("All your attempts are used.")
    PAUSED = "paused", N_("The exam is paused for a moment. Wait until it goes on; no time is lost.")


def begin_hindrances(*, invited: bool, opens_at: datetime, closes_at: datetime, at: datetime, sittings: Sequence[str], passed: bool,
                     attempts: int, paused: bool = False) -> list[BeginHindrance]:
    """Everything that keeps somebody from beginning; none when it may be. sittings: states of those there are; void ones use no
    attempt."""
    used = [SittingState(one) for one in sittings if one != S.VOID]
    return [one for one, holds in (
        (BeginHindrance.UNINVITED, not invited), (BeginHindrance.AHEAD, at < opens_at), (BeginHindrance.CLOSED, at >= closes_at),
        (BeginHindrance.RUNNING, S.RUNNING in used), (BeginHindrance.PASSED, passed),
        (BeginHindrance.USED_UP, S.RUNNING not in used and len(used) >= attempts), (BeginHindrance.PAUSED, paused)) if holds]


def stood_still(since: datetime, pauses: Iterable[tuple[datetime, datetime | None]]) -> tuple[timedelta, datetime | None]:
    """What a clock that stopped being looked at `since` did not run because of pauses, (begin, end or None while it lasts) each: the
    time of those that are over, and where it stands in the one that is not."""
    lost, stands = timedelta(), None
    for paused_at, resumed_at in pauses:
        if resumed_at is None:
            stands = max(paused_at, since)
        else:
            lost += max(resumed_at - max(paused_at, since), timedelta())
    return lost, stands


HASTE = timedelta(seconds=3)
"""a question that was read and answered took longer than this since the one before"""


def hasty(first_answers: Iterable[datetime]) -> int:
    """How many questions were first answered within HASTE of another one. Those that arrived at the same instant came together, as
    after a break of the line, and tell nothing."""
    times = sorted(set(first_answers))
    return sum(later - earlier < HASTE for earlier, later in pairwise(times))


@dataclass(frozen=True)
class FocusLoss:
    """The page was left, by the server's clock; back_at None when nobody came back."""

    left_at: datetime
    back_at: datetime | None


@dataclass(frozen=True)
class FocusSummary:
    """What a person who watches is shown. It is for people to judge: no rule of an exam reads it, so it fails nobody."""

    times: int
    total_s: int
    longest_s: int


def focus_summary(losses: Iterable[FocusLoss], ended_at: datetime) -> FocusSummary:
    """How often and how long the page was left; overlapping entries of two devices count each for itself, none below zero."""
    lengths = [max(0, int(((one.back_at or ended_at) - one.left_at).total_seconds())) for one in losses]
    return FocusSummary(len(lengths), sum(lengths), max(lengths, default=0))
