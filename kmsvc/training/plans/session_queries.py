"""Reads over sessions: lists, one with its people, attendance and what was said of it; the own ones; who may teach when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.training.plans.clashes import Times, around, trainer_clashes
from kmsvc.training.plans.holding import holds
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import ATTEND, SEE_PLANS
from kmsvc.training.plans.queries import courses_of
from kmsvc.training.plans.rules import FACTORS, Place, SessionState
from kmsvc.training.trainers.models import Authorisation, Trainer
from kmsvc.training.trainers.rules import may_teach
from kmsvc.training.trainers.usecases import covered

KIND = "training_session"


@dataclass(frozen=True)
class SessionFilters:
    """What a list of sessions is narrowed to. state: one of them, or `ahead`, `open` (over and not closed); trainer: id; begins, ends:
    instants it must overlap."""

    q: str | None = None
    state: str | None = None
    plan: int | None = None
    trainer: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class SessionLine:
    """A session in a list. taken, waiting, came, rated: people; mean: of all marks, None without any."""

    id: int
    number: str
    plan_id: int
    plan_number: str
    title: str
    course: str | None
    state: str
    starts_at: datetime
    ends_at: datetime
    room: str
    seats: int
    trainer_id: int
    trainer_person_id: int
    trainer: str
    taken: int
    waiting: int
    came: int
    rated: int
    mean: float | None
    version: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"/training/plans/sessions/{self.id}"

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True)
class SeatLine:
    """Somebody in a session. waits: the place on the waiting list, from 1."""

    person_id: int
    name: str
    login: str
    unit: str
    place: str
    waits: int | None
    since: datetime
    present_at: datetime | None
    how: str | None
    reason: str | None
    rated: bool
    gone: str | None = None


@dataclass(frozen=True)
class FactorMark:
    """What learners gave a factor. spread: how many gave 1, 2, 3, 4, 5."""

    factor: str
    mean: float
    n: int
    spread: tuple[int, ...]


@dataclass(frozen=True)
class SessionCard:
    """One session. said: words of feedback, without names."""

    line: SessionLine
    plan_state: str
    course_id: int | None
    people: tuple[SeatLine, ...]
    left: tuple[SeatLine, ...]
    marks: tuple[FactorMark, ...]
    said: tuple[str, ...]
    minutes_text: str | None
    materials: str | None
    all_the_same: str | None
    reason: str | None


@dataclass(frozen=True)
class MySession:
    """A session as somebody of the plan sees it. place: none before a seat was taken; free: seats nobody has; waits: place on the
    waiting list."""

    line: SessionLine
    place: str | None
    waits: int | None
    free: int
    present_at: datetime | None
    rated_at: datetime | None
    marks: Mapping[str, Any] | None
    said: str | None
    materials: str | None
    minutes_text: str | None
    reason: str | None
    on_plan: bool


@dataclass(frozen=True)
class TrainerChoice:
    """Somebody authorised to teach. until_on: last day of the authorisation that counts; against: what keeps them from that time."""

    id: int
    number: str
    name: str
    until_on: date
    against: tuple[str, ...]


def _filtered(actor: Actor, *columns: Any, asked: SessionFilters, now: datetime) -> Select[Any]:
    query = select(*columns).select_from(TrainingSession).join(Plan, Plan.id == TrainingSession.plan_id).where(
        TrainingSession.id.is_not(None) if can(actor, SEE_PLANS) else TrainingSession.id.is_(None))
    if asked.q:
        words = (TrainingSession.number, Plan.number, Plan.title, TrainingSession.room)
        query = query.where(or_(*(one.icontains(asked.q, autoescape=True) for one in words)))
    planned = TrainingSession.state == SessionState.PLANNED
    if asked.state == "ahead":
        query = query.where(planned, TrainingSession.ends_at > now)
    elif asked.state == "open":
        query = query.where(planned, TrainingSession.ends_at <= now)
    elif asked.state:
        query = query.where(TrainingSession.state == asked.state)
    for value, column in ((asked.plan, TrainingSession.plan_id), (asked.trainer, TrainingSession.trainer_id)):
        if value:
            query = query.where(column == value)
    if asked.begins is not None:
        query = query.where(TrainingSession.ends_at > asked.begins)
    return query if asked.ends is None else query.where(TrainingSession.starts_at < asked.ends)


def session_lines(session: Session, actor: Actor, now: datetime, asked: SessionFilters | None = None, *, skip: int = 0,
                  limit: int = 50) -> tuple[list[SessionLine], int]:
    """Sessions this person may see, those to come first and soonest first, then the past ones, last first; how many there are."""
    asked = asked or SessionFilters()
    total = session.scalar(_filtered(actor, func.count(TrainingSession.id), asked=asked, now=now)) or 0
    ahead = and_(TrainingSession.state == SessionState.PLANNED, TrainingSession.ends_at > now)
    query = _filtered(actor, TrainingSession.id, asked=asked, now=now)
    first = [*session.scalars(query.where(ahead).order_by(TrainingSession.starts_at, TrainingSession.id).limit(skip + limit))]
    rest = [*session.scalars(query.where(~ahead).order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc()).limit(
        max(0, skip + limit - len(first))))]
    return lines_of(session, [*first, *rest][skip:skip + limit]), total


def lines_of(session: Session, ids: Sequence[int]) -> list[SessionLine]:
    """Sessions as lists show them, in this order."""
    rows = {row.id: (row, plan, person) for row, plan, person in session.execute(select(TrainingSession, Plan, Trainer.person_id).join(
        Plan, Plan.id == TrainingSession.plan_id).join(Trainer, Trainer.id == TrainingSession.trainer_id).where(
        TrainingSession.id.in_(list(ids))))}
    people = directory(session).people
    courses = courses_of(session, [plan.course_id for _, plan, _ in rows.values()])
    counts = {row[0]: row[1:] for row in session.execute(select(
        SessionPerson.session_id, func.count().filter(SessionPerson.place == Place.SEAT),
        func.count().filter(SessionPerson.place == Place.WAITING), func.count(SessionPerson.present_at),
        func.count(SessionPerson.rated_at)).where(SessionPerson.session_id.in_(list(ids))).group_by(SessionPerson.session_id))}
    means = _means(session, [one for one, row in counts.items() if row[3]])
    found = []
    for one in ids:
        row, plan, person = rows[one]
        found.append(SessionLine(
            row.id, row.number, plan.id, plan.number, plan.title, courses.get(plan.course_id or 0, (None, None))[1], row.state,
            row.starts_at, row.ends_at, row.room, row.seats, row.trainer_id, person, people[person].name if person in people else "",
            *counts.get(row.id, (0, 0, 0, 0)), means.get(row.id), row.version))
    return found


def _means(session: Session, ids: Sequence[int]) -> dict[int, float]:
    held: dict[int, list[int]] = {}
    for one, marks in session.execute(select(SessionPerson.session_id, SessionPerson.marks).where(
            SessionPerson.session_id.in_(list(ids)), SessionPerson.rated_at.is_not(None))):
        held.setdefault(one, []).extend(marks.values())
    return {one: fmean(its) for one, its in held.items() if its}


def visible(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """The row of a session, or NotFound where there is none for this caller: who sees plans, and who teaches it."""
    row = session.get(TrainingSession, session_id)
    if row is None or not (can(actor, SEE_PLANS) or holds(session, actor, row)):
        raise NotFound()
    return row


def concerned(session: Session, actor: Actor, session_id: int) -> tuple[TrainingSession, SessionPerson | None, bool]:
    """A session, the own line in it, and whether one is on its plan: for whom it concerns, else NotFound."""
    row = session.get(TrainingSession, session_id) if can(actor, ATTEND) else None
    if row is None:
        raise NotFound()
    held = session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == row.id, SessionPerson.person_id == actor.person_id)).one_or_none()
    on_plan = session.scalar(select(PlanParticipant.id).where(
        PlanParticipant.plan_id == row.plan_id, PlanParticipant.person_id == actor.person_id)) is not None
    if held is None and not on_plan:
        raise NotFound()
    return row, held, on_plan


def session_card(session: Session, actor: Actor, session_id: int) -> SessionCard:
    """One session with its people: seats by name, then who waits, the longest first."""
    row = visible(session, actor, session_id)
    plan = session.get_one(Plan, row.plan_id)
    held = list(session.scalars(select(SessionPerson).where(SessionPerson.session_id == row.id).order_by(
        SessionPerson.since, SessionPerson.id)))
    waiting = [one.person_id for one in held if one.place == Place.WAITING]
    people, units = directory(session).people, unit_names(session)

    def line(one: SessionPerson) -> SeatLine:
        who = people[one.person_id]
        return SeatLine(who.id, who.name, who.login, units.get(who.unit_id, ""), one.place,
                        waiting.index(who.id) + 1 if who.id in waiting else None, one.since, one.present_at, one.how, one.reason,
                        one.rated_at is not None, one.gone)
    lines = [line(one) for one in held]
    seats = sorted((one for one in lines if one.place == Place.SEAT), key=lambda one: (one.unit, one.name, one.person_id))
    rated = [one for one in held if one.rated_at is not None]
    return SessionCard(
        lines_of(session, [row.id])[0], plan.state, plan.course_id, (*seats, *(one for one in lines if one.place == Place.WAITING)),
        tuple(one for one in lines if one.place == Place.LEFT), tuple(factor_marks([one.marks or {} for one in rated])),
        tuple(one.said for one in sorted(rated, key=lambda one: one.said or "") if one.said), row.minutes, row.materials,
        row.all_the_same, row.reason)


def factor_marks(given: Iterable[Mapping[str, Any]]) -> list[FactorMark]:
    """The six factors with what was given; none where nobody said anything."""
    held = list(given)
    found = []
    for factor in FACTORS:
        marks = [int(one[factor]) for one in held if factor in one]
        if marks:
            found.append(FactorMark(factor, fmean(marks), len(marks), tuple(marks.count(n) for n in range(1, 6))))
    return found


def my_sessions(session: Session, actor: Actor) -> list[MySession]:
    """Sessions of one's plans and those one was at, by time; cancelled ones only where one had a place."""
    if not can(actor, ATTEND):
        return []
    mine = select(SessionPerson.session_id).where(SessionPerson.person_id == actor.person_id)
    plans = select(PlanParticipant.plan_id).where(PlanParticipant.person_id == actor.person_id)
    ids = list(session.scalars(select(TrainingSession.id).where(or_(
        TrainingSession.id.in_(mine), and_(TrainingSession.plan_id.in_(plans), TrainingSession.state == SessionState.PLANNED))).order_by(
        TrainingSession.starts_at, TrainingSession.id)))
    return [my_session(session, actor, one, line) for one, line in zip(ids, lines_of(session, ids), strict=True)]


