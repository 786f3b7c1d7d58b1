"""An exam plan and everything that can be inconsistent in it: tables and pure functions.

Instants are aware and kept as UTC; lengths say their unit; shares are per cent. Source: clause 78, domain 5.2, C7, C24."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.texts import N_
from kmsvc.core.workdays import workdays_after

LONGEST_MIN, MOST_GRACE_S, MOST_ATTEMPTS, MOST_EXTRA_PERCENT, MOST_EXTRA_MIN, MOST_APPEAL_DAYS = 480, 600, 10, 200, 480, 30


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC: between two of one other zone Python counts by the wall, an hour wrong when clocks change.
    ValueError for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant of an exam has a zone")
    return instant.astimezone(UTC)


@dataclass(frozen=True)
class Extra:
    """More time for one person: per cent of the duration or minutes, not both."""

    percent: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Room:
    """Where people sit, and how many at once."""

    name: str
    seats: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who is to sit the exam. room: by name; None where there are no rooms; made_up: in the make-up's window instead."""

    person_id: int
    room: str | None = None
    extra: Extra = Extra()
    made_up: bool = False


@dataclass(frozen=True)
class Window:
    """From when to when one may begin and must have ended."""

    opens_at: datetime
    closes_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "opens_at", in_utc(self.opens_at))
        object.__setattr__(self, "closes_at", in_utc(self.closes_at))

    @property
    def seconds(self) -> int:
        """Its length."""
        return int((self.closes_at - self.opens_at).total_seconds())


def after_pause(window: Window, pause: Window) -> Window:
    """A window of which a pause took a part, as long as it was: one that had not opened opens with the end of the pause at the
    earliest, one that was open closes later, one that had closed stays."""
    if pause.opens_at <= window.opens_at:
        shift = max(pause.closes_at - window.opens_at, timedelta())
        return Window(window.opens_at + shift, window.closes_at + shift)
    lost = pause.closes_at - pause.opens_at if pause.opens_at < window.closes_at else timedelta()
    return Window(window.opens_at, window.closes_at + lost)


@dataclass(frozen=True)
class ExamPlan:
    """Everything that is set before anybody sits. make_up: the window of those who could not come; review: when people may look at
    what they answered; appeal_days: working days after the release on which a mark may be contested, 0 for none."""

    window: Window
    duration_min: int
    pass_percent: int
    candidates: tuple[Candidate, ...]
    release_at: datetime
    review: Window
    grace_s: int = 60
    attempts: int = 1
    rooms: tuple[Room, ...] = ()
    make_up: Window | None = None
    appeal_days: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "release_at", in_utc(self.release_at))

    @property
    def ends_at(self) -> datetime:
        """When the last answer can come in: the end of the last window with its grace."""
        return max(one.closes_at for one in (self.window, self.make_up) if one is not None) + timedelta(seconds=self.grace_s)


@dataclass(frozen=True)
class Inconsistency:
    """Why a plan cannot be announced. code: a key of SAID; person_id: whom it is about, None for the whole."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    person_id: int | None = None

    @property
    def sentence(self) -> str:
        """The English source of what people read."""
        return SAID[self.code]


SAID = {
    "window_backwards": N_("The exam must not close before it opens."),
    "past": N_("The exam would open in the past."),
    "duration": N_("The duration is from 1 to %(most)s minutes."),
    "window_short": N_("The window of %(window)s minutes is shorter than the %(needed)s minutes people have."),
    "grace": N_("Grace is from 0 to %(most)s seconds."),
    "attempts": N_("One to %(most)s attempts are possible."),
    "attempts_do_not_fit": N_("%(attempts)s attempts of %(needed)s minutes do not fit into a window of %(window)s minutes."),
    "pass_percent": N_("The pass mark is from 1 to 100 per cent of the points."),
    "nobody": N_("Nobody is to sit this exam."),
    "candidate_twice": N_("Somebody stands twice on the list."),
    "extra": N_("Extra time is per cent or minutes, at most %(percent)s %% or %(minutes)s minutes."),
    "extra_beyond_window": N_("With extra time %(needed)s minutes are needed; the window has %(window)s."),
    "room_twice": N_("Two rooms have the name %(room)s."),
    "seats": N_("A room needs at least one seat: %(room)s."),
    "room_unknown": N_("There is no room %(room)s."),
    "room_missing": N_("Somebody has no room."),
    "room_full": N_("Room %(room)s has %(seats)s seats for %(people)s people."),
    "no_make_up": N_("Somebody is to make it up, and there is no make-up."),
    "make_up_backwards": N_("The make-up must not close before it opens."),
    "make_up_early": N_("The make-up begins before the exam has closed."),
    "make_up_short": N_("The make-up window of %(window)s minutes is shorter than the %(needed)s minutes people have."),
    "release_early": N_("Results would be released before everybody has handed in."),
    "review_backwards": N_("The review must not close before it opens."),
    "review_early": N_("The review would open before the results are released."),
    "appeal_days": N_("Appeals are possible for 0 to %(most)s working days."),
    "review_ends_before_appeals": N_("The review closes before the last day of appeals, %(day)s."),
}


def seconds_for(duration_min: int, extra: Extra) -> int:
    """How long one person has: the duration with its extra time, begun seconds counting whole."""
    return duration_min * 60 + -(-duration_min * 60 * extra.percent // 100) + extra.minutes * 60


def last_appeal_on(release_at: datetime, days: int, zone: str) -> date:
    """The last day on which a mark may be contested: so many working days after the day of release in the centre's zone."""
    return workdays_after(local_date(release_at, zone), days)


