"""Pages of sessions for whom they concern, made for a phone: the own sessions, one of them, signing in by the code, feedback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from markupsafe import Markup

from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, settings
from kmsvc.files.queries import address_of
from kmsvc.markup.render import render
from kmsvc.training.plans import attending, codes, session_queries, showing
from kmsvc.training.plans.models import TrainingSession
from kmsvc.training.plans.permissions import ATTEND
from kmsvc.training.plans.rules import FACTOR_LABELS, Place, SessionState
from kmsvc.training.plans.session_schemas import RateInput

blueprint = Blueprint("training_sessions_mine", __name__, url_prefix="/training/plans")

SAID = {"join": N_("Your place is noted."), "leave": N_("Your place is given back.")}


@blueprint.get("/mine")
def index() -> str:
    """What is coming, what waits for feedback, what was."""
    with look() as work:
        work.permit(ATTEND)
        held = session_queries.my_sessions(work.session, work.actor)
        now, taught = work.now, session_queries.taught_by(work.session, work.actor)
    ahead = [one for one in held if one.line.state == SessionState.PLANNED and one.line.ends_at + attending.LATE > now
             and one.present_at is None]
    placed = {one.line.plan_id for one in held if one.present_at is not None or one.place == Place.SEAT}
    ahead = [one for one in ahead if one.place in (Place.SEAT, Place.WAITING) or one.line.plan_id not in placed]
    asked = [one for one in held if one.present_at is not None and one.rated_at is None]
    past = [one for one in reversed(held) if one not in ahead and one not in asked and (
        one.present_at is not None or one.place == Place.SEAT)]
    return render_template("training/plans/mine.html", groups={"ahead": ahead, "asked": asked, "past": past}, now=now, show=showing,
                           taught=taught)


@blueprint.get("/sessions/<int:meeting_id>/mine")
def show(meeting_id: int) -> str | Response:
    """One session as it concerns oneself."""
    return own_page(meeting_id)


def own_page(meeting_id: int, *, why: str = "", status: int = 200) -> Response:
    """The own page of a session, or NotFound for whom it does not concern."""
    with look() as work:
        work.permit(ATTEND)
        one = session_queries.my_session(work.session, work.actor, meeting_id)
        signing = one.line.state == SessionState.PLANNED and attending.may_sign_in_now(work, work.get(TrainingSession, meeting_id))
        page = render_template(
            "training/plans/own.html", one=one, line=one.line, show=showing, signing=signing, now=work.now, why=why,
            factors=[(name, sentence(words)) for name, words in FACTOR_LABELS.items()],
            materials=Markup(render(one.materials, attachment_url=address_of(work.session, work.actor))) if one.materials else "")
    return make_response(page, status)


@blueprint.post("/sessions/<int:meeting_id>/<any(join, leave):name>")
def place(meeting_id: int, name: str) -> Response:
    """Take a place, or give it back."""
    try:
        with begin() as work:
            {"join": attending.join, "leave": attending.leave}[name](work, meeting_id)
    except Refusal as error:
        return own_page(meeting_id, why=form_refused(error).said, status=error.status)
    flash(sentence(SAID[name]), "ok")
    return go(url_for(".show", meeting_id=meeting_id))


@blueprint.get("/sessions/<int:meeting_id>/sign-in")
def sign_in(meeting_id: int) -> Response:
    """What the code on the wall opens: one tap from here, or one sentence of what is wrong with the code."""
    return _sign_in(meeting_id, code=request.args.get("code", "")[:60])


def _sign_in(meeting_id: int, *, code: str = "", ticket: str = "", why: str = "", status: int = 200) -> Response:
    """code: of the wall, checked here and turned into a ticket; ticket: one that was refused for another reason."""
    with look() as work:
        work.permit(ATTEND)
        row = work.get(TrainingSession, meeting_id)
        me, secret = work.actor.person_id or 0, settings().secret_key
        try:
            if code:
                codes.check_code(secret, row.id, code, work.now)
                ticket = codes.ticket_for(secret, row.id, me, work.now)
            elif ticket:
                codes.check_ticket(secret, row.id, me, ticket, work.now)
        except codes.CodeRefused as error:
            why, ticket, status = sentence(error.sentence, error.params), "", error.status
        known = True
        try:
            held = session_queries.my_session(work.session, work.actor, meeting_id)
        except NotFound:
            if not ticket:
                raise
            held, known = None, False  # somebody who stands there: the code says so
        page = render_template(
            "training/plans/sign_in.html", one=held, known=known, title=session_queries.lines_of(work.session, [row.id])[0],
            ticket=ticket, why=why, show=showing, now=work.now, seat=held is not None and held.place == Place.SEAT,
            signing=row.state == SessionState.PLANNED and attending.may_sign_in_now(work, row), early=attending.EARLY)
    return make_response(page, status)


@blueprint.post("/sessions/<int:meeting_id>/sign-in")
def do_sign_in(meeting_id: int) -> Response:
    """I am here. seat: take a free seat with it."""
    ticket = request.form.get("ticket", "")[:60]
    try:
        with begin() as work:
            work.permit(ATTEND)
            codes.check_ticket(settings().secret_key, meeting_id, work.actor.person_id or 0, ticket, work.now)
            attending.sign_in(work, meeting_id, take_seat="seat" in request.form)
    except Refusal as error:
        over = isinstance(error, codes.CodeRefused)
        return _sign_in(meeting_id, ticket="" if over else ticket, why=form_refused(error).said, status=error.status)
    flash(sentence(N_("You are present. Thank you.")), "ok")
    return go(url_for(".show", meeting_id=meeting_id))


@blueprint.get("/sessions/<int:meeting_id>/feedback")
def feedback(meeting_id: int) -> Response:
    """What one thinks of it."""
    return _feedback(meeting_id, {}, {})


def _feedback(meeting_id: int, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "", status: int = 200) -> Response:
    with look() as work:
        work.permit(ATTEND)
        one = session_queries.my_session(work.session, work.actor, meeting_id)
        if one.present_at is None:
            raise NotFound()
    return make_response(render_template(
        "training/plans/feedback.html", one=one, line=one.line, typed=typed, errors=errors, why=why,
        factors=[(name, sentence(words)) for name, words in FACTOR_LABELS.items()]), status)


@blueprint.post("/sessions/<int:meeting_id>/feedback")
def rate(meeting_id: int) -> Response:
    """Say it, once."""
    typed = form_data()
    try:
        data = load(RateInput, typed)
        with begin() as work:
            attending.rate(work, meeting_id, marks={name: data[name] for name in FACTOR_LABELS}, said=data["said"])
    except Refusal as error:
        told = form_refused(error)
        return _feedback(meeting_id, typed, told.errors, told.why, error.status)
    flash(sentence(N_("Thank you. The trainer reads it without your name.")), "ok")
    return go(url_for(".show", meeting_id=meeting_id))
