"""Pages of the files of trainers: the list, one file, its acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.training.trainers import queries, usecases, verbs
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.permissions import AUTHORISE_TRAINER, SEE_TRAINERS
from kmsvc.training.trainers.rules import CRITERIA
from kmsvc.training.trainers.schemas import TrainerFilters, TrainerInput

blueprint = Blueprint("training_trainers_pages", __name__, url_prefix="/training/trainers")
HEAD = (N_("Number"), N_("Trainer"), N_("Qualification"), N_("Authorised until"), N_("What learners say, of 5"),
        N_("Passed after being taught, percent"), N_("Points of observers"))
PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """Who may teach, and until when."""
    require(current_actor(), SEE_TRAINERS)
    asked = query_data(TrainerFilters)
    with look() as work:
        lines = queries.trainer_lines(work.session, work.actor, today(), q=asked["q"], stand=asked["stand"])
        if asked["format"]:
            rows = [[one.number, one.name, one.qualification, one.until_on, *(figure.value if figure else None for figure in (
                one.rating, one.passed, one.observed))] for one in queries.with_sources(work.session, lines)]
            return list_answer(asked["format"], N_("Trainers"), HEAD, rows, name="trainers", more=False)
        start = asked["cursor"] or 0
        shown = queries.with_sources(work.session, lines[start:start + PAGE])
        return render_template("training/trainers/index.html", asked=asked, lines=shown, total=len(lines), soon=today() + timedelta(
            days=queries.SOON_DAYS), next_cursor=start + PAGE if start + PAGE < len(lines) else None,
            keeps=can(work.actor, AUTHORISE_TRAINER))


@blueprint.get("/new")
def new() -> str:
    """Open a file."""
    return _new({}, {})


def _new(typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), AUTHORISE_TRAINER)
    return render_template("training/trainers/new.html", typed=typed, errors=errors, why=why)


@blueprint.post("")
def create() -> Response:
    """Open it."""
    typed = form_data()
    try:
        data = load(TrainerInput, typed)
        with begin() as work:
            row = usecases.open_file(work, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("The file is open.")), "ok")
    return go(url_for(".show", trainer_id=row.id))


@blueprint.get("/<int:trainer_id>")
def show(trainer_id: int) -> str:
    """One file."""
    return _page(trainer_id)


def _page(trainer_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = queries.trainer_card(work.session, work.actor, trainer_id, today())
        offers = verbs.offers_for(work, work.get(Trainer, trainer_id), today())
        sees = can(work.actor, SEE_TRAINERS)
    return render_template("training/trainers/show.html", card=card, line=card.line, offers={one.verb: one for one in offers},
                           refused=refused, verbs=verbs.VERBS, sees=sees, criteria=CRITERIA, asked=request.args.get("renew", ""),
                           soon=today() + timedelta(days=queries.SOON_DAYS))


@blueprint.post("/<int:trainer_id>/<any(authorise, renew, observe, withdraw):name>")
def act(trainer_id: int, name: str) -> Response:
    """Do it; what was typed comes back with the reason when it is refused."""
    typed = form_data()
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, trainer_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(trainer_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", trainer_id=trainer_id))
