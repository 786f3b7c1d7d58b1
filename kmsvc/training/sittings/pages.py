"""Pages of who sits an exam: before it begins, the paper, after it is handed in, and the pictures of questions."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from kmsvc.core.api import jsonable
from kmsvc.core.errors import NotFound, RuleBroken
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, go, look, settings
from kmsvc.files.serving import bytes_answer
from kmsvc.training.sittings import doing, queries, showing, usecases
from kmsvc.training.sittings.permissions import SIT
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.schemas import card_json, newest_json

blueprint = Blueprint("training_sittings_pages", __name__, url_prefix="/training/sittings")


@blueprint.get("/begin/<int:sat_id>")
def ahead(sat_id: int) -> str:
    """What one must know before the clock runs, and the button that starts it."""
    return _ahead(sat_id)


def _ahead(exam_id: int, why: str = "") -> str:
    require(current_actor(), SIT)
    doing.settle_own(exam_id)
    with look() as work:
        card = queries.invitation(work.session, work.actor, exam_id, work.now)
    return render_template("training/sittings/ahead.html", card=card, why=why, show=showing)


@blueprint.post("/begin/<int:sat_id>")
def start(sat_id: int) -> Response:
    """Begin, or go on where one was."""
    drawn = doing.composed(sat_id)
    try:
        with begin() as work:
            place = usecases.begin_sitting(work, sat_id, drawn).id
    except RuleBroken as error:
        return Response(_ahead(sat_id, sentence(error.sentence, error.params)), error.status, mimetype="text/html")
    return go(url_for(".show", sitting_id=place))


@blueprint.get("/<int:sitting_id>")
def show(sitting_id: int) -> str:
    """The paper while it is sat; none while the exam is paused; afterwards that it is handed in."""
    card = doing.settled(sitting_id)
    with look() as work:
        kept = queries.kept_answers(work.session, card)
        if card.state != SittingState.RUNNING:
            given, asked = queries.given_of(work.session, card)
            return render_template("training/sittings/over.html", card=card, given=given, asked=asked,
                                   exam=queries.invitation(work.session, work.actor, card.exam_id, work.now))
        if card.paused:
            return render_template("training/sittings/paused.html", card=card, show=showing)
        paper = showing.paper_rows(queries.paper_of(work.session, card), request.script_root)
    state = jsonable({**card_json(card), **newest_json(kept)})  # instants as the API writes them, to the same fraction of a second
    return render_template("training/sittings/show.html", card=card, paper=paper, state=state, zone=settings().timezone)


@blueprint.post("/<int:sitting_id>/submit")
def submit(sitting_id: int) -> Response:
    """Hand the paper in, from a browser whose script did not get through."""
    with begin() as work:
        accepted = usecases.submit(work, sitting_id)[1]
    if accepted:
        flash(sentence(N_("Your paper is handed in.")), "ok")
    return go(url_for(".show", sitting_id=sitting_id))


@blueprint.get("/pictures/<sha256>")
def picture(sha256: str) -> Response:
    """A picture of a question, for who sits a paper that shows it, looks at the released one, marks it, or sees questions."""
    with look() as work:
        work.permit(SIT)
        papers = queries.papers_in_reach(work.session, work.actor, work.now)
        if not any(sha256 in showing.pictures_in(one) for one in papers) and not queries.sees_picture(
                work.session, work.actor, sha256):
            raise NotFound()
        stored = queries.stored_picture(work.session, sha256)
    return bytes_answer(settings().files_dir, stored, stored.sha256)
