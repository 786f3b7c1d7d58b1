"""Pages of the kinds of certificates: the list, making and changing one, who needs it, noting a passing with what proves it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import label, sentence
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
    today,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.files.store import Stored, keep
from kmsvc.files.usecases import attach
from kmsvc.training.certificates import choosing, doing, queries, showing, usecases
from kmsvc.training.certificates.models import CertificateNeed
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE, KEEP_CERTIFICATES, SEE_CERTIFICATES
from kmsvc.training.certificates.rules import PRESETS, Purpose
from kmsvc.training.certificates.schemas import KindInput, KindsPage
from kmsvc.training.certificates.things import CERTIFICATE

blueprint = Blueprint("training_certificate_kinds_pages", __name__, url_prefix="/training/certificates")

PAGE = 50
KIND_HEAD = (N_("Number"), N_("Name of the certificate"), N_("What it proves"), N_("Clause it serves"), N_("Counts for months"),
             N_("People"), N_("State"))


@blueprint.get("/kinds")
def index() -> str | Response:
    """Kinds of certificates."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(KindsPage)
    with look() as work:
        found = queries.kind_lines(work.session, q=asked["q"], purpose=asked["purpose"])
        keeps = can(work.actor, KEEP_CERTIFICATES)
    if asked["state"]:
        found = [one for one in found if (one[0].retired_at is not None) == (asked["state"] == "retired")]
    if asked["format"]:
        return list_answer(asked["format"], N_("Kinds of certificates"), KIND_HEAD, [[
            row.number, row.name, showing.purpose(row.purpose), row.clause, row.months, people,
            sentence(N_("Retired") if row.retired_at else N_("In use"))] for row, people in found], name="kinds", more=False)
    start = asked["cursor"]
    return render_template("training/certificates/kinds.html", found=found[start:start + PAGE], total=len(found), asked=asked,
                           keeps=keeps, show=showing, part="kinds", next_cursor=start + PAGE if start + PAGE < len(found) else None)


@blueprint.get("/kinds/new")
def new() -> str:
    """The form of a kind; a purpose in the address fills it with its defaults."""
    chosen = request.args.get("purpose", "")
    purpose = Purpose(chosen) if chosen in set(Purpose) else None
    typed: dict[str, Any] = {"early_days": 90, "grace_days": 0, "months": 12, "first_days": usecases.FIRST_DAYS}
    if purpose is not None:
        typed["purpose"] = purpose.value
        if purpose in PRESETS:
            clause, it = PRESETS[purpose]
            typed |= {"name": label(purpose), "clause": clause, "months": it.months or "", "grace_days": it.grace_days,
                      "early_days": it.early_days, "by_reading": purpose == Purpose.AWARENESS}
    return _new(typed, {})


def _new(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), KEEP_CERTIFICATES)
    with look() as work:
        offered = choosing.choices(work.session)
    return render_template("training/certificates/new.html", typed=typed, errors=errors, why=why, show=showing, offered=offered,
                           part="kinds",
                           presets=[(one.value, label(one), showing.preset_note(one)) for one in Purpose])


def _picked(work: Work, typed: dict[str, Any]) -> dict[str, Any]:
    """What a form of a kind says, with what its searching fields mean in place of their words."""
    wrong: dict[str, Any] = {}
    found = {name: value for name, value in typed.items() if name not in ("course", "exam", "whom", "first_days")}
    for name, meaning in (("course", choosing.course_of), ("exam", choosing.exam_of)):
        try:
            found[f"{name}_id"] = meaning(work.session, typed.get(name, ""))
        except InvalidInput as error:
            wrong |= error.fields
    if wrong:
        raise InvalidInput(wrong)
    found["by_reading"] = bool(typed.get("by_reading"))
    return {name: value for name, value in found.items() if value not in (None, "")}


