"""Newcomers where other nouns look for people: a class as a rule of exam candidates; courses assigned to a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import names
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.models import Course, CourseAssignee, CourseAssignment, CourseVersion
from kmsvc.training.exams.finding import MOST_CHOICES, Choice, Rule, register
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.permissions import PLAN_ONBOARDING, SEE_ONBOARDING


def classes(session: Session) -> list[Choice]:
    """Classes somebody is in, the newest first: (number, number and name)."""
    rows = session.execute(select(OnboardingClass.number, OnboardingClass.name).where(OnboardingClass.id.in_(
        select(Trainee.class_id).where(Trainee.ended_on.is_(None)))).order_by(
        OnboardingClass.starts_on.desc(), OnboardingClass.id.desc()).limit(MOST_CHOICES))
    return [(number, f"{number} {name}") for number, name in rows]


def people_of(session: Session, number: str, today: date) -> list[int]:
    """Who is in a class today, by its number; nobody who has entered the team, was transferred or has left."""
    return list(session.scalars(select(Trainee.person_id).join(OnboardingClass, OnboardingClass.id == Trainee.class_id).where(
        OnboardingClass.number == number, Trainee.ended_on.is_(None)).order_by(Trainee.person_id)))


def assign_to_class(work: Work, class_id: int, course_id: int, *, today: date, due_on: date | None = None,
                    reason: str | None = None) -> Sequence[CourseAssignment]:
    """Every newcomer of a class is to take a course; they are told. For its teacher, and who plans classes and sees all; the right
    to assign courses is asked for by the course."""
    its = work.get(OnboardingClass, class_id)
    work.permit(PLAN_ONBOARDING, its)
    if its.teacher_id != work.actor.person_id and not can(work.actor, SEE_ONBOARDING):
        raise NotFound()
    return [assign_course(work, course_id, Whom(person_id=one), today=today, due_on=due_on, reason=reason or f"{its.number} {its.name}",
                          source=its.number) for one in people_of(work.session, its.number, today)]


@dataclass(frozen=True)
class ClassCourse:
    """A course that newcomers of a class must take. due_on: the last day among them; missing: names of those who have not done it."""

    id: int
    number: str
    title: str
    due_on: date
    done: int
    people: int
    missing: tuple[str, ...]
    late: bool


def courses_of(session: Session, class_id: int, today: date) -> list[ClassCourse]:
    """What the newcomers of a class must take, by the day it is due; who is no longer in it is left out."""
    people = list(session.scalars(select(Trainee.person_id).where(
        Trainee.class_id == class_id, Trainee.ended_on.is_(None)).order_by(Trainee.id)))
    shown = func.coalesce(Course.published_version_id, Course.draft_version_id)
    rows = session.execute(select(CourseAssignee, Course.number, CourseVersion.title).join(
        Course, Course.id == CourseAssignee.course_id).join(CourseVersion, CourseVersion.id == shown).where(
        CourseAssignee.person_id.in_(people), CourseAssignee.ended_at.is_(None)).order_by(CourseAssignee.id)).all()
    who, found = names(session, people), dict[int, dict[int, CourseAssignee]]()
    words = {row.course_id: (number, title) for row, number, title in rows}
    for row, _, _ in rows:
        found.setdefault(row.course_id, {})[row.person_id] = row
    made = []
    for course, its in found.items():
        open_ones = [one for one in its.values() if one.done_at is None]
        missing = tuple(sorted(who.get(one.person_id, "") for one in open_ones))
        made.append(ClassCourse(course, *words[course], max(one.due_on for one in its.values()), len(its) - len(missing), len(its),
                                missing, any(one.due_on < today for one in open_ones)))
    return sorted(made, key=lambda one: (one.due_on, one.number))


register(Rule("onboarding_class", N_("Class of newcomers"), classes, people_of))
