"""Pages of leave, shifts and peaks: the list with its form, importing, files that were taken in and how they are taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import require
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
from kmsvc.core.work import Work
from kmsvc.knowledge.tables import doors
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans import busy
from kmsvc.training.plans.busy_queries import (
    BusyLine,
    busy_import_line,
    busy_import_lines,
    busy_line,
    busy_lines,
)
from kmsvc.training.plans.busy_reading import intervals
from kmsvc.training.plans.busy_rows import HEAD, sort_for
from kmsvc.training.plans.busy_schemas import BusyAsked, BusyFiles, BusyInput, BusyWhy, chosen, values_of
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import BusyKind

blueprint = Blueprint("training_busy_pages", __name__, url_prefix="/training/plans/busy")
PAGE, MOST_EXPORTED = 50, 20_000
BUSY = sort_for(lambda: str(settings().timezone))
_FORM = ("kind", "person", "on", "until", "hours", "note")


@blueprint.get("")
def index() -> str | Response:
    """Times, entered last first."""
    require(current_actor(), MAKE_PLANS)
    asked = query_data(BusyAsked)
    if not asked["format"]:
        return _index(asked, {name: request.args[f"new_{name}"][:200] for name in _FORM if request.args.get(f"new_{name}")}, {})
    zone = settings().timezone
    with look() as work:
        found, rest = busy_lines(work.session, work.actor, **chosen(asked, zone), limit=MOST_EXPORTED)
    rows = [[one.person, one.login, label(one.kind, BusyKind), local(one.starts_at, zone), local(one.ends_at, zone), one.note]
            for one in found]
    return list_answer(asked["format"], BUSY.title, HEAD, rows, name="busy", more=rest is not None)


def _index(asked: Mapping[str, Any], typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        lines, following = busy_lines(work.session, work.actor, **chosen(asked, settings().timezone), before=asked.get("cursor"),
                                      limit=PAGE)
        people = sorted([(one.login, one.name) for one in directory(work.session).active() if one.login], key=lambda one: one[1])
    return render_template("training/plans/busy.html", asked=asked, lines=lines, next_cursor=following, people=people, typed=typed,
                           errors=errors, why=why, kinds=[(one.value, label(one)) for one in BusyKind],
                           word=lambda code: label(code, BusyKind))


def entered(work: Work, data: Mapping[str, Any]) -> list[Busy]:
    """Enter what a form or a program says."""
    work.permit(MAKE_PLANS)
    person = busy.person_of(work.session, data["kind"], "", (data["person"] or "").strip())
    return busy.enter(work, person, intervals(values_of(data), today(), settings().timezone))


@blueprint.post("")
def enter() -> Response:
    """Enter one."""
    require(current_actor(), MAKE_PLANS)
    typed = form_data()
    try:
        data = load(BusyInput, typed)
        with begin() as work:
            entered(work, data)
    except Refusal as error:
        told = form_refused(error)
        errors = told.errors | {name: told.errors[other] for name, other in (("person", "name"), ("hours", "ends"))
                                if other in told.errors}
        return make_response(_index({}, typed, errors, told.said), error.status)
    flash(sentence(N_("Entered.")), "ok")
    return go(url_for(".index"))


@blueprint.post("/<int:busy_id>/remove")
def remove(busy_id: int) -> Response:
    """Delete one; what it said stands in the form again."""
    typed, zone = form_data(), settings().timezone
    with look() as work:
        line = busy_line(work.session, work.actor, busy_id)
    try:
        data = load(BusyWhy, {"reason": typed.get("reason", "")})
        with begin() as work:
            busy.remove(work, busy_id, reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_index({}, {}, told.errors, told.said), error.status)
    flash(sentence(N_("Deleted. It stands in the form below in case it belongs there after all.")), "ok")
    again: dict[str, Any] = {f"new_{name}": word for name, word in typed_again(line, zone).items()}
    return go(url_for(".index", **again, _anchor="enter"))


def typed_again(line: BusyLine, zone: str) -> dict[str, str | None]:
    """What somebody types into the form to enter this time as it is; one that ends at midnight ends on the day before."""
    begins, ends = local(line.starts_at, zone), local(line.ends_at, zone)
    last = local(line.ends_at - timedelta(microseconds=1), zone) if line.kind == BusyKind.LEAVE else begins
    over = "24:00" if f"{ends:%H:%M}" == "00:00" else f"{ends:%H:%M}"
    whole = line.kind == BusyKind.LEAVE and f"{begins:%H:%M}-{over}" == "00:00-24:00"
    return {"kind": line.kind, "person": line.login, "on": f"{begins:%Y-%m-%d}", "until": f"{last:%Y-%m-%d}",
            "hours": "" if whole else f"{begins:%H:%M}-{over}", "note": line.note}


@blueprint.get("/imports")
def imports() -> str:
    """Files that were taken in, newest first."""
    return _imports({}, "")


def _imports(errors: dict[str, Any], why: str, *, open_id: int = 0) -> str:
    require(current_actor(), MAKE_PLANS)
    asked = query_data(BusyFiles)
    with look() as work:
        lines, following = busy_import_lines(work.session, work.actor, before=asked["cursor"], limit=PAGE)
    return render_template("training/plans/busy_imports.html", lines=lines, next_cursor=following, errors=errors, why=why,
                           open_id=open_id)


@blueprint.post("/imports/<int:busy_import_id>/take-back")
def take_back(busy_import_id: int) -> Response:
    """Take it back."""
    typed = form_data()
    with look() as work:
        busy_import_line(work.session, work.actor, busy_import_id)
    try:
        data = load(BusyWhy, {"reason": typed.get("reason", "")})
        with begin() as work:
            found = busy.take_back(work, busy_import_id, reason=data["reason"], version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_imports(told.errors, told.said, open_id=busy_import_id), error.status)
    _told(N_("Taken back: %(done)s times."), found)
    return go(url_for(".imports"))


@blueprint.post("/imports/<int:busy_import_id>/bring-back")
def bring_back(busy_import_id: int) -> Response:
    """Bring it back."""
    with look() as work:
        busy_import_line(work.session, work.actor, busy_import_id)
    try:
        with begin() as work:
            found = busy.bring_back(work, busy_import_id, version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_imports(told.errors, told.said), error.status)
    _told(N_("Brought back: %(done)s times."), found)
    return go(url_for(".imports"))


def _told(word: str, found: Settled) -> None:
    flash(sentence(word, {"done": found.done}), "ok")
    if found.stayed:
        flash(sentence(N_("%(count)s stay as they are: they have changed since."), {"count": found.stayed}), "warn")


doors.add_doors(blueprint, BUSY)
