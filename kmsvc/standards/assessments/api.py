"""Self-assessments as JSON: rounds, answers, how a round stands, simulations, comparisons, plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from kmsvc.convert.receiving import answer_program, given_list
from kmsvc.convert.reports import Report, RowResult
from kmsvc.core.acting import add_verbs
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.standards.assessments import answering, plan_queries, queries, reading, rounds, schemas, verbs
from kmsvc.standards.assessments.figures import Figure, explain
from kmsvc.standards.assessments.models import SelfAssessment
from kmsvc.standards.assessments.permissions import RUN_ASSESSMENTS, SEE_ASSESSMENTS
from kmsvc.standards.assessments.standing import answers_of, standing_of

blueprint = Blueprint("standards_assessments_api", __name__, url_prefix="/api/v1/standards/assessments")


def _round(work: Work, assessment_id: int) -> dict[str, Any]:
    card = queries.round_card(work.session, work.actor, assessment_id)
    standing = standing_of(work.session, card.row, answers_of(work.session, card.row.id))
    return schemas.round_card_json(card, standing, verbs.round_offers(work, card.row, today()), sees=can(work.actor, SEE_ASSESSMENTS))


def _answer(work: Work, answer_id: int) -> dict[str, Any]:
    row, held, _ = queries.answer_of(work.session, work.actor, answer_id)
    line = queries.answer_line(work.session, work.actor, row)
    return schemas.answer_card_json(line, row, verbs.answer_offers(work, row, held, today()))


def _plan(work: Work, improvement_id: int) -> dict[str, Any]:
    card = plan_queries.plan_card(work.session, work.actor, improvement_id)
    return schemas.plan_card_json(card, verbs.plan_offers(work, card.row, today()))


@blueprint.get("")
@says(query=schemas.RoundsQuery)
def list_rounds() -> Response:
    """Rounds this caller may see, newest first."""
    asked = query_data(schemas.RoundsQuery)
    with look() as work:
        lines, following = queries.round_lines(
            work.session, work.actor, **{name: asked[name] for name in ("q", "state", "year", "model")},
            start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([schemas.round_json(one) for one in lines], following))


@blueprint.post("")
@says(body=schemas.SelfAssessmentInput, status=201)
def begin_round() -> Response:
    """Draft a round with an answer to be given for each item."""
    data = load(schemas.SelfAssessmentInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = rounds.begin_round(work, schemas.plan_of(data), today=today())
        return _round(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:assessment_id>")
def show_round(assessment_id: int) -> Response:
    """One round, how it stands, and what this caller may do."""
    with look() as work:
        body = _round(work, assessment_id)
        return reply(body, version=body["version"])


@blueprint.get("/<int:assessment_id>/answers")
@says(query=schemas.AnswersQuery)
def list_answers(assessment_id: int) -> Response:
    """Answers of a round this caller may see, in the order of the standard."""
    asked = query_data(schemas.AnswersQuery)
    with look() as work:
        queries.round_card(work.session, work.actor, assessment_id)
        lines, following = queries.answer_lines(work.session, work.actor, assessment_id, filters_of(asked),
                                                start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([schemas.answer_json(one) for one in lines], following))


def filters_of(asked: dict[str, Any]) -> queries.AnswerFilters:
    """The filters in a loaded query."""
    return queries.AnswerFilters(**{name: asked[name] for name in queries.AnswerFilters.__dataclass_fields__})


@blueprint.get("/<int:assessment_id>/figures/<figure_name>")
def figure(assessment_id: int, figure_name: str) -> Response:
    """A figure of a round, opened: what it counts and what it leaves out."""
    if figure_name not in set(Figure):
        raise NotFound()
    with look() as work:
        _, _, held = reading.standing(work, assessment_id)
        return reply(schemas.explained_json(explain(held, Figure(figure_name))))


@blueprint.get("/<int:assessment_id>/simulation")
@says(query=schemas.SimulationQuery)
def simulation(assessment_id: int) -> Response:
    """What is missing to a level, a way there, and what the chosen marks would give. Nothing is written."""
    asked = query_data(schemas.SimulationQuery)
    with look() as work:
        return reply(schemas.simulated_json(reading.simulation(work, assessment_id, asked["target"], asked["items"])[2]))


@blueprint.get("/<int:assessment_id>/comparison")
@says(query=schemas.ComparisonQuery)
def comparison(assessment_id: int) -> Response:
    """A round beside an earlier one: both standings and the items whose marks differ."""
    asked = query_data(schemas.ComparisonQuery)
    with look() as work:
        before, then, card, now, found = reading.comparison(work, assessment_id, asked["other"])
        return reply({"before": {"id": before.line.id, "number": before.line.number, **schemas.standing_json(then)},
                      "after": {"id": card.line.id, "number": card.line.number, **schemas.standing_json(now)},
                      "changes": [schemas.change_json(one) for one in found]})


@blueprint.post("/<int:assessment_id>/import")
@says(form=schemas.MarksFile)
def import_marks(assessment_id: int) -> Response:
    """Marks out of a csv or xlsx for answers that wait; all of them or none."""
    with look() as work:
        work.permit(RUN_ASSESSMENTS, work.get(SelfAssessment, assessment_id))
    data = load(schemas.MarksFile, form_data())
    given, name = given_list()
    if given is None:
        raise InvalidInput({"file": [N_("Choose a file.")]})

    def take(path: Path) -> Report[RowResult]:
        text = reading.marks_text(path, name)
        with begin() as work:
            return taken(answering.import_marks(work, assessment_id, text, dry=data["dry_run"]), name)
    return answer_program(given, name, data, take)


def taken(done: answering.Imported, file: str) -> Report[RowResult]:
    """What a file of marks did, row by row."""
    return Report([RowResult(file, row, name, "updated" if changes else "unchanged", changes)
                   for row, (name, changes) in enumerate(done.rows, 2)], [])


@blueprint.get("/answers/<int:answer_id>")
def show_answer(answer_id: int) -> Response:
    """One answer, and what this caller may do."""
    with look() as work:
        body = _answer(work, answer_id)
        return reply(body, version=body["version"])


@blueprint.get("/mine")
@says(query=schemas.PageQuery)
def mine() -> Response:
    """The clauses that wait for this caller, in the order in which they are due."""
    asked = query_data(schemas.PageQuery)
    with look() as work:
        lines, following = queries.answer_lines(work.session, work.actor, None, queries.AnswerFilters(), own=True,
                                                start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([schemas.answer_json(one) for one in lines], following))


@blueprint.get("/plans")
@says(query=schemas.PlansQuery)
def list_plans() -> Response:
    """Items of plans this caller may see, the next day first."""
    asked = query_data(schemas.PlansQuery)
    with look() as work:
        lines, following = plan_queries.plan_lines(work.session, work.actor, asked["round"], q=asked["q"], state=asked["state"],
                                              own=asked["own"], start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([schemas.plan_json(one) for one in lines], following))


@blueprint.get("/plans/<int:improvement_id>")
def show_plan(improvement_id: int) -> Response:
    """One item of a plan with what was done, and what this caller may do."""
    with look() as work:
        body = _plan(work, improvement_id)
        return reply(body, version=body["version"])


def _emptied() -> set[str]:
    """The inputs that are named with nothing in them; what is not named stays as it is."""
    body = request.get_json(silent=True)
    return {name for name, value in body.items() if value is None or value == ""} if isinstance(body, dict) else set()


add_verbs(blueprint, "/<int:assessment_id>", verbs.ROUND_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_round(work, one, name, data, day, version, _emptied())), _round, named="SelfAssessment", kind=SelfAssessment)
add_verbs(blueprint, "/answers/<int:answer_id>", verbs.ANSWER_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_answer(work, one, name, data, day, version, _emptied())), _answer, named="ClauseAnswer")
add_verbs(blueprint, "/plans/<int:improvement_id>", verbs.PLAN_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_plan(work, one, name, data, day, version, _emptied())), _plan, named="Improvement")
