"""The duty to take what was assigned, by its day: of whoever it was assigned to, in the one engine. A retired course asks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.courses.citing import ASSIGNEE
from kmsvc.training.courses.models import Course, CourseAssignee
from kmsvc.training.courses.rules import CourseState

TAKE = "training.course.take"


def open_lines(session: Session) -> Iterator[Any]:
    """What is asked of active people by assignments of published courses."""
    people = directory(session).people
    for row in session.execute(select(CourseAssignee.id, CourseAssignee.due_on, CourseAssignee.person_id).join(
            Course, Course.id == CourseAssignee.course_id).where(
            Course.state == CourseState.PUBLISHED, CourseAssignee.done_at.is_(None), CourseAssignee.ended_at.is_(None))
            .order_by(CourseAssignee.id)):
        if row.person_id in people and people[row.person_id].is_active:
            yield row


def wanted(row: Any, today: date) -> Iterator[Wanted]:
    """By its day; what is due in a later year is asked for when that year comes, or sixty days before."""
    if row.due_on.year <= today.year or (row.due_on - today).days <= 60:
        yield Wanted(ASSIGNEE, row.id, Due("once", row.due_on), row.person_id)


def done_on(session: Session, duty: Obligation) -> date | None:
    """The day it was fulfilled."""
    row = session.get(CourseAssignee, duty.subject_id)
    return centre_day(session, row.done_at) if row is not None and row.done_at is not None else None


register(DutyRule(TAKE, N_("Taking a course that was assigned"), open_lines, wanted, ASSIGNEE, done_on, again=True))
