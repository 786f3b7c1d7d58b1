"""Pages of adjustments: the list, recording one with its reason, settling it; the import of effects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.people.accounts.directory import directory
from kmsvc.training.evaluations import queries, showing, usecases, verbs
from kmsvc.training.evaluations.models import Adjustment
from kmsvc.training.evaluations.pages import courses
from kmsvc.training.evaluations.permissions import RATE_TRAINING, RUN_EVALUATION, SEE_EVALUATIONS
from kmsvc.training.evaluations.rules import AdjustmentState, Part
from kmsvc.training.evaluations.schemas import AdjustmentFilters, AdjustmentInput

blueprint = Blueprint("training_adjustments_pages", __name__, url_prefix="/training/evaluations/adjustments")

PAGE = 50
MOST_EXPORTED = 5_000


@blueprint.get("")
def index() -> str | Response:
    """Adjustments: all, or the own ones."""
    asked = query_data(AdjustmentFilters)
    chosen = {"q": asked["q"], "state": asked["state"], "part": asked["part"], "course_id": asked["course"]}
    with look() as work:
        work.permit(RATE_TRAINING)
        if asked["format"]:
            lines, rest = queries.adjustment_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Adjustments of trainings"), showing.ADJUSTMENT_HEAD, showing.adjustment_rows(lines),
                               name="adjustments", more=rest is not None)
        lines, following = queries.adjustment_lines(work.session, work.actor, **chosen, before=asked["cursor"], limit=PAGE)
        return render_template("training/evaluations/adjustments.html", asked=asked, lines=lines, next_cursor=following, show=showing,
                               runs=can(work.actor, RUN_EVALUATION), sees=can(work.actor, SEE_EVALUATIONS),
                               states=[(one.value, sentence(one.label)) for one in AdjustmentState],
                               parts=[(one.value, sentence(one.label)) for one in Part])


@blueprint.get("/new")
def new() -> str:
    """Record an adjustment, of an evaluation or a course."""
    known = {name: request.args[name] for name in ("evaluation_id", "course_id") if request.args.get(name, "").isdecimal()}
    return _new({**known, "due_on": today() + timedelta(days=30), "part": Part.CONTENT.value}, {})


def _new(typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(RUN_EVALUATION)
        held = courses(work)
        people = [(one.login, one.name) for one in directory(work.session).active() if one.login]
        given = str(typed.get("evaluation_id") or "")
        about = queries.evaluation_lines(work.session, work.actor, before=int(given) + 1, limit=1)[0] if given.isdecimal() and len(
            given) < 10 else []
    return render_template("training/evaluations/adjust.html", typed=typed, errors=errors, why=why, courses=held, people=people,
                           about=about[0] if about and str(about[0].id) == given else None,
                           parts=[(one.value, sentence(one.label)) for one in Part])


@blueprint.post("")
def create() -> Response:
    """Record it."""
    typed = form_data()
    try:
        data = load(AdjustmentInput, typed)
        with begin() as work:
            row = usecases.adjust(work, **data, today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s is recorded."), {"number": row.number}), "ok")
    return go(url_for(".show", adjustment_id=row.id))


@blueprint.get("/<int:adjustment_id>")
def show(adjustment_id: int) -> str:
    """One adjustment."""
    return _page(adjustment_id)


def _page(adjustment_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        line = queries.adjustment_line(work.session, work.actor, adjustment_id)
        offers = {one.verb: one for one in verbs.adjustment_offers(work.actor, line, work.get(Adjustment, adjustment_id), today())}
        sees = can(work.actor, SEE_EVALUATIONS)
    return render_template("training/evaluations/adjustment.html", line=line, offers=offers, refused=refused, show=showing, sees=sees,
                           verbs=verbs.ADJUSTMENT_VERBS)


@blueprint.post("/<int:adjustment_id>/settle")
def settle(adjustment_id: int) -> Response:
    """Say what became of it."""
    typed = form_data()
    try:
        data = load(verbs.ADJUSTMENT_VERBS["settle"].schema(), typed)
        with begin() as work:
            verbs.settle(work, adjustment_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(adjustment_id, refused=("settle", {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(N_("Noted.")), "ok")
    return go(url_for(".show", adjustment_id=adjustment_id))
