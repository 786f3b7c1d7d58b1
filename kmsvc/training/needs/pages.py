"""Pages of surveys: the list, one with its six steps, questionnaires, answering, figures, interviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import fmt_when, local, sentence
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
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.sessions.proof import prove
from kmsvc.people.units.queries import open_posts, unit_names
from kmsvc.training.needs import answering, counting, designing, queries, rules, showing, usecases, verbs
from kmsvc.training.needs.models import Campaign
from kmsvc.training.needs.permissions import RUN_NEEDS, SEE_NEEDS
from kmsvc.training.needs.rules import CampaignState, Grade, QuestionKind
from kmsvc.training.needs.schemas import (
    STATES,
    CampaignFilters,
    CampaignInput,
    FormInput,
    InterviewInput,
    StatisticsQuery,
    form_text,
)

blueprint = Blueprint("training_needs_pages", __name__, url_prefix="/training/needs")

PAGE = 50
MOST_EXPORTED = 5_000


@blueprint.get("")
def index() -> str | Response:
    """Surveys, newest first, with filters and export."""
    require(current_actor(), SEE_NEEDS)
    asked = query_data(CampaignFilters)
    chosen = {name: asked[name] for name in ("q", "year", "state")}
    with look() as work:
        if asked["format"]:
            lines, rest = queries.campaign_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Training needs"), showing.HEAD,
                               showing.rows(lines, lambda at: local(at, settings().timezone)), name="needs", more=rest is not None)
        lines, following = queries.campaign_lines(work.session, work.actor, **chosen, before=asked["cursor"], limit=PAGE)
        return render_template(
            "training/needs/index.html", asked=asked, lines=lines, next_cursor=following, show=showing,
            total=queries.count_campaigns(work.session, work.actor, **chosen), years=queries.years(work.session),
            states=[(one, sentence(N_("under way")) if one == "live" else showing.state_of(one)[1]) for one in STATES],
            runs=can(work.actor, RUN_NEEDS), mine=queries.to_answer(work.session, work.actor))


@blueprint.get("/new")
def new() -> str:
    """Begin the survey of a year."""
    middle = date(today().year, 12, 15)
    return _new({"year": today().year, "due_on": middle if today() < middle else date(today().year, 12, 31)}, {})


def _new(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(RUN_NEEDS)
    return render_template("training/needs/new.html", typed=typed, errors=errors, why=why)


@blueprint.post("")
def create() -> Response:
    """Begin it."""
    typed = form_data()
    try:
        data = load(CampaignInput, typed)
        with begin() as work:
            row = usecases.plan_campaign(work, year=data["year"], due_on=data["due_on"], purpose=data["purpose"], today=today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s has begun. Design the questionnaires."), {"number": row.number}), "ok")
    return go(url_for(".show", campaign_id=row.id))


@blueprint.get("/<int:campaign_id>")
def show(campaign_id: int) -> str:
    """One survey: its six steps with their proof, what may be done now."""
    return _page(campaign_id)


def _page(campaign_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = queries.campaign_card(work, campaign_id)
        row = queries.visible(work.session, work.actor, campaign_id)
        offers = {one.verb: one for one in verbs.offers_for(work.actor, row, card, today())}
        designs = row.state == CampaignState.DESIGN and can(work.actor, RUN_NEEDS, row)
        notes = row.state == CampaignState.INTERVIEWS and can(work.actor, RUN_NEEDS, row)
        following = queries.next_interview(work.session, row.id) if notes else None
        mine = any(one[0] == row.id for one in queries.to_answer(work.session, work.actor))
        leaders = [(one.login, one.name) for one in directory(work.session).active()
                   if one.login and rules.grade_of(one.role_names) in (Grade.HEAD, Grade.LEAD)] if "hold_meeting" in offers else []
    return render_template(
        "training/needs/show.html", card=card, line=card.line, offers=offers, refused=refused, designs=designs, following=following,
        mine=mine, leaders=leaders, show=showing, verbs=verbs.VERBS, story=showing.story(card.steps, card.line.state, fmt_when))


@blueprint.post("/<int:campaign_id>/<any(take_over, send, extend, close, draw, finish_interviews, hold_meeting, sign, cancel):name>")
def act(campaign_id: int, name: str) -> Response:
    """Do an act; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in form_data().items() if key != "password"}
    if name == "hold_meeting" and "people" in request.form:
        typed["people"] = ", ".join(request.form.getlist("people"))
    try:
        if name == "sign":
            prove(request.form.get("password"), always=True)
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, verbs.VERBS, Campaign, campaign_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(campaign_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", campaign_id=campaign_id))


@blueprint.get("/<int:campaign_id>/forms/new")
def new_form(campaign_id: int) -> str:
    """An empty questionnaire."""
    return _form(campaign_id, None, {"anonymous": True, "questions": [], "posts": [], "grades": []}, {})


@blueprint.get("/<int:campaign_id>/forms/<int:form_id>")
def form(campaign_id: int, form_id: int) -> str:
    """A questionnaire: to be changed while it is designed, to be read afterwards."""
    with look() as work:
        _, row = queries.form_of(work.session, work.actor, campaign_id, form_id)
        held = {"title": row.title, "intro": row.intro, "posts": row.posts, "grades": row.grades, "anonymous": row.anonymous,
                "questions": row.questions, "version": row.version}
    return _form(campaign_id, form_id, held, {})


def _form(campaign_id: int, form_id: int | None, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, campaign_id)
        posts = [(one.id, one.name) for one in open_posts(work.session)]
        may = row.state == CampaignState.DESIGN and can(work.actor, RUN_NEEDS, row)
        if form_id is None and not may:
            work.permit(RUN_NEEDS)
    return render_template("training/needs/form.html", row=row, form_id=form_id, typed=typed, errors=errors, why=why, may=may,
                           posts=posts, grades=[(one.value, sentence(one.label)) for one in Grade], show=showing,
                           kinds=[(one.value, sentence(one.label)) for one in QuestionKind], blanks=showing.BLANK_QUESTIONS)


@blueprint.post("/<int:campaign_id>/forms")
def add_form(campaign_id: int) -> Response:
    """Add a questionnaire."""
    typed = showing.form_typed(request.form)
    try:
        data = load(FormInput, typed)
        with begin() as work:
            row = designing.add_form(work, campaign_id, form_text(data))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(campaign_id, None, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".form", campaign_id=campaign_id, form_id=row.id))


