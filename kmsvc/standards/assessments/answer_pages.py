"""Pages of answers: those of a round, one's own queue, one answer to write or to judge, marks out of a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.receiving import given_list, keep, waiting
from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.assessments import answering, plan_queries, queries, reading, showing, verbs
from kmsvc.standards.assessments.api import filters_of
from kmsvc.standards.assessments.campaign_rules import AnswerState
from kmsvc.standards.assessments.models import SelfAssessment
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, RUN_ASSESSMENTS, SEE_ASSESSMENTS
from kmsvc.standards.assessments.schemas import AnswersAsked, MineAsked
from kmsvc.standards.assessments.standing import answers_of
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.permissions import READ_LICENSED
from kmsvc.standards.models.queries import licensed_texts, sections_of

blueprint = Blueprint("standards_answers_pages", __name__, url_prefix="/standards/assessments")
PLACE = "marks-imports"
PAGE = 100
MOST_BESIDE = 400
Refused = tuple[str, dict[str, Any], str]


@blueprint.get("/<int:assessment_id>/answers")
def index(assessment_id: int) -> str | Response:
    """The answers of a round, in the order of the standard."""
    asked = query_data(AnswersAsked)
    with look() as work:
        card = queries.round_card(work.session, work.actor, assessment_id)
        lines, _ = queries.answer_lines(work.session, work.actor, assessment_id, filters_of(asked), limit=None)
        if asked["format"]:
            return list_answer(asked["format"], N_("Answers of a self-assessment"), showing.ANSWER_HEAD, showing.answer_rows(lines),
                               name=f"{card.line.number}-answers")
        start = asked["cursor"] or 0
        states = [("gaps", sentence(N_("With a mark below 10"))), ("unproven", sentence(N_("No record named"))),
                  *((one.value, label(one)) for one in AnswerState)]
        return render_template(
            "standards/assessments/answers.html", card=card, line=card.line, asked=asked, lines=lines[start:start + PAGE], show=showing,
            part="assessments", total=len(lines), next_cursor=start + PAGE if len(lines) > start + PAGE else None, states=states,
            sections=[(one.number, f"{one.number} {showing.title_of(one)}") for one in sections_of(work.session, card.model.id)],
            people=[(person or 0, name or sentence(N_("Nobody"))) for person, name, _ in card.by_person],
            sees=can(work.actor, SEE_ASSESSMENTS), runs=can(work.actor, RUN_ASSESSMENTS), today=today(),
            query={name: value for name, value in asked.items() if name not in ("cursor", "format") and value is not None})


@blueprint.get("/<int:assessment_id>/marks.csv")
def marks(assessment_id: int) -> Response:
    """The marks of a round as the file that can be brought in again."""
    with look() as work:
        work.permit(SEE_ASSESSMENTS)
        card = queries.round_card(work.session, work.actor, assessment_id)
        head, rows = reading.marks_rows(card.row, answers_of(work.session, assessment_id))
        return table_answer("csv", card.line.title, head, rows, name=f"{card.line.number}-marks")


@blueprint.get("/mine")
def mine() -> str | Response:
    """The queue of one's own clauses in rounds that are answered; the first that waits is opened by Enter."""
    asked = query_data(MineAsked)
    with look() as work:
        work.permit(ANSWER_CLAUSES)
        every, _ = queries.answer_lines(work.session, work.actor, None, queries.AnswerFilters(), own=True, limit=None)
        lines = [one for one in every if asked["round"] in (None, one.assessment_id)]
        cards = [queries.round_card(work.session, work.actor, one) for one in dict.fromkeys(line.assessment_id for line in lines)]
        offers = {one.line.id: {it.verb: it for it in verbs.round_offers(work, one.row, today())}.get("submit") for one in cards}
        improves, _ = plan_queries.plan_lines(work.session, work.actor, state="open", own=True, limit=PAGE)
        return render_template(
            "standards/assessments/mine.html", lines=lines, cards=[(one, [it for it in lines if it.assessment_id == one.line.id],
                                                                    offers[one.line.id]) for one in cards],
            show=showing, part="mine", today=today(), verbs=verbs.ROUND_VERBS, improves=improves, refused=None,
            to_answer=answering.TO_ANSWER_STATES)


@blueprint.get("/answers/<int:answer_id>")
def show(answer_id: int) -> str:
    """One answer: what is asked for, what is said, what shows it."""
    return _page(answer_id)


def _page(answer_id: int, refused: Refused | None = None) -> str:
    with look() as work:
        row, held, clause = queries.answer_of(work.session, work.actor, answer_id)
        model = work.get(StandardModel, held.model_id)
        card = queries.round_card(work.session, work.actor, held.id)
        beside = _beside(work, row.assessment_id, row.respondent_id == work.actor.person_id)
        at = next((place for place, one in enumerate(beside) if one.id == answer_id), 0)
        offers = {one.verb: one for one in verbs.answer_offers(work, row, held, today())}
        typed: Any = refused[1] if refused and refused[0] == "save" else row
        text = licensed_texts(work.session, [clause.id]).get(clause.id) if can(work.actor, READ_LICENSED) else None
        earlier = _earlier(work, held, row.name)
        return render_template(
            "standards/assessments/answer.html", card=card, line=beside[at], row=row, held=held, clause=clause, model=model, text=text,
            show=showing, part="assessments", offers=offers, verbs=verbs.ANSWER_VERBS, refused=refused, typed=typed, today=today(),
            errors=refused[1].get("errors", {}) if refused and refused[0] == "save" else {}, beside=beside, at=at,
            before=beside[at - 1] if at else None, after=beside[at + 1] if at + 1 < len(beside) else None, earlier=earlier,
            suggested=answering.suggested(work, row, clause, model.code, today())[:12] if "prove" in offers else [],
            answered=sum(one.state != AnswerState.OPEN for one in beside), people=card.people, query=_query())


