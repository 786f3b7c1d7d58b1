"""Who is on a plan: by account, role, unit, post or course; who comes later gets a place in the sessions to come, who goes gives
theirs to the one who waits longest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.naming import one_called
from kmsvc.people.units.queries import downward, parents
from kmsvc.training.courses.models import Course, CourseAssignee
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.events import SeatGiven
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.opening import opened
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import Place, SessionState


def put_in(work: Work, row: Plan, people: Mapping[int, str | None]) -> list[int]:
    """Put people (id -> why) on a plan; those on it already stay as they are. Returns who is new. Each new one gets a seat in every
    session to come that has one free, else a place on its waiting list, and is told of the seat."""
    held = set(work.session.scalars(select(PlanParticipant.person_id).where(PlanParticipant.plan_id == row.id)))
    new = sorted(set(people) - held)
    work.session.add_all(PlanParticipant(plan_id=row.id, person_id=one, because=people[one], added_at=work.now) for one in new)
    work.session.flush()
    if new:
        for session in work.session.scalars(select(TrainingSession).where(
                TrainingSession.plan_id == row.id, TrainingSession.state == SessionState.PLANNED, TrainingSession.starts_at > work.now)
                .order_by(TrainingSession.id)).all():
            for one in new:
                if place_in(work, session, one).place == Place.SEAT:
                    work.record(SeatGiven(session.id, one))
    return new


def place_in(work: Work, session: TrainingSession, person_id: int) -> SessionPerson:
    """A seat in a session where one is free, else a place on the waiting list; who has one already keeps it."""
    row = held_by(work, session.id, person_id)
    if row is not None and row.place != Place.LEFT:
        return row
    place = Place.SEAT if free_seats(work, session) > 0 else Place.WAITING
    if row is None:
        row = SessionPerson(session_id=session.id, person_id=person_id, place=place, since=work.now)
        work.session.add(row)
    else:
        row.place, row.since = place, work.now
    work.session.flush()
    return row


def held_by(work: Work, session_id: int, person_id: int | None) -> SessionPerson | None:
    """The line of a person in a session."""
    return work.session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session_id, SessionPerson.person_id == (person_id or 0))).one_or_none()


def free_seats(work: Work, session: TrainingSession) -> int:
    """Seats nobody has."""
    taken = work.session.scalar(select(func.count(SessionPerson.id)).where(
        SessionPerson.session_id == session.id, SessionPerson.place == Place.SEAT)) or 0
    return session.seats - taken


def move_up(work: Work, session: TrainingSession) -> None:
    """Who waits longest gets each seat that is free, and is told."""
    free = free_seats(work, session)
    for one in [it for it in seated(work.session, session.id) if it.place == Place.WAITING][:max(0, free)]:
        one.place = Place.SEAT
        work.record(SeatGiven(session.id, one.person_id))
    work.session.flush()


def give_up(work: Work, session: TrainingSession, row: SessionPerson) -> None:
    """The place of this person is free; who waits longest moves up."""
    row.place = Place.LEFT
    work.session.flush()
    move_up(work, session)


def meant(work: Work, *, logins: Sequence[str] = (), role: str | None = None, unit: int | None = None, post: int | None = None,
          course: str | None = None) -> dict[int, str | None]:
    """Active people (id -> why) who are named, hold a role, belong to a unit or one below it, hold a post, or are to take a course and
    have not yet. InvalidInput where nobody is meant."""
    active = directory(work.session).active()
    found: dict[int, str | None] = dict.fromkeys(one_called(work.session, word, field="people").id for word in logins)
    if course:
        found |= _of_course(work, active, course)
    units = downward(parents(work.session), unit) if unit else frozenset()
    for one in active:
        if post and one.post_id == post:
            found[one.id] = f"post:{post}"
        elif role and role in one.role_names:
            found[one.id] = f"role:{role}"
        elif one.unit_id in units:
            found[one.id] = f"unit:{unit}"
    if not found:
        raise InvalidInput({"people": [N_("Name accounts, or a role, unit, post or course with people in it.")]})
    return found


def _of_course(work: Work, active: Sequence[Entry], course: str) -> dict[int, str | None]:
    course_id = work.session.scalar(select(Course.id).where(Course.number == course.upper()))
    if course_id is None:
        raise InvalidInput({"people_course": [N_("There is no such course.")]})
    asked = set(work.session.scalars(select(CourseAssignee.person_id).where(
        CourseAssignee.course_id == course_id, CourseAssignee.done_at.is_(None), CourseAssignee.ended_at.is_(None))))
    return {one.id: f"course:{course.upper()}" for one in active if one.id in asked}


def add_people(work: Work, plan_id: int, *, logins: Sequence[str] = (), role: str | None = None, unit: int | None = None,
               post: int | None = None, course: str | None = None, version: int | None = None) -> Plan:
    """Put people on a plan by account or name, role, unit, post or course that they must take (active people only). InvalidInput where
    nobody is meant; those on it already stay as they are."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    put_in(work, row, meant(work, logins=logins, role=role, unit=unit, post=post, course=course))
    return row


def remove_people(work: Work, plan_id: int, people: Collection[int], *, reason: str | None = None, version: int | None = None) -> Plan:
    """Take people off a plan; their places in sessions to come go to who waits. Who was present at a session stays in that session."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    work.because(reason)
    lines = list(work.session.scalars(select(PlanParticipant).where(
        PlanParticipant.plan_id == row.id, PlanParticipant.person_id.in_(list(people))).order_by(PlanParticipant.id)))
    if not lines or len(lines) != len(set(people)):
        raise NotFound()
    sessions = list(work.session.scalars(select(TrainingSession).where(
        TrainingSession.plan_id == row.id, TrainingSession.state == SessionState.PLANNED).order_by(TrainingSession.id)))
    for line in lines:
        for session in sessions:
            held = held_by(work, session.id, line.person_id)
            if held is not None and held.place != Place.LEFT and held.present_at is None:
                give_up(work, session, held)
        work.session.delete(line)
    work.session.flush()
    return row
