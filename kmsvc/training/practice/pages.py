"""Pages of practice: what there is to do today, a round question by question, a mock exam, the mistake book."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.files.serving import bytes_answer
from kmsvc.training.papers.queries import topic_names
from kmsvc.training.practice import queries, showing, usecases
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.rules import KNOWN, Book, PracticeMode
from kmsvc.training.practice.schemas import BookPage, JudgeInput, RunInput, answer_of, lacking
from kmsvc.training.sittings.queries import stored_picture

blueprint = Blueprint("training_practice_pages", __name__, url_prefix="/training/practice")
PAGE = 50


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
def mistakes() -> str | Response:
    """The mistake book, what comes back soonest first, with an export of what is shown."""
    require(current_actor(), PRACTISE)
    asked = query_data(BookPage)
    with look() as work:
        me = work.actor.person_id or 0
        lines = queries.mistakes(work.session, me, today=today(), q=asked["q"], topic=asked["topic"], book=asked["book"])
        due = len(queries.due_cards(work.session, me, today()))
        topics = [(int(one), name) for one, name in topic_names(work.session).items()]
    if asked["format"]:
        return list_answer(asked["format"], N_("Mistake book"), showing.BOOK_HEAD,
                           showing.book_rows(lines, lambda at: local(at, settings().timezone)), name="mistakes")
    start = asked["cursor"]
    return render_template("training/practice/mistakes.html", lines=lines[start:start + PAGE], total=len(lines), today=today(),
                           asked=asked, due=due, topics=topics, books=[(one.value, sentence(one.label)) for one in Book], known=KNOWN,
                           next_cursor=start + PAGE if start + PAGE < len(lines) else None)


@blueprint.get("/mistakes/<int:card_id>")
def mistake(card_id: int) -> str:
    """A question of the own mistake book: its key, every answer one gave, when it comes back."""
    require(current_actor(), PRACTISE)
    with look() as work:
        card = queries.mistake_card(work.session, work.actor, card_id)
    address = url_for(".mistake", card_id=card_id) + "/pictures"
    return render_template("training/practice/mistake.html", card=card, one=card.mistake, show=showing, today=today(), known=KNOWN,
                           q=showing.shown(card.turn, address))


@blueprint.post("/mistakes/<int:card_id>/known")
def known(card_id: int) -> Response:
    """It leaves the mistake book."""
    return _aside(card_id, False, N_("It rests. It can be put back."))


@blueprint.post("/mistakes/<int:card_id>/again")
def again(card_id: int) -> Response:
    """It comes back from today on."""
    return _aside(card_id, True, N_("It comes back from today on."))


def _aside(card_id: int, back: bool, said: str) -> Response:
    with begin() as work:
        usecases.put_aside(work, card_id, today=today(), back=back)
    flash(sentence(said), "ok")
    return go(url_for(".mistake", card_id=card_id))


@blueprint.get("/mistakes/<int:card_id>/pictures/<picture>")
def mistake_picture(card_id: int, picture: str) -> Response:
    """A picture of a question of the own mistake book."""
    require(current_actor(), PRACTISE)
    with look() as work:
        turn = queries.mistake_card(work.session, work.actor, card_id).turn
        return _picture(work, [turn], picture)


@blueprint.get("/<int:run_id>/pictures/<picture>")
def run_picture(run_id: int, picture: str) -> Response:
    """A picture of a question of an own round; of its explanation only once it is answered."""
    require(current_actor(), PRACTISE)
    with look() as work:
        return _picture(work, queries.run_card(work.session, work.actor, run_id).turns, picture)


def _picture(work: Work, turns: Iterable[queries.Turn], sha256: str) -> Response:
    if not any(sha256 in queries.pictures_in(one) for one in turns):
        raise NotFound()
    stored = stored_picture(work.session, sha256)
    return bytes_answer(settings().files_dir, stored, stored.sha256)


def _shown(run_id: int, turn: queries.Turn) -> dict[str, Any]:
    return showing.shown(turn, url_for(".show", run_id=run_id) + "/pictures")


@blueprint.get("/<int:run_id>")
def show(run_id: int) -> str:
    """The question that waits; `shown` in the address is one just answered, with its key. A mock exam is on one page."""
    return _show(run_id)


def _show(run_id: int, why: str = "", *, kept: bool = False) -> str:
    with look() as work:
        card = queries.run_card(work.session, work.actor, run_id)
    place = request.args.get("shown", "")
    answered = next((one for one in card.turns if str(one.place) == place and one.verdict is not None), None)
    if card.line.mode == PracticeMode.MOCK:
        return render_template("training/practice/mock.html", card=card, why=why, show=showing,
                               turns=[(one, _shown(run_id, one)) for one in card.turns if not one.withheld])
    waiting = card.next if card.line.ended_at is None else None
    turn = answered or waiting
    q = _shown(run_id, turn) if turn is not None else None
    if q is not None and turn is waiting and kept:
        q = showing.typed(q, request.form.to_dict(), request.form.getlist)
    return render_template("training/practice/run.html", card=card, why=why, show=showing, turn=turn, waiting=waiting,
                           q=q,
                           turns=[(one, _shown(run_id, one)) for one in card.turns if one.verdict is not None] if turn is None else [])


@blueprint.post("/<int:run_id>/answer")
def answer(run_id: int) -> Response:
    """Answer the question; its key is shown next."""
    try:
        with look() as work:
            card = queries.run_card(work.session, work.actor, run_id)
        wanted = request.form.get("place", "")
        turn = next((one for one in card.turns if str(one.place) == wanted and one.faced is not None), None)
        given = answer_of(turn.faced or {}, request.form.get, request.form.getlist) if turn is not None else None
        if given is None and turn is not None and "give_up" not in request.form:
            said = sentence(lacking(turn.faced or {}))
            return make_response(_show(run_id, said, kept=True), 422)
        with begin() as work:
            usecases.answer(work, run_id, turn.place if turn is not None else 0, given, today=today())
    except Refusal as error:
        return make_response(_show(run_id, form_refused(error).said, kept=True), error.status)
    return go(url_for(".show", run_id=run_id, shown=wanted))


@blueprint.post("/<int:run_id>/judge")
def judge(run_id: int) -> Response:
    """Say how an own short answer compares with the model answer, then go on."""
    then = request.form.get("then", "")
    try:
        data = load(JudgeInput, {name: request.form.get(name, "") for name in ("place", "verdict")})
        with begin() as work:
            usecases.judge(work, run_id, data["place"], data["verdict"], today=today())
    except Refusal as error:
        return make_response(_show(run_id, form_refused(error).said), error.status)
    return go(url_for(".show", run_id=run_id, _anchor=f"q{data['place']}" if then == "stay" else None))


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
