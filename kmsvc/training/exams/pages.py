"""Pages of exams: the list, one with its timeline and its people, announcing, moving and cancelling it, acts on people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access import guard
from kmsvc.access.rules import Place
from kmsvc.convert.receiving import drop, given_list, is_list, keep, waiting
from kmsvc.convert.refusals import Refused
from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
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
    today,
    wanted_version,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.lists import people_of_text, read_people
from kmsvc.training.exams import doing, queries, showing, usecases
from kmsvc.training.exams.clashes import clashes_of, results_in
from kmsvc.training.exams.lists import add_listed
from kmsvc.training.exams.permissions import PLAN_EXAM, SEE_EXAMS
from kmsvc.training.exams.schemas import (
    STATES,
    CancelInput,
    CopyInput,
    ExtraInput,
    ListFilters,
    MakeUpInput,
    MarkersInput,
    PeopleInput,
    RoomsInput,
    RuleInput,
    filters_of,
    in_zone,
    rooms_in,
    rooms_of_text,
)
from kmsvc.training.exams.templates import ExamTemplate
from kmsvc.training.papers.giving import loads
from kmsvc.training.papers.queries import paper_row

blueprint = Blueprint("training_exams_pages", __name__, url_prefix="/training/exams")

PAGE = 50
WAITING = "exam-candidates"
SAID = {"publish": N_("The exam is announced. Its candidates are told."), "take_back": N_("The exam is being planned again."),
        "cancel": N_("The exam is cancelled."), "redraw": N_("All papers are composed anew.")}


@blueprint.get("")
def index() -> str | Response:
    """Exams, those that open last first, with states and phases, and an export of what is shown."""
    require(current_actor(), SEE_EXAMS)
    asked = query_data(ListFilters)
    start = asked["cursor"]
    with look() as work:
        lines, total = queries.exam_lines(work.session, work.actor, work.now, filters_of(asked), skip=0 if asked["format"] else start,
                                          limit=5_000 if asked["format"] else PAGE)
        plans = can(work.actor, PLAN_EXAM)
    if asked["format"]:
        rows = showing.rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Exams"), showing.HEAD, rows, name="exams", more=total > len(lines))
    return render_template(
        "training/exams/index.html", asked=asked, lines=lines, total=total, show=showing, plans=plans,
        next_cursor=start + PAGE if start + PAGE < total else None, states=[(one, showing.filter_words(one)) for one in STATES],
        templates=[(one.value, sentence(one.label)) for one in ExamTemplate])


@blueprint.get("/<int:exam_id>")
def show(exam_id: int) -> str | Response:
    """One exam: its life on a line, its people, what may be done; an export of its people."""
    return _page(exam_id)


def _page(exam_id: int, *, why: str = "", refused: tuple[str, dict[str, Any]] = ("", {})) -> str | Response:
    with look() as work:
        work.permit(SEE_EXAMS)
        row = queries.visible(work.session, work.actor, exam_id)
        line = queries.exam_line(work.session, work.actor, exam_id, work.now)
        cards = queries.candidates_of(work.session, row)
        if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
            return table_answer(request.args["format"], line.number, [sentence(one) for one in showing.PEOPLE_HEAD],
                                showing.people_rows(cards, lambda at: local(at, settings().timezone)), name=line.number)
        plans = can(work.actor, PLAN_EXAM)
        people = directory(work.session).people
        paper = paper_row(work.session, row.paper_id)
        held = sorted(loads(work.session, exam_id).values())
        most = float(paper.total) * 100 or 1.0
        wanted = (request.args.get("q") or "").casefold()[:100]
        shown = [one for one in cards if wanted in one.name.casefold()]
        clashes = clashes_of(work.session, row) if plans and row.state in ("draft", "published") else {}
        noted = results_in(row, clashes)
        page = render_template(
            "training/exams/show.html", row=row, line=line, cards=shown, total=len(cards), plans=plans, show=showing, why=why,
            refused=refused, marks=showing.timeline(row, work.now), now=work.now, rooms=queries.rooms_of(work.session, exam_id),
            markers=[people[one].name for one in queries.markers_of(work.session, exam_id) if one in people], paper=paper,
            clashes=clashes,
            named=[(one.person_id, one.name) for one in cards],
            spread=(held[0] / most, held[-1] / most) if held else None, q=request.args.get("q"),
            next_week=showing.typed_time(usecases.a_week_later(row, work.now), settings().timezone))
    guard.shown(noted, Place.PAGE)
    return page


@blueprint.post("/<int:exam_id>/<any(publish, take_back, cancel, redraw):verb>")
def act(exam_id: int, verb: str) -> Response:
    """Announce it with one button, take it back, cancel it, compose its papers anew."""
    typed, zone = form_data(), settings().timezone
    try:
        with begin() as work:
            if verb == "publish":
                usecases.publish(work, exam_id, zone=zone, version=wanted_version())
            elif verb == "take_back":
                usecases.take_back(work, exam_id, zone=zone, reason=load(ReasonInput, typed)["reason"], version=wanted_version())
            elif verb == "cancel":
                usecases.cancel(work, exam_id, zone=zone, reason=load(CancelInput, typed)["reason"], version=wanted_version())
            else:
                usecases.redraw(work, exam_id)
    except Refusal as error:
        return _refused(exam_id, verb, typed, error)
    flash(sentence(SAID[verb]), "ok")
    return go(url_for(".show", exam_id=exam_id))


@blueprint.post("/<int:exam_id>/copy")
def copy(exam_id: int) -> Response:
    """A new plan like this one; left as it is, a week later."""
    typed = form_data()
    try:
        data = load(CopyInput, typed)
        with begin() as work:
            row = usecases.copy_exam(work, exam_id, in_zone(data["opens_at"], settings().timezone), zone=settings().timezone,
                                     title=data["title"])
    except Refusal as error:
        return _refused(exam_id, "copy", typed, error)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    return go(url_for("training_exams_planning.step", exam_id=row.id, plan_step=4))


def _refused(exam_id: int, verb: str, typed: dict[str, Any], error: Refusal) -> Response:
    told = form_refused(error)
    return make_response(_page(exam_id, why=told.why or told.said, refused=(verb, {**typed, "errors": told.errors})), error.status)


def _back(exam_id: int) -> Response:
    """To the step of the plan it came from, or to the page of the exam."""
    if request.form.get("step") in ("2", "3"):
        return go(url_for("training_exams_planning.step", exam_id=exam_id, plan_step=int(request.form["step"])))
    return go(url_for(".show", exam_id=exam_id))


@blueprint.post("/<int:exam_id>/people/<any(rule, remove, extra, make_up, place):verb>")
def people(exam_id: int, verb: str) -> Response:
    """People by rule, off the list, with more time, in the make-up, in rooms."""
    typed = {name: value for name, value in form_data().items() if name != "step"}
    picked = request.form.getlist("people")
    if picked:
        typed["people"] = picked
    said: tuple[str, dict[str, Any]]
    try:
        with begin() as work:
            if verb == "rule":
                data = load(RuleInput, typed)
                done, words = doing.add_by_rule(work, exam_id, data["rule"], data["value"], today(), sentence)
                said = N_("%(rule)s: %(added)s added, %(there)s were on the list."), {
                    "rule": words, "added": len(done.added), "there": len(done.there)}
            elif verb == "extra":
                data = load(ExtraInput, typed)
                usecases.set_extra(work, exam_id, data["person"], percent=data["percent"] or 0, minutes=data["minutes"] or 0,
                                   reason=data["reason"])
                said = N_("The time is given, with its reason."), {}
            elif verb == "place":
                said = N_("%(count)s got a seat."), {"count": usecases.place_people(work, exam_id)}
            else:
                data = load(MakeUpInput if verb == "make_up" else PeopleInput, typed)
                count = doing.act_on_people(work, exam_id, verb, data)
                said = (N_("%(count)s are off the list.") if verb == "remove" else N_("%(count)s moved.")), {"count": count}
    except Refusal as error:
        return _refused(exam_id, verb, typed, error)
    flash(sentence(*said), "ok")
    return _back(exam_id)


@blueprint.post("/<int:exam_id>/people/list")
def people_list(exam_id: int) -> Response:
    """People out of a sheet or a pasted list: every row is counted, every refused one named with its reason."""
    require(current_actor(), PLAN_EXAM)
    given, name = given_list()
    try:
        if given is not None and name:
            if not is_list(name):
                raise InvalidInput({"file": [N_("A list of people is a csv or xlsx file.")]})
            held = waiting(WAITING, keep(WAITING, given, name))
            try:
                rows = read_people(held.path, held.name)
            except Refused as error:
                raise InvalidInput({"file": [str(error)]}) from error
            finally:
                drop(held.path.parent)
        else:
            rows = people_of_text(request.form.get("people", "")[:200_000])
        if not rows:
            raise InvalidInput({"people": [N_("Name at least one person.")]})
        with begin() as work:
            told = add_listed(work, exam_id, rows, because=sentence(N_("from a list")))
    except Refusal as error:
        return _refused(exam_id, "list", {"people": request.form.get("people", "")}, error)
    with look() as work:
        line = queries.exam_line(work.session, work.actor, exam_id, work.now)
    return make_response(render_template("training/exams/listed.html", line=line, told=told, step=request.form.get("step")))


@blueprint.post("/<int:exam_id>/rooms")
def rooms(exam_id: int) -> Response:
    """The rooms with their seats, one a line; people without a seat are placed."""
    typed = form_data()
    try:
        data = load(RoomsInput, {"rooms": rooms_of_text(typed.get("rooms", ""))})
        with begin() as work:
            usecases.set_rooms(work, exam_id, rooms_in(data))
    except Refusal as error:
        return _refused(exam_id, "rooms", typed, error)
    flash(sentence(N_("The rooms are kept.")), "ok")
    return _back(exam_id)


@blueprint.post("/<int:exam_id>/markers")
def markers(exam_id: int) -> Response:
    """Who marks it."""
    chosen = request.form.getlist("markers")
    try:
        data = load(MarkersInput, {"markers": chosen})
        with begin() as work:
            usecases.set_markers(work, exam_id, doing.people_in(work, data["markers"], "markers"))
    except Refusal as error:
        return _refused(exam_id, "markers", {}, error)
    flash(sentence(N_("The markers are kept.")), "ok")
    return _back(exam_id)
