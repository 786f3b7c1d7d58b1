"""Taking courses: begin, how far one is in each lesson, done. What was learned is never overwritten: taking a course again is another
attempt, and every step is a row of the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import isfinite
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.courses import rules, watching
from kmsvc.training.courses.assigning import fulfil
from kmsvc.training.courses.citing import concerns
from kmsvc.training.courses.events import CourseDone, CourseUndone
from kmsvc.training.courses.models import (
    Course,
    CourseAssignee,
    CourseAttempt,
    CourseProgress,
    CourseRecord,
    CourseText,
    CourseVersion,
)
from kmsvc.training.courses.permissions import LEARN, SEE_COURSES
from kmsvc.training.courses.rules import CourseState, LessonKind
from kmsvc.training.courses.usecases import texts_of

MOST_SECONDS = 600
"""of one report; a page that was left open counts no longer than that"""
SLACK = 30
"""seconds a clock of a browser may be ahead"""


def may_take(session: Session, actor: Actor, course: Course) -> bool:
    """Whether a course is for this caller: published, and offered to all, assigned, begun, or seen by who sees all."""
    if course.published_version_id is None or not can(actor, LEARN):
        return False
    if course.state == CourseState.RETIRED:
        return concerns(session, actor, course.id)
    return course.elective or can(actor, SEE_COURSES) or concerns(session, actor, course.id)


def running(session: Session, course_id: int, person_id: int) -> CourseAttempt | None:
    """The attempt that is neither done nor left."""
    return session.scalar(select(CourseAttempt).where(
        CourseAttempt.course_id == course_id, CourseAttempt.person_id == person_id, CourseAttempt.done_at.is_(None),
        CourseAttempt.left_at.is_(None)).order_by(CourseAttempt.number.desc()).limit(1))


def begin_course(work: Work, course_id: int) -> CourseAttempt:
    """Go on where one is, or begin the published version; after it was done this is another attempt."""
    work.permit(LEARN)
    course = work.session.get(Course, course_id)
    if course is None or not may_take(work.session, work.actor, course):
        raise NotFound()
    me = work.actor.person_id or 0
    held = running(work.session, course_id, me)
    if held is not None:
        return held
    if course.state != CourseState.PUBLISHED:
        raise RuleBroken("training.course.retired_to_learners", N_("This course is retired; it can be taken no longer."))
    return attempt_for(work, course, me)


def attempt_for(work: Work, course: Course, person_id: int) -> CourseAttempt:
    """One more attempt at the published version."""
    last = work.session.scalar(select(func.max(CourseAttempt.number)).where(
        CourseAttempt.course_id == course.id, CourseAttempt.person_id == person_id)) or 0
    row = CourseAttempt(course_id=course.id, version_id=course.published_version_id, person_id=person_id, number=last + 1,
                        begun_at=work.now)
    work.session.add(row)
    work.session.flush()
    _record(work, row, "begun")
    return row


def _record(work: Work, attempt: CourseAttempt, what: str, *, lesson_id: int | None = None, seconds: int | None = None,
            score: int | None = None) -> None:
    work.session.add(CourseRecord(attempt_id=attempt.id, lesson_id=lesson_id, what=what, at=work.now, seconds=seconds, score=score))
    work.session.flush()


def take_newer(work: Work, attempt_id: int) -> CourseAttempt:
    """Leave the older version for the published one; lessons that are the same in both stay done."""
    attempt, course = own_attempt(work, attempt_id)
    if attempt.done_at is not None or attempt.left_at is not None:
        raise RuleBroken("training.course.attempt_over", N_("This attempt is over. Begin the course again."))
    if course.state != CourseState.PUBLISHED or attempt.version_id == course.published_version_id:
        raise RuleBroken("training.course.no_newer", N_("There is no newer version."))
    same = {row.lesson_id: row.id for row in lessons_of(work.session, attempt).values()}
    done = [row for row in progress_of(work.session, attempt.id).values() if row.done_at is not None]
    _record(work, attempt, "left")
    attempt.left_at = work.now
    work.session.flush()
    made = attempt_for(work, course, attempt.person_id)
    now = {row.lesson_id: row.id for row in lessons_of(work.session, made).values()}
    _keep(work, made, [row for row in done
                       if now.get(row.lesson_id) is not None and now[row.lesson_id] == same.get(row.lesson_id)])
    return made


def own_attempt(work: Work, attempt_id: int, *, lock: bool = True) -> tuple[CourseAttempt, Course]:
    """An attempt of this caller with its course, or NotFound."""
    attempt = work.session.get(CourseAttempt, attempt_id, with_for_update=lock or None)
    if attempt is None or work.actor.person_id is None or attempt.person_id != work.actor.person_id:
        raise NotFound()
    work.permit(LEARN)
    return attempt, work.get(Course, attempt.course_id)


def lessons_of(session: Session, attempt: CourseAttempt) -> dict[int, CourseText]:
    """The lessons of the version an attempt takes, by their lasting id, in their order."""
    version = session.get(CourseVersion, attempt.version_id)
    assert version is not None
    rows = texts_of(session, version.outline)
    return {rows[held].lesson_id: rows[held] for one in version.outline for held in one["texts"]}


def progress_of(session: Session, attempt_id: int) -> dict[int, CourseProgress]:
    """How far an attempt is, by lesson."""
    return {row.lesson_id: row for row in session.scalars(select(CourseProgress).where(
        CourseProgress.attempt_id == attempt_id).order_by(CourseProgress.id))}


def lesson_of(session: Session, attempt: CourseAttempt, lesson_id: int) -> CourseText:
    """A lesson of the version an attempt takes, or NotFound."""
    found = lessons_of(session, attempt).get(lesson_id)
    if found is None:
        raise NotFound()
    return found


def open_lesson(work: Work, attempt_id: int, lesson_id: int) -> CourseProgress | None:
    """A lesson is looked at: it is begun from now on. Of an attempt that is over nothing is noted; None there."""
    attempt, _ = own_attempt(work, attempt_id)
    lesson_of(work.session, attempt, lesson_id)
    return progress_row(work, attempt, lesson_id)


def progress_row(work: Work, attempt: CourseAttempt, lesson_id: int) -> CourseProgress | None:
    """How far an attempt is in a lesson, locked, begun where it was not; None once the attempt is over."""
    if attempt.done_at is not None or attempt.left_at is not None:
        return None
    row = work.session.scalar(select(CourseProgress).where(
        CourseProgress.attempt_id == attempt.id, CourseProgress.lesson_id == lesson_id).with_for_update())
    if row is None:
        row = CourseProgress(attempt_id=attempt.id, lesson_id=lesson_id, begun_at=work.now, last_at=work.now, seconds=0)
        work.session.add(row)
        work.session.flush()
    return row


def note_progress(work: Work, attempt_id: int, lesson_id: int, *, seconds: int = 0, place: str | None = None,
                  length: float | None = None, done: bool = False) -> CourseAttempt:
    """Seconds more were looked at, here one goes on, or the lesson is done. A package says itself when it is done, a video that is to
    be watched through is not before it was."""
    attempt, _ = own_attempt(work, attempt_id)
    text = lesson_of(work.session, attempt, lesson_id)
    if done and text.kind == LessonKind.PACKAGE:
        raise InvalidInput({"done": [N_("A package says itself when it is done.")]})
    row = progress_row(work, attempt, lesson_id)
    if row is None:
        return attempt
    elapsed = (work.now - row.last_at).total_seconds()
    row.seconds += min(max(seconds, 0), MOST_SECONDS, max(0, int(elapsed)) + SLACK)
    if text.kind == LessonKind.VIDEO:
        row.data = watching.kept(watching.seen_up_to(watching.watched_of(row.data), _second(place), length, elapsed))
    row.last_at = work.now
    if place is not None:
        row.place = place
    if done:
        if text.content.get("taught"):
            raise RuleBroken("training.course.taught", N_("This lesson is taught in a session: signing in there finishes it."))
        if text.content.get("whole") and not watching.watched_of(row.data).is_enough:
            raise RuleBroken("training.course.not_watched", N_("This video is to be watched to its end first."))
        finish_lesson(work, attempt, row)
    return attempt


def _second(place: str | None) -> float | None:
    try:
        found = float(place or "nan")
    except ValueError:
        return None
    return found if isfinite(found) else None


def note_package(work: Work, attempt: CourseAttempt, lesson_id: int, *, item: str, items: Mapping[str, bool], data: Mapping[str, Any],
                 done: bool, score: int | None, seconds: int = 0, place: str | None = None) -> CourseProgress | None:
    """What a package keeps and says of one of its items. items: of the package, and whether each counts; done: this one is;
    score: hundredths of a percent. The lesson is done once every item is."""
    row = progress_row(work, attempt, lesson_id)
    if row is None:
        return None
    held = dict(row.data or {})
    before = held.get(item) or {}
    held[item] = {"cmi": dict(data), "done": bool(before.get("done")) or done,
                  "score": before.get("score") if score is None else score}
    row.data, row.last_at = held, work.now
    row.seconds += min(max(seconds, 0), 24 * 3600)
    row.place = place or item[:64]
    scores = [one["score"] for one in held.values() if one.get("score") is not None]
    row.score = sum(scores) // len(scores) if scores else None
    if row.done_at is None and all(held.get(one, {}).get("done") for one, counts in items.items() if counts):
        finish_lesson(work, attempt, row)
    return row


def finish_lesson(work: Work, attempt: CourseAttempt, row: CourseProgress) -> None:
    """A lesson is done; with the last required one the course is, and what was asked of this person is fulfilled."""
    if row.done_at is None:
        row.done_at = work.now
        _record(work, attempt, "lesson_done", lesson_id=row.lesson_id, seconds=row.seconds, score=row.score)
    work.session.flush()
    required = [text.lesson_id for text in lessons_of(work.session, attempt).values() if text.required]
    progress = progress_of(work.session, attempt.id)
    if not rules.is_done(required, [one for one, its in progress.items() if its.done_at is not None]):
        return
    scores = [its.score for its in progress.values() if its.score is not None]
    attempt.done_at = work.now
    _record(work, attempt, "done", seconds=sum(its.seconds for its in progress.values()),
            score=sum(scores) // len(scores) if scores else None)
    fulfil(work, attempt)
    work.record(CourseDone(attempt.course_id, attempt.id, attempt.person_id))


def undo_lessons(work: Work, attempt: CourseAttempt, lessons: Collection[int]) -> None:
    """Lessons of an attempt are not done after all. One that is under way goes on without them; of one that is over what was learned
    beside them goes on in another attempt, for another day than this one finishes it, and what was asked is asked for again. The
    history keeps both."""
    if attempt.left_at is not None:
        return
    if attempt.done_at is None:
        for row in progress_of(work.session, attempt.id).values():
            if row.lesson_id in lessons and row.done_at is not None:
                row.done_at = None
                _record(work, attempt, "lesson_undone", lesson_id=row.lesson_id)
        return
    attempt.done_at, attempt.left_at = None, work.now
    work.session.flush()
    for lesson in sorted(lessons):
        _record(work, attempt, "lesson_undone", lesson_id=lesson)
    _record(work, attempt, "undone")
    for line in work.session.scalars(select(CourseAssignee).where(CourseAssignee.attempt_id == attempt.id).order_by(
            CourseAssignee.id).with_for_update()):
        line.done_at = line.attempt_id = None
    work.session.flush()
    course = work.get(Course, attempt.course_id)
    if course.state == CourseState.PUBLISHED and course.published_version_id == attempt.version_id and running(
            work.session, course.id, attempt.person_id) is None:
        kept = [row for row in progress_of(work.session, attempt.id).values() if row.done_at is not None]
        _keep(work, attempt_for(work, course, attempt.person_id), [row for row in kept if row.lesson_id not in lessons])
    work.record(CourseUndone(attempt.course_id, attempt.id, attempt.person_id))


def _keep(work: Work, made: CourseAttempt, done: Iterable[CourseProgress]) -> None:
    for row in done:
        work.session.add(CourseProgress(attempt_id=made.id, lesson_id=row.lesson_id, begun_at=row.begun_at, last_at=row.last_at,
                                        done_at=row.done_at, seconds=row.seconds, place=row.place, score=row.score))
        _record(work, made, "lesson_kept", lesson_id=row.lesson_id, score=row.score)
