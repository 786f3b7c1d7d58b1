"""Pages of marking: exams that are marked, the board of one with its release, results together and by name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import local, sentence
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
    settings,
    wanted_version,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.queries import candidate_ids, markers_of
from kmsvc.training.exams.states import HINDERED
from kmsvc.training.marking import appeal_queries, rekeying, releasing, results, showing, staffing, watching
from kmsvc.training.marking.looking import note_results
from kmsvc.training.marking.measuring import measured
from kmsvc.training.marking.permissions import MARK, SEE_MARKING, SEE_RESULTS
from kmsvc.training.marking.schemas import STATES, MarkingQuery, RegradeInput, SubstituteInput

blueprint = Blueprint("training_marking_pages", __name__, url_prefix="/training/marking")

PAGE = 50
MOST_EXPORTED = 5_000
WORDS = {"waiting": N_("Being marked"), "ready": N_("Ready to release"), "appeals": N_("With open appeals"),
         "released": N_("Results released"), "final": N_("Results final")}


@blueprint.get("")
def index() -> str | Response:
    """Exams somebody has sat: what waits to be marked, what can be released, what was released."""
    require(current_actor(), SEE_MARKING)
    asked = query_data(MarkingQuery)
    filters = watching.Filters(asked["q"], asked["state"], asked["mine"])
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        if asked["format"]:
            lines, total = watching.exam_lines(work.session, work.actor, filters, work.now, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Marking"), showing.EXAM_HEAD,
                               showing.exam_rows(lines, lambda at: local(at, settings().timezone)), name="marking",
                               more=total > MOST_EXPORTED)
        lines, total = watching.exam_lines(work.session, work.actor, filters, work.now, skip=start, limit=PAGE)
        marks = can(work.actor, MARK)
    return render_template("training/marking/index.html", asked=asked, lines=lines, total=total, show=showing, marks=marks,
                           states=[(one, sentence(WORDS[one])) for one in STATES],
                           next_cursor=start + PAGE if start + PAGE < total else None)


@blueprint.get("/<int:marked_id>")
def board(marked_id: int) -> str:
    """One exam: how far each question is, who marks, what keeps the results from being released."""
    return _board(marked_id)


def _board(marked_id: int, *, form: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
           why: str = "") -> str:
    with look() as work:
        found = watching.board(work.session, work.actor, marked_id, work.now)
        hindered = {verb: releasing.hindered(work.session, found.exam, verb, work.now, settings().timezone)
                    for verb in ("release", "finish")} if found.releases else {}
        sees = can(work.actor, SEE_RESULTS)
        keys = appeal_queries.regrade_lines(work.session, work.actor, marked_id) if found.leads else []
        newer = appeal_queries.newer_keys(work.session, marked_id) if found.leads else []
        staff: list[tuple[int, str]] = []
        markers: list[tuple[int, str]] = []
        if found.leads or found.marks:
            people = directory(work.session)
            staff = [(one.id, one.name) for one in people.active() if MARK.name in one.permissions and one.logins]
            own = [one for one in markers_of(work.session, marked_id) if found.leads or one == work.actor.person_id]
            markers = list(names(work.session, own).items())
    return render_template("training/marking/board.html", board=found, exam=found.exam, hindered=hindered, HINDERED=HINDERED,
                           show=showing, sees=sees, keys=keys, newer=newer, staff=staff, markers=markers, form=form, typed=typed or {},
                           errors=errors or {}, why=why)


@blueprint.get("/<int:marked_id>/release")
def before_release(marked_id: int) -> str:
    """What would be released: pass rate, by team, topic and step, suspicious questions, what is still missing."""
    return _release(marked_id)


def _release(marked_id: int, why: str = "") -> str:
    with look() as work:
        require(work.actor, SEE_RESULTS)
        exam = watching.seen_exam(work.session, work.actor, marked_id)
        found = watching.board(work.session, work.actor, marked_id, work.now)
        lines = results.exam_results(work.session, work.actor, exam)
        together = results.summary(work.session, work.actor, exam, lines, candidate_ids(work.session, marked_id))
        items = measured(work.session, work.actor, marked_id)
        verb = "finish" if watching.is_released(exam) else "release"
        hindered = releasing.hindered(work.session, exam, verb, work.now, settings().timezone) if found.releases else ["state"]
    return render_template("training/marking/release.html", board=found, exam=exam, summary=together, items=items, verb=verb,
                           hindered=hindered, HINDERED=HINDERED, show=showing, why=why)


@blueprint.post("/<int:marked_id>/<any(release, finish):verb>")
def end(marked_id: int, verb: str) -> Response:
    """Release the results, or make them final."""
    try:
        with begin() as work:
            act = releasing.release if verb == "release" else releasing.finish
            act(work, marked_id, zone=settings().timezone, version=wanted_version())
    except Refusal as error:
        return make_response(_release(marked_id, form_refused(error).said), error.status)
    flash(sentence(N_("The results are released; candidates were told.") if verb == "release" else N_("The results are final.")), "ok")
    return go(url_for(".before_release", marked_id=marked_id))


@blueprint.get("/<int:marked_id>/results")
def exam_results(marked_id: int) -> str | Response:
    """Everybody's results of an exam, by name, to search and to take away; the look is noted (R-A8)."""
    asked = query_data(MarkingQuery)
    with begin() as work:
        require(work.actor, SEE_RESULTS)
        exam = watching.seen_exam(work.session, work.actor, marked_id)
        lines = results.exam_results(work.session, work.actor, exam)
        note_results(work, exam)
    if asked["q"]:
        words = asked["q"].casefold()
        lines = [one for one in lines if words in one.person.casefold() or words in one.unit.casefold()]
    which = request.args.get("passed")
    if which in ("yes", "no"):
        lines = [one for one in lines if one.passed is (which == "yes")]
    if asked["format"]:
        return list_answer(asked["format"], N_("Exam results"), showing.RESULT_HEAD,
                           showing.result_rows(lines, lambda at: local(at, settings().timezone)), name=exam.number)
    start = cursor_id(asked["cursor"]) or 0
    return render_template("training/marking/results.html", exam=exam, asked=asked, which=which, lines=lines[start:start + PAGE],
                           total=len(lines), next_cursor=start + PAGE if start + PAGE < len(lines) else None, show=showing,
                           released=watching.is_released(exam))


