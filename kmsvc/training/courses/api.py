"""Courses as JSON for those who keep them: the list, one with its lessons, writing, publishing, assigning, who is how far."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.errors import InvalidInput
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import PageQuery, ReasonInput
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.courses import assigning, filling, queries, usecases
from kmsvc.training.courses.assigning_pages import row_of
from kmsvc.training.courses.pages import do_act, found_lesson
from kmsvc.training.courses.permissions import ASSIGN_COURSE, SEE_COURSES, SEE_LEARNERS, WRITE_COURSE
from kmsvc.training.courses.rules import CourseState
from kmsvc.training.courses.schemas import (
    ArrangeInput,
    AssignInput,
    CategoryInput,
    CourseInput,
    CoursesQuery,
    LearnersQuery,
    LessonInput,
    PublishInput,
    RetireInput,
    assignment_json,
    card_json,
    categories_json,
    draft_of,
    learner_json,
    line_json,
    whom_of,
)

blueprint = Blueprint("training_courses_api", __name__, url_prefix="/api/v1/training/courses")


@blueprint.get("")
@says(query=CoursesQuery)
def index() -> Response:
    """Courses, changed last first."""
    require(current_actor(), SEE_COURSES)
    asked = query_data(CoursesQuery)
    with look() as work:
        lines = queries.course_lines(work.session, work.actor, q=asked["q"], state=asked["state"], category_id=asked["category"],
                                     marked=asked["marked"])
    return reply(part_of(lines, asked, line_json))


def _card(work: Work, course_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.course_card(work.session, work.actor, course_id)
    state, writes = card.line.state, can(work.actor, WRITE_COURSE)
    return card_json(card) | {"allowed": allowed(f"/api/v1/training/courses/{course_id}", [
        Act("publish", PublishInput, forward=True) if card.is_draft and not card.problems and state != CourseState.RETIRED else None,
        Act("edit", CourseInput) if state != CourseState.RETIRED else None,
        Act("arrange", ArrangeInput) if state != CourseState.RETIRED else None,
        Act("add_lesson", LessonInput, part="lessons") if state != CourseState.RETIRED else None,
        Act("discard") if card.is_draft and state == CourseState.PUBLISHED else None,
        Act("retire", RetireInput) if state == CourseState.PUBLISHED else None,
        Act("restore") if state == CourseState.RETIRED else None] if writes else [])}


def _settled(work: Work, course_id: int, status: int = 200) -> tuple[Any, int, int | None]:
    body = _card(work, course_id)
    return body, status, body["version"]


@blueprint.post("")
@says(body=CourseInput, status=201)
def create() -> Response:
    """Write a course; chapters and lessons come after it."""
    require(current_actor(), WRITE_COURSE)
    data = load(CourseInput)
    return posting(lambda work: _settled(work, usecases.make_course(work, draft_of(data)).id, 201))


@blueprint.get("/categories")
@says(query=PageQuery)
def categories() -> Response:
    """What courses are sorted by."""
    require(current_actor(), SEE_COURSES)
    asked = query_data(PageQuery)
    with look() as work:
        rows = categories_json(queries.all_categories(work.session))
    return reply(part_of(rows, asked, lambda row: row))


@blueprint.post("/categories")
@says(body=CategoryInput)
def keep_category() -> Response:
    """Add a category, or change the one of this id."""
    require(current_actor(), WRITE_COURSE)
    data = load(CategoryInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.keep_category(work, data["name"], category_id=data["id"], closed=data["closed"], version=wanted_version())
        return categories_json([(row, 0)])[0] | {"courses": None}, 200, row.version
    return posting(effect)


@blueprint.get("/<int:course_id>")
def show(course_id: int) -> Response:
    """One with the lessons of the version that is written, or of the published one."""
    require(current_actor(), SEE_COURSES)
    with look() as work:
        body = _card(work, course_id)
    return reply(body, version=body["version"])


@blueprint.post("/<int:course_id>/edit")
@says(body=CourseInput)
def edit(course_id: int) -> Response:
    """Change its words, its category or who keeps it."""
    data = load(CourseInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.change_course(work, course_id, draft_of(data), version=wanted_version())
        return _settled(work, course_id)
    return posting(effect, theirs=lambda work: _card(work, course_id))


@blueprint.post("/<int:course_id>/arrange")
@says(body=ArrangeInput)
def arrange(course_id: int) -> Response:
    """Add, name, move or remove a chapter; move or remove a lesson."""
    data = load(ArrangeInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.arrange(work, course_id, data["act"], chapter=data["chapter"], lesson=data["lesson"], title=data["title"],
                         version=wanted_version())
        return _settled(work, course_id)
    return posting(effect, theirs=lambda work: _card(work, course_id))


def _act(course_id: int, verb: str, data: dict[str, Any]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        do_act(work, course_id, verb, data, wanted_version())
        return _settled(work, course_id)
    return posting(effect, theirs=lambda work: _card(work, course_id))


@blueprint.post("/<int:course_id>/publish")
@says(body=PublishInput)
def publish(course_id: int) -> Response:
    """Learners get what is written from now on; it does not change any more."""
    return _act(course_id, "publish", load(PublishInput))


@blueprint.post("/<int:course_id>/discard")
def discard(course_id: int) -> Response:
    """Leave what was written since the last version."""
    return _act(course_id, "discard", {})


@blueprint.post("/<int:course_id>/retire")
@says(body=RetireInput)
def retire(course_id: int) -> Response:
    """Nobody is asked or reminded any more; what was learned stays."""
    return _act(course_id, "retire", load(RetireInput))


@blueprint.post("/<int:course_id>/restore")
def restore(course_id: int) -> Response:
    """A retired course is offered again."""
    return _act(course_id, "restore", {})


def _lesson_json(row: queries.LessonLine) -> dict[str, Any]:
    return {"id": row.id, "kind": row.kind, "title": row.title, "required": row.required, "minutes": row.minutes, "lack": row.lack,
            "marked": row.marked, "content": dict(row.content)}


@blueprint.get("/<int:course_id>/lessons")
@says(query=PageQuery)
def lessons(course_id: int) -> Response:
    """The lessons in their order, with what each holds."""
    require(current_actor(), SEE_COURSES)
    asked = query_data(PageQuery)
    with look() as work:
        card = queries.course_card(work.session, work.actor, course_id)
    return reply(part_of([one for _, its in card.chapters for one in its], asked, _lesson_json))


@blueprint.get("/<int:course_id>/lessons/<int:taught_id>")
def lesson(course_id: int, taught_id: int) -> Response:
    """One lesson with what it holds."""
    require(current_actor(), SEE_COURSES)
    with look() as work:
        return reply(_lesson_json(found_lesson(work, course_id, taught_id)))


@blueprint.post("/<int:course_id>/lessons")
@says(body=LessonInput)
def add_lesson(course_id: int) -> Response:
    """A lesson at the end of a chapter; its file is sent afterwards."""
    require(current_actor(), WRITE_COURSE)
    data = load(LessonInput)
    if data["kind"] is None:
        raise InvalidInput({"kind": [N_("This is needed.")]})

    def effect(work: Work) -> tuple[Any, int, int | None]:
        work.permit(WRITE_COURSE)
        draft = filling.lesson_of_input(work, course_id, data, kind=data["kind"])
        row = usecases.add_lesson(work, course_id, data["chapter"] or 1, draft, version=wanted_version())
        return _lesson_json(found_lesson(work, course_id, row.lesson_id)), 200, None
    return posting(effect)


@blueprint.post("/<int:course_id>/lessons/<int:taught_id>/edit")
@says(body=LessonInput)
def edit_lesson(course_id: int, taught_id: int) -> Response:
    """Change what it holds from the version on that is written; a file stays."""
    data = load(LessonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        work.permit(WRITE_COURSE)
        held = found_lesson(work, course_id, taught_id)
        usecases.change_lesson(work, course_id, taught_id, filling.lesson_of_input(
            work, course_id, data, kind=data["kind"] or held.kind, held=held.content), version=wanted_version())
        return _lesson_json(found_lesson(work, course_id, taught_id)), 200, None
    return posting(effect)


@blueprint.post("/<int:course_id>/lessons/<int:taught_id>/file")
@says(status=200)
def put_file(course_id: int, taught_id: int) -> Response:
    """The file of a lesson: multipart, one part named `file`. A package is looked through first. At most 25 MB; larger
    ones by command or page."""
    require(current_actor(), WRITE_COURSE)
    with look() as work:
        held = found_lesson(work, course_id, taught_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    given = filling.take_file(settings().files_dir, held.kind, file.stream, file.filename)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        work.permit(WRITE_COURSE)
        now = found_lesson(work, course_id, taught_id)
        data = {"title": now.title, "required": now.required, "minutes": now.minutes, "whole": now.content.get("whole"),
                "taught": now.content.get("taught")}
        usecases.change_lesson(work, course_id, taught_id, filling.lesson_of_input(
            work, course_id, data, kind=now.kind, given=given, held=now.content), version=wanted_version())
        return _lesson_json(found_lesson(work, course_id, taught_id)), 200, None
    return posting(effect, content=f"{course_id}:{taught_id}\n{given.stored.sha256}\n{given.stored.name}".encode())


@blueprint.get("/<int:course_id>/assignments")
@says(query=PageQuery)
def assignments(course_id: int) -> Response:
    """To whom it is assigned, standing ones first."""
    require(current_actor(), ASSIGN_COURSE)
    asked = query_data(PageQuery)
    with look() as work:
        queries.course_line(work.session, work.actor, course_id)
        rows = queries.assignment_lines(work.session, course_id)
    return reply(part_of(rows, asked, assignment_json))


@blueprint.get("/<int:course_id>/assignments/<int:assigned_id>")
def assignment(course_id: int, assigned_id: int) -> Response:
    """One of them."""
    require(current_actor(), ASSIGN_COURSE)
    with look() as work:
        row_of(work, course_id, assigned_id)
        return reply(_assignment(work, course_id, assigned_id))


def _assignment(work: Work, course_id: int, assigned_id: int) -> dict[str, Any]:
    work.session.flush()
    return assignment_json(next(one for one in queries.assignment_lines(work.session, course_id) if one.id == assigned_id))


@blueprint.post("/<int:course_id>/assignments")
@says(body=AssignInput)
def assign(course_id: int) -> Response:
    """It is to be taken by a person, unit, post or role; they are told."""
    require(current_actor(), ASSIGN_COURSE)
    data, day = load(AssignInput), today()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = assigning.assign_course(work, course_id, whom_of(data), today=day, due_on=data["due_on"], days=data["days"],
                                      again=data["again"], reason=data["reason"])
        return _assignment(work, course_id, row.id), 200, row.version
    return posting(effect)


@blueprint.post("/<int:course_id>/assignments/<int:assigned_id>/end")
@says(body=ReasonInput)
def end(course_id: int, assigned_id: int) -> Response:
    """Nobody is asked by it any more; what was done stays."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row_of(work, course_id, assigned_id)
        row = assigning.end_assignment(work, assigned_id, reason=data["reason"], version=wanted_version())
        work.session.flush()
        return _assignment(work, course_id, assigned_id), 200, row.version
    return posting(effect)


@blueprint.get("/<int:course_id>/learners")
@says(query=LearnersQuery)
def learners(course_id: int) -> Response:
    """Who is how far, late ones first; by unit beside them."""
    require(current_actor(), SEE_LEARNERS)
    asked = query_data(LearnersQuery)
    with look() as work:
        queries.course_line(work.session, work.actor, course_id)
        rows = queries.learner_lines(work.session, course_id, today(), q=asked["q"], unit_id=asked["unit"], standing=asked["state"])
    return reply(part_of(rows, asked, learner_json) | {"units": [
        {"unit": unit, "people": people, "done": done, "late": late} for unit, people, done, late in queries.by_unit(rows)]})


