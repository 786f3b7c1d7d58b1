"""Pages of results: the own ones, a marked paper, appeals, corrected keys with their report."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import local, sentence
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
from kmsvc.training.marking import appeal_queries, appealing, changing, rekeying, results, showing
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.looking import needs_reason, note_appeal, note_look, note_results, reason_given
from kmsvc.training.marking.permissions import CORRECT, DECIDE, SEE_OWN
from kmsvc.training.marking.schemas import (
    AppealsQuery,
    ConfirmRegradeInput,
    CorrectInput,
    EffectQuery,
    HandOverInput,
    MarkingQuery,
    MarkingReasonInput,
    SayInput,
    UpholdInput,
)
from kmsvc.training.sittings.models import Sitting

blueprint = Blueprint("training_results_pages", __name__, url_prefix="/training/marking")
PAGE = 50
MOST_EXPORTED = 5_000


@blueprint.get("/results")
def own() -> str | Response:
    """My results: every exam I sat, with the score once it is released."""
    require(current_actor(), SEE_OWN)
    asked = query_data(MarkingQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = results.own_results(work.session, work.actor, skip=0 if asked["format"] else start,
                                           limit=MOST_EXPORTED if asked["format"] else PAGE)
        appeals, _ = appeal_queries.appeal_lines(work.session, work.actor, appeal_queries.AppealFilters(whose="mine"), today(), limit=10)
    if asked["format"]:
        return list_answer(asked["format"], N_("My results"), showing.OWN_HEAD,
                           showing.own_rows(lines, lambda at: local(at, settings().timezone)), name="results",
                           more=total > MOST_EXPORTED)
    return render_template("training/marking/own.html", lines=lines, total=total, appeals=appeals, show=showing, asked=asked,
                           next_cursor=start + PAGE if start + PAGE < total else None)


@blueprint.get("/results/<int:result_id>")
def show(result_id: int) -> str:
    """A marked paper: one's own by the rule of the exam, another's after saying why; each look is noted before it is shown."""
    return _paper(result_id)


def _paper(result_id: int, *, place: int = 0, form: str = "", typed: dict[str, Any] | None = None,
           errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        found = results.review(work.session, work.actor, result_id, work.now, settings().timezone)
        reason = None if found.own else reason_given(work.session, work.actor, result_id, work.now)
        corrects = can(work.actor, CORRECT, work.get(Sitting, result_id))
    if not found.own:
        if reason is None:
            return render_template("training/marking/look.html", line=found.line, typed=typed or {}, errors=errors or {}, why=why)
        with begin() as work:
            note_look(work, result_id, reason)
    return render_template("training/marking/paper.html", paper=found, line=found.line, exam=found.exam, show=showing, place=place,
                           form=form, typed=typed or {}, errors=errors or {}, why=why, corrects=corrects, root=request.script_root)


@blueprint.post("/results/<int:result_id>/look")
def look_at(result_id: int) -> Response:
    """Say why somebody's paper is looked at."""
    typed = form_data()
    try:
        data = load(MarkingReasonInput, typed)
        with begin() as work:
            results.review(work.session, work.actor, result_id, work.now, settings().timezone)
            if needs_reason(work.session, work.actor, result_id):
                note_look(work, result_id, data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_paper(result_id, typed=typed, errors=told.errors, why=told.why), error.status)
    return go(url_for(".show", result_id=result_id))


@blueprint.post("/results/<int:result_id>/items/<int:place>/<any(appeal, correct):verb>")
def act_on_item(result_id: int, place: int, verb: str) -> Response:
    """Contest the own mark of a question, or correct somebody's after an error."""
    typed = form_data()
    try:
        data = load(MarkingReasonInput if verb == "appeal" else CorrectInput, typed)
        with begin() as work:
            if verb == "appeal":
                row = appealing.file_appeal(work, result_id, place, reason=data["reason"], zone=settings().timezone)
                target = url_for(".show_appeal", appeal_id=row.id)
            else:
                changing.correct_mark(work, result_id, place, new=data["points"], why=data["reason"])
                target = url_for(".show", result_id=result_id) + f"#q-{place}"
    except Refusal as error:
        told = form_refused(error)
        return make_response(_paper(result_id, place=place, form=verb, typed=typed, errors=told.errors, why=told.why), error.status)
    flash(sentence(N_("Your appeal was filed; you hear what is decided.") if verb == "appeal" else
                   N_("The mark was corrected; the person was told.")), "ok")
    return go(target)