@blueprint.post("/kinds")
def make() -> Response:
    """Make a kind, and ask for it where the form says of whom."""
    typed = form_data()
    try:
        with look() as work:
            work.permit(KEEP_CERTIFICATES)
            given = _picked(work, typed)
            whom = choosing.whom_of(work.session, typed["whom"]) if typed.get("whom") else None
        data = load(KindInput, given)
        need = load(doing.NeedInput, (whom or {}) | {"first_days": typed.get("first_days") or usecases.FIRST_DAYS})
        with begin() as work:
            row = usecases.make_kind(work, usecases.KindDraft(**data))
            if whom is not None:
                doing.KIND_ACTS["ask"][1](work, row.id, need, today(), None)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".show", kind_id=row.id))


@blueprint.get("/kinds/<int:kind_id>")
def show(kind_id: int) -> str:
    """One kind and who needs it."""
    return _kind(kind_id)


def _kind(kind_id: int, *, refused: tuple[str, dict[str, Any], dict[str, Any], str] | None = None) -> str:
    require(current_actor(), SEE_CERTIFICATES)
    with look() as work:
        row = queries.visible_kind(work.session, kind_id)
        needs = queries.need_lines(work.session, kind_id)
        keeps, awards = can(work.actor, KEEP_CERTIFICATES, row), can(work.actor, AWARD_CERTIFICATE, row)
        offered = choosing.choices(work.session) if keeps or awards else None
        words = choosing.words_of(work.session, course_id=row.course_id, exam_id=row.exam_id)
        short = queries.short_of(work.session, today(), kind_id=kind_id, units=queries.reach(work.session, work.actor))
        sees = queries.reach(work.session, work.actor) != frozenset()
        held = {name: getattr(row, name) for name in KindInput().fields} | words
    return render_template("training/certificates/kind.html", row=row, needs=needs, keeps=keeps, awards=awards, refused=refused,
                           show=showing, offered=offered, words=words, held=held, short=short, sees=sees, part="kinds")


def _act(table: dict[str, Any], name: str, one: int, kind_id: int, typed: dict[str, Any], key: str) -> Response:
    schema, act, said = table[name]
    stored: Stored | None = None
    try:
        given = {one: value for one, value in typed.items() if one not in ("version", "file")}
        with look() as work:
            if table is doing.KIND_ACTS and name == "change":
                given = _picked(work, given)
            elif name == "ask" and "whom" in given:
                given = choosing.whom_of(work.session, given.pop("whom", "")) | given
            elif name == "award":
                given["person"] = choosing.login_of(given.get("person", ""))
                work.permit(AWARD_CERTIFICATE)
        data = load(schema, given)
        file = request.files.get("file")
        if name == "award" and file is not None and file.filename:
            stored = keep(settings().files_dir, file.stream, file.filename)
        with begin() as work:
            row = act(work, one, data, today(), wanted_version())
            if stored is not None:
                work.session.flush()
                attach(work, CERTIFICATE, row.id, stored)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_kind(kind_id, refused=(key, typed, told.errors, told.said)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", kind_id=kind_id))


@blueprint.post("/kinds/<int:kind_id>/<any(change, retire, restore, ask, award):name>")
def act_kind(kind_id: int, name: str) -> Response:
    """Change, retire or restore a kind, ask for it, note that somebody passed."""
    return _act(doing.KIND_ACTS, name, kind_id, kind_id, form_data(), name)


@blueprint.post("/needs/<int:need_id>/<any(change, end):name>")
def act_need(need_id: int, name: str) -> Response:
    """A requirement changed, or is asked for no longer."""
    with look() as work:
        work.permit(KEEP_CERTIFICATES)
        kind_id = work.get(CertificateNeed, need_id).kind_id
    return _need_act(name, need_id, kind_id)


def _need_act(name: str, need_id: int, kind_id: int) -> Response:
    schema, act, said = doing.NEED_ACTS[name]
    typed = form_data()
    try:
        data = load(schema, {one: value for one, value in typed.items() if one != "version"})
        with begin() as work:
            act(work, need_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_kind(kind_id, refused=(f"{name}-{need_id}", typed, told.errors, told.said)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", kind_id=kind_id))
