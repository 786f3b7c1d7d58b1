"""Results, appeals and corrected keys as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import begin, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.marking import appeal_queries, appealing, changing, rekeying, results
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.looking import (
    ReasonNeeded,
    needs_reason,
    note_appeal,
    note_look,
    note_results,
    reason_given,
)
from kmsvc.training.marking.schemas import (
    AppealsQuery,
    ConfirmRegradeInput,
    CorrectInput,
    EffectQuery,
    HandOverInput,
    MarkingReasonInput,
    RegradeInput,
    SayInput,
    UpholdInput,
    appeal_json,
    card_json,
    effects_json,
    regrade_json,
    result_json,
    review_json,
)

blueprint = Blueprint("training_results_api", __name__, url_prefix="/api/v1/training/marking")


@blueprint.get("/results")
@says(query=PageQuery)
def own_results() -> Response:
    """One's own results, newest first; a score stands there once it is released."""
    asked = query_data(PageQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = results.own_results(work.session, work.actor, skip=start, limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([result_json(one) for one in lines], following if following < total else None, total=total))


@blueprint.get("/results/<int:result_id>")
def show_result(result_id: int) -> Response:
    """A marked paper: one's own by the rule of its exam, or another's within half an hour of saying why (`…/look`)."""
    with look() as work:
        found = results.review(work.session, work.actor, result_id, work.now, settings().timezone)
        reason = None if found.own else reason_given(work.session, work.actor, result_id, work.now)
    if not found.own:
        if reason is None:
            raise ReasonNeeded()
        with begin() as work:
            note_look(work, result_id, reason)
    return reply(_review(found))


def _review(found: results.Review) -> dict[str, Any]:
    free = [one.place for one in found.items if one.hindered == ()]
    return review_json(found) | {"allowed": [it for place in free for it in allowed(
        f"/api/v1/training/marking/results/{found.line.sitting_id}/items/{place}", [Act("appeal", MarkingReasonInput)])]}


@blueprint.post("/results/<int:result_id>/look")
@says(body=MarkingReasonInput)
def look_at(result_id: int) -> Response:
    """Look at somebody's marked paper, with a reason; the look is noted."""
    data = load(MarkingReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        found = results.review(work.session, work.actor, result_id, work.now, settings().timezone)
        if needs_reason(work.session, work.actor, result_id):
            note_look(work, result_id, data["reason"])
        return _review(found), 200, None
    return posting(effect)


@blueprint.post("/results/<int:result_id>/items/<int:place>/appeal")
@says(body=MarkingReasonInput, status=200)
def appeal(result_id: int, place: int) -> Response:
    """Contest the mark of one question of one's own."""
    data = load(MarkingReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = appealing.file_appeal(work, result_id, place, reason=data["reason"], zone=settings().timezone)
        return _card(work, row.id), 200, row.version
    return posting(effect)


@blueprint.post("/results/<int:result_id>/items/<int:place>/correct")
@says(body=CorrectInput)
def correct(result_id: int, place: int) -> Response:
    """Correct one released mark after an error, with a reason."""
    data = load(CorrectInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        item = changing.correct_mark(work, result_id, place, new=data["points"], why=data["reason"])
        return {"place": item.place, "mark": str(item.mark)}, 200, None
    return posting(effect)


@blueprint.get("/appeals")
@says(query=AppealsQuery)
def list_appeals() -> Response:
    """Appeals this caller may see: the own ones, and those that may be decided."""
    asked = query_data(AppealsQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = appeal_queries.appeal_lines(work.session, work.actor, appeal_queries.AppealFilters(
            asked["q"], asked["state"], asked["whose"], asked["exam"]), today(), skip=start, limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([appeal_json(one) for one in lines], following if following < total else None, total=total))


def _card(work: Work, appeal_id: int) -> dict[str, Any]:
    work.session.flush()
    card = appeal_queries.appeal_card(work.session, work.actor, appeal_id, today())
    opened = card.line.state == AppealState.OPEN
    decides = card.decides and not card.unfit and opened
    return card_json(card) | {"allowed": allowed(f"/api/v1/training/marking/appeals/{appeal_id}", [
        Act("uphold", UpholdInput, forward=True) if decides else None,
        Act("decline", MarkingReasonInput, forward=True) if decides else None,
        Act("say", SayInput) if opened and (decides or card.line.mine) else None,
        Act("hand_over", HandOverInput, choices={"person": [one for one, _ in card.deciders]}) if card.decides and opened else None,
        Act("withdraw") if card.line.mine and opened else None])}


@blueprint.get("/appeals/<int:appeal_id>")
def show_appeal(appeal_id: int) -> Response:
    """One appeal with its thread; for who decides the answer with key, rubric and marks, and the look is noted (R-A8)."""
    with begin() as work:
        note_appeal(work, appeal_id)
        body = _card(work, appeal_id)
    return reply(body, version=body["version"])


@blueprint.get("/appeals/<int:appeal_id>/effect")
@says(query=EffectQuery)
def effect_of(appeal_id: int) -> Response:
    """What upholding with these points would change; its digest confirms it."""
    asked = query_data(EffectQuery)
    with look() as work:
        found = appeal_queries.effect_of(work.session, work.actor, appeal_id, asked["points"])
    return reply(effects_json(found, appealing.digest_of(found)))


def _acted(appeal_id: int, act: Any) -> Response:
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        act(work, version)
        body = _card(work, appeal_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _card(work, appeal_id))


@blueprint.post("/appeals/<int:appeal_id>/uphold")
@says(body=UpholdInput)
def uphold(appeal_id: int) -> Response:
    """Uphold an appeal: everybody with the same answer gets the mark. With others concerned, `digest` of `…/effect` is needed."""
    data = load(UpholdInput)
    return _acted(appeal_id, lambda work, version: appealing.uphold(
        work, appeal_id, points=data["points"], reason=data["reason"], digest=data["digest"], version=version))


@blueprint.post("/appeals/<int:appeal_id>/decline")
@says(body=MarkingReasonInput)
def decline(appeal_id: int) -> Response:
    """Decline an appeal, with the reason."""
    data = load(MarkingReasonInput)
    return _acted(appeal_id, lambda work, version: appealing.decline(work, appeal_id, reason=data["reason"], version=version))


@blueprint.post("/appeals/<int:appeal_id>/withdraw")
def withdraw(appeal_id: int) -> Response:
    """Take one's own appeal back."""
    return _acted(appeal_id, lambda work, version: appealing.withdraw(work, appeal_id, version=version))


@blueprint.post("/appeals/<int:appeal_id>/hand_over")
@says(body=HandOverInput)
def hand_over(appeal_id: int) -> Response:
    """Give an open appeal to somebody else who may decide it."""
    data = load(HandOverInput)
    return _acted(appeal_id, lambda work, version: appealing.hand_over(work, appeal_id, data["person"], version=version))


@blueprint.post("/appeals/<int:appeal_id>/say")
@says(body=SayInput)
def say(appeal_id: int) -> Response:
    """Ask or answer within an appeal."""
    data = load(SayInput)
    return _acted(appeal_id, lambda work, _: appealing.say(work, appeal_id, words=data["words"]))


@blueprint.post("/<int:marked_id>/regrades")
@says(body=RegradeInput)
def ask_regrade(marked_id: int) -> Response:
    """Ask that an exam be marked anew by the newest version of a question; the answer is the report of what that changes."""
    data = load(RegradeInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = rekeying.ask_regrade(work, marked_id, data["question"], why=data["why"],
                                   never_lower=None if data["lower"] is None else not data["lower"])
        return regrade_json(appeal_queries.regrade_card(work.session, work.actor, row.id)), 200, row.version
    return posting(effect)


@blueprint.get("/regrades/<int:regrade_id>")
def show_regrade(regrade_id: int) -> Response:
    """The report of a corrected key: what changes for whom; the look is noted (R-A8)."""
    with begin() as work:
        card = appeal_queries.regrade_card(work.session, work.actor, regrade_id)
        note_results(work, card.exam)
        body = regrade_json(card)
    return reply(body, version=body["version"])


@blueprint.post("/regrades/<int:regrade_id>/confirm")
@says(body=ConfirmRegradeInput)
def confirm_regrade(regrade_id: int) -> Response:
    """Do what the report says."""
    data, version = load(ConfirmRegradeInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = rekeying.confirm_regrade(work, regrade_id, digest=data["digest"], version=version)
        work.session.flush()
        return regrade_json(appeal_queries.regrade_card(work.session, work.actor, row.id)), 200, row.version
    return posting(effect)


@blueprint.post("/regrades/<int:regrade_id>/drop")
@says(body=MarkingReasonInput)
def drop_regrade(regrade_id: int) -> Response:
    """Leave the marks as they are, with the reason."""
    data, version = load(MarkingReasonInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = rekeying.drop_regrade(work, regrade_id, reason=data["reason"], version=version)
        work.session.flush()
        return regrade_json(appeal_queries.regrade_card(work.session, work.actor, row.id)), 200, row.version
    return posting(effect)
