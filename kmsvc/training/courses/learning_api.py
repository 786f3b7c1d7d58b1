"""My training as JSON: what I must and may take, my history, an attempt with its lessons, progress and what packages commit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import InputSchema, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.training.courses import learning, mine
from kmsvc.training.courses.permissions import LEARN, SEE_LEARNING
from kmsvc.training.courses.play_pages import note_commit
from kmsvc.training.courses.schemas import (
    NEEDED,
    LearningQuery,
    PackageInput,
    ProgressInput,
    history_json,
    my_json,
    played_json,
)

blueprint = Blueprint("training_learning_api", __name__, url_prefix="/api/v1/training/learning")


class BeginInput(InputSchema):
    """Which course is begun, or gone on with."""

    course = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Course"), "description": "id of a course"})


@blueprint.get("")
@says(query=LearningQuery)
def index() -> Response:
    """What I must take, earliest due first; by `view` what I may, or what I have learned."""
    require(current_actor(), SEE_LEARNING)
    asked = query_data(LearningQuery)
    with look() as work:
        if asked["view"] == "history":
            return reply(part_of(mine.my_history(work.session, work.actor.person_id or 0, q=asked["q"]), asked, history_json))
        if asked["view"] == "elective":
            return reply(part_of(mine.my_elective(work.session, work.actor, today(), q=asked["q"], category_id=asked["category"]), asked,
                                 my_json))
        return reply(part_of(mine.my_required(work.session, work.actor, today()), asked, my_json))


@blueprint.get("/attempts")
@says(query=LearningQuery)
def attempts() -> Response:
    """Every attempt of mine, newest first."""
    require(current_actor(), SEE_LEARNING)
    asked = query_data(LearningQuery)
    with look() as work:
        return reply(part_of(mine.my_history(work.session, work.actor.person_id or 0, q=asked["q"]), asked, history_json))


def _played(work: Work, attempt_id: int, status: int = 200) -> tuple[Any, int, int | None]:
    work.session.flush()
    return played_json(mine.played(work.session, work.actor, attempt_id)), status, None


@blueprint.post("/attempts")
@says(body=BeginInput, status=201)
def begin() -> Response:
    """Begin a course, or go on with the attempt one is in."""
    require(current_actor(), LEARN)
    data = load(BeginInput)
    return posting(lambda work: _played(work, learning.begin_course(work, data["course"]).id, 201))


@blueprint.get("/attempts/<int:attempt_id>")
def show(attempt_id: int) -> Response:
    """An attempt of mine with its lessons."""
    require(current_actor(), SEE_LEARNING)
    with look() as work:
        return reply(_played(work, attempt_id)[0])


@blueprint.post("/attempts/<int:attempt_id>/newer")
def newer(attempt_id: int) -> Response:
    """Leave the older version for the published one: another attempt."""
    return posting(lambda work: _played(work, learning.take_newer(work, attempt_id).id))


@blueprint.post("/attempts/<int:attempt_id>/lessons/<int:taught_id>/progress")
@says(body=ProgressInput)
def progress(attempt_id: int, taught_id: int) -> Response:
    """Seconds more, where one goes on, or the lesson is done."""
    data = load(ProgressInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        learning.note_progress(work, attempt_id, taught_id, seconds=data["seconds"], place=data["place"],
                               length=data["length"], done=data["done"])
        return _played(work, attempt_id)
    return posting(effect)


@blueprint.post("/attempts/<int:attempt_id>/lessons/<int:taught_id>/package")
@says(body=PackageInput)
def package(attempt_id: int, taught_id: int) -> Response:
    """What a package keeps and says of one of its items."""
    data = load(PackageInput)
    return posting(lambda work: (note_commit(work, attempt_id, taught_id, data), 200, None))
