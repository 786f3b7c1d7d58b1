"""What speaks against a session: leave, a shift in a peak, somebody elsewhere, the room, the trainer, too few seats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

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
    """Something beside sessions that takes a time. number: what it is; person_id or room: whom or what it takes."""

    number: str
    person_id: int | None = None
    room: str | None = None


Taking = Callable[[Session, datetime, datetime], Iterator[Taken]]
"""(session, from, until) -> everybody and every room that something else takes at that time"""
TAKING: list[Taking] = []
"""filled from above: exams"""


def clashes_of(session: Session, it: Times) -> list[str]:
    """Sentences of what speaks against it; whether the trainer is authorised is no clash but a refusal (#79)."""
    people = list(it.people) if it.people is not None else list(session.scalars(select(PlanParticipant.person_id).where(
        PlanParticipant.plan_id == it.plan_id).order_by(PlanParticipant.person_id)))
    return [*_room(session, it), *trainer_clashes(session, it, it.trainer_id), *_away(session, it, people),
            *_elsewhere(session, it, people), *_examined(session, it, people), *_too_small(it, people)]


def _others(session: Session, it: Times) -> list[TrainingSession]:
    return [one for one in session.scalars(select(TrainingSession).where(
        TrainingSession.state != SessionState.CANCELLED, TrainingSession.starts_at < it.ends_at,
        TrainingSession.ends_at > it.starts_at).order_by(TrainingSession.id)) if one.id != it.id]


def _room(session: Session, it: Times) -> Iterator[str]:
    for other in _others(session, it):
        if other.room.casefold() == it.room.casefold():
            yield Filled(N_("The room %(room)s is taken by %(number)s."), room=it.room, number=other.number)
    for taken in _others_take(session, it):
        if taken.room is not None and taken.room.casefold() == it.room.casefold():
            yield Filled(N_("The room %(room)s is taken by %(number)s."), room=it.room, number=taken.number)


def trainer_clashes(session: Session, it: Times, trainer_id: int) -> Iterator[str]:
    """What keeps this trainer from that time."""
    for other in _others(session, it):
        if other.trainer_id == trainer_id:
            yield Filled(N_("The trainer teaches %(number)s at that time."), number=other.number)
    trainer = session.get(Trainer, trainer_id)
    if trainer is not None:
        yield from _away(session, it, [trainer.person_id])
        yield from _examined(session, it, [trainer.person_id])


def _away(session: Session, it: Times, people: Collection[int]) -> Iterator[str]:
    rows = list(session.scalars(select(Busy).where(Busy.starts_at < it.ends_at, Busy.ends_at > it.starts_at).order_by(Busy.id)))
    peaks = [one for one in rows if one.kind == BusyKind.PEAK]
    known = directory(session).people
    for one in rows:
        if one.person_id not in set(people):
            continue
        name = known[one.person_id].name
        if one.kind == BusyKind.LEAVE:
            yield Filled(N_("%(name)s is on leave."), name=name)
        elif any(overlap(max(one.starts_at, it.starts_at), min(one.ends_at, it.ends_at), peak.starts_at, peak.ends_at)
                 for peak in peaks):
            yield Filled(N_("%(name)s is on shift in a peak interval."), name=name)


def _elsewhere(session: Session, it: Times, people: Collection[int]) -> Iterator[str]:
    known = directory(session).people
    for other in _others(session, it):
        for person in session.scalars(select(SessionPerson.person_id).where(
                SessionPerson.session_id == other.id, SessionPerson.place == Place.SEAT,
                SessionPerson.person_id.in_(list(people))).order_by(SessionPerson.person_id)):
            yield Filled(N_("%(name)s has a seat in %(number)s at that time."), name=known[person].name, number=other.number)


def _others_take(session: Session, it: Times) -> Iterator[Taken]:
    return (one for source in TAKING for one in source(session, it.starts_at, it.ends_at))


def _examined(session: Session, it: Times, people: Collection[int]) -> Iterator[str]:
    known, wanted = directory(session).people, set(people)
    for other in _others_take(session, it):
        if other.person_id in wanted and other.person_id is not None:
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
