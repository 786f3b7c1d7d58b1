"""Quality results of newcomers, and courses of their classes, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotPermitted
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.training.onboarding import finding, results
from kmsvc.training.onboarding.course_pages import ClassCourseInput, assign, planned_class
from kmsvc.training.onboarding.one import look_at_many, secret_of
from kmsvc.training.onboarding.permissions import ENTER_RESULTS
from kmsvc.training.onboarding.results_queries import (
    import_line,
    import_lines,
    result_line,
    result_lines,
    sees_results,
)
from kmsvc.training.onboarding.results_rows import RESULTS
from kmsvc.training.onboarding.results_schemas import (
    ResultInput,
    ResultsQuery,
    WhyInput,
    chosen,
    import_json,
    result_json,
    result_of,
)

blueprint = Blueprint("training_onboarding_results_api", __name__, url_prefix="/api/v1/training/onboarding")


def _permit() -> None:
    if not sees_results(current_actor()):
        raise NotPermitted()


@blueprint.get("/results")
@says(query=ResultsQuery)
def list_results() -> Response:
    """Results, entered last first."""
    _permit()
    asked = query_data(ResultsQuery)
    if asked["trainee_id"]:
        with look() as work:
            secret = secret_of(work.session, work.actor, asked["trainee_id"])
        shown(secret, Place.PROGRAM)
    with look() as work:
        found, following = result_lines(work.session, work.actor, **chosen(asked), before=cursor_id(asked["cursor"]),
                                        limit=asked["limit"])
        noted = None if asked["trainee_id"] else look_at_many(
            work.session, work.actor, [one.person_id for one in found], "results", asked["class_id"])
    shown(noted, Place.PROGRAM)
    return reply(page([result_json(one) for one in found], following))


@blueprint.post("/results")
@says(body=ResultInput)
def enter() -> Response:
    """Enter one."""
    require(current_actor(), ENTER_RESULTS)
    data = load(ResultInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        work.permit(ENTER_RESULTS)
        row = results.newcomer_named(work.session, data["person"], "")
        made = results.enter_result(work, row.id, result_of(data, today()), today=today())
        return result_json(result_line(work.session, work.actor, made.id)), 200, None
    return posting(effect)


@blueprint.get("/classes/<int:class_id>/courses")
def list_courses(class_id: int) -> Response:
    """What the newcomers of a class must take, and who has not."""
    with look() as work:
        planned_class(work, class_id)
        return reply({"items": [asdict(one) for one in finding.courses_of(work.session, class_id, today())], "next": None})


@blueprint.post("/classes/<int:class_id>/courses")
@says(body=ClassCourseInput)
def add_course(class_id: int) -> Response:
    """Let everybody of a class take a course."""
    data = load(ClassCourseInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        count = assign(work, class_id, data)
        work.session.flush()
        return {"people": count, "items": [asdict(one) for one in finding.courses_of(work.session, class_id, today())]}, 200, None
    return posting(effect)


@blueprint.get("/results/<int:quality_id>")
def show(quality_id: int) -> Response:
    """One result."""
    with look() as work:
        return reply(result_json(result_line(work.session, work.actor, quality_id)))


@blueprint.post("/results/<int:quality_id>/remove")
@says(body=WhyInput)
def remove(quality_id: int) -> Response:
    """Take one out; the answer is what it said."""
    data = load(WhyInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        was = result_json(result_line(work.session, work.actor, quality_id))
        results.remove_result(work, quality_id, reason=data["reason"])
        return was, 200, None
    return posting(effect)


@blueprint.post("/results/import")
@says(form=TableImport)
def import_results() -> Response:
    """A csv or xlsx of results; every row counted, every refused one named."""
    require(current_actor(), ENTER_RESULTS)
    return run_for_program(RESULTS)


@blueprint.get("/results/imports")
@says(query=PageQuery)
def list_imports() -> Response:
    """Files that were taken in, newest first."""
    _permit()
    asked = query_data(PageQuery)
    with look() as work:
        found, following = import_lines(work.session, work.actor, before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([import_json(one) for one in found], following))


@blueprint.get("/results/imports/<int:taken_id>")
def show_import(taken_id: int) -> Response:
    """One file that was taken in."""
    with look() as work:
        return reply(import_json(import_line(work.session, work.actor, taken_id)))


@blueprint.post("/results/imports/<int:taken_id>/take-back")
@says(body=WhyInput)
def take_back(taken_id: int) -> Response:
    """Take an import back."""
    data, version = load(WhyInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        import_line(work.session, work.actor, taken_id)
        return _settled(work, taken_id, results.take_back(work, taken_id, reason=data["reason"], version=version))
    return posting(effect)


@blueprint.post("/results/imports/<int:taken_id>/bring-back")
def bring_back(taken_id: int) -> Response:
    """Bring an import back that was taken back."""
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        import_line(work.session, work.actor, taken_id)
        return _settled(work, taken_id, results.bring_back(work, taken_id, version=version))
    return posting(effect)


def _settled(work: Work, taken_id: int, found: Settled) -> tuple[Any, int, int | None]:
    line = import_line(work.session, work.actor, taken_id)
    return import_json(line) | {"done": found.done, "stayed": found.stayed}, 200, line.version
