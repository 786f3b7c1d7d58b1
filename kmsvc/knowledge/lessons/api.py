"""Lessons as JSON: the list, one with what is read in it, making, changing and removing one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.web import current_actor, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.lessons import queries, usecases
from kmsvc.knowledge.lessons.permissions import READ_LESSON, WRITE_LESSON
from kmsvc.knowledge.lessons.schemas import (
    LessonInput,
    LessonsQuery,
    card_json,
    draft_of,
    line_json,
)

blueprint = Blueprint("knowledge_lessons_api", __name__, url_prefix="/api/v1/knowledge/lessons")


@blueprint.get("")
@says(query=LessonsQuery)
def index() -> Response:
    """Lessons, changed last first."""
    require(current_actor(), READ_LESSON)
    asked = query_data(LessonsQuery)
    with look() as work:
        lines = queries.lesson_lines(work.session, work.actor, q=asked["q"], state=asked["state"])
    return reply(part_of(lines, asked, line_json))


@blueprint.get("/<int:lesson_id>")
def show(lesson_id: int) -> Response:
    """One with what this caller reads in it now."""
    require(current_actor(), READ_LESSON)
    with look() as work:
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        parts = queries.parts_of(work.session, work.actor, lesson_id)
    for one in parts:
        shown(one.secret, Place.PROGRAM)
    return reply(card_json(line, parts), version=line.version)


def _line(work: Work, lesson_id: int) -> dict[str, Any]:
    work.session.flush()
    return line_json(queries.lesson_line(work.session, work.actor, lesson_id))


@blueprint.post("")
@says(body=LessonInput, status=201)
def create() -> Response:
    """Make a lesson of articles, processes and paragraphs in an order."""
    require(current_actor(), WRITE_LESSON)
    data = load(LessonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.make_lesson(work, draft_of(work, data))
        return _line(work, row.id), 201, row.version
    return posting(effect)


@blueprint.post("/<int:lesson_id>/edit")
@says(body=LessonInput)
def edit(lesson_id: int) -> Response:
    """Change its words, its order or what is read in it."""
    data = load(LessonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        queries.lesson_line(work.session, work.actor, lesson_id)
        row = usecases.change_lesson(work, lesson_id, draft_of(work, data), version=wanted_version())
        work.session.flush()
        return _line(work, lesson_id), 200, row.version
    return posting(effect, theirs=lambda work: _line(work, lesson_id))


@blueprint.post("/<int:lesson_id>/remove")
@says(body=ReasonInput)
def remove(lesson_id: int) -> Response:
    """It is read no longer."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        queries.lesson_line(work.session, work.actor, lesson_id)
        usecases.remove_lesson(work, lesson_id, reason=data["reason"])
        return _line(work, lesson_id), 200, None
    return posting(effect)


@blueprint.post("/<int:lesson_id>/restore")
def restore(lesson_id: int) -> Response:
    """Put it back."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        queries.lesson_line(work.session, work.actor, lesson_id)
        usecases.restore_lesson(work, lesson_id)
        return _line(work, lesson_id), 200, None
    return posting(effect)
