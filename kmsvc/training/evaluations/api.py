"""Evaluations as JSON: the list, one with figures, effects and what may be done, ratings, figures by hand, adjustments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.training.evaluations import queries, usecases, verbs
from kmsvc.training.evaluations.models import Adjustment
from kmsvc.training.evaluations.permissions import RATE_TRAINING, RUN_EVALUATION, SEE_EVALUATIONS
from kmsvc.training.evaluations.rows import EFFECTS
from kmsvc.training.evaluations.schemas import (
    AdjustmentInput,
    AdjustmentsQuery,
    EvaluationInput,
    EvaluationsQuery,
    MeasureInput,
    RatingInput,
    adjustment_json,
    card_json,
    line_json,
)

blueprint = Blueprint("training_evaluations_api", __name__, url_prefix="/api/v1/training/evaluations")


@blueprint.get("")
@says(query=EvaluationsQuery)
def list_evaluations() -> Response:
    """Evaluations, newest first."""
    require(current_actor(), SEE_EVALUATIONS)
    asked = query_data(EvaluationsQuery)
    with look() as work:
        lines, following = queries.evaluation_lines(work.session, work.actor, q=asked["q"], state=asked["state"], kind=asked["kind"],
                                                    before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


def _whole(work: Work, evaluation_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.evaluation_card(work.session, work.actor, evaluation_id)
    return card_json(card, verbs.offers_for(work.actor, queries.visible(work.session, work.actor, evaluation_id), today()))


@blueprint.post("")
@says(body=EvaluationInput, status=201)
def create() -> Response:
    """Begin an evaluation."""
    data = load(EvaluationInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.begin_evaluation(work, **data)
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:evaluation_id>")
def show(evaluation_id: int) -> Response:
    """One evaluation with its figures and what this caller may do with it now."""
    with look() as work:
        body = _whole(work, evaluation_id)
        return reply(body, version=body["version"])


@blueprint.get("/<int:evaluation_id>/levels")
def levels(evaluation_id: int) -> Response:
    """The four levels; an empty list is no data yet."""
    with look() as work:
        return reply({"items": _whole(work, evaluation_id)["effects"]})


@blueprint.post("/<int:evaluation_id>/levels")
@says(body=MeasureInput)
def add_measure(evaluation_id: int) -> Response:
    """Enter a figure of a level by hand."""
    data = load(MeasureInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.add_measure(work, evaluation_id, **data)
        return _whole(work, evaluation_id), 200, None
    return posting(effect)


@blueprint.post("/<int:evaluation_id>/levels/<int:measure_id>/remove")
def remove_measure(evaluation_id: int, measure_id: int) -> Response:
    """Take a figure back."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.remove_measure(work, evaluation_id, measure_id)
        return _whole(work, evaluation_id), 200, None
    return posting(effect)


def _mine(work: Work, evaluation_id: int) -> dict[str, Any]:
    row, part = usecases.my_part(work, evaluation_id)
    return {"id": row.id, "number": row.number, "title": row.title, "state": row.state, "factors": row.factors or [],
            "anonymous": row.anonymous, "due_on": row.due_on, "answered_on": part.answered_on}


@blueprint.get("/<int:evaluation_id>/rate")
def my_part(evaluation_id: int) -> Response:
    """What this caller is asked."""
    with look() as work:
        return reply(_mine(work, evaluation_id))


@blueprint.post("/<int:evaluation_id>/rate")
@says(body=RatingInput)
def rate(evaluation_id: int) -> Response:
    """Say what one thinks."""
    data = load(RatingInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.rate(work, evaluation_id, marks=data["marks"], said=data["said"], today=today())
        work.session.flush()
        return _mine(work, evaluation_id), 200, None
    return posting(effect)


@blueprint.get("/<int:evaluation_id>/told")
def told(evaluation_id: int) -> Response:
    """What this caller was told of the result."""
    with look() as work:
        row, mine = queries.told_to(work.session, work.actor, evaluation_id)
        return reply({"id": row.id, "number": row.number, "title": row.title, "told": [{"audience": name, "text": text}
                                                                                      for name, text in mine]})


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(evaluation_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, evaluation_id, name, data, today(), version)
            return _whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, evaluation_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:evaluation_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


@blueprint.post("/effects/import")
@says(form=TableImport)
def import_effects() -> Response:
    """A csv or xlsx of figures of the four levels; every row counted, every refused one named."""
    require(current_actor(), RUN_EVALUATION)
    return run_for_program(EFFECTS)


@blueprint.get("/adjustments")
@says(query=AdjustmentsQuery)
def list_adjustments() -> Response:
    """Adjustments: all, or the own ones."""
    require(current_actor(), RATE_TRAINING)
    asked = query_data(AdjustmentsQuery)
    with look() as work:
        lines, following = queries.adjustment_lines(work.session, work.actor, q=asked["q"], state=asked["state"], part=asked["part"],
                                                    course_id=asked["course"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([adjustment_json(one) for one in lines], following))


def _adjustment(work: Work, adjustment_id: int) -> dict[str, Any]:
    work.session.flush()
    line = queries.adjustment_line(work.session, work.actor, adjustment_id)
    return adjustment_json(line, verbs.adjustment_offers(work.actor, line, work.get(Adjustment, adjustment_id), today()))


@blueprint.post("/adjustments")
@says(body=AdjustmentInput, status=201)
def adjust() -> Response:
    """Record an adjustment of a training with its reason."""
    data = load(AdjustmentInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.adjust(work, **data, today=today())
        return _adjustment(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/adjustments/<int:adjustment_id>")
def show_adjustment(adjustment_id: int) -> Response:
    """One adjustment."""
    with look() as work:
        body = _adjustment(work, adjustment_id)
        return reply(body, version=body["version"])


_SETTLE = verbs.ADJUSTMENT_VERBS["settle"].schema()


@blueprint.post("/adjustments/<int:adjustment_id>/settle")
@says(body=_SETTLE)
def settle(adjustment_id: int) -> Response:
    """Say what became of it."""
    data, version = load(_SETTLE), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = verbs.settle(work, adjustment_id, data, today(), version)
        return _adjustment(work, row.id), 200, row.version
    return posting(effect, theirs=lambda work: _adjustment(work, adjustment_id))