@blueprint.post("/<int:campaign_id>/forms/<int:form_id>")
def change_form(campaign_id: int, form_id: int) -> Response:
    """Put it as given."""
    typed = showing.form_typed(request.form)
    try:
        data = load(FormInput, typed)
        with begin() as work:
            designing.change_form(work, campaign_id, form_id, form_text(data), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        back = {**typed, "version": wanted_version()}
        return make_response(_form(campaign_id, form_id, back, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".form", campaign_id=campaign_id, form_id=form_id))


@blueprint.post("/<int:campaign_id>/forms/<int:form_id>/remove")
def remove_form(campaign_id: int, form_id: int) -> Response:
    """Take it away."""
    with begin() as work:
        designing.remove_form(work, campaign_id, form_id, version=wanted_version())
    flash(sentence(N_("The questionnaire was taken away.")), "ok")
    return go(url_for(".show", campaign_id=campaign_id))


@blueprint.get("/<int:campaign_id>/answer")
def answer_form(campaign_id: int) -> str:
    """One's own questionnaire."""
    return _answer(campaign_id, None, {})


def _answer(campaign_id: int, typed: Mapping[str, Any] | None, errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        campaign, asked, form_row = answering.my_form(work, campaign_id)
        held = answering.my_answers(work, asked) if typed is None else typed
    still = campaign.state == CampaignState.ASKING and not (form_row.anonymous and asked.answered_on)
    return render_template("training/needs/answer.html", campaign=campaign, asked=asked, form=form_row, typed=held, errors=errors,
                           why=why, open=still, MARKS=rules.MARKS)


@blueprint.post("/<int:campaign_id>/answer")
def answer(campaign_id: int) -> Response:
    """Answer it."""
    with look() as work:
        _, _, form_row = answering.my_form(work, campaign_id)
        questions = list(form_row.questions)
    typed = showing.answers_typed(questions, request.form)
    try:
        with begin() as work:
            answering.answer_needs(work, campaign_id, typed, today=today())
    except InvalidInput as error:
        told = form_refused(InvalidInput(error.fields, labels={one["key"]: one["text"] for one in questions}))
        return make_response(_answer(campaign_id, typed, told.errors, told.why), error.status)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_answer(campaign_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Thank you. Your answers are in.")), "ok")
    return go(url_for(".answer_form", campaign_id=campaign_id))


@blueprint.get("/<int:campaign_id>/statistics")
def statistics(campaign_id: int) -> str | Response:
    """Figures of each question, of everybody or of one post or unit; each figure opens to what it counts."""
    asked = query_data(StatisticsQuery)
    with look() as work:
        row = queries.visible(work.session, work.actor, campaign_id)
        if row.closed_at is None:
            return render_template("training/needs/statistics.html", row=row, figures=None, show=showing, asked=asked, behind=None)
        forms = usecases.forms_of(work, row.id)
        whole = asked["by"] is None or asked["group"] is None
        figures = [counting.figures_of(work.session, one, *(() if whole else (asked["by"], asked["group"])))
                   for one in forms if asked["form"] in (None, one.id)]
        if asked["format"]:
            head = [sentence(one) for one in showing.FIGURE_HEAD]
            return table_answer(asked["format"], row.number, head, showing.figure_rows(figures), name=f"{row.number}-figures")
        found = None
        if asked["key"]:
            chosen = next((one for one in forms if one.id == asked["form"]), None)
            found = counting.behind(work.session, chosen, asked["key"], asked["value"],
                                    *(() if whole else (asked["by"], asked["group"]))) if chosen else None
            if found is None:
                raise NotFound()
        people = directory(work.session).people
        units = unit_names(work.session)
        who = names(work.session, found.people or ()) if found else {}
        listed = [(who.get(one, ""), units.get(people[one].unit_id, "") if one in people else "") for one in (found.people or ())] \
            if found else []
        return render_template("training/needs/statistics.html", row=row, figures=figures, show=showing, asked=asked, behind=found,
                               people=listed, forms=[(one.id, one.title) for one in forms])


@blueprint.get("/<int:campaign_id>/interviews/<int:interview_id>")
def interview(campaign_id: int, interview_id: int) -> str:
    """One interview."""
    return _interview(campaign_id, interview_id, None, {})


def _interview(campaign_id: int, interview_id: int, typed: Mapping[str, Any] | None, errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        row, line = queries.interview_of(work.session, work.actor, campaign_id, interview_id)
        may = row.state == CampaignState.INTERVIEWS and can(work.actor, RUN_NEEDS, row)
    held = {name: getattr(line, name) for name in ("held_on", "confirms", "note", "skipped")}
    if typed is None and line.noted_at is None:
        held["held_on"] = today()
    return render_template("training/needs/interview.html", row=row, line=line, may=may, typed=held if typed is None else typed,
                           errors=errors, why=why)


@blueprint.post("/<int:campaign_id>/interviews/<int:interview_id>")
def note_interview(campaign_id: int, interview_id: int) -> Response:
    """Keep its notes and go on to the next one."""
    typed = form_data()
    if typed.get("skipped", "").strip():
        typed |= {"held_on": "", "confirms": ""}
    try:
        data = load(InterviewInput, typed)
        with begin() as work:
            row = answering.note_interview(work, campaign_id, interview_id, today=today(), version=wanted_version(), **data)
            place = row.place
    except Refusal as error:
        told = form_refused(error)
        return make_response(_interview(campaign_id, interview_id, form_data(), told.errors, told.why), error.status)
    with look() as work:
        following = queries.next_interview(work.session, campaign_id, place)
    flash(sentence(N_("Noted.")), "ok")
    return go(url_for(".interview", campaign_id=campaign_id, interview_id=following) if following
              else url_for(".show", campaign_id=campaign_id))
