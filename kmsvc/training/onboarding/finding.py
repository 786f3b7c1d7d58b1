"""Newcomers where other nouns look for people: a class as a rule of exam candidates; courses assigned to a class."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.models import CourseAssignment
from kmsvc.training.exams.finding import MOST_CHOICES, Choice, Rule, register
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.permissions import SEE_ONBOARDING


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
    """Every newcomer of a class is to take a course; they are told. For its teacher and whoever sees all classes; the right to assign
    courses is asked for by the course."""
    its = work.get(OnboardingClass, class_id)
    if its.teacher_id != work.actor.person_id and not can(work.actor, SEE_ONBOARDING):
        raise NotFound()
    return [assign_course(work, course_id, Whom(person_id=one), today=today, due_on=due_on, reason=reason or f"{its.number} {its.name}",
                          source=its.number) for one in people_of(work.session, its.number, today)]


register(Rule("onboarding_class", N_("Class of newcomers"), classes, people_of))
