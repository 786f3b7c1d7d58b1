"""Reads over courses for those who keep them: the list, one with its chapters, versions and assignments, who is how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.citations.citing import marked_among
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.models import Post
from kmsvc.people.units.queries import downward, parents, unit_names
from kmsvc.training.courses import rules
from kmsvc.training.courses.citing import COURSE_LESSON
from kmsvc.training.courses.models import (
    Course,
    CourseAssignee,
    CourseAssignment,
    CourseAttempt,
    CourseCategory,
    CourseProgress,
    CourseVersion,
)
from kmsvc.training.courses.permissions import SEE_COURSES
from kmsvc.training.courses.usecases import lesson_draft, problems_of, texts_of


@dataclass(frozen=True)
class CourseLine:
    """A course in a list. label: of the version shown; marked: lessons that cite something that changed; open, done: people it is
    asked of now, and who have done it."""

    id: int
    number: str
    title: str
    summary: str
    category: str
    category_id: int | None
    minutes: int
    state: str
    elective: bool
    keeper_id: int
    keeper: str
    label: int
    lessons: int
    marked: int
    has_draft: bool
    open: int
    done: int
    changed_at: datetime
    version: int

    @property
    def url(self) -> str:
        """Where it stands."""
        return f"/training/courses/{self.id}"


@dataclass(frozen=True)
class LessonLine:
    """A lesson of a version. lack: what it still needs, an English sentence; marked: something it cites has changed."""

    id: int
    text_id: int
    kind: str
    title: str
    required: bool
    minutes: int
    content: Mapping[str, object]
    lack: str | None
    marked: bool


@dataclass(frozen=True)
class VersionLine:
    """A version as its history shows it."""

    id: int
    label: int
    title: str
    note: str
    published_at: datetime | None
    by: str


@dataclass(frozen=True)
class CourseCard:
    """A course with the version that is written, or the published one. chapters: (title, lessons)."""

    line: CourseLine
    shown: VersionLine
    is_draft: bool
    chapters: Sequence[tuple[str, Sequence[LessonLine]]]
    problems: Sequence[tuple[str, str]]
    versions: Sequence[VersionLine]


def course_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, category_id: int | None = None,
                 marked: bool = False, course_id: int | None = None) -> list[CourseLine]:
    """Courses, changed last first, for who sees all of them; the version that is written is what is shown."""
    if not can(actor, SEE_COURSES):
        return []
    shown = func.coalesce(Course.draft_version_id, Course.published_version_id)
    query = select(Course, CourseVersion).join(CourseVersion, CourseVersion.id == shown).order_by(
        Course.changed_at.desc(), Course.id.desc())
    if course_id is not None:
        query = query.where(Course.id == course_id)
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Course.number, CourseVersion.title, CourseVersion.summary))))
    if state:
        query = query.where(Course.state == state)
    if category_id is not None:
        query = query.where(Course.category_id == category_id)
    rows = list(session.execute(query))
    who = names(session, [course.keeper_id for course, _ in rows])
    shelves = category_names(session)
    asked = _asked(session, [course.id for course, _ in rows])
    lessons = _lessons(session, [version for _, version in rows])
    changed = marked_among(session, COURSE_LESSON, [one for its in lessons.values() for one in its])
    lines = [CourseLine(
        course.id, course.number, version.title, version.summary, shelves.get(course.category_id or 0, ""), course.category_id,
        version.minutes, course.state, course.elective, course.keeper_id, who.get(course.keeper_id, ""), version.label,
        len(lessons[version.id]), len(changed & set(lessons[version.id])),
        course.draft_version_id is not None, *asked.get(course.id, (0, 0)), course.changed_at, course.version)
        for course, version in rows]
    return [line for line in lines if line.marked or not marked]


def category_names(session: Session) -> dict[int, str]:
    """Categories by id, closed ones too."""
    return {one.id: one.name for one in session.execute(select(CourseCategory.id, CourseCategory.name))}


def categories(session: Session, held: int | None = None) -> list[CourseCategory]:
    """Categories that are offered, by name, and the one that is held."""
    return [one for one in session.scalars(select(CourseCategory).order_by(CourseCategory.name))
            if one.closed_at is None or one.id == held]


def all_categories(session: Session) -> list[tuple[CourseCategory, int]]:
    """Every category by name, with how many courses are in it."""
    counts = {one.category_id: one.held for one in session.execute(
        select(Course.category_id, func.count(Course.id).label("held")).group_by(Course.category_id))}
    return [(one, counts.get(one.id, 0)) for one in session.scalars(select(CourseCategory).order_by(CourseCategory.name))]


def _asked(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for course_id, total, done in session.execute(select(
            CourseAssignee.course_id, func.count(CourseAssignee.id), func.count(CourseAssignee.done_at)).where(
            CourseAssignee.course_id.in_(ids), CourseAssignee.ended_at.is_(None)).group_by(CourseAssignee.course_id)):
        found[course_id] = (total - done, done)
    return found


def _lessons(session: Session, versions: Sequence[CourseVersion]) -> dict[int, list[int]]:
    rows = texts_of(session, [one for version in versions for one in version.outline])
    return {version.id: [rows[held].lesson_id for one in version.outline for held in one["texts"]] for version in versions}


def course_line(session: Session, actor: Actor, course_id: int) -> CourseLine:
    """One of them, or NotFound."""
    found = course_lines(session, actor, course_id=course_id)
    if not found:
        raise NotFound()
    return found[0]


def course_card(session: Session, actor: Actor, course_id: int, *, label: int | None = None) -> CourseCard:
    """One with what is in it: what is written now, or the version of this number."""
    line = course_line(session, actor, course_id)
    rows = list(session.scalars(select(CourseVersion).where(CourseVersion.course_id == course_id).order_by(CourseVersion.label.desc())))
    row = session.get(Course, course_id)
    assert row is not None
    current = row.draft_version_id or row.published_version_id
    shown = next((one for one in rows if (one.label == label if label is not None else one.id == current)), None)
    if shown is None:
        raise NotFound()
    who = names(session, [one.published_by_id for one in rows])
    versions = [VersionLine(one.id, one.label, one.title, one.note or "", one.published_at, who.get(one.published_by_id or 0, ""))
                for one in rows if one.published_at is not None or one.id == row.draft_version_id]
    held = texts_of(session, shown.outline)
    changed = marked_among(session, COURSE_LESSON, [one.lesson_id for one in held.values()])
    chapters = [(str(one["title"]), [LessonLine(
        its.lesson_id, its.id, its.kind, its.title, its.required, its.minutes, its.content, rules.lacks(lesson_draft(its)),
        its.lesson_id in changed) for its in (held[text] for text in one["texts"])]) for one in shown.outline]
    return CourseCard(line, VersionLine(shown.id, shown.label, shown.title, shown.note or "", shown.published_at,
                                        who.get(shown.published_by_id or 0, "")),
                      shown.id == row.draft_version_id, chapters, problems_of(session, shown), versions)


@dataclass(frozen=True)
class AssignmentLine:
    """An assignment as a list shows it. whom: a name; total, done: people it concerns."""

    id: int
    target: str
    whom: str
    due_on: date | None
    days: int | None
    again: bool
    reason: str
    source: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    total: int
    done: int
    version: int


def assignment_lines(session: Session, course_id: int) -> list[AssignmentLine]:
    """The assignments of a course, standing ones first, then the newest."""
    rows = list(session.scalars(select(CourseAssignment).where(CourseAssignment.course_id == course_id).order_by(
        CourseAssignment.ended_at.is_not(None), CourseAssignment.id.desc())))
    counts = {one.assignment_id: (one.total, one.done) for one in session.execute(select(
        CourseAssignee.assignment_id, func.count(CourseAssignee.id).label("total"), func.count(CourseAssignee.done_at).label("done"))
        .where(CourseAssignee.course_id == course_id, or_(CourseAssignee.ended_at.is_(None), CourseAssignee.done_at.is_not(None)))
        .group_by(CourseAssignee.assignment_id))}
    who = names(session, [one for row in rows for one in (row.person_id, row.made_by_id)])
    units = unit_names(session)
    posts = {one.id: one.name for one in session.scalars(select(Post).where(Post.id.in_([row.post_id for row in rows if row.post_id])))}
    return [AssignmentLine(
        row.id, row.target, who.get(row.person_id or 0, "") or units.get(row.unit_id or 0, "") or posts.get(row.post_id or 0, "")
        or (row.role or ""), row.due_on, row.days, row.again, row.reason or "", row.source, row.made_at,
        who.get(row.made_by_id or 0, ""), row.ended_at, *counts.get(row.id, (0, 0)), row.version) for row in rows]


@dataclass(frozen=True)
class LearnerLine:
    """How far one person is in a course. share: percent of the required lessons; score: hundredths of a percent, none without."""

    person_id: int
    person: str
    unit_id: int
    unit: str
    standing: str
    due_on: date | None
    share: int
    label: int | None
    seconds: int
    score: int | None
    begun_at: datetime | None
    done_at: datetime | None


def learner_lines(session: Session, course_id: int, today: date, *, q: str | None = None, unit_id: int | None = None,
                  standing: str | None = None) -> list[LearnerLine]:
    """Everybody who is asked to take a course, or took it: late ones first, then by name. An ended assignment alone names nobody."""
    asked: dict[int, CourseAssignee] = {}
    for row in session.scalars(select(CourseAssignee).where(
            CourseAssignee.course_id == course_id, or_(CourseAssignee.ended_at.is_(None), CourseAssignee.done_at.is_not(None)))
            .order_by(CourseAssignee.done_at.is_(None), CourseAssignee.due_on.desc(), CourseAssignee.id)):
        asked[row.person_id] = row  # the last is the earliest that is open
    attempts: dict[int, CourseAttempt] = {}
    for attempt in session.scalars(select(CourseAttempt).where(CourseAttempt.course_id == course_id).order_by(CourseAttempt.number)):
        attempts[attempt.person_id] = attempt
    facts = facts_of(session, list(attempts.values()))
    people, units = directory(session).people, unit_names(session)
    below = downward(parents(session), unit_id) if unit_id is not None else None
    found = []
    for person_id in {*asked, *attempts}:
        one, line, took = people[person_id], asked.get(person_id), attempts.get(person_id)
        if not one.is_active or (below is not None and one.unit_id not in below) or (q and q.lower() not in one.name.lower()):
            continue
        done_at = line.done_at if line is not None else took.done_at if took is not None else None
        share, label, seconds, score = facts.get(took.id if took else 0, (0, None, 0, None))
        how = rules.standing(today, line.due_on if line is not None else None, begun=took is not None, done=done_at is not None)
        found.append(LearnerLine(person_id, one.name, one.unit_id, units.get(one.unit_id, ""), how, line.due_on if line else None, share,
                                 label, seconds, score, took.begun_at if took else None, done_at))
    order = {kind: place for place, kind in enumerate(("late", "open", "begun", "done"))}
    return sorted((one for one in found if standing is None or one.standing == standing),
                  key=lambda one: (order[one.standing], one.due_on or date.max, one.person, one.person_id))


def facts_of(session: Session, attempts: Sequence[CourseAttempt]) -> dict[int, tuple[int, int | None, int, int | None]]:
    """attempt id -> (percent, label of its version, seconds, score)."""
    versions = {one.id: one for one in session.scalars(select(CourseVersion).where(
        CourseVersion.id.in_({one.version_id for one in attempts})))}
    texts = texts_of(session, [one for version in versions.values() for one in version.outline])
    required = {version.id: [texts[held].lesson_id for one in version.outline for held in one["texts"] if texts[held].required]
                for version in versions.values()}
    progress: dict[int, list[CourseProgress]] = {}
    for row in session.scalars(select(CourseProgress).where(CourseProgress.attempt_id.in_([one.id for one in attempts]))):
        progress.setdefault(row.attempt_id, []).append(row)
    found: dict[int, tuple[int, int | None, int, int | None]] = {}
    for attempt in attempts:
        its = progress.get(attempt.id, [])
        scores = [one.score for one in its if one.score is not None]
        found[attempt.id] = (rules.share(required[attempt.version_id], [one.lesson_id for one in its if one.done_at is not None]),
                             versions[attempt.version_id].label, sum(one.seconds for one in its),
                             sum(scores) // len(scores) if scores else None)
    return found


def by_unit(lines: Sequence[LearnerLine]) -> list[tuple[str, int, int, int]]:
    """(unit, people, done, late) by name of the unit."""
    found: dict[str, list[int]] = {}
    for line in lines:
        held = found.setdefault(line.unit, [0, 0, 0])
        held[0] += 1
        held[1] += line.standing == "done"
        held[2] += line.standing == "late"
    return [(unit, its[0], its[1], its[2]) for unit, its in sorted(found.items())]


