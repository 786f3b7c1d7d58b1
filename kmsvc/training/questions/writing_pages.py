"""The editor of questions: a form for every kind, its rows added, moved and taken away by buttons; nothing typed is lost."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, Refusal, Stale
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused, told
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, safe_target, wanted_version
from kmsvc.core.work import Work
from kmsvc.files.queries import files_of
from kmsvc.knowledge.citations.queries import cites_of
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import may_see
from kmsvc.training.questions import listing, showing, usecases
from kmsvc.training.questions.forming import acted, blank_form, errors_at, question_of, rows_of, typed_of
from kmsvc.training.questions.kinds import Credit, Kind, OrderCredit, Question
from kmsvc.training.questions.pages import choices
from kmsvc.training.questions.permissions import WRITE_QUESTIONS
from kmsvc.training.questions.schemas import AboutInput, NewForm, around_of
from kmsvc.training.questions.usecases import QUESTION

blueprint = Blueprint("training_question_writing_pages", __name__, url_prefix="/training/questions")

ABOUT = ("topic", "band", "language", "tags", "process", "process_step", "external_id", "cites", "reason")


@blueprint.get("/new")
def new() -> str:
    """The form of a new one; `kind`, `bank`, `topic` and `cites` in the address are what it begins with."""
    require(current_actor(), WRITE_QUESTIONS)
    kind = request.args.get("kind", "")
    if kind not in set(Kind):
        given = {name: request.args[name] for name in ("bank", "topic", "band", "points", "active", "then") if request.args.get(name)}
        return render_template("training/questions/kinds.html", kinds=list(Kind), given=given)
    begun = {name: request.args[name][:200] for name in ("bank", "topic", "band", "points", "active", "cites", "process")
             if request.args.get(name)}
    return _form(blank_form(kind) | {"band": "middle"} | begun, {})


def _form(typed: dict[str, str], errors: dict[str, Any], *, question_id: int | None = None, version: int | None = None,
          why: str = "") -> str:
    for name in [one for one in ("kind", *(one for one in typed if one.endswith("-kind"))) if typed.get(one) not in set(Kind)]:
        typed = {**typed, name: Kind.SINGLE.value}
    with look() as work:
        line = listing.line(work.session, work.actor, question_id) if question_id is not None else None
        files = files_of(work.session, work.actor, QUESTION, question_id) if question_id is not None else []
        given = choices(work)
        if question_id is None and not typed.get("bank") and len(given["banks"]) == 1:
            typed = {**typed, "bank": str(given["banks"][0][0])}
        return render_template(
            "training/questions/edit.html", typed=typed, errors=errors, line=line, version=version, why=why, rows_of=rows_of,
            then=safe_target(then) if (then := request.values.get("then", "")[:8_000]) else None,
            show=showing, Kind=Kind, credits=[(one.value, sentence(one.label)) for one in Credit], files=files,
            order_credits=[(one.value, sentence(one.label)) for one in OrderCredit], processes=_processes(work), **given)


def _processes(work: Work) -> list[tuple[int, str]]:
    rows = work.session.scalars(select(Process).where(Process.retired_at.is_(None)).order_by(Process.number))
    return [(one.id, f"{one.number} {one.name}") for one in rows if may_see(work.actor, one)]


@blueprint.post("")
def create() -> Response:
    """Write it; what was typed comes back when it is refused. A button of a row changes the form alone."""
    require(current_actor(), WRITE_QUESTIONS)
    typed = form_data()
    changed = _acted(typed)
    if changed is not None:
        return make_response(_form(changed, {}))
    try:
        question, data = _read(typed, NewForm)
        with begin() as work:
            row = usecases.write_question(work, data["bank"], question, around_of(work, data), active=data["active"])
    except (InvalidInput, Stale) as error:
        return make_response(_form(typed, _errors(error)), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    return go(request.form.get("then") or url_for("training_questions_pages.show", question_id=row.id))


@blueprint.get("/<int:question_id>/edit")
def edit_page(question_id: int) -> str:
    """The form of an existing one."""
    require(current_actor(), WRITE_QUESTIONS)
    with look() as work:
        line = listing.line(work.session, work.actor, question_id)
        said = listing.content(work.session, line.version_id)
        if said is None:
            raise NotFound()
        cited = "\n".join(one.number + (f"#{one.block_id}" if one.block_id else "")
                          for one in cites_of(work.session, work.actor, QUESTION, question_id))
    typed = typed_of(said) | {
        "topic": str(line.topic_id or ""), "band": line.band, "language": line.language, "tags": ", ".join(line.tags),
        "process": str(line.process_id or ""), "process_step": line.process_step or "",
        "external_id": line.external_id or "", "cites": cited}
    return _form(typed, {}, question_id=question_id, version=line.version)


@blueprint.post("/<int:question_id>/edit")
def edit(question_id: int) -> Response:
    """Keep the next version; somebody else's newer one is a conflict, never overwritten."""
    require(current_actor(), WRITE_QUESTIONS)
    typed, version = form_data(), wanted_version()
    changed = _acted(typed)
    if changed is not None:
        return make_response(_form(changed, {}, question_id=question_id, version=version))
    try:
        question, data = _read(typed, AboutInput)
        with begin() as work:
            before = listing.line(work.session, work.actor, question_id).version_id
            data["cites"] = data["cites"] or ""
            row = usecases.change_question(work, question_id, question, around_of(work, data), reason=data["reason"] or "",
                                           version=version)
            newer = row.current_version_id != before
    except Stale as error:
        said = sentence(N_("Somebody changed it meanwhile. Look at it again."))
        return make_response(_form(typed, {}, question_id=question_id, version=error.version, why=said), 409)
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_form(typed, _errors(error), question_id=question_id, version=version, why=refused.why), error.status)
    flash(sentence(N_("It stands as a new version; past papers keep theirs.") if newer else N_("The changes are kept.")), "ok")
    return go(url_for("training_questions_pages.show", question_id=question_id))


def _acted(typed: dict[str, str]) -> dict[str, str] | None:
    """The form after a button of one of its rows; None where the form itself was sent."""
    act = typed.pop("act", "")
    return (acted(typed, act) or typed) if act else None


def _read(typed: dict[str, str], schema: Any) -> tuple[Question, dict[str, Any]]:
    """(the words, what is said beside them); everything that is wrong with either at once."""
    known = schema().fields
    wrong: dict[str, Any] = {}
    data: dict[str, Any] = {}
    try:
        data = load(schema, {name: value for name, value in typed.items() if name in known and value.strip()})
    except InvalidInput as error:
        wrong |= error.fields
    formed = question_of(typed)
    try:
        usecases.check(formed.question)
    except InvalidInput as error:
        wrong |= errors_at(formed.question, typed, error.fields)
    wrong |= formed.wrong
    if wrong:
        raise InvalidInput(wrong)
    return formed.question, data


def _errors(error: Refusal) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(error, "fields", {})
    found: dict[str, Any] = told(fields)
    return found
