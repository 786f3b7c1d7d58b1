"""Who is to take a course, until when: assigning, following who belongs where, fulfilling. Other nouns and reactions call
`assign_course` and `follow_people`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.roles import Role
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import downward, parents
from kmsvc.training.courses.events import CourseAssigned
from kmsvc.training.courses.models import (
    Course,
    CourseAssignee,
    CourseAssignment,
    CourseAttempt,
    CourseText,
    CourseVersion,
)
from kmsvc.training.courses.permissions import ASSIGN_COURSE, FOLLOW_COURSES
from kmsvc.training.courses.rules import CourseState, LessonKind, Target, due_for


@dataclass(frozen=True)
class Whom:
    """Whom a course is assigned to: one of these."""

    person_id: int | None = None
    unit_id: int | None = None
    post_id: int | None = None
    role: str | None = None

    @property
    def target(self) -> Target:
        """Which of them."""
        held = [kind for kind, one in ((Target.PERSON, self.person_id), (Target.UNIT, self.unit_id), (Target.POST, self.post_id),
                                       (Target.ROLE, self.role)) if one is not None]
        if len(held) != 1:
            raise InvalidInput({"whom": [N_("Name one person, unit, post or role.")]})
        return held[0]


def assign_course(work: Work, course_id: int, whom: Whom, *, today: date, due_on: date | None = None, days: int | None = None,
                  again: bool = False, reason: str | None = None, source: str = "hand") -> CourseAssignment:
    """A published course is to be taken by whoever is meant, from now on and for as long as this stands; they are told.

    due_on: the day by which; days: calendar days from being concerned; with neither two weeks. source: `hand`, or what
    asked for it (`joined`, `post_changed`, `process_released`, a number). The service itself gets the one that stands already.
    """
    work.permit(ASSIGN_COURSE if can(work.actor, ASSIGN_COURSE) else FOLLOW_COURSES)
    work.because(reason)
    course = work.get(Course, course_id, lock=True)
    if course.state != CourseState.PUBLISHED:
        raise RuleBroken("training.course.not_published_now", N_("Only a published course can be assigned."))
    target = whom.target
    _exists(work.session, whom)
    if due_on is not None and due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    twin = work.session.scalar(select(CourseAssignment).where(
        CourseAssignment.course_id == course_id, CourseAssignment.ended_at.is_(None), CourseAssignment.target == target,
        CourseAssignment.person_id.is_(None) if whom.person_id is None else CourseAssignment.person_id == whom.person_id,
        CourseAssignment.unit_id.is_(None) if whom.unit_id is None else CourseAssignment.unit_id == whom.unit_id,
        CourseAssignment.post_id.is_(None) if whom.post_id is None else CourseAssignment.post_id == whom.post_id,
        CourseAssignment.role.is_(None) if whom.role is None else CourseAssignment.role == whom.role))
    if twin is not None:
        if source != "hand":
            return twin
        raise RuleBroken("training.course.assigned_already", N_("This course is assigned to them already. End that first."))
    row = CourseAssignment(course_id=course_id, target=target, person_id=whom.person_id, unit_id=whom.unit_id, post_id=whom.post_id,
                           role=whom.role, due_on=due_on, days=days, again=again, reason=reason, source=source, made_at=work.now,
                           made_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    _bring_level(work, row, today)
    return row


def _exists(session: Session, whom: Whom) -> None:
    if whom.person_id is not None:
        person = directory(session).people.get(whom.person_id)
        if person is None or not person.is_active or person.is_first or person.is_guest:
            raise InvalidInput({"person": [N_("There is no such person.")]})
    unit = session.get(Unit, whom.unit_id) if whom.unit_id is not None else None
    if whom.unit_id is not None and (unit is None or unit.closed_at is not None or unit.readers is not None):
        raise InvalidInput({"unit": [N_("There is no such unit.")]})
    post = session.get(Post, whom.post_id) if whom.post_id is not None else None
    if whom.post_id is not None and (post is None or post.closed_at is not None):
        raise InvalidInput({"post": [N_("There is no such post.")]})
    if whom.role is not None and whom.role not in {one.value for one in Role}:
        raise InvalidInput({"role": [N_("There is no such role.")]})


def people_meant(session: Session, row: CourseAssignment) -> list[Entry]:
    """Active people whom an assignment concerns now, by id."""
    people = directory(session).active()
    if row.target == Target.UNIT:
        below = downward(parents(session), row.unit_id or 0)
        return [one for one in people if one.unit_id in below]
    if row.target == Target.POST:
        return [one for one in people if one.post_id == row.post_id]
    if row.target == Target.ROLE:
        return [one for one in people if row.role in one.role_names]
    return [one for one in people if one.id == row.person_id]


def _bring_level(work: Work, row: CourseAssignment, today: date, only: int | None = None) -> list[CourseAssignee]:
    """Who is concerned now and has no line yet gets one; lines of those no longer concerned end. Twice changes nothing."""
    meant = {one.id for one in people_meant(work.session, row) if only is None or one.id == only}
    query = select(CourseAssignee).where(CourseAssignee.assignment_id == row.id).order_by(CourseAssignee.round)
    if only is not None:
        query = query.where(CourseAssignee.person_id == only)
    held = {one.person_id: one for one in work.session.scalars(query)}
    for person_id, one in held.items():
        if one.ended_at is None and one.done_at is None and person_id not in meant:
            one.ended_at = work.now
    missing = sorted(person for person in meant if person not in held or held[person].ended_at is not None)
    return _concern(work, row, {person: held[person].round + 1 if person in held else 1 for person in missing}, today)


def _concern(work: Work, row: CourseAssignment, rounds: dict[int, int], today: date, *, afresh: bool = False) -> list[CourseAssignee]:
    """Lines for these people. Who has done the published version already is done, unless they are to take it afresh."""
    course = work.get(Course, row.course_id)
    done = {} if afresh or not rounds else {one.person_id: one for one in work.session.scalars(select(CourseAttempt).where(
        CourseAttempt.course_id == row.course_id, CourseAttempt.version_id == course.published_version_id,
        CourseAttempt.person_id.in_(list(rounds)), CourseAttempt.done_at.is_not(None)).order_by(CourseAttempt.id))}
    day = due_for(today, None if afresh else row.due_on, row.days)
    made = []
    for person_id, number in rounds.items():
        attempt = done.get(person_id)
        one = CourseAssignee(assignment_id=row.id, course_id=row.course_id, person_id=person_id, round=number, due_on=day,
                             made_at=work.now, done_at=attempt.done_at if attempt else None, attempt_id=attempt.id if attempt else None)
        work.session.add(one)
        made.append(one)
    work.session.flush()
    told = [one.id for one in made if one.done_at is None]
    if told:
        work.record(CourseAssigned(row.course_id, row.id, told))
    return made


def end_assignment(work: Work, assignment_id: int, *, reason: str | None = None, version: int | None = None) -> CourseAssignment:
    """Nobody is asked for it by this any more; what was done stays."""
    row = work.get(CourseAssignment, assignment_id, lock=True, version=version)
    work.permit(ASSIGN_COURSE)
    work.because(reason)
    if row.ended_at is not None:
        raise RuleBroken("training.course.ended_already", N_("This has ended already."))
    row.ended_at, row.ended_by_id = work.now, work.actor.person_id
    for one in work.session.scalars(select(CourseAssignee).where(
            CourseAssignee.assignment_id == row.id, CourseAssignee.ended_at.is_(None), CourseAssignee.done_at.is_(None))):
        one.ended_at = work.now
    return row


def follow_people(work: Work, today: date, person_id: int | None = None) -> int:
    """Standing assignments of published courses meet everybody, or one person, as units, posts and roles are now; returns how many
    lines were made. Twice changes nothing."""
    work.permit(FOLLOW_COURSES)
    made = 0
    for row in work.session.scalars(select(CourseAssignment).join(Course, Course.id == CourseAssignment.course_id).where(
            CourseAssignment.ended_at.is_(None), Course.state == CourseState.PUBLISHED).order_by(CourseAssignment.id)):
        made += len(_bring_level(work, row, today, person_id))
    return made


def follow_release(work: Work, process_id: int, today: date) -> int:
    """A process took effect: assignments that ask for it again after each release, of courses that show it, begin another round."""
    work.permit(FOLLOW_COURSES)
    made = 0
    for row, course in list(work.session.execute(select(CourseAssignment, Course).join(
            Course, Course.id == CourseAssignment.course_id).where(
            CourseAssignment.ended_at.is_(None), CourseAssignment.again.is_(True), Course.state == CourseState.PUBLISHED)
            .order_by(CourseAssignment.id))):
        if not _shows(work.session, course, process_id):
            continue
        meant = {one.id for one in people_meant(work.session, row)}
        rounds = {one.person_id: one.last for one in work.session.execute(select(
            CourseAssignee.person_id, func.max(CourseAssignee.round).label("last")).where(
            CourseAssignee.assignment_id == row.id).group_by(CourseAssignee.person_id))}
        still = set(work.session.scalars(select(CourseAssignee.person_id).where(
            CourseAssignee.assignment_id == row.id, CourseAssignee.done_at.is_(None), CourseAssignee.ended_at.is_(None))))
        made += len(_concern(work, row, {one: rounds.get(one, 0) + 1 for one in sorted(meant - still)}, today, afresh=True))
    return made


def _shows(session: Session, course: Course, process_id: int) -> bool:
    version = session.get(CourseVersion, course.published_version_id)
    ids = [held for one in version.outline for held in one["texts"]] if version is not None else []
    return any(kind == "process" and text_id == process_id for row in session.scalars(select(CourseText).where(
        CourseText.id.in_(ids), CourseText.kind == LessonKind.PROCESS)) for kind, text_id, _ in row.content.get("cites") or ())


def fulfil(work: Work, attempt: CourseAttempt) -> Sequence[int]:
    """What was asked of this person by assignments of this course is done by an attempt; the ids of those lines."""
    rows = list(work.session.scalars(select(CourseAssignee).where(
        CourseAssignee.course_id == attempt.course_id, CourseAssignee.person_id == attempt.person_id, CourseAssignee.done_at.is_(None),
        CourseAssignee.ended_at.is_(None)).order_by(CourseAssignee.id).with_for_update()))
    for row in rows:
        row.done_at, row.attempt_id = attempt.done_at, attempt.id
    return [row.id for row in rows]

