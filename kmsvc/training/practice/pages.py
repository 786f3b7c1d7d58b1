"""Pages of practice: what there is to do today, a round question by question, a mock exam, the mistake book."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, today
from kmsvc.training.practice import queries, showing, usecases
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.rules import PracticeMode
from kmsvc.training.practice.schemas import RunInput, answer_of

blueprint = Blueprint("training_practice_pages", __name__, url_prefix="/training/practice")


@blueprint.get("")
def index() -> str:
    """Five of the day, mistakes that come back, topics, mock exams, the latest rounds."""
    return _index()


def _index(why: str = "") -> str:
    with look() as work:
        work.permit(PRACTISE)
        me = work.actor.person_id or 0
        return render_template(
            "training/practice/index.html", why=why, show=showing, daily=queries.daily_of(work.session, me, today()),
            due=len(queries.due_cards(work.session, me, today())), book=len(queries.mistakes(work.session, me)),
            topics=queries.topic_lines(work.session, me), papers=queries.mock_papers(work.session),
            runs=queries.run_lines(work.session, me))


@blueprint.post("")
def create() -> Response:
    """Begin a round, or go on with the one of the day."""
    try:
        data = load(RunInput, form_data())
        with begin() as work:
            row = usecases.begin_run(work, data["mode"], today=today(), topic_id=data["topic"], paper_id=data["paper"])
    except Refusal as error:
        return make_response(_index(form_refused(error).said), error.status)
    return go(url_for(".show", run_id=row.id))


@blueprint.get("/mistakes")
def mistakes() -> str:
    """The mistake book, what comes back soonest first."""
    with look() as work:
        work.permit(PRACTISE)
        lines = queries.mistakes(work.session, work.actor.person_id or 0)
    return render_template("training/practice/mistakes.html", lines=lines, today=today())


@blueprint.get("/<int:run_id>")
def show(run_id: int) -> str:
    """The question that waits; `shown` in the address is one just answered, with its key. A mock exam is on one page."""
    return _show(run_id)


def _show(run_id: int, why: str = "") -> str:
    with look() as work:
        card = queries.run_card(work.session, work.actor, run_id)
    place = request.args.get("shown", "")
    answered = next((one for one in card.turns if str(one.place) == place and one.verdict is not None), None)
    if card.line.mode == PracticeMode.MOCK:
        return render_template("training/practice/mock.html", card=card, why=why, show=showing,
                               turns=[(one, showing.shown(one)) for one in card.turns if not one.withheld])
    waiting = card.next if card.line.ended_at is None else None
    turn = answered or waiting
    return render_template("training/practice/run.html", card=card, why=why, show=showing, turn=turn, waiting=waiting,
                           q=showing.shown(turn) if turn is not None else None,
                           turns=[(one, showing.shown(one)) for one in card.turns if one.verdict is not None] if turn is None else [])


@blueprint.post("/<int:run_id>/answer")
def answer(run_id: int) -> Response:
    """Answer the question; its key is shown next."""
    try:
        with look() as work:
            card = queries.run_card(work.session, work.actor, run_id)
        wanted = request.form.get("place", "")
        turn = next((one for one in card.turns if str(one.place) == wanted and one.faced is not None), None)
        given = answer_of(turn.faced or {}, request.form.get, request.form.getlist) if turn is not None else None
        with begin() as work:
            usecases.answer(work, run_id, turn.place if turn is not None else 0, given, today=today())
    except Refusal as error:
        return make_response(_show(run_id, form_refused(error).said), error.status)
    return go(url_for(".show", run_id=run_id, shown=wanted))


@blueprint.post("/<int:run_id>/hand_in")
def hand_in(run_id: int) -> Response:
    """Hand a mock exam in: it is scored at once."""
    try:
        with look() as work:
            card = queries.run_card(work.session, work.actor, run_id)
        answers: dict[int, Any] = {one.place: answer_of(one.faced, request.form.get, request.form.getlist, f"{one.place}-")
                                   for one in card.turns if one.faced is not None}
        with begin() as work:
            usecases.hand_in(work, run_id, answers, today=today())
    except Refusal as error:
        return make_response(_show(run_id, form_refused(error).said), error.status)
    flash(sentence(N_("Scored. A mock exam counts nowhere.")), "ok")
    return go(url_for(".show", run_id=run_id))


@blueprint.post("/<int:run_id>/end")
def end(run_id: int) -> Response:
    """Leave a round; what was answered stays."""
    with begin() as work:
        usecases.end_run(work, run_id)
    return go(url_for(".index"))
