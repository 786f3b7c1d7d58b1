"""Pages of quality results of newcomers: the list with its form, importing, files that were taken in and how they are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.cards import SecretText
from kmsvc.core.errors import NotPermitted, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables import doors
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.training.onboarding import queries, results
from kmsvc.training.onboarding.gathering import BASELINE
from kmsvc.training.onboarding.one import look_at_many, secret_of
from kmsvc.training.onboarding.permissions import ENTER_RESULTS
from kmsvc.training.onboarding.results_queries import (
    ResultLine,
    import_line,
    import_lines,
    result_line,
    result_lines,
    running,
    sees_results,
)
from kmsvc.training.onboarding.results_rows import HEAD, RESULTS
from kmsvc.training.onboarding.results_schemas import (
    ImportsFilters,
    ResultInput,
    ResultsFilters,
    WhyInput,
    chosen,
    result_of,
)

blueprint = Blueprint("training_onboarding_results_pages", __name__, url_prefix="/training/onboarding/results")
PAGE, MOST_EXPORTED = 50, 5_000


@blueprint.get("")
def index() -> str | Response:
    """Results, entered last first."""
    _permit()
    asked = query_data(ResultsFilters)
    if asked["trainee_id"]:
        with look() as work:
            secret = secret_of(work.session, work.actor, asked["trainee_id"])
        shown(secret, Place.PAGE)
    if asked["format"]:
        with look() as work:
            found, rest = result_lines(work.session, work.actor, **chosen(asked), limit=MOST_EXPORTED)
            noted = _noted(work, asked, found)
        shown(noted, Place.PAGE)
        rows = [[one.person, one.login, one.on, one.score, one.reference, one.note] for one in found]
        return list_answer(asked["format"], RESULTS.title, HEAD, rows, name="quality-results", more=rest is not None)
    return _index(asked, asked, {})


def _noted(work: Work, asked: Mapping[str, Any], lines: Sequence[ResultLine]) -> SecretText | None:
    """What is noted of a list of many; a list of one newcomer is noted as a look at that one."""
    return None if asked.get("trainee_id") else look_at_many(
        work.session, work.actor, [one.person_id for one in lines], "results", asked.get("class_id"))


def _permit() -> None:
    if not sees_results(current_actor()):
        raise NotPermitted()


def _index(asked: Mapping[str, Any], typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        lines, following = result_lines(work.session, work.actor, **chosen(asked), before=asked.get("cursor"), limit=PAGE)
        noted = _noted(work, asked, lines)
        enters = can(work.actor, ENTER_RESULTS)
        people = running(work.session, work.actor) if enters else []
        classes = [(str(one.id), one.name) for one in queries.classes(work.session, work.actor)]
    shown(noted, Place.PAGE)
    return render_template("training/onboarding/results.html", asked=asked, lines=lines, next_cursor=following, enters=enters,
                           people=people, classes=classes, typed=typed, errors=errors, why=why, baseline=BASELINE)


@blueprint.post("")
def enter() -> Response:
    """Enter one."""
    typed = form_data()
    _permit()
    try:
        data = load(ResultInput, typed)
        with begin() as work:
            work.permit(ENTER_RESULTS)
            row = results.newcomer_named(work.session, data["person"], "")
            results.enter_result(work, row.id, result_of(data, today()), today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_index({}, typed, told.errors, told.said), error.status)
    flash(sentence(N_("Entered.")), "ok")
    return go(url_for(".index", person=data["person"]))


@blueprint.post("/<int:quality_id>/remove")
def remove(quality_id: int) -> Response:
    """Take one out; what it said stands in the form again."""
    typed = form_data()
    with look() as work:
        line = result_line(work.session, work.actor, quality_id)
    try:
        data = load(WhyInput, {"reason": typed.get("reason", "")})
        with begin() as work:
            was = results.remove_result(work, quality_id, reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_index({}, typed, told.errors, told.said), error.status)
    flash(sentence(N_("Taken out. It stands in the form below in case it belongs there after all.")), "ok")
    return go(url_for(".index", person=line.login, on=was.on, score=was.score, reference=was.reference, note=was.note))


@blueprint.get("/imports")
def imports() -> str:
    """Files that were taken in, newest first."""
    return _imports({}, "")


def _imports(errors: dict[str, Any], why: str, *, open_id: int = 0) -> str:
    _permit()
    asked = query_data(ImportsFilters)
    with look() as work:
        lines, following = import_lines(work.session, work.actor, before=asked["cursor"], limit=PAGE)
        enters = can(work.actor, ENTER_RESULTS)
    return render_template("training/onboarding/imports.html", lines=lines, next_cursor=following, enters=enters, errors=errors, why=why,
                           open_id=open_id)


@blueprint.post("/imports/<int:taken_id>/take-back")
def take_back(taken_id: int) -> Response:
    """Take it back."""
    typed = form_data()
    with look() as work:
        import_line(work.session, work.actor, taken_id)
    try:
        data = load(WhyInput, {"reason": typed.get("reason", "")})
        with begin() as work:
            found = results.take_back(work, taken_id, reason=data["reason"], version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_imports(told.errors, told.said, open_id=taken_id), error.status)
    _told(N_("Taken back: %(done)s results."), found)
    return go(url_for(".imports"))


@blueprint.post("/imports/<int:taken_id>/bring-back")
def bring_back(taken_id: int) -> Response:
    """Bring it back."""
    with look() as work:
        import_line(work.session, work.actor, taken_id)
    with begin() as work:
        found = results.bring_back(work, taken_id, version=wanted_version())
    _told(N_("Brought back: %(done)s results."), found)
    return go(url_for(".imports"))


def _told(word: str, found: Settled) -> None:
    flash(sentence(word, {"done": found.done}), "ok")
    if found.stayed:
        flash(sentence(N_("%(count)s stay as they are: they have changed since, or the onboarding is over."), {"count": found.stayed}),
              "warn")


doors.add_doors(blueprint, RESULTS)
