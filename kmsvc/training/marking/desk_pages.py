"""The desk of a marker: one answer at a time, blind; samples first; files; and the samples themselves for who leads."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, settings
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.serving import bytes_answer
from kmsvc.people.accounts.queries import names
from kmsvc.training.marking import desk, rubrics, samples, showing, watching, wording
from kmsvc.training.marking.looking import note_answer
from kmsvc.training.marking.permissions import LEAD, SEE_MARKING
from kmsvc.training.marking.schemas import (
    AgainInput,
    MarkInput,
    MarkSampleInput,
    SampleMarkInput,
    lines_of_form,
)

blueprint = Blueprint("training_desk_pages", __name__, url_prefix="/training/marking")
QUESTION = "/<int:marked_id>/questions/<int:asked_id>"


@blueprint.get(QUESTION)
def show(marked_id: int, asked_id: int) -> str:
    """The next answer that waits for this marker, or the next sample."""
    return _desk(marked_id, asked_id)


def _desk(marked_id: int, asked_id: int, *, want: str | None = None, typed: dict[str, Any] | None = None,
          errors: dict[str, Any] | None = None, why: str = "") -> str:
    require(current_actor(), SEE_MARKING)
    with begin() as work:
        found = desk.take_next(work, marked_id, asked_id, want=want or request.args.get("answer"))
        standing = samples.standing(work.session, marked_id, asked_id, work.actor.person_id or 0)
        question, worth = (found.question, found.worth) if found else samples.question_of(work.session, marked_id, asked_id)
        asked = found.asked if found else rubrics.asked_of(question, worth)
        exam = watching.seen_exam(work.session, work.actor, marked_id)
        lines = watching.question_lines(work.session, work.actor, exam, True)
    line = next((one for one in lines if one.question_id == asked_id), None)
    parts = wording.parts_of(question, found.answer) if found else []
    judged = dict(found.judged.parts) if found else {}
    return render_template(
        "training/marking/desk.html", exam=exam, question=question, worth=worth, asked=asked, found=found, standing=standing,
        sample=standing.following if found is None else None, line=line, lines=lines, show=showing, typed=typed or {},
        errors=errors or {}, why=why, parts=parts, judged=judged, asked_id=asked_id, words=wording, root=request.script_root,
        others=[one for one in lines if one.waiting])


def _posted() -> dict[str, Any]:
    return lines_of_form(form_data())


@blueprint.post(f"{QUESTION}/mark")
def mark(marked_id: int, asked_id: int) -> Response:
    """Give the points and go on to the next answer."""
    typed = _posted()
    flagged = typed.pop("flagged", None)
    flag = typed.pop("flag", None)
    alike = typed.pop("alike", None)
    try:
        data = load(MarkInput, {key: one for key, one in typed.items() if one != ""})
        with begin() as work:
            done = desk.give_mark(work, marked_id, asked_id, data["answer"], desk.Points(
                data["lines"], data["part"] or "mark", data["comment"], (flag or "").strip() if flagged else None, bool(alike)))
    except Refusal as error:
        told = form_refused(error)
        back = {**typed, "flagged": flagged, "flag": flag, "alike": alike}
        return make_response(_desk(marked_id, asked_id, want=typed.get("answer"), typed=back, errors=told.errors, why=told.why),
                             error.status)
    if len(done.handles) > 1:
        flash(sentence(N_("%(count)s answers were marked."), {"count": len(done.handles)}), "ok")
    return go(url_for(".show", marked_id=marked_id, asked_id=asked_id))


@blueprint.post(f"{QUESTION}/undo")
def undo(marked_id: int, asked_id: int) -> Response:
    """Take the own last mark back and show that answer again."""
    try:
        with begin() as work:
            done = desk.undo(work, marked_id, asked_id)
    except Refusal as error:
        flash(form_refused(error).said, "bad")
        return go(url_for(".show", marked_id=marked_id, asked_id=asked_id))
    flash(sentence(N_("Taken back.")), "ok")
    return go(url_for(".show", marked_id=marked_id, asked_id=asked_id, answer=done.handles[0]))


@blueprint.post(f"{QUESTION}/leave")
def leave(marked_id: int, asked_id: int) -> Response:
    """Give the answer in hand back to the others."""
    with begin() as work:
        desk.leave(work, marked_id, asked_id)
    return go(url_for("training_marking_pages.board", marked_id=marked_id))


@blueprint.get(f"{QUESTION}/files/<handle>")
def file(marked_id: int, asked_id: int, handle: str) -> Response:
    """The file of an answer this marker has in hand, under a name that tells nobody; it is saved, never opened in the page. The look is
    noted before it is sent (R-A8)."""
    with begin() as work:
        exam, hand = desk.at_desk(work, marked_id)
        one = next((it for it in desk.waiting(work.session, exam, asked_id, work.now) if it.handle == handle), None)
        if one is None or desk.unfit_for(exam, hand, one, calibrated=True):
            raise NotFound()
        answer = desk.answer_to(work.session, one)
        row = work.session.get(Attachment, answer["attachment"]) if isinstance(answer, dict) and "attachment" in answer else None
        if row is None or (row.subject_kind, row.subject_id) != ("sitting", one.sitting.id) or row.removed_at is not None:
            raise NotFound()
        stored = work.session.get_one(StoredFile, row.sha256)
        note_answer(work, one.sitting)
        ending = row.name.rpartition(".")[2][:8] if "." in row.name else "bin"
    return bytes_answer(settings().files_dir, stored, f"{handle}.{ending}")


@blueprint.post("/samples/<int:example_id>/mark")
def mark_sample(example_id: int) -> Response:
    """Mark a sample; the page says what it should have got."""
    typed = _posted()
    with look() as work:
        row = work.get(samples.MarkSample, example_id)
        place: dict[str, Any] = {"marked_id": row.exam_id, "asked_id": row.question_id}
    try:
        data = load(SampleMarkInput, {"lines": typed["lines"]})
        with begin() as work:
            told = samples.mark_sample(work, example_id, data["lines"])
    except Refusal as error:
        said = form_refused(error)
        return make_response(_desk(**place, typed=typed, errors=said.errors, why=said.why), error.status)
    flash(sentence(N_("You gave %(own)s; the reference is %(agreed)s. %(why)s"), {
        "own": showing.points(told.own), "agreed": showing.points(told.sample.points), "why": told.sample.why}),
        "ok" if told.own == told.sample.points else "warn")
    return go(url_for(".show", **place))


@blueprint.get(f"{QUESTION}/samples")
def list_samples(marked_id: int, asked_id: int) -> str:
    """Samples of a question with their reference, and how near each marker came."""
    return _samples(marked_id, asked_id)


def _samples(marked_id: int, asked_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
             why: str = "") -> str:
    with look() as work:
        require(work.actor, LEAD)
        exam = watching.seen_exam(work.session, work.actor, marked_id)
        question, worth = samples.question_of(work.session, marked_id, asked_id)
        rows = samples.samples_of(work.session, marked_id, asked_id)
        markers = list(watching.board(work.session, work.actor, marked_id, work.now).markers)
        stands = [(one, samples.standing(work.session, marked_id, asked_id, one.person_id)) for one in markers]
        authors = names(work.session, [one.made_by_id for one in rows])
    return render_template("training/marking/samples.html", exam=exam, question=question, asked_id=asked_id, worth=worth,
                           rows=rows, asked=rubrics.asked_of(question, worth), stands=stands, authors=authors, show=showing,
                           typed=typed or {}, errors=errors or {}, why=why, root=request.script_root)


@blueprint.post(f"{QUESTION}/samples")
def add_sample(marked_id: int, asked_id: int) -> Response:
    """Add a sample with its reference."""
    typed = _posted()
    try:
        data = load(MarkSampleInput, {key: one for key, one in typed.items() if one != ""})
        with begin() as work:
            samples.add_sample(work, marked_id, asked_id, answer=data["answer"], lines=data["lines"], why=data["why"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_samples(marked_id, asked_id, typed=typed, errors=told.errors, why=told.why), error.status)
    flash(sentence(N_("The sample is there; whoever marks meets it first.")), "ok")
    return go(url_for(".list_samples", marked_id=marked_id, asked_id=asked_id))


@blueprint.post("/samples/<int:example_id>/<any(remove, restore):verb>")
def keep_sample(example_id: int, verb: str) -> Response:
    """Take a sample out of use, or put it back."""
    with begin() as work:
        row = samples.remove_sample(work, example_id, back=verb == "restore")
        place: dict[str, Any] = {"marked_id": row.exam_id, "asked_id": row.question_id}
    flash(sentence(N_("Taken out of use.") if verb == "remove" else N_("In use again.")), "ok")
    return go(url_for(".list_samples", **place))


@blueprint.post(f"{QUESTION}/again")
def again(marked_id: int, asked_id: int) -> Response:
    """Let somebody mark the samples again."""
    typed = form_data()
    try:
        data = load(AgainInput, typed)
        with begin() as work:
            samples.set_aside(work, marked_id, asked_id, data["person"], reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_samples(marked_id, asked_id, typed=typed, errors=told.errors, why=told.said), error.status)
    flash(sentence(N_("This person marks the samples again.")), "ok")
    return go(url_for(".list_samples", marked_id=marked_id, asked_id=asked_id))
