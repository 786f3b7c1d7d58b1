"""Lessons of courses as things that cite, by the seam of the knowledge slice; courses and what is assigned, as others point to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.citing import CitingCard, CitingKind, register
from kmsvc.people.accounts.queries import names
from kmsvc.training.courses.models import (
    Course,
    CourseAssignee,
    CourseAttempt,
    CourseLesson,
    CourseText,
    CourseVersion,
)
from kmsvc.training.courses.permissions import SEE_COURSES, SEE_LEARNERS, WRITE_COURSE
from kmsvc.training.courses.rules import CourseState, LessonKind

COURSE_LESSON, COURSE, ASSIGNEE = "course_lesson", "course", "course_assignee"


def lesson_cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, CitingCard]:
    """Cards of lessons, of courses that are not retired, for who sees courses."""
    if not can(actor, SEE_COURSES):
        return {}
    rows = list(session.execute(select(CourseLesson.id, Course).join(Course, Course.id == CourseLesson.course_id).where(
        CourseLesson.id.in_(list(ids)), Course.state != CourseState.RETIRED).order_by(CourseLesson.id)))
    who = names(session, [course.keeper_id for _, course in rows])
    titles = {row.lesson_id: row.title for row in session.execute(select(CourseText.lesson_id, CourseText.title).where(
        CourseText.lesson_id.in_([one for one, _ in rows])).order_by(CourseText.id))}
    return {lesson_id: CitingCard(
        COURSE_LESSON, lesson_id, course.number, titles.get(lesson_id, ""), f"/training/courses/{course.id}/lessons/{lesson_id}",
        course.keeper_id, who.get(course.keeper_id, ""), can(actor, WRITE_COURSE)) for lesson_id, course in rows}


def keepers(session: Session, lesson_id: int) -> Sequence[int]:
    """Who is told of a changed paragraph; nobody of a retired course."""
    row = session.get(CourseLesson, lesson_id)
    course = session.get(Course, row.course_id) if row is not None else None
    return [course.keeper_id] if course is not None and course.state != CourseState.RETIRED else []


register(CitingKind(COURSE_LESSON, N_("Lesson of a course"), lesson_cards, keepers))


def _course_cards(session: Session, actor: Actor, ids: Sequence[int], *, whole: bool = False) -> Mapping[int, ThingCard]:
    all_of_them = can(actor, SEE_COURSES)
    rows = session.scalars(select(Course).where(Course.id.in_(list(ids))).order_by(Course.id))
    seen = [row for row in rows if all_of_them or row.published_version_id is not None]
    found = {}
    for row in seen:
        version = session.get(CourseVersion, row.published_version_id or row.draft_version_id)
        if version is not None and (all_of_them or (row.state == CourseState.PUBLISHED and (
                row.elective or concerns(session, actor, row.id)))):
            place = f"/training/courses/{row.id}" if all_of_them else f"/training/learning/courses/{row.id}"
            found[row.id] = ThingCard(COURSE, row.id, row.number, version.title, place, row.state)
    return found


def concerns(session: Session, actor: Actor, course_id: int) -> bool:
    """Whether a course was assigned to this caller, or begun."""
    me = actor.person_id
    return me is not None and any(session.scalar(select(kind.id).where(
        kind.course_id == course_id, kind.person_id == me).limit(1)) is not None for kind in (CourseAssignee, CourseAttempt))


def _keeps(session: Session, actor: Actor, course_id: int) -> bool:
    return can(actor, WRITE_COURSE)


def _texts(session: Session, actor: Actor, course_id: int) -> Iterable[str]:
    """The words of every text lesson that this caller may have open, older versions too."""
    rows = session.scalars(select(CourseText).join(CourseLesson, CourseLesson.id == CourseText.lesson_id).where(
        CourseLesson.course_id == course_id, CourseText.kind == LessonKind.TEXT, CourseText.frozen_at.is_not(None))
        .order_by(CourseText.id))
    return [str(row.content.get("body") or "") for row in rows]


def _named(session: Session, actor: Actor, typed: str, limit: int) -> Sequence[ThingCard]:
    ids = list(session.scalars(select(Course.id).join(CourseVersion, CourseVersion.id == Course.published_version_id).where(
        Course.state == CourseState.PUBLISHED, Course.number.icontains(typed, autoescape=True)
        | CourseVersion.title.icontains(typed, autoescape=True)).order_by(Course.number).limit(limit * 4)))
    return list(_course_cards(session, actor, ids).values())[:limit]


cards.register(cards.Kind(COURSE, N_("Course"), _course_cards, keeps=_keeps, texts=_texts, named=_named))


def _numbered(session: Session, actor: Actor, typed: str, limit: int) -> Sequence[ThingCard]:
    ids = list(session.scalars(select(Course.id).where(Course.number.startswith(typed, autoescape=True)).order_by(Course.number)
                               .limit(limit)))
    return list(_course_cards(session, actor, ids).values())


cards.NUMBERED["CRS"] = _numbered


def _assignee_cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """What somebody is to take, for that person and for who sees everybody's progress."""
    found: dict[int, ThingCard] = {}
    rows: Sequence[Any] = list(session.execute(select(CourseAssignee, Course, CourseVersion).join(
        Course, Course.id == CourseAssignee.course_id).join(CourseVersion, CourseVersion.id == Course.published_version_id).where(
        CourseAssignee.id.in_(list(ids))).order_by(CourseAssignee.id)))
    for row, course, version in rows:
        if (actor.person_id is not None and row.person_id == actor.person_id) or can(actor, SEE_LEARNERS):
            found[row.id] = ThingCard(ASSIGNEE, row.id, course.number, version.title, f"/training/learning/courses/{course.id}",
                                      course.state)
    return found


cards.register(cards.Kind(ASSIGNEE, N_("Course to be taken"), _assignee_cards))