def inconsistencies(plan: ExamPlan, zone: str, now: datetime | None = None) -> list[Inconsistency]:
    """Everything that is inconsistent in a plan. now: also refuse what would open in the past."""
    return [*_of_time(plan, now), *_of_people(plan), *_of_rooms(plan), *_of_make_up(plan), *_of_results(plan, zone)]


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def _of_time(plan: ExamPlan, now: datetime | None) -> Iterator[Inconsistency]:
    length, needed = plan.window.seconds, plan.duration_min * 60
    if length <= 0:
        yield Inconsistency("window_backwards")
    if now is not None and plan.window.opens_at < now:
        yield Inconsistency("past")
    if not 1 <= plan.duration_min <= LONGEST_MIN:
        yield Inconsistency("duration", {"most": LONGEST_MIN})
    elif 0 < length < needed:
        yield Inconsistency("window_short", {"window": length // 60, "needed": plan.duration_min})
    if not 0 <= plan.grace_s <= MOST_GRACE_S:
        yield Inconsistency("grace", {"most": MOST_GRACE_S})
    if not 1 <= plan.attempts <= MOST_ATTEMPTS:
        yield Inconsistency("attempts", {"most": MOST_ATTEMPTS})
    elif plan.attempts > 1 and needed <= length < plan.attempts * needed:
        yield Inconsistency("attempts_do_not_fit", {"attempts": plan.attempts, "needed": plan.duration_min, "window": length // 60})
    if not 1 <= plan.pass_percent <= 100:
        yield Inconsistency("pass_percent")


def _of_people(plan: ExamPlan) -> Iterator[Inconsistency]:
    if not plan.candidates:
        yield Inconsistency("nobody")
    for person, times in Counter(one.person_id for one in plan.candidates).items():
        if times > 1:
            yield Inconsistency("candidate_twice", {}, person)
    for one in plan.candidates:
        extra = one.extra
        if one.made_up and plan.make_up is None:
            yield Inconsistency("no_make_up", {}, one.person_id)
        length = plan.window.seconds if plan.make_up is None or not one.made_up else plan.make_up.seconds
        if (extra.percent and extra.minutes) or not (0 <= extra.percent <= MOST_EXTRA_PERCENT and 0 <= extra.minutes <= MOST_EXTRA_MIN):
            yield Inconsistency("extra", {"percent": MOST_EXTRA_PERCENT, "minutes": MOST_EXTRA_MIN}, one.person_id)
            continue
        needed = seconds_for(plan.duration_min, extra)
        if plan.duration_min * 60 <= length < needed:
            yield Inconsistency("extra_beyond_window", {"needed": _minutes(needed), "window": length // 60}, one.person_id)


def _of_rooms(plan: ExamPlan) -> Iterator[Inconsistency]:
    rooms = {one.name: one.seats for one in plan.rooms}
    for name, times in Counter(one.name for one in plan.rooms).items():
        if times > 1:
            yield Inconsistency("room_twice", {"room": name})
        if rooms[name] < 1:
            yield Inconsistency("seats", {"room": name})
    placed = Counter((one.room, one.made_up) for one in plan.candidates)
    for one in plan.candidates:
        if one.room is not None and one.room not in rooms:
            yield Inconsistency("room_unknown", {"room": one.room}, one.person_id)
        elif one.room is None and rooms:
            yield Inconsistency("room_missing", {}, one.person_id)
    for name, seats in rooms.items():
        people = max(placed[name, False], placed[name, True])
        if people > max(seats, 0):
            yield Inconsistency("room_full", {"room": name, "seats": seats, "people": people})


def _of_make_up(plan: ExamPlan) -> Iterator[Inconsistency]:
    if plan.make_up is None:
        return
    needed = max((seconds_for(plan.duration_min, one.extra) for one in plan.candidates), default=plan.duration_min * 60)
    if plan.make_up.seconds <= 0:
        yield Inconsistency("make_up_backwards")
    elif plan.duration_min <= LONGEST_MIN and plan.make_up.seconds < needed:
        yield Inconsistency("make_up_short", {"window": plan.make_up.seconds // 60, "needed": _minutes(needed)})
    if plan.make_up.opens_at < plan.window.closes_at:
        yield Inconsistency("make_up_early")


def _of_results(plan: ExamPlan, zone: str) -> Iterator[Inconsistency]:
    if plan.release_at < plan.ends_at:
        yield Inconsistency("release_early")
    if plan.review.seconds <= 0:
        yield Inconsistency("review_backwards")
    if plan.review.opens_at < plan.release_at:
        yield Inconsistency("review_early")
    if not 0 <= plan.appeal_days <= MOST_APPEAL_DAYS:
        yield Inconsistency("appeal_days", {"most": MOST_APPEAL_DAYS})
    elif plan.appeal_days:
        last = last_appeal_on(plan.release_at, plan.appeal_days, zone)
        if plan.review.closes_at < start_of_day(last + timedelta(days=1), zone):
            yield Inconsistency("review_ends_before_appeals", {"day": last})