def _earlier(work: Work, held: SelfAssessment, name: str) -> Any:
    """What was said to this item in the round it is compared with."""
    if held.earlier_id is None:
        return None
    return next((one for one in answers_of(work.session, held.earlier_id) if one.name == name), None)


def _beside(work: Work, assessment_id: int, own: bool) -> list[queries.AnswerLine]:
    """The answers one goes through: one's own as respondent, else those the list was narrowed to."""
    asked = queries.AnswerFilters(respondent=work.actor.person_id) if own else queries.AnswerFilters(**_query())
    found = queries.answer_lines(work.session, work.actor, assessment_id, asked, limit=MOST_BESIDE)[0]
    here = int((request.view_args or {})["answer_id"])
    if not any(one.id == here for one in found):
        found = queries.answer_lines(work.session, work.actor, assessment_id, queries.AnswerFilters(), limit=MOST_BESIDE)[0]
    return found


def _query() -> dict[str, Any]:
    """What the list was narrowed to, carried along in the address."""
    return {name: request.args[name] for name in ("state", "section", "q") if request.args.get(name)}


_ACTS = "save, prove, unprove, take_back, accept, return"


@blueprint.post(f"/answers/<int:answer_id>/<any({_ACTS}):name>")
def act(answer_id: int, name: str) -> Response:
    """Do something with an answer; after it was kept or judged the next one that waits is opened."""
    verb, typed = verbs.ANSWER_VERBS[name], form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            row = verbs.act_on_answer(work, answer_id, name, data, today(), wanted_version(), verbs.left_empty(verb, typed))
            stands = row.state
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(answer_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    if name == "save" and stands != AnswerState.ANSWERED:
        flash(sentence(N_("Kept. It counts as answered once both marks, a reason and what is missing stand.")), "warn")
        return go(url_for(".show", answer_id=answer_id, **_query()))
    flash(sentence(verb.said), "ok")
    if name in ("save", "accept", "return"):
        return go(_next(answer_id, name))
    return go(url_for(".show", answer_id=answer_id, **_query()))


def _next(answer_id: int, name: str) -> str:
    """The next answer that waits for the same hand; the queue or the list where none does."""
    with look() as work:
        row, held, _ = queries.answer_of(work.session, work.actor, answer_id)
        waits = answering.TO_ANSWER_STATES - {AnswerState.ANSWERED} if name == "save" else {AnswerState.SUBMITTED}
        beside = _beside(work, held.id, name == "save")
        at = next((place for place, one in enumerate(beside) if one.id == answer_id), 0)
        found = next((one for one in [*beside[at + 1:], *beside[:at]] if one.state in waits), None)
    if found is not None:
        return url_for(".show", answer_id=found.id, **_query())
    return url_for(".mine", round=held.id) if name == "save" else url_for(".index", assessment_id=row.assessment_id)


@blueprint.get("/<int:assessment_id>/import")
def upload_form(assessment_id: int) -> str:
    """Choose a file of marks."""
    return _form(assessment_id)


def _form(assessment_id: int, errors: dict[str, Any] | None = None) -> str:
    with look() as work:
        card = queries.round_card(work.session, work.actor, assessment_id)
        work.permit(RUN_ASSESSMENTS, card.row)
        return render_template("standards/assessments/import.html", card=card, line=card.line, errors=errors or {}, part="assessments")


@blueprint.post("/<int:assessment_id>/import")
def upload(assessment_id: int) -> Response:
    """Keep the file, and show what it would do."""
    with look() as work:
        work.permit(RUN_ASSESSMENTS, work.get(SelfAssessment, assessment_id))
    given, name = given_list()
    if given is None or not name.lower().endswith(reading.TABLES):
        said = N_("Choose a file.") if given is None else N_("Marks are a csv or xlsx file.")
        return make_response(_form(assessment_id, {"file": [sentence(said)]}), 422)
    return go(url_for(".dry_run", assessment_id=assessment_id, token=keep(PLACE, given, name)))


@blueprint.get("/<int:assessment_id>/import/<token>")
def dry_run(assessment_id: int, token: str) -> Response:
    """What it would do."""
    return _taken(assessment_id, token, dry=True)


@blueprint.post("/<int:assessment_id>/import/<token>")
def run(assessment_id: int, token: str) -> Response:
    """Do it."""
    return _taken(assessment_id, token, dry=False)


def _taken(assessment_id: int, token: str, *, dry: bool) -> Response:
    with look() as work:
        work.permit(RUN_ASSESSMENTS, work.get(SelfAssessment, assessment_id))
    held = waiting(PLACE, token)
    try:
        text = reading.marks_text(held.path, held.name)
        with begin() as work:
            done = answering.import_marks(work, assessment_id, text, dry=dry)
    except Refusal as error:
        return make_response(_form(assessment_id, form_refused(error).errors or {"file": [form_refused(error).said]}), error.status)
    if not dry:
        flash(sentence(N_("Marks of %(count)s clauses were brought in."), {"count": len(done.changed)}), "ok")
        return go(url_for(".index", assessment_id=assessment_id))
    with look() as work:
        card = queries.round_card(work.session, work.actor, assessment_id)
        return make_response(render_template(
            "standards/assessments/import_report.html", card=card, line=card.line, done=done, token=token, name=held.name,
            part="assessments"))