def taught_by(session: Session, actor: Actor) -> list[SessionLine]:
    """Sessions to be held that this person teaches, by time."""
    return lines_of(session, list(session.scalars(select(TrainingSession.id).join(
        Trainer, Trainer.id == TrainingSession.trainer_id).where(
        Trainer.person_id == (actor.person_id or 0), TrainingSession.state == SessionState.PLANNED).order_by(
        TrainingSession.starts_at, TrainingSession.id))))


def my_session(session: Session, actor: Actor, session_id: int, line: SessionLine | None = None) -> MySession:
    """One session as the one it concerns sees it, or NotFound."""
    row, held, on_plan = concerned(session, actor, session_id)
    line = line or lines_of(session, [row.id])[0]
    waits = None
    if held is not None and held.place == Place.WAITING:
        waits = list(session.scalars(select(SessionPerson.person_id).where(
            SessionPerson.session_id == row.id, SessionPerson.place == Place.WAITING).order_by(
            SessionPerson.since, SessionPerson.id))).index(held.person_id) + 1
    return MySession(line, held.place if held else None, waits, row.seats - line.taken, held.present_at if held else None,
                     held.rated_at if held else None, held.marks if held else None, held.said if held else None, row.materials,
                     row.minutes if row.state == SessionState.HELD else None,
                     row.reason if row.state == SessionState.CANCELLED else None, on_plan)