@blueprint.post("/<int:marked_id>/substitutes")
def appoint(marked_id: int) -> Response:
    """Let somebody mark in place of a marker."""
    typed = form_data()
    try:
        data = load(SubstituteInput, typed)
        with begin() as work:
            staffing.appoint(work, marked_id, for_id=data["whose"], person_id=data["person"], reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_board(marked_id, form="substitutes", typed=typed, errors=told.errors, why=told.why), error.status)
    flash(sentence(N_("From now on this person marks in that place.")), "ok")
    return go(url_for(".board", marked_id=marked_id) + "#markers")


@blueprint.post("/substitutes/<int:substitute_id>/end")
def end_substitute(substitute_id: int) -> Response:
    """Let a substitution end."""
    with begin() as work:
        marked_id = staffing.end_substitute(work, substitute_id).exam_id
    flash(sentence(N_("It has ended; what was marked stays.")), "ok")
    return go(url_for(".board", marked_id=marked_id) + "#markers")


@blueprint.post("/<int:marked_id>/regrades")
def ask_regrade(marked_id: int) -> Response:
    """Mark an exam anew by the newest version of a question; what it changes is shown first."""
    typed = form_data()
    try:
        data = load(RegradeInput, typed)
        with begin() as work:
            row = rekeying.ask_regrade(work, marked_id, data["question"], why=data["why"], never_lower=False if data["lower"] else None)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_board(marked_id, form="regrades", typed=typed, errors=told.errors, why=told.why), error.status)
    return go(url_for("training_results_pages.show_regrade", regrade_id=row.id))
