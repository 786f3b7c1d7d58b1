"""Courses of a class of newcomers: what they must take, who has not, one more for all of them; the same for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from marshmallow import validate
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Day, InputSchema, Line
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, today
from kmsvc.core.work import Work
from kmsvc.training.courses.models import Course, CourseVersion
from kmsvc.training.courses.permissions import ASSIGN_COURSE
from kmsvc.training.onboarding import finding, queries, usecases
from kmsvc.training.onboarding.models import OnboardingClass
from kmsvc.training.onboarding.permissions import SEE_ONBOARDING

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
blueprint = Blueprint("training_onboarding_courses", __name__, url_prefix="/training/onboarding")


class ClassCourseInput(InputSchema):
    """A course for everybody of a class."""

    course = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Number of the course")})
    due_on = Day(load_default=None, allow_none=True, metadata={"label": N_("To be learned by"), "description": "two weeks without it"})
    reason = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Reason")})


def assign(work: Work, class_id: int, data: dict[str, Any]) -> int:
    """Assign a course by its number to a class; how many newcomers it concerns."""
    queries.class_of(work.session, work.actor, class_id)
    course_id = work.session.scalar(select(Course.id).where(Course.number == data["course"].upper()))
    if course_id is None:
        raise InvalidInput({"course": [N_("There is no such course.")]})
    return len(finding.assign_to_class(work, class_id, course_id, today=today(), due_on=data["due_on"], reason=data["reason"]))


def may_assign(work: Work, row: OnboardingClass) -> bool:
    """Whether the caller assigns courses to this class."""
    return can(work.actor, ASSIGN_COURSE) and usecases.plans(work, row)


def planned_class(work: Work, class_id: int) -> OnboardingClass:
    """A class of which the caller sees who has done what: who plans it or sees all; NotFound for the newcomers themselves."""
    row = queries.class_of(work.session, work.actor, class_id)
    if not (usecases.plans(work, row) or can(work.actor, SEE_ONBOARDING)):
        raise NotFound()
    return row


@blueprint.get("/classes/<int:class_id>/courses")
def index(class_id: int) -> str:
    """What the newcomers of a class must take."""
    return _index(class_id, {}, {})


def _index(class_id: int, typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        row = planned_class(work, class_id)
        lines = finding.courses_of(work.session, class_id, today())
        assigns = may_assign(work, row)
        choices = [(number, f"{number} {title}") for number, title in work.session.execute(select(
            Course.number, CourseVersion.title).join(CourseVersion, CourseVersion.id == Course.published_version_id).where(
            Course.state == "published").order_by(Course.number))] if assigns else []
        plans = usecases.plans(work, row)
    return render_template("training/onboarding/courses.html", row=row, lines=lines, assigns=assigns, choices=choices, plans=plans,
                           typed=typed, errors=errors, why=why)


@blueprint.post("/classes/<int:class_id>/courses")
def add(class_id: int) -> Response:
    """One more course for everybody of the class."""
    typed = form_data()
    try:
        data = load(ClassCourseInput, typed)
        with begin() as work:
            count = assign(work, class_id, data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_index(class_id, typed, told.errors, told.said), error.status)
    flash(sentence(N_("%(count)s newcomers are told."), {"count": count}), "ok")
    return go(url_for(".index", class_id=class_id))
