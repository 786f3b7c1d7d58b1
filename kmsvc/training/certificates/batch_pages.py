"""Acts on many certificates: seen before, done, taken back as a whole; passings from a sheet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.knowledge.tables import doors
from kmsvc.training.certificates import batches, doing, showing, things
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE, REVOKE_CERTIFICATE
from kmsvc.training.certificates.rows import PASSINGS
from kmsvc.training.certificates.schemas import BatchPage, ManyInput

blueprint = Blueprint("training_certificate_batches_pages", __name__, url_prefix="/training/certificates/batches")
PAGE = 50
doors.add_doors(blueprint, PASSINGS)


@blueprint.get("")
def index() -> str:
    """Acts on many, newest first; each is taken back as a whole."""
    return _list()


def _list(why: str = "", errors: dict[str, Any] | None = None, opened: int | None = None) -> str:
    asked = query_data(BatchPage)
    start = asked["cursor"]
    with look() as work:
        lines, total = batches.batch_lines(work, start, PAGE)
        awards, revokes = can(work.actor, AWARD_CERTIFICATE), can(work.actor, REVOKE_CERTIFICATE)
    return render_template("training/certificates/batches.html", lines=lines, total=total, show=showing, why=why, errors=errors or {},
                           opened=opened, awards=awards, revokes=revokes, part="batches",
                           next_cursor=start + PAGE if start + PAGE < total else None)


@blueprint.post("/many")
def many() -> Response:
    """What extending or revoking would do; done once it was seen."""
    typed = {name: value for name, value in form_data().items() if name not in ("act", "sure", "version")}
    ids = request.form.getlist("ids")
    typed["ids"] = ids
    act = "revoke" if request.form.get("act") == "revoke" else "extend"
    sure = request.form.get("sure") == "1"
    plan, errors, status, noted = [], {}, 200, None
    try:
        if "days" in typed and not typed["days"]:
            typed.pop("days")
        data = load(ManyInput, {**typed, "days": typed.get("days", 30 if act == "extend" else None)})
        with look() as work:
            plan = batches.planned(work, act, data["ids"], days=data["days"], today=today())
            noted = things.look_at_team(work.session, None, act)
        if sure:
            with begin() as work:
                batch = batches.do_many(work, act, data["ids"], reason=data["reason"] or "", days=data["days"], today=today())
                count = batch.people
            flash(sentence(N_("%(count)s people changed. It can be taken back as a whole."), {"count": count}), "ok")
            return go(url_for(".index"))
    except Refusal as error:
        told = form_refused(error)
        errors, status = told.errors or {"_schema": [told.said]}, error.status
    shown(noted, Place.PAGE)
    return make_response(render_template("training/certificates/many.html", act=act, typed=typed, ids=ids, plan=plan, errors=errors,
                                         sure=sure, show=showing, part="expiring"), status)


@blueprint.post("/<int:many_id>/undo")
def undo(many_id: int) -> Response:
    """Take one back as a whole."""
    schema, act, said = doing.BATCH_ACTS["undo"]
    try:
        data = load(schema, {name: value for name, value in form_data().items() if name != "version"})
        with begin() as work:
            act(work, many_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_list(told.why or told.said, told.errors, many_id), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".index"))
