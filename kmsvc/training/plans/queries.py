"""Reads over plans: the list, one with its people and sessions, what can be pointed at. Sessions: `session_queries.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import all_posts, downward, parents, unit_names
from kmsvc.training.courses.models import Course, CourseVersion
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.models import Plan, PlanLeaver, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import SEE_PLANS
from kmsvc.training.plans.rules import Place, PlanState, SessionState

LIVE = (PlanState.DRAFT, PlanState.APPROVED, PlanState.RUNNING)


@dataclass(frozen=True)
class PlanFilters:
    """What a list of plans is narrowed to. state: one of them, or `live`; course: its id; unit: with those below it."""

    q: str | None = None
    year: int | None = None
    state: str | None = None
    purpose: str | None = None
    course: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class PlanLine:
    """A plan in a list. minutes: per head; cost, spent: yuan; next_at: when the session begins that is next or goes on;
    present: people who were at one of its sessions."""

    id: int
    number: str
    title: str
    year: int
    purpose: str
    state: str
    course_id: int | None
    course: str | None
    course_title: str | None
    people: int
    sessions: int
    held: int
    present: int
    next_at: datetime | None
    minutes: int
    cost: int
    spent: int | None
    due_on: date | None
    because: str | None
    version: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"/training/plans/{self.id}"


@dataclass(frozen=True)
class Member:
    """Somebody on a plan. because: as it is stored; seats, waits: ids of sessions to come; present: of sessions they were at."""

    person_id: int
    name: str
    login: str
    unit: str
    post: str
    because: str | None
    added_at: datetime
    seats: tuple[int, ...]
    waits: tuple[int, ...]
    present: tuple[int, ...]


@dataclass(frozen=True)
class PlanCard:
    """One plan."""

    line: PlanLine
    target: str
    evaluation: str
    reason: str | None
    made_at: datetime
    made_by: str
    approved_by: str
    members: tuple[Member, ...]


def _filtered(session: Session, actor: Actor, *columns: Any, asked: PlanFilters) -> Select[Any]:
    query = select(*columns).select_from(Plan).where(Plan.id.is_not(None) if can(actor, SEE_PLANS) else Plan.id.is_(None))
    if asked.q:
        words = (Plan.number, Plan.title, Plan.target, Plan.because)
        query = query.where(or_(*(one.icontains(asked.q, autoescape=True) for one in words)))
    if asked.year:
        query = query.where(Plan.year == asked.year)
    if asked.state == "live":
        query = query.where(Plan.state.in_(LIVE))
    elif asked.state:
        query = query.where(Plan.state == asked.state)
    if asked.purpose:
        query = query.where(Plan.purpose == asked.purpose)
    if asked.course:
        query = query.where(Plan.course_id == asked.course)
    if asked.unit:
        query = query.where(Plan.id.in_(select(PlanParticipant.plan_id).join(Person, Person.id == PlanParticipant.person_id).where(
            Person.unit_id.in_(sorted(downward(parents(session), asked.unit))))))
    return query


def plan_lines(session: Session, actor: Actor, now: datetime, asked: PlanFilters | None = None, *, before: int | None = None,
               limit: int = 50) -> tuple[list[PlanLine], int | None]:
    """Plans this person may see, newest first, and the id to go on from."""
    query = _filtered(session, actor, Plan, asked=asked or PlanFilters())
    if before:
        query = query.where(Plan.id < before)
    rows = list(session.scalars(query.order_by(Plan.id.desc()).limit(limit + 1)))
    return lines_of(session, rows[:limit], now), rows[limit - 1].id if len(rows) > limit else None


def count_plans(session: Session, actor: Actor, asked: PlanFilters) -> int:
    """How many fit these filters."""
    return session.scalar(_filtered(session, actor, func.count(Plan.id), asked=asked)) or 0


def years(session: Session) -> list[int]:
    """The years of which there are plans, newest first."""
    return list(session.scalars(select(Plan.year).distinct().order_by(Plan.year.desc())))


def course_choices(session: Session, *, planned: bool = False) -> list[tuple[int, str, str]]:
    """(id, number, title) of published courses, or of those there are plans for."""
    query = select(Course.id, Course.number, CourseVersion.title).join(
        CourseVersion, CourseVersion.id == func.coalesce(Course.published_version_id, Course.draft_version_id))
    query = query.where(Course.id.in_(select(Plan.course_id).distinct())) if planned else query.where(
        Course.published_version_id.is_not(None), Course.retired_at.is_(None))
    return [(row.id, row.number, row.title) for row in session.execute(query.order_by(Course.number))]


def courses_of(session: Session, ids: Sequence[int | None]) -> dict[int, tuple[str, str]]:
    """course -> (number, title)."""
    return {row.id: (row.number, row.title or "") for row in session.execute(select(
        Course.id, Course.number, CourseVersion.title).outerjoin(
        CourseVersion, CourseVersion.id == func.coalesce(Course.published_version_id, Course.draft_version_id)).where(
        Course.id.in_([one for one in ids if one])))}


def lines_of(session: Session, rows: Sequence[Plan], now: datetime) -> list[PlanLine]:
    """Rows as lists show them."""
    ids = [row.id for row in rows]
    people: Mapping[int, int] = dict(session.execute(select(PlanParticipant.plan_id, func.count()).where(
        PlanParticipant.plan_id.in_(ids)).group_by(PlanParticipant.plan_id)).all())
    planned, took = TrainingSession.state == SessionState.PLANNED, TrainingSession.state != SessionState.CANCELLED
    sessions = {row[0]: row[1:] for row in session.execute(select(
        TrainingSession.plan_id, func.count().filter(took), func.count().filter(TrainingSession.state == SessionState.HELD),
        func.min(TrainingSession.starts_at).filter(planned, TrainingSession.ends_at >= now)).where(
        TrainingSession.plan_id.in_(ids)).group_by(TrainingSession.plan_id))}
    present: Mapping[int, int] = dict(session.execute(select(
        TrainingSession.plan_id, func.count(SessionPerson.person_id.distinct())).join(
        SessionPerson, SessionPerson.session_id == TrainingSession.id).where(
        TrainingSession.plan_id.in_(ids), was_there()).group_by(TrainingSession.plan_id)).all())
    courses = courses_of(session, [row.course_id for row in rows])
    found = []
    for row in rows:
        number, title = courses.get(row.course_id or 0, (None, None))
        count, held, following = sessions.get(row.id, (0, 0, None))
        found.append(PlanLine(
            row.id, row.number, row.title, row.year, row.purpose, row.state, row.course_id, number, title, people.get(row.id, 0), count,
            held, present.get(row.id, 0), following, row.minutes, row.cost, row.spent, row.due_on, row.because, row.version))
    return found


def visible(session: Session, actor: Actor, plan_id: int) -> Plan:
    """The row of a plan, or NotFound where there is none for this caller."""
    row = session.get(Plan, plan_id) if can(actor, SEE_PLANS) else None
    if row is None:
        raise NotFound()
    return row


def plan_card(session: Session, actor: Actor, plan_id: int, now: datetime) -> PlanCard:
    """One plan with its people, by name."""
    row = visible(session, actor, plan_id)
    who = names(session, [row.made_by_id, row.approved_by_id])
    return PlanCard(lines_of(session, [row], now)[0], row.target, row.evaluation, row.reason, row.made_at,
                    who.get(row.made_by_id or 0, ""), who.get(row.approved_by_id or 0, ""), tuple(members_of(session, row.id)))


def members_of(session: Session, plan_id: int) -> list[Member]:
    """Everybody on a plan, by name."""
    people, units, posts = directory(session).people, unit_names(session), {one.id: one.name for one in all_posts(session)}
    places: dict[int, dict[str, list[int]]] = {}
    for line, state in session.execute(select(SessionPerson, TrainingSession.state).join(
            TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
            TrainingSession.plan_id == plan_id, TrainingSession.state != SessionState.CANCELLED).order_by(SessionPerson.session_id)):
        held = places.setdefault(line.person_id, {"seat": [], "waiting": [], "present": []})
        if line.present_at is not None:
            held["present"].append(line.session_id)
        elif line.place != Place.LEFT and state == SessionState.PLANNED:
            held[line.place].append(line.session_id)
    found = []
    for row in session.scalars(select(PlanParticipant).where(PlanParticipant.plan_id == plan_id).order_by(PlanParticipant.id)):
        one, held = people[row.person_id], places.get(row.person_id, {})
        found.append(Member(row.person_id, one.name, one.login, units.get(one.unit_id, ""), posts.get(one.post_id or 0, ""), row.because,
                            row.added_at, tuple(held.get("seat", ())), tuple(held.get("waiting", ())), tuple(held.get("present", ()))))
    return sorted(found, key=lambda one: (one.unit, one.name, one.person_id))


@dataclass(frozen=True)
class Leaver:
    """Somebody who was taken off a plan and can be put back. because: as it was stored."""

    person_id: int
    name: str
    unit: str
    because: str | None
    taken_at: datetime
    taken_by: str
    reason: str | None


def leavers_of(session: Session, plan_id: int) -> list[Leaver]:
    """Who was taken off a plan, the last first."""
    people, units = directory(session).people, unit_names(session)
    rows = list(session.scalars(select(PlanLeaver).where(PlanLeaver.plan_id == plan_id).order_by(
        PlanLeaver.taken_at.desc(), PlanLeaver.id.desc())))
    who = names(session, [row.taken_by_id for row in rows])
    return [Leaver(one.id, one.name, units.get(one.unit_id, ""), row.because, row.taken_at, who.get(row.taken_by_id or 0, ""),
                   row.reason) for row in rows for one in [people[row.person_id]]]


def reason_words(session: Session, because: str | None) -> tuple[str, dict[str, str]]:
    """Why somebody is on a plan: a sentence and what fills it; words of an event as they are."""
    kind, _, which = (because or "").partition(":")
    if not because:
        return N_("Named one by one"), {}
    if kind == "role" and which in set(Role):
        return Role(which).label, {}
    if kind == "unit" and which.isdecimal():
        return N_("Unit %(name)s"), {"name": unit_names(session).get(int(which), which)}
    if kind == "post" and which.isdecimal():
        return N_("Post %(name)s"), {"name": next((one.name for one in all_posts(session) if one.id == int(which)), which)}
    if kind == "file":
        return N_("From the list %(name)s"), {"name": which}
    if kind == "course":
        return N_("Must take %(name)s"), {"name": which}
    return "%(words)s", {"words": because}


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    query = select(Plan).where(Plan.id.in_(ids)).order_by(Plan.id)
    if can(actor, SEE_PLANS):
        return {row.id: _card(row) for row in session.scalars(query)}
    mine = select(PlanParticipant.plan_id).where(PlanParticipant.person_id == (actor.person_id or 0))
    return {row.id: ThingCard("training_plan", row.id, row.number, row.title, "/training/plans/mine", row.state)
            for row in session.scalars(query.where(Plan.id.in_(mine), Plan.state.not_in((PlanState.DRAFT, PlanState.CANCELLED))))}


def _card(row: Plan) -> ThingCard:
    return ThingCard("training_plan", row.id, row.number, row.title, f"/training/plans/{row.id}", row.state)


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_PLANS):
        return []
    return [_card(row) for row in session.scalars(select(Plan).where(
        Plan.number.startswith(number)).order_by(Plan.id.desc()).limit(limit))]


cards.register(cards.Kind("training_plan", N_("Training plan"), _cards))
cards.NUMBERED["TP"] = _numbered
