"""Reads of the calendar: sessions in it with what speaks against them, peaks, how many are on shift, what waits for a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.telling import told
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.units.queries import unit_names
from kmsvc.training.plans.calendar import CalendarEntry, Making, Movable, register
from kmsvc.training.plans.clashes import Times, around, clashes_of, has_seat, seated
from kmsvc.training.plans.holding import instants
from kmsvc.training.plans.models import Busy, Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.rules import BusyKind, PlanState, SessionState
from kmsvc.training.plans.session_queries import lines_of
from kmsvc.training.plans.week import bounds
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.usecases import is_authorised

MOST_WAITING = 8


@dataclass(frozen=True)
class Unplanned:
    """A plan of which people have no seat yet. people: so many of them; due_on: until when everybody is to be trained."""

    id: int
    number: str
    title: str
    people: int
    due_on: date | None


def sessions_between(session: Session, actor: Actor, begins: datetime, ends: datetime) -> Iterator[CalendarEntry]:
    """Sessions, with what speaks against those that are still to come: for who sees plans."""
    if not can(actor, SEE_PLANS):
        return
    rows = {row.id: row for row in session.scalars(select(TrainingSession).where(
        TrainingSession.state != SessionState.CANCELLED, TrainingSession.starts_at < ends, TrainingSession.ends_at > begins).order_by(
        TrainingSession.starts_at, TrainingSession.id))}
    if not rows:
        return
    near = around(session, min(row.starts_at for row in rows.values()), max(row.ends_at for row in rows.values()))
    teams = teams_of(session, near.seats)
    for line in lines_of(session, list(rows)):
        row = rows[line.id]
        times = Times(row.id, row.plan_id, row.starts_at, row.ends_at, row.room, row.seats, row.trainer_id,
                      tuple(near.seats.get(row.id, ())))
        said = told(clashes_of(session, times, near)) if line.state == SessionState.PLANNED else []
        moves = line.state == SessionState.PLANNED and can(actor, MAKE_PLANS, row)
        yield CalendarEntry(
            line.starts_at, line.ends_at, line.title, line.url, line.room, line.trainer, "session", number=line.number,
            people=line.taken, against=" ".join(said), course=line.course, teams=teams.get(row.id, ()),
            moved=Movable(row.id, row.version, row.seats, row.trainer_id, row.all_the_same) if moves else None)


def teams_of(session: Session, people: Mapping[int, Iterable[int]]) -> dict[int, tuple[str, ...]]:
    """The units in which these people work, by name: of each thing, thing id -> people."""
    known, names = directory(session).people, unit_names(session)
    return {one: tuple(sorted({names[known[it].unit_id] for it in its if it in known and known[it].unit_id in names}))
            for one, its in people.items()}


def against(work: Work, session_id: int, *, day: date, starts: str, ends: str, room: str, zone: str) -> tuple[list[str], str | None]:
    """What would speak against a session at another time or in another room, and why it may not be there at all; nothing is written.
    starts, ends: `09:30` in the centre's zone."""
    row = work.get(TrainingSession, session_id)
    work.permit(MAKE_PLANS, row)
    plan = work.get(Plan, row.plan_id)
    begins, over = instants(day, starts, ends, zone)
    people = tuple(one.person_id for one in seated(work.session, row.id))
    found = told(clashes_of(work.session, Times(row.id, plan.id, begins, over, room, row.seats, row.trainer_id, people)))
    person = work.session.get_one(Trainer, row.trainer_id).person_id
    return found, None if is_authorised(work.session, person, plan.course_id, day) else N_(
        "This trainer is not authorised for this course on this day (#79).")


def peaks_between(session: Session, begins: datetime, ends: datetime) -> list[CalendarEntry]:
    """Intervals in which nobody should be away from the phones."""
    return [CalendarEntry(row.starts_at, row.ends_at, row.note or "", kind=BusyKind.PEAK, peak=True) for row in session.scalars(
        select(Busy).where(Busy.kind == BusyKind.PEAK, Busy.starts_at < ends, Busy.ends_at > begins).order_by(Busy.starts_at, Busy.id))]


def on_shift(session: Session, day: date, zone: str) -> int:
    """How many people have a shift on a day, as far as shifts were imported."""
    begins, ends = bounds(day, 1, zone)
    return session.scalar(select(func.count(func.distinct(Busy.person_id))).where(
        Busy.kind == BusyKind.SHIFT, Busy.starts_at < ends, Busy.ends_at > begins)) or 0


def unplanned(session: Session) -> list[Unplanned]:
    """Approved plans with people who are here, have no seat to come and were at no session, the soonest due first."""
    seated = select(SessionPerson.id).join(TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
        TrainingSession.plan_id == PlanParticipant.plan_id, SessionPerson.person_id == PlanParticipant.person_id,
        has_seat()).exists()
    rows = session.execute(select(Plan.id, Plan.number, Plan.title, func.count(PlanParticipant.id), Plan.due_on).join(
        PlanParticipant, PlanParticipant.plan_id == Plan.id).join(Person, Person.id == PlanParticipant.person_id).where(
        Plan.state.in_((PlanState.APPROVED, PlanState.RUNNING)), Person.state == PersonState.ACTIVE, ~seated).group_by(
        Plan.id, Plan.number, Plan.title, Plan.due_on).order_by(Plan.due_on.is_(None), Plan.due_on, Plan.id).limit(MOST_WAITING))
    return [Unplanned(*row) for row in rows]


register("session", sessions_between, Making(N_("New session"), "/training/plans/sessions/new?day={day}&at={at}", MAKE_PLANS.name, "C"))
