"""Onboarding as JSON: classes, the board of one, one newcomer, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.web import current_actor, load, look, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.onboarding import doing, queries, usecases
from kmsvc.training.onboarding.permissions import SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.showing import class_json, line_json

blueprint = Blueprint("training_onboarding_api", __name__, url_prefix="/api/v1/training/onboarding")


@blueprint.get("/classes")
def classes() -> Response:
    """Classes this caller sees, newest first."""
    require(current_actor(), SEE_OWN_ONBOARDING)
    with look() as work:
        return reply({"items": [class_json(one) for one in queries.classes(work.session, work.actor)], "next": None})


@blueprint.post("/classes")
@says(body=doing.ClassInput, status=201)
def plan() -> Response:
    """Plan a class."""
    data = load(doing.ClassInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = doing.plan(work, data)
        return class_json(row), 201, row.version
    return posting(effect)


@blueprint.get("/classes/<int:class_id>")
def board(class_id: int) -> Response:
    """One class with its newcomers and their weeks."""
    with look() as work:
        return reply(_class(work, class_id))


def _class(work: Work, class_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.class_of(work.session, work.actor, class_id)
    return class_json(row) | {
        "trainees": [line_json(one) for one in queries.board(work.session, work.actor, class_id, today())],
        "timetable": [{"day": one.day, "begins": one.begins, "ends": one.ends, "title": one.title, "place": one.place}
                      for one in queries.timetable(work.session, class_id)]}


@blueprint.post("/classes/<int:class_id>/join")
@says(body=doing.TraineeInput)
def join(class_id: int) -> Response:
    """Take somebody into a class."""
    data = load(doing.TraineeInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        doing.join(work, class_id, data)
        return _class(work, class_id), 200, None
    return posting(effect)


@blueprint.post("/classes/<int:class_id>/teach")
@says(body=doing.HourInput)
def teach(class_id: int) -> Response:
    """Add a line to the timetable."""
    data = load(doing.HourInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.add_hour(work, class_id, **data)
        return _class(work, class_id), 200, None
    return posting(effect)


@blueprint.get("/trainees/<int:trainee_id>")
def show(trainee_id: int) -> Response:
    """One newcomer."""
    with look() as work:
        return reply(_one(work, trainee_id))


def _one(work: Work, trainee_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.visible(work.session, work.actor, trainee_id)
    return line_json(next(one for one in queries.board(work.session, work.actor, row.class_id, today()) if one.id == row.id))


def _view(name: str) -> Any:
    schema, act, said = doing.ACTS[name]

    @says(body=schema, summary=said)
    def view(trainee_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            queries.visible(work.session, work.actor, trainee_id)
            act(work, trainee_id, data, today(), version)
            return _one(work, trainee_id), 200, None
        return posting(effect)
    return view


for _name in doing.ACTS:
    blueprint.add_url_rule(f"/trainees/<int:trainee_id>/{_name}", endpoint=f"do_{_name}", view_func=_view(_name), methods=["POST"])


@blueprint.post("/decisions/<int:decision_id>/undo")
@says(body=ReasonInput)
def undo(decision_id: int) -> Response:
    """Take a decision back."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = usecases.undo_decision(work, decision_id, reason=data["reason"])
        return _one(work, made.trainee_id), 200, None
    return posting(effect)
