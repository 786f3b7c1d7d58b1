"""Pages of onboarding: mine and whom I mentor, classes, the board of one, one newcomer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, today, wanted_version
from kmsvc.training.onboarding import doing, queries, rules, showing
from kmsvc.training.onboarding.permissions import DECIDE_ONBOARDING, PLAN_ONBOARDING, SEE_OWN_ONBOARDING

blueprint = Blueprint("training_onboarding_pages", __name__, url_prefix="/training/onboarding")


@blueprint.get("")
def index() -> str:
    """My own onboarding today, whom I mentor, the classes I see."""
    return _index({}, {})


def _index(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), SEE_OWN_ONBOARDING)
    with look() as work:
        own, mentored = queries.mine(work.session, work.actor)
        found = queries.classes(work.session, work.actor)
        lines = [line for row in (*own, *mentored) for line in queries.board(work.session, work.actor, row.class_id, today())
                 if line.id == row.id]
        hours = [hour for row in own for hour in queries.timetable(
            work.session, row.class_id, rules.number_on(queries.programme_of(work.session, row), today()))]
        plans = can(work.actor, PLAN_ONBOARDING)
    return render_template("training/onboarding/index.html", lines=lines, own={one.id for one in own}, hours=hours, found=found,
                           plans=plans, typed=typed, errors=errors, why=why, show=showing)


@blueprint.post("/classes")
def plan() -> Response:
    """Plan a class."""
    typed = form_data()
    try:
        data = load(doing.ClassInput, typed)
        with begin() as work:
            row = doing.plan(work, data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_index(typed, told.errors, told.said), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".board", class_id=row.id))


@blueprint.get("/classes/<int:class_id>")
def board(class_id: int) -> str:
    """The board of newcomers and weeks."""
    return _board(class_id, {}, {})


def _board(class_id: int, typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id)
        lines = queries.board(work.session, work.actor, class_id, today())
        plans = can(work.actor, PLAN_ONBOARDING, row)
    return render_template("training/onboarding/board.html", row=row, lines=lines, plans=plans, typed=typed, errors=errors, why=why,
                           weeks=range(1, max((len(one.weeks) for one in lines), default=8) + 1), show=showing)


@blueprint.post("/classes/<int:class_id>/join")
def join(class_id: int) -> Response:
    """Take somebody into a class."""
    typed = form_data()
    try:
        data = load(doing.TraineeInput, typed)
        with begin() as work:
            doing.join(work, class_id, data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_board(class_id, typed, told.errors, told.said), error.status)
    flash(sentence(N_("Noted.")), "ok")
    return go(url_for(".board", class_id=class_id))


@blueprint.get("/trainees/<int:trainee_id>")
def show(trainee_id: int) -> str:
    """One newcomer: weeks, what is to be filled in, what may be decided."""
    return _show(trainee_id)


def _show(trainee_id: int, refused: tuple[str, dict[str, Any], dict[str, Any], str] | None = None) -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, trainee_id)
        line = next(one for one in queries.board(work.session, work.actor, row.class_id, today()) if one.id == row.id)
        decides = can(work.actor, DECIDE_ONBOARDING, row) and row.person_id != work.actor.person_id
        own = row.person_id == work.actor.person_id
    acts = [] if row.ended_on else ["hand_in", *([] if own else ["note", "tick"]), *(["talk", "decide"] if decides else [])]
    return render_template("training/onboarding/show.html", row=row, line=line, acts=acts, own=own, refused=refused, show=showing)


@blueprint.post("/trainees/<int:trainee_id>/<any(hand_in, note, talk, tick, decide):name>")
def act(trainee_id: int, name: str) -> Response:
    """Fill in a form, note a day, a talk, a point of the list; decide."""
    schema, run, said = doing.ACTS[name]
    typed = {key: value for key, value in form_data().items() if key != "version"}
    try:
        data = load(schema, typed)
        with begin() as work:
            queries.visible(work.session, work.actor, trainee_id)
            run(work, trainee_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_show(trainee_id, (name, typed, told.errors, told.said)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", trainee_id=trainee_id))