@blueprint.get("/appeals")
def appeals() -> str | Response:
    """Appeals: the own ones, and those this person may decide."""
    asked = query_data(AppealsQuery)
    filters = appeal_queries.AppealFilters(asked["q"], asked["state"], asked["whose"], asked["exam"])
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = appeal_queries.appeal_lines(work.session, work.actor, filters, today(), skip=0 if asked["format"] else start,
                                                   limit=MOST_EXPORTED if asked["format"] else PAGE)
        decides = can(work.actor, DECIDE)
    if asked["format"]:
        return list_answer(asked["format"], N_("Marking appeals"), showing.APPEAL_HEAD,
                           showing.appeal_rows(lines, lambda at: local(at, settings().timezone)), name="appeals",
                           more=total > MOST_EXPORTED)
    return render_template("training/marking/appeals.html", asked=asked, lines=lines, total=total, show=showing, decides=decides,
                           states=[(one.value, sentence(one.label)) for one in AppealState],
                           next_cursor=start + PAGE if start + PAGE < total else None)


@blueprint.get("/appeals/<int:appeal_id>")
def show_appeal(appeal_id: int) -> str:
    """One appeal: what was answered and given, what was said, the decision or the forms that make one. A look at
    somebody else's is noted (R-A8)."""
    return _appeal(appeal_id)


def _appeal(appeal_id: int, *, form: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
            why: str = "") -> str:
    typed, errors = dict(typed or {}), dict(errors or {})
    effect, digest = None, None
    with begin() as work:
        note_appeal(work, appeal_id)
        card = appeal_queries.appeal_card(work.session, work.actor, appeal_id, today())
        wanted = typed.get("points") or request.args.get("points")
        if wanted and card.decides and not card.unfit and card.line.state == "open":
            try:
                effect = appeal_queries.effect_of(work.session, work.actor, appeal_id, load(EffectQuery, {"points": wanted})["points"])
                digest = appealing.digest_of(effect)
            except InvalidInput as error:
                errors = errors or form_refused(error).errors
                form = form or "uphold"
            typed.setdefault("points", wanted)
    return render_template("training/marking/appeal.html", card=card, line=card.line, show=showing, form=form, typed=typed,
                           errors=errors, why=why, effect=effect, digest=digest, root=request.script_root)


@blueprint.post("/appeals/<int:appeal_id>/<any(uphold, decline, withdraw, hand_over, say):verb>")
def act_on_appeal(appeal_id: int, verb: str) -> Response:
    """Decide it, take it back, hand it over, say something."""
    typed, version = form_data(), wanted_version()
    schemas = {"uphold": UpholdInput, "decline": MarkingReasonInput, "hand_over": HandOverInput, "say": SayInput}
    try:
        data = load(schemas[verb], typed) if verb in schemas else {}
        with begin() as work:
            if verb == "uphold":
                appealing.uphold(work, appeal_id, points=data["points"], reason=data["reason"], digest=data["digest"], version=version)
            elif verb == "decline":
                appealing.decline(work, appeal_id, reason=data["reason"], version=version)
            elif verb == "withdraw":
                appealing.withdraw(work, appeal_id, version=version)
            elif verb == "hand_over":
                appealing.hand_over(work, appeal_id, data["person"], version=version)
            else:
                appealing.say(work, appeal_id, words=data["words"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_appeal(appeal_id, form=verb, typed=typed, errors=told.errors, why=told.why), error.status)
    flash(sentence(DONE[verb]), "ok")
    return go(url_for(".show_appeal", appeal_id=appeal_id))


DONE = {"uphold": N_("Upheld; everybody concerned was told."), "decline": N_("Declined; the candidate was told."),
        "withdraw": N_("Your appeal was taken back; you may use it again."), "hand_over": N_("Handed over."), "say": N_("Sent.")}


@blueprint.get("/regrades/<int:regrade_id>")
def show_regrade(regrade_id: int) -> str:
    """What a corrected key changes for whom, before anybody confirms it; the look is noted (R-A8)."""
    return _regrade(regrade_id)


def _regrade(regrade_id: int, *, form: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
             why: str = "") -> str:
    with begin() as work:
        card = appeal_queries.regrade_card(work.session, work.actor, regrade_id)
        note_results(work, card.exam)
    return render_template("training/marking/regrade.html", card=card, row=card.row, exam=card.exam, show=showing, form=form,
                           typed=typed or {}, errors=errors or {}, why=why)


@blueprint.post("/regrades/<int:regrade_id>/<any(confirm, drop):verb>")
def act_on_regrade(regrade_id: int, verb: str) -> Response:
    """Do what the report says, or leave the marks as they are."""
    typed, version = form_data(), wanted_version()
    try:
        data = load(ConfirmRegradeInput if verb == "confirm" else MarkingReasonInput, typed)
        with begin() as work:
            if verb == "confirm":
                row = rekeying.confirm_regrade(work, regrade_id, digest=data["digest"], version=version)
            else:
                row = rekeying.drop_regrade(work, regrade_id, reason=data["reason"], version=version)
            marked_id = row.exam_id
    except Refusal as error:
        told = form_refused(error)
        return make_response(_regrade(regrade_id, form=verb, typed=typed, errors=told.errors, why=told.said), error.status)
    flash(sentence(N_("Marked anew as reported.") if verb == "confirm" else N_("The marks stay as they are.")), "ok")
    return go(url_for("training_marking_pages.board", marked_id=marked_id) + "#keys")
