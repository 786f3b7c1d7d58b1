"""Watching an exam as JSON: the board, the protocol, acts with a reason, answers whose every look is noted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings import board as boards
from kmsvc.training.sittings import doing, given, things, verbs
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.schemas import (
    BoardQuery,
    ProtocolQuery,
    line_json,
    steered_all_json,
    steered_json,
    told_json,
)

blueprint = Blueprint("training_sittings_watching_api", __name__, url_prefix="/api/v1/training/sittings")


@blueprint.get("/board/<int:sat_id>")
@says(query=BoardQuery)
def board(sat_id: int) -> Response:
    """Where everybody on the list of an exam stands; no answer is in it."""
    asked = query_data(BoardQuery)
    with look() as work:
        boards.watched(work.session, work.actor, sat_id)
    doing.settle_exam(sat_id)
    with look() as work:
        found = boards.board(work.session, work.actor, sat_id, work.now, q=asked["q"], stand=asked["stand"])
        offers = {line.sitting_id: verbs.offered(work.actor, line.state or "", line.person_id, today(), released=found.released)
                  for line in found.lines if line.sitting_id is not None and line.state}
    return reply(page([{**line_json(line), "allowed": [one.verb for one in offers.get(line.sitting_id or 0, ())]}
                       for line in found.lines],
                      exam={"id": found.exam_id, "number": found.number, "title": found.title, "opens_at": found.opens_at,
                            "closes_at": found.closes_at}, at=found.at, people=found.people, paused_since=found.paused_since,
                      allowed=_for_all(work, found)["allowed"],
                      counts={one.value: count for one, count in found.counts.items()}))


@blueprint.get("/board/<int:sat_id>/protocol")
@says(query=ProtocolQuery)
def protocol(sat_id: int) -> Response:
    """Everything that happened in an exam, oldest first: begun, left, more time, handed in; by whom and why."""
    asked = query_data(ProtocolQuery)
    with look() as work:
        boards.watched(work.session, work.actor, sat_id)
        told = boards.protocol(work.session, work.actor, boards.sittings_of(work.session, sat_id))
    return reply(page([told_json(one) for one in told if not asked["q"] or asked["q"].lower() in one.name.lower()]))


@blueprint.get("/<int:sitting_id>/given")
def answers(sitting_id: int) -> Response:
    """What somebody answered, every answer as it came, newest first; the look is noted before it is answered."""
    with look() as work:
        row, secret = things.readable(work.session, work.actor, sitting_id)
        found = given.given_answers(work.session, row)
    shown(secret, Place.PROGRAM)
    return reply({"id": row.id, "exam_id": row.exam_id, "person_id": row.person_id, "attempt": row.attempt, "questions": [
        {"place": one.place, "kind": one.kind, "stem": one.stem, "answers": [
            {"number": it.number, "at": it.at, "words": it.words, "flag": it.flag, "counts": it.counts} for it in one.answers]}
        for one in found]})


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(sitting_id: int) -> Response:
        data = load(schema)

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, sitting_id, name, data)
            work.session.flush()
            return _steered(work, row), 200, None
        return posting(effect)
    return view


def _steered(work: Work, row: Sitting) -> dict[str, Any]:
    released = work.get(Exam, row.exam_id).state != ExamState.PUBLISHED
    return steered_json(row, verbs.offered(work.actor, row.state, row.person_id, today(), released=released))


def _for_all(work: Work, found: boards.Board) -> dict[str, Any]:
    return steered_all_json(found.exam_id, found.running, found.paused_since, verbs.offered_for_all(
        work.actor, today(), published=found.published, running=found.running, paused=found.paused_since is not None))


def _view_for_all(name: str) -> Any:
    schema = verbs.EXAM_VERBS[name].schema()

    @says(body=schema, summary=verbs.EXAM_VERBS[name].label)
    def view(sat_id: int) -> Response:
        data = load(schema)

        def effect(work: Work) -> tuple[Any, int, int | None]:
            verbs.act_for_all(work, sat_id, name, data)
            work.session.flush()
            return _for_all(work, boards.board(work.session, work.actor, sat_id, work.now)), 200, None
        return posting(effect)
    return view


for _name in verbs.EXAM_VERBS:
    blueprint.add_url_rule(f"/board/<int:sat_id>/{_name}", endpoint=f"all_{_name}", view_func=_view_for_all(_name), methods=["POST"])
for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:sitting_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
