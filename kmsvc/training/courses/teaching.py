"""Lessons that are taught in a session: who was at a session of a plan with their course has done them, and nobody marks them done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.training.courses.learning import (
    attempt_for,
    finish_lesson,
    lessons_of,
    progress_of,
    progress_row,
    running,
    undo_lessons,
)
from kmsvc.training.courses.models import Course, CourseAttempt, CourseVersion
from kmsvc.training.courses.permissions import FOLLOW_COURSES
from kmsvc.training.courses.rules import CourseState
from kmsvc.training.courses.usecases import texts_of


def was_taught(work: Work, course_id: int, person_id: int) -> CourseAttempt | None:
    """Finish the lessons of a course that are taught, for somebody who was there; the course is begun for who has not. Done with its
    last required lesson. None where the course says of no lesson that it is taught; twice changes nothing."""
    work.permit(FOLLOW_COURSES)
    course = work.get(Course, course_id)
    if course.state != CourseState.PUBLISHED or course.published_version_id is None:
        return None
    held = running(work.session, course_id, person_id)
    if held is None and not _is_open(work, course, person_id):
        return None
    attempt = held or attempt_for(work, course, person_id)
    for lesson_id, text in lessons_of(work.session, attempt).items():
        if text.content.get("taught") and (row := progress_row(work, attempt, lesson_id)) is not None and row.done_at is None:
            row.last_at = work.now
            finish_lesson(work, attempt, row)
    return attempt


def was_not_taught(work: Work, course_id: int, person_id: int, signed_in_at: datetime, others: Collection[datetime]) -> None:
    """A sign-in was taken back: lessons that it finished are open again, unless somebody signed in at another session that counts for
    the same attempt. others: the instants of those sign-ins that stand. Twice changes nothing."""
    work.permit(FOLLOW_COURSES)
    before: datetime | None = None
    mine = (CourseAttempt.course_id == course_id) & (CourseAttempt.person_id == person_id)
    for attempt in work.session.scalars(select(CourseAttempt).where(mine).order_by(CourseAttempt.number).with_for_update()):
        since, before = before, attempt.done_at or before
        if any((since is None or at > since) and (attempt.done_at is None or at <= attempt.done_at) for at in others):
            continue
        texts = lessons_of(work.session, attempt)
        finished = {one for one, row in progress_of(work.session, attempt.id).items()
                    if one in texts and texts[one].content.get("taught") and row.done_at is not None and row.done_at >= signed_in_at
                    and (since is None or signed_in_at > since)}
        if finished:
            undo_lessons(work, attempt, finished)


def _is_open(work: Work, course: Course, person_id: int) -> bool:
    """Whether a course has taught lessons that this person has not done in the version that is published."""
    version = work.get(CourseVersion, course.published_version_id)
    if not any(text.content.get("taught") for text in texts_of(work.session, version.outline).values()):
        return False
    return work.session.scalar(select(CourseAttempt.id).where(
        CourseAttempt.course_id == course.id, CourseAttempt.person_id == person_id, CourseAttempt.version_id == version.id,
        CourseAttempt.done_at.is_not(None)).limit(1)) is None
