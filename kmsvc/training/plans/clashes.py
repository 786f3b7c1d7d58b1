"""What speaks against a session: leave, a shift in a peak, somebody elsewhere, the room, the trainer, too few seats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_, Filled
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans.models import Busy, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import BusyKind, Place, SessionState, overlap
from kmsvc.training.trainers.models import Trainer


@dataclass(frozen=True)
class Times:
    """A session as it is or would be. id: none while it is new; people: who is or would be on its list, none for everybody of the
    plan."""

    id: int | None
    plan_id: int
    starts_at: datetime
    ends_at: datetime
    room: str
    seats: int
    trainer_id: int
    people: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Taken:
    """Something beside sessions that takes a time. number: what it is; person_id or room: whom or what it takes, from when to when."""

    number: str
    starts_at: datetime
    ends_at: datetime
    person_id: int | None = None
    room: str | None = None


_T = TypeVar("_T", TrainingSession, Busy, Taken)
NEAR_SHIFT = timedelta(hours=12)
"""so far from a time a shift still tells what somebody does that day"""
Taking = Callable[[Session, datetime, datetime], Iterator[Taken]]
"""(session, from, until) -> everybody and every room that something else takes at that time"""
TAKING: list[Taking] = []
"""filled from above: exams"""


@dataclass(frozen=True)
class Around:
    """What takes people, rooms and trainers in a window, read once for all that is judged in it. seats: session id -> who has one;
    trainers: id -> person."""

    sessions: tuple[TrainingSession, ...]
    busy: tuple[Busy, ...]
    taken: tuple[Taken, ...]
    seats: dict[int, list[int]]
    trainers: dict[int, int]


def around(session: Session, begins: datetime, ends: datetime) -> Around:
    """The rows that share an instant with a window, in a number of reads that does not depend on how much stands in it."""
    sessions = tuple(session.scalars(select(TrainingSession).where(
        TrainingSession.state != SessionState.CANCELLED, TrainingSession.starts_at < ends, TrainingSession.ends_at > begins).order_by(
        TrainingSession.id)))
    seats: dict[int, list[int]] = {}
    for one, person in session.execute(select(SessionPerson.session_id, SessionPerson.person_id).where(
            SessionPerson.session_id.in_([one.id for one in sessions]), SessionPerson.place == Place.SEAT).order_by(
            SessionPerson.session_id, SessionPerson.person_id)):
        seats.setdefault(one, []).append(person)
    busy = session.scalars(select(Busy).where(
        Busy.starts_at < ends + NEAR_SHIFT, Busy.ends_at > begins - NEAR_SHIFT).order_by(Busy.id))
    return Around(sessions, tuple(busy), tuple(one for source in TAKING for one in source(session, begins, ends)), seats,
                  dict(session.execute(select(Trainer.id, Trainer.person_id)).all()))


def clashes_of(session: Session, it: Times, near: Around | None = None) -> list[str]:
    """Sentences of what speaks against it; whether the trainer is authorised is no clash but a refusal (#79). near: what there is at
    its time or around it, where it was read already."""
    near = near or around(session, it.starts_at, it.ends_at)
    people = list(it.people) if it.people is not None else list(session.scalars(select(PlanParticipant.person_id).where(
        PlanParticipant.plan_id == it.plan_id).order_by(PlanParticipant.person_id)))
    return [*_room(near, it), *trainer_clashes(session, it, it.trainer_id, near), *_away(session, near, it, people),
            *_in_peak(near, it, people),
            *_elsewhere(session, near, it, people), *_examined(session, near, it, people), *_too_small(it, people)]


def _at(rows: Iterable[_T], it: Times) -> Iterator[_T]:
    """Those that share an instant with it."""
    return (one for one in rows if overlap(it.starts_at, it.ends_at, one.starts_at, one.ends_at))


def _others(near: Around, it: Times) -> Iterator[TrainingSession]:
    return (one for one in _at(near.sessions, it) if one.id != it.id)


def _room(near: Around, it: Times) -> Iterator[str]:
    rooms = [(one.room, one.number) for one in _others(near, it)]
    for room, number in [*rooms, *((one.room or "", one.number) for one in _at(near.taken, it))]:
        if room and room.casefold() == it.room.casefold():
            yield Filled(N_("The room %(room)s is taken by %(number)s."), room=it.room, number=number)


def trainer_clashes(session: Session, it: Times, trainer_id: int, near: Around | None = None) -> Iterator[str]:
    """What keeps this trainer from that time."""
    near = near or around(session, it.starts_at, it.ends_at)
    for other in _others(near, it):
        if other.trainer_id == trainer_id:
            yield Filled(N_("The trainer teaches %(number)s at that time."), number=other.number)
    if trainer_id in near.trainers:
        yield from _away(session, near, it, [near.trainers[trainer_id]])
        yield from _examined(session, near, it, [near.trainers[trainer_id]])


def _away(session: Session, near: Around, it: Times, people: Collection[int]) -> Iterator[str]:
    rows = list(_at(near.busy, it))
    peaks = [one for one in rows if one.kind == BusyKind.PEAK]
    known, wanted = directory(session).people, set(people)
    for one in rows:
        if one.person_id is None or one.person_id not in wanted:
            continue
        name = known[one.person_id].name
        if one.kind == BusyKind.LEAVE:
            yield Filled(N_("%(name)s is on leave."), name=name)
        elif any(overlap(max(one.starts_at, it.starts_at), min(one.ends_at, it.ends_at), peak.starts_at, peak.ends_at)
                 for peak in peaks):
            yield Filled(N_("%(name)s is on shift in a peak interval."), name=name)


def unrostered(busy: Iterable[Busy], people: Collection[int], begins: datetime, ends: datetime) -> set[int]:
    """Those of whom no shift and no leave is known around a time: in a peak nobody can say that they need not be on the line. busy: what
    is known from NEAR_SHIFT before it to NEAR_SHIFT after it."""
    known = {one.person_id for one in busy if one.starts_at < ends + NEAR_SHIFT and one.ends_at > begins - NEAR_SHIFT}
    return set(people) - known


def _in_peak(near: Around, it: Times, people: Collection[int]) -> Iterator[str]:
    if any(one.kind == BusyKind.PEAK for one in _at(near.busy, it)):
        unknown = unrostered(near.busy, people, it.starts_at, it.ends_at)
        if unknown:
            yield Filled(N_("It lies in a peak; of %(count)s people no shift is known."), count=len(unknown))


def _elsewhere(session: Session, near: Around, it: Times, people: Collection[int]) -> Iterator[str]:
    known, wanted = directory(session).people, set(people)
    for other in _others(near, it):
        for person in near.seats.get(other.id, ()):
            if person in wanted:
                yield Filled(N_("%(name)s has a seat in %(number)s at that time."), name=known[person].name, number=other.number)


def _examined(session: Session, near: Around, it: Times, people: Collection[int]) -> Iterator[str]:
    known, wanted = directory(session).people, set(people)
    for other in _at(near.taken, it):
        if other.person_id is not None and other.person_id in wanted:
            yield Filled(N_("%(name)s is in exam %(number)s at that time."), name=known[other.person_id].name, number=other.number)


def _too_small(it: Times, people: Collection[int]) -> Iterator[str]:
    if len(people) > it.seats:
        yield Filled(N_("%(people)d people are planned, there are %(seats)d seats."), people=len(people), seats=it.seats)


def was_there() -> ColumnElement[bool]:
    """That a line of SessionPerson, joined with its TrainingSession, counts as being there: signed in, the session not cancelled."""
    return SessionPerson.present_at.is_not(None) & (TrainingSession.state != SessionState.CANCELLED)


def has_seat() -> ColumnElement[bool]:
    """That such a line is a seat to come, or was one somebody sat on; the seat of who stayed away from a session is none."""
    return was_there() | ((SessionPerson.place == Place.SEAT) & (TrainingSession.state == SessionState.PLANNED))


def seated(session: Session, session_id: int) -> list[SessionPerson]:
    """Who has a seat or waits, the longest first."""
    return list(session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session_id, SessionPerson.place != Place.LEFT).order_by(SessionPerson.since, SessionPerson.id)))
