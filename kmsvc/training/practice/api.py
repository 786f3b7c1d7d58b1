"""Practice as JSON: what there is to do, rounds, answers, the mistake book; all of the caller's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.training.practice import queries, usecases
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.schemas import (
    AnswerInput,
    BookQuery,
    HandInInput,
    JudgeInput,
    RunInput,
    card_json,
    line_json,
    mistake_card_json,
    mistake_json,
    topic_json,
)

blueprint = Blueprint("training_practice_api", __name__, url_prefix="/api/v1/training/practice")


@blueprint.get("")
def index() -> Response:
    """What there is to practise today, and the latest rounds."""
    require(current_actor(), PRACTISE)
    with look() as work:
        me = work.actor.person_id or 0
        daily = queries.daily_of(work.session, me, today())
        return reply({"daily": None if daily is None else line_json(daily), "due": len(queries.due_cards(work.session, me, today())),
                      "topics": [topic_json(one) for one in queries.topic_lines(work.session, me)],
                      "papers": [{"id": one.id, "title": one.title, "questions": one.questions, "minutes": one.minutes}
                                 for one in queries.mock_papers(work.session)],
                      "runs": [line_json(one) for one in queries.run_lines(work.session, me)]})


@blueprint.get("/mistakes")
@says(query=BookQuery)
def mistakes() -> Response:
    """The mistake book, what comes back soonest first."""
    require(current_actor(), PRACTISE)
    asked = query_data(BookQuery)
    with look() as work:
        lines = queries.mistakes(work.session, work.actor.person_id or 0, today=today(), q=asked["q"], topic=asked["topic"],
                                 book=asked["book"])
    return reply(part_of(lines, asked, mistake_json))


@blueprint.get("/mistakes/<int:card_id>")
def mistake(card_id: int) -> Response:
    """A question of the own mistake book, with its key and every answer."""
    require(current_actor(), PRACTISE)
    with look() as work:
        return reply(mistake_card_json(queries.mistake_card(work.session, work.actor, card_id)))


def _aside(card_id: int, back: bool) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.put_aside(work, card_id, today=today(), back=back)
        work.session.flush()
        return mistake_card_json(queries.mistake_card(work.session, work.actor, card_id)), 200, None
    return posting(effect)


@blueprint.post("/mistakes/<int:card_id>/known")
def known(card_id: int) -> Response:
    """One knows it by now: it leaves the mistake book."""
    return _aside(card_id, False)


@blueprint.post("/mistakes/<int:card_id>/again")
def again(card_id: int) -> Response:
    """It comes back from today on."""
    return _aside(card_id, True)


def _whole(work: Work, run_id: int) -> dict[str, Any]:
    work.session.flush()
    return card_json(queries.run_card(work.session, work.actor, run_id))


@blueprint.get("/<int:run_id>")
def show(run_id: int) -> Response:
    """An own round; the key of a question only once it was answered."""
    require(current_actor(), PRACTISE)
    with look() as work:
        return reply(_whole(work, run_id))


@blueprint.post("")
@says(body=RunInput, status=201)
def create() -> Response:
    """Begin a round; the five of a day are the same all day long."""
    data = load(RunInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.begin_run(work, data["mode"], today=today(), topic_id=data["topic"], paper_id=data["paper"])
        return _whole(work, row.id), 201, None
    return posting(effect)


@blueprint.post("/<int:run_id>/answer")
@says(body=AnswerInput)
def answer(run_id: int) -> Response:
    """Answer a question, once."""
    data = load(AnswerInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.answer(work, run_id, data["place"], data["answer"], today=today())
        return _whole(work, run_id), 200, None
    return posting(effect)


@blueprint.post("/<int:run_id>/judge")
@says(body=JudgeInput)
def judge(run_id: int) -> Response:
    """Say how an own short answer compares with the model answer, once."""
    data = load(JudgeInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.judge(work, run_id, data["place"], data["verdict"], today=today())
        return _whole(work, run_id), 200, None
    return posting(effect)


@blueprint.post("/<int:run_id>/hand_in")
@says(body=HandInInput)
def hand_in(run_id: int) -> Response:
    """Hand a mock exam in."""
    data = load(HandInInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.hand_in(work, run_id, data["answers"], today=today())
        return _whole(work, run_id), 200, None
    return posting(effect)


@blueprint.post("/<int:run_id>/end")
def end(run_id: int) -> Response:
    """Leave a round."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.end_run(work, run_id)
        return _whole(work, run_id), 200, None
    return posting(effect)
