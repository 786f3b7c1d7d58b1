"""What speaks against a session: leave, a shift in a peak, the room, the trainer, too few seats."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_, Filled
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans.models import Busy, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import BusyKind, Place, SessionState, overlap


@dataclass(frozen=True)
class Times:
    """A session as it is or would be. id: none while it is new."""

    id: int | None
    plan_id: int
    starts_at: datetime
    ends_at: datetime
    room: str
    seats: int
    trainer_id: int


def clashes_of(session: Session, it: Times) -> list[str]:
    """Sentences of what speaks against it; whether the trainer is authorised is no clash but a refusal (#79)."""
    people = list(session.scalars(select(PlanParticipant.person_id).where(
        PlanParticipant.plan_id == it.plan_id).order_by(PlanParticipant.person_id)))
    return [*_elsewhere(session, it), *_away(session, it, people), *_too_small(it, people)]


def _elsewhere(session: Session, it: Times) -> Iterator[str]:
    for other in session.scalars(select(TrainingSession).where(
            TrainingSession.state != SessionState.CANCELLED, TrainingSession.starts_at < it.ends_at,
            TrainingSession.ends_at > it.starts_at).order_by(TrainingSession.id)):
        if other.id == it.id:
            continue
        if other.room.casefold() == it.room.casefold():
            yield Filled(N_("The room %(room)s is taken by %(number)s."), room=it.room, number=other.number)
        if other.trainer_id == it.trainer_id:
            yield Filled(N_("The trainer teaches %(number)s at that time."), number=other.number)


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


def _too_small(it: Times, people: Collection[int]) -> Iterator[str]:
    if len(people) > it.seats:
        yield Filled(N_("%(people)d people are planned, there are %(seats)d seats."), people=len(people), seats=it.seats)


def seated(session: Session, session_id: int) -> list[SessionPerson]:
    """Who has a seat or waits, the longest first."""
    return list(session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session_id, SessionPerson.place != Place.LEFT).order_by(SessionPerson.since, SessionPerson.id)))
