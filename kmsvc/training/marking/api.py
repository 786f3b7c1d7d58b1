"""Marking as JSON: exams and their boards, the desk, samples, substitutes, release and finish, results of an exam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.web import begin, load, look, query_data, settings, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.exams.queries import candidate_ids
from kmsvc.training.marking import desk, releasing, results, samples, staffing, watching
from kmsvc.training.marking.looking import note_results
from kmsvc.training.marking.measuring import measured
from kmsvc.training.marking.models import MarkSample
from kmsvc.training.marking.permissions import LEAD
from kmsvc.training.marking.schemas import (
    AgainInput,
    MarkingQuery,
    MarkInput,
    MarkSampleInput,
    NextInput,
    SampleMarkInput,
    SubstituteInput,
    board_json,
    exam_json,
    in_hand_json,
    result_json,
    standing_json,
    summary_json,
)

blueprint = Blueprint("training_marking_api", __name__, url_prefix="/api/v1/training/marking")
QUESTION = "/<int:marked_id>/questions/<int:asked_id>"


@blueprint.get("")
@says(query=MarkingQuery)
def list_exams() -> Response:
    """Exams somebody has sat, with what waits to be marked."""
    asked = query_data(MarkingQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        filters = watching.Filters(asked["q"], asked["state"], asked["mine"])
        lines, total = watching.exam_lines(work.session, work.actor, filters, work.now,
                                           skip=start, limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([exam_json(one) for one in lines], following if following < total else None, total=total))


def _board(work: Work, marked_id: int) -> dict[str, Any]:
    work.session.flush()
    found = watching.board(work.session, work.actor, marked_id, work.now)
    zone = settings().timezone
    free = [verb for verb in ("release", "finish") if found.releases
            and not releasing.hindered(work.session, found.exam, verb, work.now, zone)]
    return board_json(found) | {"allowed": allowed(f"/api/v1/training/marking/{marked_id}", [
        *(Act(verb, forward=True) for verb in free),
        Act("appoint", SubstituteInput, part="substitutes", choices={"person": [one for one, _ in found.choices]})
        if found.leads else None])}


@blueprint.get("/<int:marked_id>")
def show(marked_id: int) -> Response:
    """How far the marking of one exam is, and what keeps its results from being released."""
    with look() as work:
        body = _board(work, marked_id)
        return reply(body, version=body["version"])


@blueprint.post("/<int:marked_id>/release")
def release(marked_id: int) -> Response:
    """Release the results: each candidate sees theirs."""
    return _ended(marked_id, releasing.release)


@blueprint.post("/<int:marked_id>/finish")
def finish(marked_id: int) -> Response:
    """Make the results final, once appeals are over."""
    return _ended(marked_id, releasing.finish)


def _ended(marked_id: int, act: Callable[..., Any]) -> Response:
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        act(work, marked_id, zone=settings().timezone, version=version)
        body = _board(work, marked_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _board(work, marked_id))


@blueprint.get("/<int:marked_id>/results")
def exam_results(marked_id: int) -> Response:
    """Everybody's results of an exam, together and by name, with figures of its questions; the look is noted (R-A8)."""
    with begin() as work:
        exam = watching.seen_exam(work.session, work.actor, marked_id)
        lines = results.exam_results(work.session, work.actor, exam)
        found = results.summary(work.session, work.actor, exam, lines, candidate_ids(work.session, marked_id))
        items = measured(work.session, work.actor, marked_id)
        note_results(work, exam)
    return reply(page([result_json(one, named=True) for one in lines], None, summary=summary_json(found, items)))