def trainer_choices(session: Session, course_id: int | None, day: date, it: Times | None = None) -> list[TrainerChoice]:
    """Who is authorised for a course on a day (#79), those who are free first. it: the time they would teach."""
    people, found = directory(session).people, []
    near = around(session, it.starts_at, it.ends_at) if it else None
    for row in session.scalars(select(Trainer).order_by(Trainer.number)):
        if row.person_id not in people or not people[row.person_id].is_active:
            continue
        if not may_teach(covered(session, row.person_id), course_id, day):
            continue
        until = max(session.scalars(select(Authorisation.until_on).where(
            Authorisation.trainer_id == row.id, Authorisation.until_on >= day, Authorisation.from_on <= day)))
        found.append(TrainerChoice(row.id, row.number, people[row.person_id].name, until,
                                   tuple(trainer_clashes(session, it, row.id, near)) if it else ()))
    return sorted(found, key=lambda one: (len(one.against) > 0, one.name, one.id))


def rooms(session: Session) -> list[str]:
    """Rooms that were used, to choose from."""
    return sorted(set(session.scalars(select(TrainingSession.room).distinct())))


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    rows = session.execute(select(TrainingSession, Plan.title).join(Plan, Plan.id == TrainingSession.plan_id).where(
        TrainingSession.id.in_(list(ids))).order_by(TrainingSession.id)).all()
    if not can(actor, SEE_PLANS):
        mine = {one.line.id for one in my_sessions(session, actor)}
        rows = [one for one in rows if one[0].id in mine or holds(session, actor, one[0])]
    return {row.id: _card(row, title) for row, title in rows}


def _card(row: TrainingSession, title: str) -> ThingCard:
    return ThingCard(KIND, row.id, row.number, title, f"/training/plans/sessions/{row.id}", row.state)


def _keeps(session: Session, actor: Actor, session_id: int) -> bool:
    row = session.get(TrainingSession, session_id)
    return row is not None and holds(session, actor, row)


def _texts(session: Session, actor: Actor, session_id: int) -> Iterable[str]:
    row = session.get(TrainingSession, session_id)
    return [row.materials] if row is not None and row.materials else []


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    ids = list(session.scalars(select(TrainingSession.id).where(TrainingSession.number.startswith(number)).order_by(
        TrainingSession.id.desc()).limit(limit)))
    return list(_cards(session, actor, ids).values())


cards.register(cards.Kind(KIND, N_("Training session"), _cards, keeps=_keeps, texts=_texts))
cards.NUMBERED["TS"] = _numbered
