"""Pages of who watches an exam: the board that refreshes itself, acts by one click with a reason, the protocol, answers as given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can
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
    told_fields,
)
from kmsvc.files.serving import bytes_answer
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings import board as boards
from kmsvc.training.sittings import doing, given, showing, things, verbs
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.permissions import STEER
from kmsvc.training.sittings.rules import Stand
from kmsvc.training.sittings.schemas import BoardQuery, ProtocolQuery

blueprint = Blueprint("training_sittings_watching", __name__, url_prefix="/training/sittings")


@blueprint.get("/board/<int:sat_id>")
def board(sat_id: int) -> str | Response:
    """Where everybody stands; asked again by the open page every few seconds."""
    return _board(sat_id)


def _board(exam_id: int, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, why: str = "") -> str | Response:
    asked = query_data(BoardQuery)
    with look() as work:
        boards.watched(work.session, work.actor, exam_id)
    doing.settle_exam(exam_id)
    with look() as work:
        found = boards.board(work.session, work.actor, exam_id, work.now, q=asked["q"], stand=asked["stand"])
    if asked["format"]:
        rows = showing.board_rows(found.lines, _local)
        return list_answer(asked["format"], N_("Exam in progress"), showing.BOARD_HEAD, rows, name=f"{found.number}-board")
    name = "training/sittings/_board.html" if is_fragment() else "training/sittings/board.html"
    return render_template(name, board=found, asked=asked, show=showing, Stand=Stand, typed=typed or {}, errors=errors or {}, why=why,
                           may_steer=can(current_actor(), STEER) and not found.released,
                           for_all={one.verb for one in verbs.offered_for_all(
                               current_actor(), today(), published=found.published, running=found.running,
                               paused=found.paused_since is not None)})


@blueprint.post("/board/<int:sat_id>/<any(extend, pause, resume):name>")
def act_for_all(sat_id: int, name: str) -> str | Response:
    """More time for all or a room, a pause, going on; with the reason of the board."""
    typed = form_data()
    wanted = {one.name for one in verbs.EXAM_VERBS[name].inputs}
    try:
        data = load(verbs.EXAM_VERBS[name].schema(), {key: value for key, value in typed.items() if key in wanted})
        with begin() as work:
            count = verbs.act_for_all(work, sat_id, name, data)
    except (InvalidInput, RuleBroken) as error:
        errors = told_fields(error) if isinstance(error, InvalidInput) else {}
        return make_response(_board(sat_id, typed, errors, sentence(error.sentence, error.params)), error.status)
    flash(sentence(verbs.EXAM_VERBS[name].said, {"count": count}), "ok")
    return go(url_for(".board", sat_id=sat_id))


def _local(at: datetime) -> datetime:
    return local(at, settings().timezone)


@blueprint.get("/board/<int:sat_id>/protocol")
def whole_protocol(sat_id: int) -> str | Response:
    """Everything that happened in an exam, as a page and to take away."""
    asked = query_data(ProtocolQuery)
    with look() as work:
        exam = boards.watched(work.session, work.actor, sat_id)
        told = boards.protocol(work.session, work.actor, boards.sittings_of(work.session, sat_id))
    shown_ = [one for one in told if not asked["q"] or asked["q"].lower() in one.name.lower()]
    if asked["format"]:
        return list_answer(asked["format"], N_("Protocol"), showing.PROTOCOL_HEAD, showing.protocol_rows(shown_, _local),
                           name=f"{exam.number}-protocol")
    return render_template("training/sittings/protocol.html", exam=exam, told=shown_, asked=asked, show=showing)


@blueprint.get("/<int:sitting_id>/protocol")
def protocol(sitting_id: int) -> str:
    """One sitting: what happened, and what may be done."""
    return _one(sitting_id)


def _one(sitting_id: int, act: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
         why: str = "") -> str:
    with look() as work:
        row = work.get(Sitting, sitting_id)
        exam = boards.watched(work.session, work.actor, row.exam_id)
        doing.settle_exam(row.exam_id)
    with look() as work:
        row = work.get(Sitting, sitting_id)
        found = boards.board(work.session, work.actor, row.exam_id, work.now)
        line = next((one for one in found.lines if one.person_id == row.person_id), None)
        if line is None:
            raise NotFound()
        told = boards.protocol(work.session, work.actor, [row])
        hasty = boards.hasty_in(work.session, row.id)
        offers = verbs.offered(work.actor, row.state, row.person_id, today(), released=exam.state != ExamState.PUBLISHED)
        may_read = things.may_read(work.session, work.actor, row)
    return render_template("training/sittings/one.html", row=row, exam=exam, line=line, told=told, hasty=hasty, offers=offers,
                           may_read=may_read, show=showing, act=act, typed=typed or {}, errors=errors or {}, why=why)


@blueprint.post("/<int:sitting_id>/<any(extend, reopen, annul, restore):name>")
def act(sitting_id: int, name: str) -> str | Response:
    """Give time, open again, take out of the count or count again; from the board or from the sitting's own page."""
    typed = form_data()
    exam_id = int(typed["board"]) if typed.get("board", "").isdecimal() and len(typed["board"]) < 10 else None
    wanted = {one.name for one in verbs.VERBS[name].inputs}
    try:
        data = load(verbs.VERBS[name].schema(), {key: value for key, value in typed.items() if key in wanted})
        with begin() as work:
            row = verbs.act(work, sitting_id, name, data)
            place = row.exam_id
    except (InvalidInput, RuleBroken) as error:
        errors = told_fields(error) if isinstance(error, InvalidInput) else {}
        why = sentence(error.sentence, error.params)
        page = _board(exam_id, typed, errors, why) if exam_id else _one(sitting_id, name, typed, errors, why)
        return make_response(page, error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".board", sat_id=place) if exam_id else url_for(".protocol", sitting_id=sitting_id))


@blueprint.get("/<int:sitting_id>/given")
def answers(sitting_id: int) -> str:
    """What somebody answered, as it was given; the look is noted before it is shown (R-A8)."""
    with look() as work:
        row, secret = things.readable(work.session, work.actor, sitting_id)
        found = given.given_answers(work.session, row)
        exam, name = work.get(Exam, row.exam_id), given.name_of(work.session, row)
    shown(secret, Place.PAGE)
    return render_template("training/sittings/given.html", row=row, exam=exam, name=name, found=found, label=label,
                           root=request.script_root)


@blueprint.get("/<int:sitting_id>/handed_in/<int:handed_id>")
def file(sitting_id: int, handed_id: int) -> Response:
    """A file that was handed in; the look is noted before it is sent (R-A8)."""
    with look() as work:
        secret, stored, name = things.handed_in(work.session, work.actor, sitting_id, handed_id)
    shown(secret, Place.PAGE)
    return bytes_answer(settings().files_dir, stored, name)
