"""Pages of self-assessments: the rounds, one round and how it stands, its figures opened, a simulation, a comparison."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import open_units
from kmsvc.standards.assessments import drawing, plan_queries, queries, reading, rounds, showing, verbs
from kmsvc.standards.assessments.campaign_rules import AnswerState, RoundState
from kmsvc.standards.assessments.figures import Figure, explain, shown
from kmsvc.standards.assessments.models import ClauseAnswer
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, RUN_ASSESSMENTS, SEE_ASSESSMENTS
from kmsvc.standards.assessments.rules import Item, Marked, name_of
from kmsvc.standards.assessments.schemas import ComparisonQuery, RoundsAsked, SelfAssessmentInput, plan_of
from kmsvc.standards.assessments.simulating import aimed
from kmsvc.standards.assessments.standing import Standing, key_of
from kmsvc.standards.models.queries import clauses_of, model_lines, sections_of

blueprint = Blueprint("standards_assessments_pages", __name__, url_prefix="/standards/assessments")
PAGE = 50
MOST_EXPORTED = 20_000
Refused = tuple[str, dict[str, Any], str]
_STATES = [*RoundState]


@blueprint.get("")
def index() -> str | Response:
    """Rounds, newest first."""
    actor = current_actor()
    asked = query_data(RoundsAsked)
    filters = {name: asked[name] for name in ("q", "state", "year", "model")}
    with look() as work:
        work.permit(SEE_ASSESSMENTS if can(actor, SEE_ASSESSMENTS) else ANSWER_CLAUSES)
        if asked["format"]:
            lines, rest = queries.round_lines(work.session, actor, **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Self-assessments"), showing.HEAD, showing.rows(lines, today()),
                               name="self-assessments", more=rest is not None)
        lines, following = queries.round_lines(work.session, actor, **filters, start=asked["cursor"] or 0, limit=PAGE)
        mine, _ = queries.answer_lines(work.session, actor, None, queries.AnswerFilters(), own=True, limit=None)
        return render_template(
            "standards/assessments/index.html", asked=asked, lines=lines, next_cursor=following, show=showing, part="assessments",
            today=today(), total=queries.count_rounds(work.session, actor, **filters), runs=can(actor, RUN_ASSESSMENTS),
            states=[(one.value, label(one)) for one in _STATES], sees=can(actor, SEE_ASSESSMENTS),
            models=[(one.code, one.code) for one in model_lines(work.session) if one.newest],
            waiting=sum(one.state in verbs.answering.TO_ANSWER_STATES for one in mine),
            plans=plan_queries.count_plans(work.session, actor, state="open"))


@blueprint.get("/new")
def new() -> str:
    """The form of a round."""
    day = today()
    return _form({"title": sentence(N_("Self-assessment %(year)s"), {"year": day.year}), "model": "cc-cmm-oc-2017",
                  "lead": current_actor().person_id})


def _form(typed: dict[str, Any], errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        work.permit(RUN_ASSESSMENTS)
        models = [one for one in model_lines(work.session) if one.clauses]
        chosen = next((one for one in models if one.code == typed.get("model") and one.newest), models[0] if models else None)
        people = directory(work.session)
        return render_template(
            "standards/assessments/new.html", typed=typed, errors=errors or {}, why=why, part="assessments", show=showing,
            models=[(one.code, f"{showing.title_of(one)} ({one.edition})") for one in models if one.newest],
            sections=[(one.number, f"{one.number} {showing.title_of(one)}")
                      for one in (sections_of(work.session, chosen.id) if chosen else ())],
            leads=[(one.id, one.name) for one in people.active() if RUN_ASSESSMENTS.name in one.permissions],
            units=[(one.id, one.name) for one in open_units(work.session)], levels=[(f"L{no}", f"L{no}") for no in range(1, 6)],
            earlier=[(one.id, f"{one.number} {one.title} ({one.closed_on})") for one in queries.closed_rounds(work.session, work.actor)])


@blueprint.post("")
def create() -> Response:
    """Draft it."""
    typed = form_data()
    typed["sections"] = ",".join(request.form.getlist("sections"))
    try:
        data = load(SelfAssessmentInput, typed)
        with begin() as work:
            row = rounds.begin_round(work, plan_of(data), today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form({**typed, "sections": request.form.getlist("sections")}, told.errors, told.said), error.status)
    flash(sentence(N_("%(number)s is drafted. Say who answers which clauses, then let it be answered."), {"number": row.number}), "ok")
    return go(url_for(".show", assessment_id=row.id))


@blueprint.get("/<int:assessment_id>")
def show(assessment_id: int) -> str:
    """One round: how far it is, how it stands, radar, heat map, levels."""
    return _page(assessment_id)


def _page(assessment_id: int, refused: Refused | None = None) -> str:
    with look() as work:
        card = queries.round_card(work.session, work.actor, assessment_id)
        offers = {one.verb: one for one in verbs.round_offers(work, card.row, today())}
        shared: dict[str, Any] = {"card": card, "line": card.line, "row": card.row, "show": showing, "part": "assessments",
                                  "today": today(), "refused": refused, "offers": offers, "verbs": verbs.ROUND_VERBS, "shown": shown}
        if not can(work.actor, SEE_ASSESSMENTS):
            mine, _ = queries.answer_lines(work.session, work.actor, assessment_id, queries.AnswerFilters(), limit=None)
            return render_template("standards/assessments/own.html", **shared, lines=mine)
        card, answers, held = reading.standing(work, assessment_id)
        clauses = {one.id: one for one in clauses_of(work.session, card.model.id)}
        before = _before(work, card)
        return render_template(
            "standards/assessments/show.html", **shared, held=held, Figure=Figure, radar=_radar(held, answers, before, card),
            before=before[0] if before else None, rows=_heat(held, answers), titles={
                one.name: showing.title_of(clauses[one.clause_id]) for one in answers if one.clause_id in clauses},
            plans=plan_queries.count_plans(work.session, work.actor, assessment_id),
            open_plans=plan_queries.count_plans(work.session, work.actor, assessment_id, state="open"),
            waiting=sum(one.state == AnswerState.SUBMITTED for one in answers),
            compares=before is not None or bool(reading.comparable(work, card)))


def _before(work: Work, card: queries.RoundCard) -> tuple[queries.RoundCard, Standing] | None:
    """The round it is compared with, where it names one."""
    if card.row.earlier_id is None:
        return None
    earlier, _, held = reading.standing(work, card.row.earlier_id)
    return earlier, held


def _radar(held: Standing, answers: list[ClauseAnswer], before: tuple[queries.RoundCard, Standing] | None, card: queries.RoundCard
           ) -> drawing.Radar | None:
    """By chapter where there are three at least, else by section: aimed at, before, now."""
    deep = len(held.chapters) >= 3
    parts = held.chapters if deep else held.sections
    aims = {key_of(one): Marked(max(one.c or 0, one.target_c or 0), max(one.f or 0, one.target_f or 0)) for one in answers
            if one.target_c is not None or one.target_f is not None}
    series = []
    if aims:
        series.append(("aim", sentence(N_("Aimed at")), aimed(held, aims, parts)))
    if before is not None:
        old = before[1].chapters if deep else before[1].sections
        series.append(("before", before[0].line.number, {one.number: one.share for one in old}))
    series.append(("now", card.line.number, {one.number: one.share for one in parts}))
    return drawing.radar(parts, series)


def _heat(held: Standing, answers: list[ClauseAnswer]) -> list[tuple[Any, list[ClauseAnswer]]]:
    """The answers of each section, in the order of the standard."""
    by: dict[str, list[ClauseAnswer]] = {}
    for one in answers:
        by.setdefault(held.section_of[key_of(one)], []).append(one)
    return [(part, by.get(part.number, [])) for part in held.sections]


_ACTS = "write, assign, assign_owners, open, submit, accept_all, to_review, give_back, close, reopen, plan, discard"


@blueprint.post(f"/<int:assessment_id>/<any({_ACTS}):name>")
def act(assessment_id: int, name: str) -> Response:
    """Do something with a round; what was typed comes back with the reason when it is refused."""
    verb, typed = verbs.ROUND_VERBS[name], form_data()
    if name == "plan":
        typed = {name: value for name, value in typed.items() if name not in ("target", "chosen")}
        typed["items"] = " ".join(request.form.getlist("items"))
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            done = verbs.act_on_round(work, assessment_id, name, data, today(), wanted_version(), verbs.left_empty(verb, typed))
    except Refusal as error:
        told = form_refused(error)
        answer = simulate(assessment_id, typed, told.said, told.errors) if name == "plan" else _page(
            assessment_id, (name, {**typed, "errors": told.errors}, told.said))
        return make_response(answer, error.status)
    flash(sentence(verb.said, done if isinstance(done, dict) else {}), "ok")
    if name == "plan":
        return go(url_for("standards_improvement_pages.index", round=assessment_id))
    return go(url_for(".index") if name == "discard" else url_for(".show", assessment_id=assessment_id))


@blueprint.get("/<int:assessment_id>/figures/<figure_name>")
def figure(assessment_id: int, figure_name: str) -> str:
    """A figure, opened: formula, inputs, what it counts, what it leaves out, of which edition."""
    if figure_name not in set(Figure):
        raise NotFound()
    with look() as work:
        card, answers, held = reading.standing(work, assessment_id)
        return render_template(
            "standards/assessments/figure.html", card=card, line=card.line, it=explain(held, Figure(figure_name)), held=held,
            show=showing, part="assessments", ids={one.name: one.id for one in answers}, figures=[
                one for one in Figure if held.scored.rates.c_5 is not None or one not in (Figure.C_RATE_5, Figure.F_RATE_5)])


@blueprint.get("/<int:assessment_id>/compare")
def compare(assessment_id: int) -> str:
    """A round beside an earlier one."""
    asked = query_data(ComparisonQuery)
    with look() as work:
        before, then, card, now, found = reading.comparison(work, assessment_id, asked["other"])
        clauses = {one.name: showing.title_of(one) for one in clauses_of(work.session, card.model.id)}
        old = {one.number: one for one in then.sections}
        return render_template(
            "standards/assessments/compare.html", card=card, line=card.line, before=before, then=then, now=now, changes=found,
            show=showing, part="assessments", shown=shown, old=old, titles=clauses, Figure=Figure, others=[
                (one.id, f"{one.number} {one.title}") for one in reading.comparable(work, card)],
            radar=drawing.radar(now.chapters, [("before", before.line.number, {one.number: one.share for one in then.chapters}),
                                               ("now", card.line.number, {one.number: one.share for one in now.chapters})]))


@blueprint.get("/<int:assessment_id>/simulator")
def simulator(assessment_id: int) -> str:
    """What is missing to a level, as a work list; ticks say what is done, and the level follows."""
    return simulate(assessment_id)


def simulate(assessment_id: int, typed: dict[str, Any] | None = None, why: str = "", errors: dict[str, Any] | None = None) -> str:
    """The page of a simulation, with what was typed into its plan."""
    target = request.values.get("target") or None
    chosen = request.values.getlist("items")
    items = " ".join(chosen) if chosen or "chosen" in request.values else None
    with look() as work:
        card, held, it = reading.simulation(work, assessment_id, target, items)
        clauses = {one.name: showing.title_of(one) for one in clauses_of(work.session, card.model.id)}
        planned = {one.name for one in plan_queries.plan_lines(work.session, work.actor, assessment_id, limit=500)[0]}
        offers = {one.verb: one for one in verbs.round_offers(work, card.row, today())}
        lines = [(name_of(Item(*one.key, last=False)), one) for one in it.way or ()]
        extra = [pair for pair in it.chosen if pair not in {(name, one.side) for name, one in lines}]
        return render_template(
            "standards/assessments/simulator.html", card=card, line=card.line, held=held, it=it, show=showing, part="assessments",
            lines=lines, extra=extra, titles=clauses, planned=planned, shown=shown, offer=offers.get("plan"), typed=typed or {}, why=why,
            errors=errors or {}, levels=[one.level for one in held.levels], whole=items is None)
