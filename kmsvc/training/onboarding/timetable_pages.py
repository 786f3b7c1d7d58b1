"""Pages of a class: its timetable on the forty working days of the centre's calendar, the points of its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, today
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.onboarding import classing, doing, inputs, queries, rules, showing, timetabling, usecases
from kmsvc.training.onboarding.models import OnboardingHour, OnboardingItem
from kmsvc.training.onboarding.rules import Programme

blueprint = Blueprint("training_onboarding_timetable", __name__, url_prefix="/training/onboarding")
HOUR = ("day", "begins", "ends", "title", "place", "speaker")


@blueprint.get("/classes/<int:class_id>/timetable")
def timetable(class_id: int) -> str | Response:
    """The timetable, day by day; with ?format as a file."""
    if request.args.get("format") in ("csv", "xlsx"):
        with look() as work:
            row = queries.class_of(work.session, work.actor, class_id)
            days = timetabling.days_of(row, queries.timetable(work.session, class_id))
        return list_answer(request.args["format"], N_("Timetable"), showing.HOUR_HEAD, showing.hour_rows(days),
                           name=f"timetable-{row.number}")
    return _timetable(class_id)


def _timetable(class_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, why: str = "",
               of: str = "new") -> str:
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id)
        hours = queries.timetable(work.session, class_id)
        plans = usecases.plans(work, row)
        others = [(one.number, f"{one.number} {one.name}") for one in queries.classes(work.session, work.actor)
                  if one.id != class_id and queries.timetable(work.session, one.id)] if plans else []
        speakers = [one.name for one in directory(work.session).active() if {"trainer", "class_teacher"} & one.role_names]
    days = timetabling.days_of(row, hours)
    number = rules.number_on(Programme(row.starts_on, tuple(row.exams)), today())
    last = max(hours, key=lambda one: one.id, default=None)
    begin_with = typed or showing.next_hour(last, request.args.get("day"))
    put_back = {name: request.args.get(name, "")[:200] for name in HOUR} if request.args.get("gone") else None
    return render_template(
        "training/onboarding/timetable.html", row=row, days=days, plans=plans, others=others, typed=begin_with, errors=errors or {},
        why=why, of=of, show=showing, number=number, speakers=speakers, places=sorted({one.place for one in hours if one.place}),
        put_back=put_back, filled=len(hours), changing=request.args.get("change", type=int) if of == "new" else None)


def _back(class_id: int, day: Any = None) -> Response:
    return go(url_for(".timetable", class_id=class_id, day=day) + (f"#day-{day}" if day else ""))


@blueprint.post("/classes/<int:class_id>/teach")
def teach(class_id: int) -> Response:
    """Add a line."""
    typed = form_data()
    try:
        data = load(inputs.HourInput, typed)
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            usecases.add_hour(work, class_id, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_timetable(class_id, typed=typed, errors=told.errors, why=told.said), error.status)
    flash(sentence(N_("Written.")), "ok")
    return _back(class_id, data["day"])


@blueprint.post("/classes/<int:class_id>/copy")
def copy(class_id: int) -> Response:
    """Copy the template, or the timetable of another class."""
    typed = form_data()
    try:
        data = load(inputs.CopyInput, typed)
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            count = doing.copy(work, class_id, data, sentence)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_timetable(class_id, typed=typed, errors=told.errors, why=told.said, of="copy"), error.status)
    flash(sentence(N_("%(count)s lines were copied."), {"count": count}), "ok")
    return _back(class_id)


@blueprint.post("/hours/<int:hour_id>/change")
def change_hour(hour_id: int) -> Response:
    """Change a line."""
    typed = form_data()
    class_id = _class_of_hour(hour_id)
    try:
        data = load(inputs.HourInput, typed)
        with begin() as work:
            timetabling.change_hour(work, hour_id, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_timetable(class_id, typed=typed, errors=told.errors, why=told.said, of=f"hour-{hour_id}"), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return _back(class_id, data["day"])


@blueprint.post("/hours/<int:hour_id>/remove")
def remove_hour(hour_id: int) -> Response:
    """Take a line away; the page offers it back."""
    with begin() as work:
        row = work.get(OnboardingHour, hour_id)
        queries.class_of(work.session, work.actor, row.class_id)
        gone = timetabling.remove_hour(work, hour_id)
        kept: dict[str, Any] = {name: getattr(gone, name) or "" for name in HOUR} | {"class_id": gone.class_id, "gone": 1}
    return go(url_for(".timetable", **kept))


def _class_of_hour(hour_id: int) -> int:
    with look() as work:
        row = work.get(OnboardingHour, hour_id)
        return queries.class_of(work.session, work.actor, row.class_id).id


@blueprint.get("/classes/<int:class_id>/lists")
def lists(class_id: int) -> str:
    """The points of the welcome pack and of the list before going live, as this class has them."""
    return _lists(class_id)


def _lists(class_id: int, *, of: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
           why: str = "") -> str:
    with look() as work:
        row = queries.class_of(work.session, work.actor, class_id)
        items = classing.items_of(work, class_id)
        return render_template("training/onboarding/lists.html", row=row, items=items, of=of, typed=typed or {}, errors=errors or {},
                               why=why, show=showing, plans=usecases.plans(work, row), ticked=classing.ticked(work, items),
                               newcomers=queries.counts(work.session, [class_id])[class_id][0])


@blueprint.post("/classes/<int:class_id>/add_item")
def add_item(class_id: int) -> Response:
    """Add a point."""
    typed = form_data()
    try:
        data = load(inputs.ItemInput, typed)
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            classing.add_item(work, class_id, list_name=data["list"], title=data["title"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_lists(class_id, of=f"new-{typed.get('list')}", typed=typed, errors=told.errors, why=told.said),
                             error.status)
    flash(sentence(N_("Added for every newcomer of this class.")), "ok")
    return go(url_for(".lists", class_id=class_id))


def _on_item(point_id: int, schema: Any, run: Callable[[Work, dict[str, Any]], Any], said: str) -> Response:
    typed = form_data()
    with look() as work:
        class_id = queries.class_of(work.session, work.actor, work.get(OnboardingItem, point_id).class_id).id
    try:
        data = load(schema, typed) if schema else {}
        with begin() as work:
            run(work, data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_lists(class_id, of=f"item-{point_id}", typed=typed, errors=told.errors, why=told.said), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".lists", class_id=class_id))


@blueprint.post("/items/<int:point_id>/change")
def change_item(point_id: int) -> Response:
    """Other words for a point."""
    return _on_item(point_id, inputs.ItemWords, lambda work, data: classing.change_item(work, point_id, title=data["title"]),
                    N_("Kept."))


@blueprint.post("/items/<int:point_id>/move")
def move_item(point_id: int) -> Response:
    """One place upwards."""
    return _on_item(point_id, None, lambda work, data: classing.move_item(work, point_id), N_("Moved."))


@blueprint.post("/items/<int:point_id>/remove")
def remove_item(point_id: int) -> Response:
    """This class does without it."""
    return _on_item(point_id, inputs.WhyInput, lambda work, data: classing.remove_item(work, point_id, reason=data["reason"]),
                    N_("Taken off the list. It can be put back."))


@blueprint.post("/items/<int:point_id>/restore")
def restore_item(point_id: int) -> Response:
    """Back on the list."""
    return _on_item(point_id, None, lambda work, data: classing.restore_item(work, point_id), N_("It stands on the list again."))
