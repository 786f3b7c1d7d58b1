"""Who is on a plan: by account, role, unit, post or course; who comes later gets a place in the sessions to come, who goes gives
theirs to the one who waits longest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.naming import one_called
from kmsvc.people.units.queries import downward, parents
from kmsvc.training.courses.models import Course, CourseAssignee
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.events import SeatGiven
from kmsvc.training.plans.models import Plan, PlanLeaver, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.opening import opened
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import Gone, Place, SessionState


def put_in(work: Work, row: Plan, people: Mapping[int, str | None]) -> list[int]:
    """Put people (id -> why) on a plan; those on it already stay as they are. Returns who is new. Each new one gets a seat in every
    session to come that has one free, else a place on its waiting list, and is told of the seat."""
    work.get(Plan, row.id, lock=True)
    held = set(work.session.scalars(select(PlanParticipant.person_id).where(PlanParticipant.plan_id == row.id)))
    new = sorted(set(people) - held)
    if not new:
        return []
    work.session.add_all(PlanParticipant(plan_id=row.id, person_id=one, because=people[one], added_at=work.now) for one in new)
    for one in work.session.scalars(select(PlanLeaver).where(PlanLeaver.plan_id == row.id, PlanLeaver.person_id.in_(new)).order_by(
            PlanLeaver.id)):
        work.session.delete(one)  # whoever is on it again needs no way back
    work.session.flush()
    here = {one.id for one in directory(work.session).active()}
    for session in locked(work, TrainingSession.plan_id == row.id, TrainingSession.starts_at > work.now):
        _place_all(work, session, [one for one in new if one in here])
    return new


def _place_all(work: Work, session: TrainingSession, people: Sequence[int]) -> None:
    """A seat for each while there are some, then the waiting list; who has a place already keeps it."""
    free = free_seats(work, session)
    held = {row.person_id: row for row in work.session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session.id, SessionPerson.person_id.in_(people)).order_by(SessionPerson.id))}
    for person in people:
        row = held.get(person)
        if row is not None and row.place != Place.LEFT:
            continue
        place = Place.SEAT if free > 0 else Place.WAITING
        free -= 1
        if row is None:
            work.session.add(SessionPerson(session_id=session.id, person_id=person, place=place, since=work.now))
        else:
            row.place, row.since, row.gone = place, work.now, None
        if place == Place.SEAT:
            tell_of_seat(work, session, person)
    work.session.flush()


def locked(work: Work, *conditions: Any) -> list[TrainingSession]:
    """Sessions to be held, locked to the end of this unit, always in the same order: seats are counted and given by one alone."""
    return list(work.session.scalars(select(TrainingSession).where(
        TrainingSession.state == SessionState.PLANNED, *conditions).order_by(TrainingSession.id).with_for_update().execution_options(
        populate_existing=True)))


def tell_of_seat(work: Work, session: TrainingSession, person_id: int) -> None:
    """The fact that somebody has a seat now."""
    work.record(SeatGiven(session.id, person_id, work.now.isoformat()))


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
        row.place, row.since, row.gone = place, work.now, None
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
    """Who waits longest, and is here, gets each seat that is free, and is told. The caller has locked the session."""
    free = free_seats(work, session)
    here = {one.id for one in directory(work.session).active()}
    for one in [it for it in seated(work.session, session.id) if it.place == Place.WAITING and it.person_id in here][:max(0, free)]:
        one.place = Place.SEAT
        tell_of_seat(work, session, one.person_id)
    work.session.flush()


def give_up(work: Work, session: TrainingSession, row: SessionPerson, gone: Gone | None = None) -> None:
    """The place of this person is free; who waits longest moves up. gone: why it was taken from them, for who comes back."""
    row.place, row.gone = Place.LEFT, gone
    work.session.flush()
    if session.ends_at > work.now:
        move_up(work, session)


def follow_person(work: Work, person_id: int) -> None:
    """Somebody may not sign in any more: their places in sessions to come go to who waits. Who may again has them again where a seat is
    free, else waits where they stood before."""
    work.permit(MAKE_PLANS)
    here = any(one.id == person_id for one in directory(work.session).active())
    own = select(SessionPerson.session_id).where(SessionPerson.person_id == person_id)
    for session in locked(work, TrainingSession.id.in_(own), TrainingSession.starts_at > work.now):
        held = held_by(work, session.id, person_id)
        assert held is not None
        if here:
            take_again(work, session, held, Gone.PERSON)
        elif held.place != Place.LEFT and held.present_at is None:
            give_up(work, session, held, Gone.PERSON)


def take_again(work: Work, session: TrainingSession, held: SessionPerson, gone: Gone) -> None:
    """A place that was taken from somebody for this reason is theirs again: a seat where one is free, else their old place on the
    waiting list."""
    if held.place == Place.LEFT and held.gone == gone:
        held.place, held.gone = Place.WAITING, None
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


def on_plan(session: Session, plan_id: int) -> set[int]:
    """Ids of those on a plan."""
    return set(session.scalars(select(PlanParticipant.person_id).where(PlanParticipant.plan_id == plan_id)))


def put_listed(work: Work, plan_id: int, people: Collection[int], file: str, *, version: int | None = None) -> list[int]:
    """Put active people on a plan who were found by a list; those on it already stay as they are. file: what the list is called. Returns
    who is new. NotFound where one is not here."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    if not set(people) <= {one.id for one in directory(work.session).active()}:
        raise NotFound()
    return put_in(work, row, dict.fromkeys(people, f"file:{file}"[:200] if file else None))


def remove_people(work: Work, plan_id: int, people: Collection[int], *, reason: str | None = None, version: int | None = None) -> Plan:
    """Take people off a plan; their places in sessions to come go to who waits. Who was present at a session stays in that session.
    `put_back` undoes it."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    work.because(reason)
    lines = list(work.session.scalars(select(PlanParticipant).where(
        PlanParticipant.plan_id == row.id, PlanParticipant.person_id.in_(list(people))).order_by(PlanParticipant.id)))
    if not lines or len(lines) != len(set(people)):
        raise NotFound()
    for line in lines:
        work.session.add(PlanLeaver(plan_id=row.id, person_id=line.person_id, because=line.because, added_at=line.added_at,
                                    taken_at=work.now, taken_by_id=work.actor.person_id, reason=reason))
        work.session.delete(line)
    work.session.flush()
    for session in locked(work, TrainingSession.plan_id == row.id):
        for line in lines:
            held = held_by(work, session.id, line.person_id)
            if held is not None and held.place != Place.LEFT and held.present_at is None:
                give_up(work, session, held, Gone.PLAN)
    return row


def put_back(work: Work, plan_id: int, people: Collection[int], *, version: int | None = None) -> Plan:
    """Put people who were taken off a plan back on it, for the reason they were on it; they have their places in sessions to come again
    where a seat is free, else wait where they stood before."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    lines = list(work.session.scalars(select(PlanLeaver).where(
        PlanLeaver.plan_id == row.id, PlanLeaver.person_id.in_(list(people))).order_by(PlanLeaver.id)))
    if not lines or len(lines) != len(set(people)):
        raise NotFound()
    for line in lines:
        work.session.add(PlanParticipant(plan_id=row.id, person_id=line.person_id, because=line.because, added_at=line.added_at))
        work.session.delete(line)
    work.session.flush()
    here = {one.id for one in directory(work.session).active()}
    for session in locked(work, TrainingSession.plan_id == row.id, TrainingSession.starts_at > work.now):
        for line in lines:
            held = held_by(work, session.id, line.person_id)
            if held is not None and line.person_id in here:
                take_again(work, session, held, Gone.PLAN)
    return row
