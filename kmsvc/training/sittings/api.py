"""Sitting an exam as JSON: begin, the paper, answers with their receipts, going on elsewhere, handing in; a phone needs no more."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import begin, current_actor, load, look, query_data
from kmsvc.core.work import Work
from kmsvc.training.sittings import doing, queries, usecases
from kmsvc.training.sittings.permissions import SIT
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.schemas import (
    BeatInput,
    FocusInput,
    SittingAnswersInput,
    SittingBeginInput,
    SittingsQuery,
    came_of,
    card_json,
    newest_json,
    plain,
    receipt_json,
)
from kmsvc.training.sittings.things import files_handed_in

blueprint = Blueprint("training_sittings_api", __name__, url_prefix="/api/v1/training/sittings")


@blueprint.get("")
@says(query=SittingsQuery)
def list_sittings() -> Response:
    """One's own sittings, newest first."""
    require(current_actor(), SIT)
    asked = query_data(SittingsQuery)
    with look() as work:
        rows, following = queries.own_sittings(work.session, work.actor, work.now, exam_id=asked["exam"], state=asked["state"],
                                               before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([card_json(one) for one in rows], following))


@blueprint.post("")
@says(body=SittingBeginInput, status=201)
def start() -> Response:
    """Begin an exam one is invited to; who has begun goes on where they were."""
    exam_id = load(SittingBeginInput)["exam_id"]
    drawn = doing.composed(exam_id)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.begin_sitting(work, exam_id, drawn)
        return _whole(work, queries.own_card(work.session, work.actor, row.id, work.now)), 201, None
    return posting(effect)


@blueprint.get("/<int:sitting_id>")
def show(sitting_id: int) -> Response:
    """One's own sitting; while it runs with its paper and the answers kept so far, for any device to go on."""
    card = doing.settled(sitting_id)
    with look() as work:
        return reply(_whole(work, card))


def _whole(work: Work, card: queries.OwnSitting) -> dict[str, Any]:
    if card.state != SittingState.RUNNING:
        return card_json(card)
    kept = queries.kept_answers(work.session, card)
    paper = [] if card.paused else queries.paper_of(work.session, card)
    return {**card_json(card), **newest_json(kept), "questions": [{**one, "points": plain(one["points"])} for one in paper]}


@blueprint.post("/<int:sitting_id>/answers")
@says(body=SittingAnswersInput)
def save(sitting_id: int) -> Response:
    """Keep answers as they are given; each is acknowledged by its number with the server's instant. Sent again, acknowledged again."""
    data = load(SittingAnswersInput)
    came = came_of(data["answers"])
    with look() as work:
        items = queries.items_of(work.session, queries.own_card(work.session, work.actor, sitting_id, work.now))
        usecases.check_answers(items, came, partial(files_handed_in, work.session, sitting_id))
    with begin() as work:
        found = usecases.save_answers(work, sitting_id, came, items, data["device"])
    return reply(receipt_json(found))


@blueprint.post("/<int:sitting_id>/beat")
@says(body=BeatInput)
def beat(sitting_id: int) -> Response:
    """A window is there: the server's clock, and what other devices have answered meanwhile."""
    data = load(BeatInput)
    card = doing.heard(doing.settled(sitting_id), data["device"])
    with look() as work:
        newer = queries.kept_answers(work.session, card, above=data["known"]) if card.state == SittingState.RUNNING else []
    return reply({**card_json(card), **newest_json(newer, data["known"])})


@blueprint.post("/<int:sitting_id>/focus")
@says(body=FocusInput)
def focus(sitting_id: int) -> Response:
    """Note that the page was left or is looked at again. It is shown to who watches and ends nothing."""
    data = load(FocusInput)
    with begin() as work:
        usecases.note_focus(work, sitting_id, data["act"], data["device"], away_s=data["away_s"])
    return reply({"noted": True})


@blueprint.post("/<int:sitting_id>/submit")
def submit(sitting_id: int) -> Response:
    """Hand the paper in. accepted: whether it was this request that did; one submission counts, others change nothing."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row, accepted = usecases.submit(work, sitting_id)
        return {**card_json(queries.own_card(work.session, work.actor, row.id, work.now)), "accepted": accepted}, 200, None
    return posting(effect)