@blueprint.post(f"{QUESTION}/next")
@says(body=NextInput)
def take_next(marked_id: int, asked_id: int) -> Response:
    """Take the next answer to a question, held for a quarter of an hour; none while samples are to be marked first."""
    data = load(NextInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        found = desk.take_next(work, marked_id, asked_id, want=data["answer"])
        standing = samples.standing(work.session, marked_id, asked_id, work.actor.person_id or 0)
        return in_hand_json(found, standing), 200, None
    return posting(effect)


@blueprint.post(f"{QUESTION}/mark")
@says(body=MarkInput)
def mark(marked_id: int, asked_id: int) -> Response:
    """Mark an answer that one has in hand."""
    data = load(MarkInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        done = desk.give_mark(work, marked_id, asked_id, data["answer"], desk.Points(
            data["lines"], data["part"] or "mark", data["comment"], data["flag"], data["alike"]))
        return {"marked": len(done.handles), "answers": list(done.handles)}, 200, None
    return posting(effect)


@blueprint.post(f"{QUESTION}/undo")
def undo(marked_id: int, asked_id: int) -> Response:
    """Take one's own last mark of a question back."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        done = desk.undo(work, marked_id, asked_id)
        return {"taken_back": len(done.handles), "answers": list(done.handles)}, 200, None
    return posting(effect)


@blueprint.get(f"{QUESTION}/samples")
def list_samples(marked_id: int, asked_id: int) -> Response:
    """Sample answers of a question with their reference, for who leads the marking."""
    with look() as work:
        watching.seen_exam(work.session, work.actor, marked_id)
        work.permit(LEAD)
        rows = samples.samples_of(work.session, marked_id, asked_id)
    return reply(page([samples.sample_json(one) for one in rows]))


@blueprint.post(f"{QUESTION}/samples")
@says(body=MarkSampleInput)
def add_sample(marked_id: int, asked_id: int) -> Response:
    """Add a sample answer with the points it should get."""
    data = load(MarkSampleInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = samples.add_sample(work, marked_id, asked_id, answer=data["answer"], lines=data["lines"], why=data["why"])
        return samples.sample_json(row), 200, row.version
    return posting(effect)


@blueprint.get(f"{QUESTION}/samples/<int:example_id>")
def show_sample(marked_id: int, asked_id: int, example_id: int) -> Response:
    """One sample answer with its reference, for who leads the marking."""
    with look() as work:
        work.permit(LEAD)
        row = work.get(MarkSample, example_id)
        if (row.exam_id, row.question_id) != (marked_id, asked_id):
            raise NotFound()
        return reply(samples.sample_json(row), version=row.version)


@blueprint.post("/samples/<int:example_id>/mark")
@says(body=SampleMarkInput)
def mark_sample(example_id: int) -> Response:
    """Mark a sample; the answer says what it should have got, and why."""
    data = load(SampleMarkInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        told = samples.mark_sample(work, example_id, data["lines"])
        return {"own": str(told.own), "reference": str(told.sample.points), "lines": told.sample.lines, "why": told.sample.why,
                "standing": standing_json(told.standing)}, 200, None
    return posting(effect)


@blueprint.post("/samples/<int:example_id>/remove")
def remove_sample(example_id: int) -> Response:
    """Take a sample out of use."""
    return _kept(example_id, back=False)


@blueprint.post("/samples/<int:example_id>/restore")
def restore_sample(example_id: int) -> Response:
    """Put a sample back into use."""
    return _kept(example_id, back=True)


def _kept(example_id: int, *, back: bool) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = samples.remove_sample(work, example_id, back=back)
        work.session.flush()
        return samples.sample_json(row), 200, row.version
    return posting(effect)


@blueprint.post(f"{QUESTION}/again")
@says(body=AgainInput)
def again(marked_id: int, asked_id: int) -> Response:
    """Let somebody mark the samples of a question again."""
    data = load(AgainInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return {"set_aside": samples.set_aside(work, marked_id, asked_id, data["person"], reason=data["reason"])}, 200, None
    return posting(effect)


@blueprint.post("/<int:marked_id>/substitutes")
@says(body=SubstituteInput)
def appoint(marked_id: int) -> Response:
    """Let somebody mark in place of a marker."""
    data = load(SubstituteInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = staffing.appoint(work, marked_id, for_id=data["whose"], person_id=data["person"], reason=data["reason"])
        return {"id": row.id, "person": row.person_id, "whose": row.for_id, "reason": row.reason}, 200, row.version
    return posting(effect)


@blueprint.post("/substitutes/<int:substitute_id>/end")
def end_substitute(substitute_id: int) -> Response:
    """Let a substitution end."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = staffing.end_substitute(work, substitute_id)
        work.session.flush()
        return {"id": row.id, "ended_at": row.ended_at}, 200, row.version
    return posting(effect)
