"""Pages of one newcomer: the whole record, one week and why its light is so, a form of a day, a talk, a decision, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.schemas import InputSchema
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, safe_target, today, wanted_version
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.proof import prove
from kmsvc.training.onboarding import doing, inputs, queries, rules, showing, signing, today_pages, usecases
from kmsvc.training.onboarding.models import OnboardingDecision, OnboardingTalk
from kmsvc.training.onboarding.one import NewcomerCard, card_of, form_line, secret_of
from kmsvc.training.onboarding.rules import FACTORS

blueprint = Blueprint("training_onboarding_one", __name__, url_prefix="/training/onboarding")
Refused = tuple[str, dict[str, Any], dict[str, Any], str]


def _card(trainee_id: int) -> NewcomerCard:
    """The newcomer; a look at somebody else's is noted."""
    with look() as work:
        card, secret = card_of(work, trainee_id, today()), secret_of(work.session, work.actor, trainee_id)
    shown(secret, Place.PAGE)
    return card


@blueprint.get("/trainees/<int:trainee_id>")
def show(trainee_id: int) -> str:
    """One newcomer: today, weeks, forms, results, talks, decisions, lists."""
    return _show(trainee_id)


def _show(trainee_id: int, refused: Refused | None = None) -> str:
    card = _card(trainee_id)
    with look() as work:
        mentors = [(one.login, one.name) for one in directory(work.session).active() if one.login] if card.plans else []
        held = directory(work.session).people.get(card.row.mentor_id or 0)
    return render_template("training/onboarding/show.html", card=card, row=card.row, refused=refused, show=showing, mentors=mentors,
                           me=current_actor().person_id,
                           mentor_login=held.login if held else "", every=request.args.get("forms") == "all")


@blueprint.get("/trainees/<int:trainee_id>/weeks/<int:week_no>")
def week(trainee_id: int, week_no: int) -> str:
    """One week: why its light is so, and what it counts."""
    card = _card(trainee_id)
    if not 1 <= week_no <= len(card.line.weeks):
        raise NotFound()
    its = card.line.weeks[week_no - 1]
    numbers = range((week_no - 1) * rules.WEEK + 1, week_no * rules.WEEK + 1)
    return render_template(
        "training/onboarding/week.html", card=card, row=card.row, week=its, show=showing,
        forms=[one for one in card.forms if one.number in numbers],
        notes=[one for one in card.notes if its.begins_on <= one.on <= its.ends_on],
        decisions=[one for one in card.decisions if one.it.week == week_no])


@blueprint.get("/trainees/<int:trainee_id>/forms/<form_name>/<int:form_day>")
def form(trainee_id: int, form_name: str, form_day: int) -> str:
    """A form of a day: what was handed in, and the part the caller fills in."""
    return _form(trainee_id, form_name, form_day)


def _form(trainee_id: int, name: str, day: int, refused: Refused | None = None) -> str:
    card = _card(trainee_id)
    line = form_line(card, name, day)
    closed = card.row.ended_on is not None or (line.due_on > today() and refused is None)  # what was refused is shown again all the same
    open_parts = [] if closed else [one for one in line.asked if one in card.parts]
    asked = request.args.get("part") or (refused[1].get("part") if refused else None)
    part = asked if asked in open_parts else next((one for one in line.mine), open_parts[0] if open_parts else None)
    with look() as work:
        draft = signing.draft_of(work, trainee_id, name, day, part) if part else None
    held = line.parts.get(part or "")
    typed: dict[str, Any] = dict(held.answers) | {"score": showing.figure(held.score), "mark": showing.figure(held.mark)} if held else {}
    typed |= dict(draft.answers) if draft else {}
    return render_template(
        "training/onboarding/form.html", card=card, row=card.row, line=line, part=part, open_parts=open_parts, draft=draft, held=held,
        typed=refused[1] if refused else typed, errors=refused[2] if refused else {}, why=refused[3] if refused else "", show=showing,
        factors=FACTORS)


@blueprint.get("/trainees/<int:trainee_id>/talk")
def talk(trainee_id: int) -> str:
    """Keep a formal talk."""
    return _talk(trainee_id)


def _talk(trainee_id: int, refused: Refused | None = None) -> str:
    card = _card(trainee_id)
    if not card.decides:
        raise NotFound()
    first = request.args.get("talk") or (card.talks_due[0][0] if card.talks_due else "first")
    return render_template("training/onboarding/talk.html", card=card, row=card.row, typed=refused[1] if refused else {"talk": first},
                           errors=refused[2] if refused else {}, why=refused[3] if refused else "", show=showing)


@blueprint.get("/trainees/<int:trainee_id>/decide")
def decide(trainee_id: int) -> str:
    """Decide on the week."""
    return _decide(trainee_id)


