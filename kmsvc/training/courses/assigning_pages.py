"""Pages of who is to take a course and who is how far: assignments, progress by person and unit, exports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import open_posts, open_units
from kmsvc.training.courses import assigning, queries, showing
from kmsvc.training.courses.models import CourseAssignment
from kmsvc.training.courses.permissions import ASSIGN_COURSE, SEE_LEARNERS
from kmsvc.training.courses.schemas import ROLES, STANDINGS, AssignInput, LearnerFilters, whom_of

blueprint = Blueprint("training_assigning_pages", __name__, url_prefix="/training/courses/<int:course_id>")

PAGE = 100


@blueprint.get("/assignments")
def assignments(course_id: int) -> str:
    """To whom it is assigned, and the form for more."""
    return _page(course_id, {}, {})


def _page(course_id: int, typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(ASSIGN_COURSE)
        line = queries.course_line(work.session, work.actor, course_id)
        return render_template(
            "training/courses/assignments.html", line=line, rows=queries.assignment_lines(work.session, course_id), show=showing,
            typed=typed, errors=errors, why=why, **choices(work))


def choices(work: Work) -> dict[str, Any]:
    """Whom a course can be assigned to."""
    return {"people": [(one.id, one.name) for one in directory(work.session).active()],
            "units": [(one.id, one.name) for one in open_units(work.session)],
            "posts": [(one.id, one.name) for one in open_posts(work.session)], "roles": [(one, label(one, Role)) for one in ROLES]}


@blueprint.post("/assignments")
def assign(course_id: int) -> Response:
    """Assign it; those concerned are told."""
    typed = form_data()
    try:
        data = load(AssignInput, typed)
        with begin() as work:
            assigning.assign_course(work, course_id, whom_of(data), today=today(), due_on=data["due_on"], days=data["days"],
                                    again=data["again"], reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(course_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("It is assigned; those concerned are told.")), "ok")
    return go(url_for(".assignments", course_id=course_id))


@blueprint.post("/assignments/<int:assigned_id>/end")
def end(course_id: int, assigned_id: int) -> Response:
    """Nobody is asked by it any more."""
    data = load(ReasonInput, form_data())
    with begin() as work:
        row_of(work, course_id, assigned_id)
        assigning.end_assignment(work, assigned_id, reason=data["reason"], version=wanted_version())
    flash(sentence(N_("Nobody is asked by it any more. What was done stays.")), "ok")
    return go(url_for(".assignments", course_id=course_id))


def row_of(work: Work, course_id: int, assigned_id: int) -> CourseAssignment:
    """An assignment of this course, or NotFound."""
    row = work.session.get(CourseAssignment, assigned_id)
    if row is None or row.course_id != course_id:
        raise NotFound()
    return row


@blueprint.get("/learners")
def learners(course_id: int) -> str | Response:
    """Everybody who is to take it or took it, late ones first, by unit above; with an export."""
    asked = query_data(LearnerFilters)
    with look() as work:
        work.permit(SEE_LEARNERS)
        line = queries.course_line(work.session, work.actor, course_id)
        rows = queries.learner_lines(work.session, course_id, today(), q=asked["q"], unit_id=asked["unit"], standing=asked["state"])
        if asked["format"]:
            return list_answer(asked["format"], line.number, showing.LEARNER_HEAD,
                               showing.learner_rows(rows, lambda at: local(at, settings().timezone)), name=line.number)
        start = asked["cursor"]
        return render_template(
            "training/courses/learners.html", line=line, asked=asked, rows=rows[start:start + PAGE], total=len(rows), show=showing,
            next_cursor=start + PAGE if start + PAGE < len(rows) else None, by_unit=queries.by_unit(rows),
            units=[(one.id, one.name) for one in open_units(work.session)], may_assign=can(work.actor, ASSIGN_COURSE),
            states=[(one, showing.how_of(one)[1]) for one in STANDINGS])
