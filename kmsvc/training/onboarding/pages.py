"""Pages of classes of newcomers: the list, the board of newcomers × weeks of one class and of all, planning, newcomers taken in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names
from kmsvc.training.onboarding import classing, doing, inputs, queries, rules, showing, usecases
from kmsvc.training.onboarding.deciding import OnboardingState
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.one import look_at_many
from kmsvc.training.onboarding.overdue import OverdueKind
from kmsvc.training.onboarding.overdue import overdue as overdue_of
from kmsvc.training.onboarding.permissions import (
    DECIDE_ONBOARDING,
    ENTER_RESULTS,
    PLAN_ONBOARDING,
    SEE_CLASSES,
    SEE_ONBOARDING,
)
from kmsvc.training.onboarding.rules import Programme

blueprint = Blueprint("training_onboarding_pages", __name__, url_prefix="/training/onboarding")
PAGE, MOST_CHOICES = 50, 40
MOST_BYTES = 5_000_000


@blueprint.get("")
def index() -> str | Response:
    """Classes, newest first, with filters and export; who sees none of them has their own day."""
    if not can(current_actor(), SEE_CLASSES):
        return go(url_for("training_onboarding_today.day"))
    asked = query_data(inputs.ClassesList)
    with look() as work:
        found = queries.classes(work.session, work.actor, q=asked["q"], state=asked["state"], today=today())
        counts = queries.counts(work.session, [one.id for one in found])
        who = names(work.session, {one.teacher_id for one in found})
        if asked["format"]:
            return list_answer(asked["format"], N_("Classes of newcomers"), showing.CLASS_HEAD,
                               showing.class_rows(found, counts, who, today()), name="onboarding")
        start = int(asked["cursor"]) if (asked["cursor"] or "").isdecimal() else 0
        shown = found[start:start + PAGE]
        return render_template(
            "training/onboarding/index.html", asked=asked, found=shown, counts=counts, who=who, show=showing, total=len(found),
            next_cursor=start + PAGE if len(found) > start + PAGE else None, plans=can(work.actor, PLAN_ONBOARDING), day=today())


@blueprint.get("/classes/new")
def new() -> str:
    """Plan a class."""
    return _edit(None, {"exams": "10, 20, 30", "teacher": current_actor().login}, {})


def _edit(row: OnboardingClass | None, typed: dict[str, Any], errors: dict[str, Any], why: str = "", version: int | None = None) -> str:
    with look() as work:
        work.permit(PLAN_ONBOARDING)
        people = directory(work.session)
        choices = {role: [(one.login, one.name) for one in people.holders(role)] for role in ("class_teacher", "qa_inspector")}
        me = people.people.get(work.actor.person_id or 0)
        if me is not None and me.login and me.login not in {one for one, _ in choices["class_teacher"]}:
            choices["class_teacher"].append((me.login, me.name))
        if row is not None:
            held = people.people.get(row.teacher_id)
            if held is not None and held.login not in {one for one, _ in choices["class_teacher"]}:
                choices["class_teacher"].append((held.login, held.name))
    return render_template("training/onboarding/edit.html", row=row, typed=typed, errors=errors, why=why, choices=choices,
                           version=version or (row.version if row else None))


@blueprint.post("/classes")
def plan() -> Response:
    """Keep a new class."""
    typed = form_data()
    try:
        data = load(doing.ClassInput, typed)
        with begin() as work:
            row = doing.plan(work, data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_edit(None, typed, told.errors, told.why), error.status)
    flash(sentence(N_("The class is planned. Take the newcomers in.")), "ok")
    return go(url_for(".people", class_id=row.id))


@blueprint.get("/classes/<int:class_id>/change")
def edit(class_id: int) -> str:
    """Change a class."""
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id)
        people = directory(work.session).people
        typed = {"name": row.name, "teacher": people[row.teacher_id].login if row.teacher_id in people else "",
                 "inspector": people[row.inspector_id].login if row.inspector_id in people else "", "starts_on": row.starts_on,
                 "exams": ", ".join(str(one) for one in row.exams), "material": row.material}
    return _edit(row, typed, {})


@blueprint.post("/classes/<int:class_id>/change")
def change(class_id: int) -> Response:
    """Keep what was changed."""
    typed = form_data()
    try:
        data = load(doing.ClassInput, typed)
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            doing.change(work, class_id, data, wanted_version())
    except Refusal as error:
        told = form_refused(error)
        with look() as work:
            row = queries.class_of(work.session, work.actor, class_id)
        return make_response(_edit(row, typed, told.errors, told.why or told.said, wanted_version()), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".board", class_id=class_id))


@blueprint.get("/newcomers")
def newcomers() -> str | Response:
    """The board over all classes this caller sees."""
    require(current_actor(), SEE_CLASSES)
    return _board(None)


@blueprint.get("/overdue")
def overdue() -> str | Response:
    """What is overdue of all newcomers this caller sees, with filters and export."""
    require(current_actor(), SEE_CLASSES)
    asked = query_data(inputs.OverdueList)
    with look() as work:
        found = overdue_of(work, today(), class_id=asked["class_id"], what=asked["what"], q=asked["q"])
        classes = [(one.id, one.name) for one in queries.classes(work.session, work.actor)]
    if asked["format"]:
        return list_answer(asked["format"], N_("What is overdue"), showing.OVERDUE_HEAD, showing.overdue_rows(found),
                           name="onboarding-overdue")
    start = int(asked["cursor"]) if (asked["cursor"] or "").isdecimal() else 0
    return render_template(
        "training/onboarding/overdue.html", asked=asked, found=found[start:start + PAGE], total=len(found), show=showing,
        classes=classes, kinds=[(one.value, label(one)) for one in OverdueKind],
        next_cursor=start + PAGE if len(found) > start + PAGE else None)


@blueprint.get("/classes/<int:class_id>")
def board(class_id: int) -> str | Response:
    """The board of one class."""
    return _board(class_id)


def _board(class_id: int | None) -> str | Response:
    asked = query_data(inputs.BoardQuery)
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id) if class_id else None
        if row is None and asked["state"] is None and not request.args.get("state"):
            asked["state"] = "open"
        every = queries.newcomers(work.session, work.actor, today(), class_id=class_id or asked["class_id"],
                                  state=asked["state"], mentor=asked["mentor"], unit=asked["unit"], q=asked["q"])
        noted = look_at_many(work.session, work.actor, [one.person_id for one in every], "board", class_id or asked["class_id"])
        picks = _picks(work, row, asked)
        counts = queries.counts(work.session, [class_id])[class_id] if class_id else (len(every), len(every))
        plans = usecases.plans(work, row) if row else False
        decides = can(work.actor, DECIDE_ONBOARDING, row) and plans_or_all(work, row)
        teacher = names(work.session, [row.teacher_id]).get(row.teacher_id, "") if row else ""
    shown(noted, Place.PAGE)
    if asked["format"]:
        return list_answer(asked["format"], N_("Newcomers and weeks"), showing.BOARD_HEAD, showing.board_rows(every),
                           name="onboarding-board")
    programme = Programme(row.starts_on, tuple(row.exams)) if row else None
    number = rules.number_on(programme, today()) if programme else 0
    weeks = max([8, *(len(one.weeks) for one in every)])
    return render_template(
        "training/onboarding/board.html", row=row, lines=every, plans=plans, picks=picks, asked=asked, show=showing, number=number,
        enters=can(current_actor(), ENTER_RESULTS), decides=decides, weeks=range(1, weeks + 1), view=asked["show"] or "score",
        teacher=teacher, counts=counts,
        phase=showing.phases(rules.phases_on(programme, number)) if programme else "")


def plans_or_all(work: Work, row: OnboardingClass | None) -> bool:
    """Whether the caller is the teacher of the class, or sees all of them."""
    return can(work.actor, SEE_ONBOARDING) or (row is not None and row.teacher_id == work.actor.person_id)


def _picks(work: Work, row: OnboardingClass | None, asked: dict[str, Any]) -> list[dict[str, Any]]:
    seen = queries.rows_seen(work.session, work.actor, row.id if row else None)
    who = names(work.session, {one.mentor_id for one in seen})
    people, units = directory(work.session).people, unit_names(work.session)
    held = {people[one.person_id].unit_id for one in seen if one.person_id in people}
    found = [] if row else [{"name": "class_id", "label": sentence(N_("Class of newcomers")), "value": asked["class_id"],
                             "options": [(one.id, one.name) for one in queries.classes(work.session, work.actor)]}]
    return [*found, {"name": "mentor", "label": sentence(N_("Mentor")), "value": asked["mentor"],
                     "options": sorted(((key, name) for key, name in who.items()), key=lambda one: one[1])},
            {"name": "unit", "label": sentence(N_("Unit")), "value": asked["unit"],
             "options": sorted(((one, units.get(one, "")) for one in held), key=lambda one: one[1])},
            {"name": "state", "label": sentence(N_("State")), "value": asked["state"], "options": showing.states(),
             "all": None if row else False}]


@blueprint.get("/classes/<int:class_id>/people")
def people(class_id: int) -> str:
    """Newcomers of a class: taken in from people or from a list, mentors, end of probation."""
    return _people(class_id)


def _people(class_id: int, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, why: str = "",
            told: Sequence[classing.NewcomerTold] = (), chosen: Sequence[str] = ()) -> str:
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id)
        if not usecases.plans(work, row):
            work.permit(PLAN_ONBOARDING, row)
        lines = queries.board(work.session, work.actor, class_id, today())
        every = directory(work.session)
        words = (request.args.get("q") or (typed or {}).get("q") or "").strip()[:100]
        free = _free(every.active(), queries.busy(work.session), words)
        trainees = {one.id: one for one in queries.rows_seen(work.session, work.actor, class_id)}
        units = unit_names(work.session)
    return render_template(
        "training/onboarding/people.html", row=row, lines=lines, typed=typed or {}, errors=errors or {}, why=why, told=told, q=words,
        free=free[:MOST_CHOICES], more=max(0, len(free) - MOST_CHOICES), units=units, show=showing, trainees=trainees, chosen=chosen,
        mentors=[(one.login, one.name) for one in every.active() if one.login], logins={one.id: one.login for one in every.active()})


def _free(people: Sequence[Entry], busy: set[int], words: str) -> list[Entry]:
    low = words.lower()
    return [one for one in reversed(people) if one.login and one.id not in busy
            and (not low or low in one.name.lower() or low in one.login.lower())]


@blueprint.post("/classes/<int:class_id>/join")
def join(class_id: int) -> Response:
    """Take people in: one or several with the same mentor and the same end of probation."""
    typed, chosen = form_data(), request.form.getlist("person")[:200]
    try:
        if not any(chosen):
            raise InvalidInput({"person": [N_("Choose somebody.")]})
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            for one in chosen:
                doing.join(work, class_id, load(doing.TraineeInput, {
                    **{key: typed[key] for key in ("mentor", "confirmation_on", "confidential") if key in typed}, "person": one}))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_people(class_id, typed, told.errors, told.said, chosen=chosen), error.status)
    flash(sentence(N_("%(count)s newcomers were taken in."), {"count": len(chosen)}), "ok")
    return go(url_for(".people", class_id=class_id))


@blueprint.post("/classes/<int:class_id>/join_many")
def join_many(class_id: int) -> Response:
    """Take in who stands on a list: a file, or lines that were pasted. Every refused row is named with its reason."""
    typed = form_data()
    try:
        rows = _listed(typed)
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            told = classing.join_listed(work, class_id, rows)
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_people(class_id, typed, refused.errors, refused.said), error.status)
    if any(one.said for one in told):
        return make_response(_people(class_id, typed, told=told), 200)
    flash(sentence(N_("%(count)s newcomers were taken in."), {"count": len(told)}), "ok")
    return go(url_for(".people", class_id=class_id))


@blueprint.post("/trainees/<int:joined_id>/take_out")
def take_out(joined_id: int) -> Response:
    """Take somebody out who was taken in by mistake."""
    with look() as work:
        class_id = queries.visible(work.session, work.actor, joined_id).class_id
    try:
        with begin() as work:
            queries.visible(work.session, work.actor, joined_id)
            classing.take_out(work, joined_id)
    except RuleBroken as error:
        flash(sentence(error.sentence), "bad")
        return go(url_for(".people", class_id=class_id))
    flash(sentence(N_("Taken out of the class. They can be taken in again.")), "ok")
    return go(url_for(".people", class_id=class_id))


def _listed(typed: dict[str, Any]) -> list[classing.NewcomerRow]:
    file = request.files.get("file")
    if file is not None and file.filename:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"list{Path(file.filename).suffix.lower()[:8]}"
            path.write_bytes(file.stream.read(MOST_BYTES))
            rows = doing.rows_of_file(path, file.filename)
    else:
        rows = doing.rows_of_text(str(typed.get("text") or ""))
    if not rows:
        raise InvalidInput({"file": [N_("Choose a file, or paste lines.")]})
    return rows


STATES = tuple(one.value for one in OnboardingState)
__all__ = ["STATES", "Trainee", "blueprint"]