def _decide(trainee_id: int, refused: Refused | None = None) -> str:
    card = _card(trainee_id)
    if not card.decides:
        raise NotFound()
    with look() as work:
        waits = [one.id for one in queries.board(work.session, work.actor, card.row.class_id, today())
                 if one.undecided and one.id != trainee_id] if request.values.get("queue") else []
    following = (url_for(".decide", trainee_id=waits[0], queue=1) if waits else
                 url_for("training_onboarding_pages.board", class_id=card.row.class_id) if request.values.get("queue") else "")
    return render_template(
        "training/onboarding/decide.html", following=following, waiting=len(waits), card=card, row=card.row, show=showing,
        typed=refused[1] if refused else {}, errors=refused[2] if refused else {}, why=refused[3] if refused else "",
        version=wanted_version() if refused else card.row.version)


@blueprint.post("/trainees/<int:trainee_id>/<any(hand_in, draft, note, unnote, talk, tick, leave_out, untick, change, decide):name>")
def act(trainee_id: int, name: str) -> Response:
    """Fill in a form, note a day, a talk, a point of a list; change; decide. What was typed comes back where it is refused."""
    schema, run, said = doing.ACTS[name]
    typed = form_data()
    try:
        data = load(schema, _of_schema(schema, typed))
        with begin() as work:
            row = queries.visible(work.session, work.actor, trainee_id)
            run(work, trainee_id, data, today(), wanted_version())
            person = row.person_id
    except Refusal as error:
        told = form_refused(error)
        return make_response(_again(trainee_id, name, (name, typed, told.errors, told.said)), error.status)
    flash(sentence(said), "ok")
    there = url_for(".show", trainee_id=trainee_id)
    if name == "draft":
        return go(url_for(".form", trainee_id=trainee_id, form_name=data["form"], form_day=data["day"], part=data["part"],
                          then=request.form.get("then")))
    if name == "decide":
        there = f"{there}#decisions"
    assert person
    return go(safe_target(request.form.get("then"), there))


def _of_schema(schema: type[InputSchema], typed: dict[str, Any]) -> dict[str, Any]:
    """What the schema asks for; one form may lead to several acts."""
    return {key: value for key, value in typed.items() if key in schema._declared_fields}


def _again(trainee_id: int, name: str, refused: Refused) -> str:
    if (request.form.get("then") or "").split("#")[0].endswith("/training/onboarding/today"):
        return today_pages.again(trainee_id, refused)
    if name in ("hand_in", "draft") and str(refused[1].get("day", "")).isdecimal() and len(str(refused[1]["day"])) < 4:
        try:
            return _form(trainee_id, str(refused[1].get("form", "")), int(refused[1]["day"]), refused)
        except NotFound:
            pass
    if name == "talk":
        return _talk(trainee_id, refused)
    if name == "decide":
        return _decide(trainee_id, refused)
    return _show(trainee_id, refused)


@blueprint.post("/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Response:
    """Take the last decision back."""
    typed = form_data()
    with look() as work:
        trainee_id = queries.visible(work.session, work.actor, work.get(OnboardingDecision, decision_id).trainee_id).id
    try:
        data = load(inputs.WhyInput, typed)
        with begin() as work:
            usecases.undo_decision(work, decision_id, reason=data["reason"], today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_show(trainee_id, ("undo", typed, told.errors, told.said)), error.status)
    flash(sentence(N_("Taken back. It stays on record.")), "ok")
    return go(url_for(".show", trainee_id=trainee_id) + "#decisions")


@blueprint.post("/talks/<int:talk_id>/sign")
def sign_talk(talk_id: int) -> Response:
    """The newcomer signs what was said in a talk."""
    return _sign("talk", talk_id, OnboardingTalk, signing.sign_talk)


@blueprint.post("/decisions/<int:decision_id>/sign")
def sign_decision(decision_id: int) -> Response:
    """The newcomer signs that they were told of a decision."""
    return _sign("decision", decision_id, OnboardingDecision, signing.sign_decision)


def _sign(kind: str, row_id: int, model: Any, run: Any) -> Response:
    typed = form_data()
    password = typed.pop("password", None)
    with look() as work:
        trainee_id = queries.visible(work.session, work.actor, work.get(model, row_id).trainee_id).id
    try:
        data = load(inputs.SignInput, typed)
        prove(password, always=True)
        with begin() as work:
            run(work, row_id, word=data["word"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_show(trainee_id, (f"sign-{kind}-{row_id}", typed, told.errors, told.said)), error.status)
    flash(sentence(N_("Signed.")), "ok")
    return go(url_for(".show", trainee_id=trainee_id) + f"#{kind}s")
