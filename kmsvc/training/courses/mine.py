"""Reads over courses for who takes them: what one must, what one may, what one has learned, the course as it is played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.training.courses import rules
from kmsvc.training.courses.learning import may_take, progress_of, running
from kmsvc.training.courses.models import (
    Course,
    CourseAssignee,
    CourseAttempt,
    CourseProgress,
    CourseRecord,
    CourseText,
    CourseVersion,
)
from kmsvc.training.courses.queries import category_names, facts_of
from kmsvc.training.courses.rules import CourseState
from kmsvc.training.courses.usecases import texts_of


@dataclass(frozen=True)
class MyLine:
    """A course for this reader. due_on: by which day where it must be taken; share: percent of what is required;
    newer: a newer version than the one begun is published."""

    course_id: int
    number: str
    title: str
    summary: str
    category: str
    minutes: int
    due_on: date | None
    standing: str
    share: int
    begun: bool
    newer: bool
    done_at: datetime | None

    @property
    def url(self) -> str:
        """Where it is taken."""
        return f"/training/learning/courses/{self.course_id}"


def my_required(session: Session, actor: Actor, today: date) -> list[MyLine]:
    """What this person must take and has not done, earliest due first."""
    due: dict[int, date] = {}
    for row in session.scalars(select(CourseAssignee).join(Course, Course.id == CourseAssignee.course_id).where(
            CourseAssignee.person_id == (actor.person_id or 0), CourseAssignee.done_at.is_(None), CourseAssignee.ended_at.is_(None),
            Course.state == CourseState.PUBLISHED).order_by(CourseAssignee.due_on.desc())):
        due[row.course_id] = row.due_on
    lines = _lines(session, actor, list(due), due, today)
    return sorted(lines, key=lambda one: (one.due_on or date.max, one.number))


def my_elective(session: Session, actor: Actor, today: date, *, q: str | None = None, category_id: int | None = None) -> list[MyLine]:
    """What this person may take: begun first, then by title."""
    query = select(Course.id).join(CourseVersion, CourseVersion.id == Course.published_version_id).where(
        Course.state == CourseState.PUBLISHED, Course.elective.is_(True))
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Course.number, CourseVersion.title, CourseVersion.summary))))
    if category_id is not None:
        query = query.where(Course.category_id == category_id)
    lines = _lines(session, actor, list(session.scalars(query.order_by(Course.id))), {}, today)
    return sorted(lines, key=lambda one: (one.standing != "begun", one.title, one.number))


def my_line(session: Session, actor: Actor, course_id: int, today: date) -> MyLine:
    """One course for this reader, or NotFound."""
    course = session.get(Course, course_id)
    if course is None or not may_take(session, actor, course):
        raise NotFound()
    due = [one.due_on for one in my_required(session, actor, today) if one.course_id == course_id]
    return _lines(session, actor, [course_id], {course_id: due[0]} if due and due[0] else {}, today)[0]


def _lines(session: Session, actor: Actor, ids: Sequence[int], due: Mapping[int, date], today: date) -> list[MyLine]:
    me = actor.person_id or 0
    latest: dict[int, CourseAttempt] = {}
    for attempt in session.scalars(select(CourseAttempt).where(
            CourseAttempt.course_id.in_(ids), CourseAttempt.person_id == me).order_by(CourseAttempt.number)):
        latest[attempt.course_id] = attempt
    facts, shelves = facts_of(session, list(latest.values())), category_names(session)
    found = []
    for course, version in session.execute(select(Course, CourseVersion).join(
            CourseVersion, CourseVersion.id == Course.published_version_id).where(Course.id.in_(ids)).order_by(Course.id)):
        took, day = latest.get(course.id), due.get(course.id)
        open_ = took is not None and took.done_at is None and took.left_at is None
        done = took is not None and took.done_at is not None and day is None
        share = facts[took.id][0] if took is not None and (open_ or done) else 0
        found.append(MyLine(
            course.id, course.number, version.title, version.summary, shelves.get(course.category_id or 0, ""), version.minutes, day,
            rules.standing(today, day, begun=open_, done=done), share, open_,
            open_ and took is not None and took.version_id != version.id and course.state == CourseState.PUBLISHED,
            took.done_at if took is not None else None))
    return found


@dataclass(frozen=True)
class HistoryLine:
    """One attempt of this person. how: done, undone (it was done, and what finished it was taken back), left or begun; score:
    hundredths of a percent."""

    attempt_id: int
    course_id: int
    number: str
    title: str
    label: int
    attempt: int
    begun_at: datetime
    done_at: datetime | None
    left_at: datetime | None
    share: int
    seconds: int
    score: int | None
    undone: bool = False

    @property
    def how(self) -> str:
        """How it stands."""
        return "done" if self.done_at else "undone" if self.undone else "left" if self.left_at else "begun"


def my_history(session: Session, person_id: int, *, q: str | None = None) -> list[HistoryLine]:
    """Every attempt, newest first, with the words of the version it took; also of courses that are retired."""
    query = select(CourseAttempt, Course, CourseVersion).join(Course, Course.id == CourseAttempt.course_id).join(
        CourseVersion, CourseVersion.id == CourseAttempt.version_id).where(CourseAttempt.person_id == person_id).order_by(
        CourseAttempt.begun_at.desc(), CourseAttempt.id.desc())
    if q:
        query = query.where(or_(Course.number.icontains(q, autoescape=True), CourseVersion.title.icontains(q, autoescape=True)))
    rows = list(session.execute(query))
    facts = facts_of(session, [attempt for attempt, *_ in rows])
    undone = set(session.scalars(select(CourseRecord.attempt_id).where(
        CourseRecord.attempt_id.in_(facts), CourseRecord.what == "undone")))
    return [HistoryLine(attempt.id, course.id, course.number, version.title, version.label, attempt.number, attempt.begun_at,
                        attempt.done_at, attempt.left_at, facts[attempt.id][0], *facts[attempt.id][2:], attempt.id in undone)
            for attempt, course, version in rows]


@dataclass(frozen=True)
class Step:
    """A lesson in the list beside the player. place: from 1."""

    id: int
    place: int
    kind: str
    title: str
    required: bool
    minutes: int
    begun: bool
    done: bool
    score: int | None


@dataclass(frozen=True)
class Played:
    """A course as one person takes it. chapters: (title, lessons)."""

    attempt: CourseAttempt
    course: Course
    version: CourseVersion
    chapters: Sequence[tuple[str, Sequence[Step]]]
    texts: Mapping[int, CourseText]
    progress: Mapping[int, CourseProgress]
    share: int
    newer: bool

    @property
    def steps(self) -> list[Step]:
        """All lessons in their order."""
        return [one for _, its in self.chapters for one in its]

    @property
    def over(self) -> bool:
        """Whether nothing is noted any more."""
        return self.attempt.done_at is not None or self.attempt.left_at is not None

    def next_open(self) -> Step | None:
        """The lesson to go on with: the first that is not done, required ones before others; else the first."""
        steps = self.steps
        return next((one for one in steps if one.required and not one.done), None) or next(
            (one for one in steps if not one.done), None) or (steps[0] if steps else None)


def played(session: Session, actor: Actor, attempt_id: int) -> Played:
    """An attempt of this caller, or NotFound."""
    attempt = session.get(CourseAttempt, attempt_id)
    if attempt is None or actor.person_id is None or attempt.person_id != actor.person_id:
        raise NotFound()
    return _played(session, attempt)


def current_attempt(session: Session, actor: Actor, course_id: int) -> CourseAttempt | None:
    """The attempt this caller is in."""
    return running(session, course_id, actor.person_id or 0)


def _played(session: Session, attempt: CourseAttempt) -> Played:
    course, version = session.get(Course, attempt.course_id), session.get(CourseVersion, attempt.version_id)
    assert course is not None and version is not None
    rows, progress = texts_of(session, version.outline), progress_of(session, attempt.id)
    chapters, place = [], 0
    for one in version.outline:
        steps = []
        for held in one["texts"]:
            text, place = rows[held], place + 1
            its = progress.get(text.lesson_id)
            steps.append(Step(text.lesson_id, place, text.kind, text.title, text.required, text.minutes, its is not None,
                              its is not None and its.done_at is not None, its.score if its else None))
        chapters.append((str(one["title"]), steps))
    steps = [one for _, its in chapters for one in its]
    newer = (attempt.done_at is None and attempt.left_at is None and course.state == CourseState.PUBLISHED
             and course.published_version_id != version.id)
    return Played(attempt, course, version, chapters, {row.lesson_id: row for row in rows.values()}, progress,
                  rules.share([one.id for one in steps if one.required], [one.id for one in steps if one.done]), newer)
