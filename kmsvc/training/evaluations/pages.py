"""Pages of evaluations: the list, one with its five steps, the four levels, what participants say, what audiences were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import fmt_when, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    today,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses.models import Course, CourseVersion
from kmsvc.training.evaluations import queries, showing, usecases, verbs
from kmsvc.training.evaluations.permissions import RUN_EVALUATION, SEE_EVALUATIONS
from kmsvc.training.evaluations.rules import EvaluationState, Factor, Level, SubjectKind
from kmsvc.training.evaluations.schemas import (
    KINDS,
    STATES,
    EvaluationFilters,
    EvaluationInput,
    MeasureInput,
    RatingInput,
)
from kmsvc.training.plans.models import Plan, TrainingSession

blueprint = Blueprint("training_evaluations_pages", __name__, url_prefix="/training/evaluations")

PAGE = 50
MOST_EXPORTED = 5_000
CHECKED = {"choose_method": "levels", "set_strategy": "people", "design_tools": "factors"}


@blueprint.get("")
def index() -> str | Response:
    """Evaluations, newest first; what asks this person."""
    require(current_actor(), SEE_EVALUATIONS)
    asked = query_data(EvaluationFilters)
    chosen = {name: asked[name] for name in ("q", "state", "kind")}
    with look() as work:
        if asked["format"]:
            lines, rest = queries.evaluation_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Evaluations"), showing.HEAD, showing.rows(lines), name="evaluations",
                               more=rest is not None)
        lines, following = queries.evaluation_lines(work.session, work.actor, **chosen, before=asked["cursor"], limit=PAGE)
        return render_template("training/evaluations/index.html", asked=asked, lines=lines, next_cursor=following, show=showing,
                               total=queries.count_evaluations(work.session, work.actor, **chosen),
                               states=[(one, showing.state_of(one)[1]) for one in STATES],
                               kinds=[(one, showing.word(one, "subject")) for one in KINDS], runs=can(work.actor, RUN_EVALUATION),
                               mine=queries.to_rate(work.session, work.actor))


def courses(work: Work) -> list[tuple[int, str]]:
    """The courses that can be evaluated."""
    rows = work.session.execute(select(Course.id, Course.number, CourseVersion.title).join(
        CourseVersion, CourseVersion.id == Course.published_version_id).order_by(Course.number))
    return [(row.id, f"{row.number} {row.title}") for row in rows]


def plans(work: Work) -> list[tuple[int, str]]:
    """The training plans that had a session, the newest first."""
    rows = work.session.execute(select(Plan.id, Plan.number, Plan.title).where(Plan.id.in_(select(TrainingSession.plan_id).where(
        TrainingSession.state == "held"))).order_by(Plan.id.desc()).limit(300))
    return [(row.id, f"{row.number} {row.title}") for row in rows]


@blueprint.get("/new")
def new() -> str:
    """Begin an evaluation."""
    plan = request.args.get("plan", "")[:20]
    return _new({"kind": SubjectKind.PLAN.value, "subject_id": plan} if plan else
                {"kind": SubjectKind.COURSE.value, "subject_id": request.args.get("course")}, {})


def _new(typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(RUN_EVALUATION)
        held = courses(work)
        if typed.get("kind") == SubjectKind.PLAN:
            held = plans(work)
    kinds = [(one.value, sentence(one.label)) for one in (
        (SubjectKind.PLAN,) if typed.get("kind") == SubjectKind.PLAN else (SubjectKind.COURSE, SubjectKind.OTHER))]
    return render_template("training/evaluations/new.html", typed=typed, errors=errors, why=why, courses=held, kinds=kinds)


@blueprint.post("")
def create() -> Response:
    """Begin it."""
    typed = form_data()
    try:
        data = load(EvaluationInput, typed)
        with begin() as work:
            row = usecases.begin_evaluation(work, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s has begun."), {"number": row.number}), "ok")
    return go(url_for(".show", evaluation_id=row.id))


@blueprint.get("/<int:evaluation_id>")
def show(evaluation_id: int) -> str:
    """One evaluation: its five steps with their proof, figures, what may be done now."""
    return _page(evaluation_id)


def _page(evaluation_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = queries.evaluation_card(work.session, work.actor, evaluation_id)
        row = queries.visible(work.session, work.actor, evaluation_id)
        offers = {one.verb: one for one in verbs.offers_for(work.actor, row, today())}
        people = [(one.login, one.name) for one in directory(work.session).active() if one.login] if "set_strategy" in offers else []
    checks = {"levels": [(one.value, sentence(one.label)) for one in Level], "people": people,
              "factors": [(one.value, sentence(one.label)) for one in Factor]}
    forward = [name for name, one in offers.items() if one.forward]
    return render_template("training/evaluations/show.html", card=card, line=card.line, offers=offers, refused=refused, show=showing,
                           verbs=verbs.VERBS, checks=checks, forward=forward,
                           story=showing.story(card.steps, card.line.state, fmt_when))


@blueprint.post("/<int:evaluation_id>/<any(choose_method, set_strategy, design_tools, collect, finish, report, cancel):name>")
def act(evaluation_id: int, name: str) -> Response:
    """Do a step; what was typed comes back with the reason when it is refused."""
    typed = form_data()
    if name in CHECKED and CHECKED[name] in request.form:
        typed[CHECKED[name]] = ", ".join(request.form.getlist(CHECKED[name]))
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, evaluation_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(evaluation_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", evaluation_id=evaluation_id))


@blueprint.get("/<int:evaluation_id>/levels")
def levels(evaluation_id: int) -> str | Response:
    """The four levels of Kirkpatrick: what the service knows, what was entered, and plainly what nobody knows yet."""
    return _levels(evaluation_id, {"level": Level.BEHAVIOUR.value}, {})


def _levels(evaluation_id: int, typed: Mapping[str, Any], errors: dict[str, Any]) -> str | Response:
    with look() as work:
        card = queries.evaluation_card(work.session, work.actor, evaluation_id)
        runs = can(work.actor, RUN_EVALUATION) and card.line.state != EvaluationState.CANCELLED
    if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
        rows = [[showing.word(level, "level"), sentence(one.indicator), one.before, one.after, one.change, one.unit, one.n,
                 sentence(one.note)] for level, its in card.known.items() for one in its]
        return table_answer(request.args["format"], card.line.number, [sentence(one) for one in showing.LEVEL_HEAD], rows,
                            name=f"{card.line.number}-levels")
    return render_template("training/evaluations/levels.html", card=card, line=card.line, runs=runs, typed=typed, errors=errors,
                           show=showing, levels=[(one.value, sentence(one.label)) for one in Level], Level=Level)


@blueprint.post("/<int:evaluation_id>/levels")
def add_measure(evaluation_id: int) -> Response:
    """Enter a figure."""
    typed = form_data()
    try:
        data = load(MeasureInput, typed)
        with begin() as work:
            usecases.add_measure(work, evaluation_id, **data)
    except Refusal as error:
        return make_response(_levels(evaluation_id, typed, form_refused(error).errors), error.status)
    flash(sentence(N_("Entered.")), "ok")
    return go(url_for(".levels", evaluation_id=evaluation_id))


@blueprint.post("/<int:evaluation_id>/levels/<int:measure_id>/remove")
def remove_measure(evaluation_id: int, measure_id: int) -> Response:
    """Take a figure back."""
    with begin() as work:
        usecases.remove_measure(work, evaluation_id, measure_id)
    flash(sentence(N_("Taken back.")), "ok")
    return go(url_for(".levels", evaluation_id=evaluation_id))


@blueprint.get("/<int:evaluation_id>/rate")
def rate_form(evaluation_id: int) -> str:
    """The form of the six factors, for who took part."""
    return _rate(evaluation_id, {}, {})


def _rate(evaluation_id: int, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        row, part = usecases.my_part(work, evaluation_id)
    return render_template("training/evaluations/rate.html", row=row, part=part, typed=typed, errors=errors, why=why, show=showing,
                           open=row.state == EvaluationState.COLLECTING and part.answered_on is None)


@blueprint.post("/<int:evaluation_id>/rate")
def rate(evaluation_id: int) -> Response:
    """Say it."""
    typed = form_data()
    sent = {"marks": {name: typed[f"m-{name}"] for name in Factor if typed.get(f"m-{name}")},
            "said": {name: typed[f"s-{name}"] for name in Factor if typed.get(f"s-{name}", "").strip()}}
    try:
        data = load(RatingInput, sent)
        with begin() as work:
            usecases.rate(work, evaluation_id, marks=data["marks"], said=data["said"], today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_rate(evaluation_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Thank you. Your answers are in.")), "ok")
    return go(url_for(".rate_form", evaluation_id=evaluation_id))


@blueprint.get("/<int:evaluation_id>/told")
def told(evaluation_id: int) -> str:
    """What this person was told of the result."""
    with look() as work:
        row, mine = queries.told_to(work.session, work.actor, evaluation_id)
        sees = can(work.actor, SEE_EVALUATIONS)
    return render_template("training/evaluations/told.html", row=row, mine=mine, show=showing, sees=sees)
