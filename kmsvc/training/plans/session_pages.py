"""Pages of sessions for who plans and teaches: the list, planning and changing one, one with its people, attendance, materials; the
code on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from markupsafe import Markup

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import local, ngettext, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused, told
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
from kmsvc.core.work import Work
from kmsvc.files.queries import address_of
from kmsvc.markup.render import render
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans import attending, codes, holding, queries, session_queries, session_verbs, showing
from kmsvc.training.plans.clashes import Times, clashes_of
from kmsvc.training.plans.mine_pages import own_page
from kmsvc.training.plans.models import TrainingSession
from kmsvc.training.plans.pages import start_of
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.rules import FACTOR_LABELS, Place, PlanState, SessionState
from kmsvc.training.plans.session_schemas import (
    STATES,
    TIMES,
    HandInput,
    LetInInput,
    MaterialsInput,
    MinutesInput,
    SessionChange,
    SessionInput,
    SessionsAsked,
    filters_of,
)

blueprint = Blueprint("training_sessions_pages", __name__, url_prefix="/training/plans")

PAGE = 50
MOST_EXPORTED = 5_000
OPEN = (PlanState.APPROVED, PlanState.RUNNING)


@blueprint.get("/sessions")
def index() -> str | Response:
    """Sessions: those to come first, then the past ones."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(SessionsAsked)
    start = asked["cursor"]
    with look() as work:
        lines, total = session_queries.session_lines(
            work.session, work.actor, work.now, filters_of(asked), skip=0 if asked["format"] else start,
            limit=MOST_EXPORTED if asked["format"] else PAGE)
        if asked["format"]:
            return list_answer(asked["format"], N_("Training sessions"), showing.SESSION_HEAD,
                               showing.session_rows(lines, lambda at: local(at, settings().timezone)), name="sessions",
                               more=total > len(lines))
        trainers = sorted({(one.trainer_id, one.trainer) for one in lines}, key=lambda one: one[1])
        return render_template(
            "training/plans/sessions.html", asked=asked, lines=lines, total=total, show=showing, now=work.now, trainers=trainers,
            next_cursor=start + PAGE if start + PAGE < total else None, states=[(one, showing.session_words(one)) for one in STATES],
            makes=can(work.actor, MAKE_PLANS))


@blueprint.get("/sessions/new")
def choose() -> str:
    """Which plan gets a session; the day and time of an empty place of the calendar are carried along."""
    with look() as work:
        work.permit(MAKE_PLANS)
        lines, _ = queries.plan_lines(work.session, work.actor, work.now, queries.PlanFilters(state="live"), limit=200)
    return render_template("training/plans/choose.html", lines=[one for one in lines if one.state in OPEN], show=showing,
                           carried={name: request.args[name][:10] for name in ("day", "at") if request.args.get(name)})


def _first(work: Work, plan: Any) -> dict[str, Any]:
    """What a new session begins with: tomorrow at nine, as long as the plan says, the room and seats of the last one."""
    day, at = request.args.get("day", "")[:10], request.args.get("at", "")[:5]
    try:
        day_on = date.fromisoformat(day)
    except ValueError:
        day_on = today() + timedelta(days=1)
    starts = at if at[:2].isdecimal() and at[2:3] == ":" else "09:00"
    begins = int(starts[:2]) % 24 * 60 + (int(starts[3:]) % 60 if starts[3:].isdecimal() else 0)
    ends = min(begins + min(plan.minutes, 480), 24 * 60 - 1)
    lines, _ = session_queries.session_lines(work.session, work.actor, work.now, session_queries.SessionFilters(plan=plan.id), limit=1)
    people = len(queries.members_of(work.session, plan.id))
    return {"day": day_on,
            "starts": f"{begins // 60:02}:{begins % 60:02}",
            "ends": f"{ends // 60:02}:{ends % 60:02}", "room": lines[0].room if lines else "",
            "seats": lines[0].seats if lines else max(people, 1)}


@blueprint.get("/<int:plan_id>/sessions/new")
def new(plan_id: int) -> str:
    """Plan a session."""
    with look() as work:
        work.permit(MAKE_PLANS)
        first = _first(work, queries.visible(work.session, work.actor, plan_id))
    return _form(plan_id, None, first, {})


def _form(plan_id: int, meeting_id: int | None, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "",
          template: str = "training/plans/session_edit.html") -> str:
    with look() as work:
        work.permit(MAKE_PLANS)
        row = session_queries.visible(work.session, work.actor, meeting_id) if meeting_id else None
        plan = queries.visible(work.session, work.actor, row.plan_id if row else plan_id)
        it, day = _wished(work, plan.id, row, typed)
        trainers = session_queries.trainer_choices(work.session, plan.course_id, day, it)
        against = told(clashes_of(work.session, it)) if it is not None and it.room else []
        held = typed.get("trainer") or (trainers[0].id if len(trainers) == 1 else None)
        return render_template(
            template, plan=plan, row=row, typed={**typed, "trainer": held}, errors=errors, why=why, day=day, against=against,
            trainers=[(one.id, one.name, " ".join(told(list(one.against))) or sentence(
                N_("free, authorised until %(day)s"), {"day": one.until_on.isoformat()})) for one in trainers],
            rooms=session_queries.rooms(work.session), people=len(queries.members_of(work.session, plan.id)),
            seated=len(holding.seated_elsewhere(work, plan.id)))


def _wished(work: Work, plan_id: int, row: Any, typed: Mapping[str, Any]) -> tuple[Times | None, date]:
    """The time that is typed so far, where it is one; the day for which trainers are offered."""
    try:
        day = date.fromisoformat(str(typed.get("day") or "")[:10])
    except ValueError:
        return None, today()
    try:
        begins, ends = holding.instants(day, str(typed.get("starts") or ""), str(typed.get("ends") or ""), settings().timezone)
    except InvalidInput:
        return None, day
    number = {name: int(str(typed.get(name))) if str(typed.get(name) or "").isdecimal() else 0 for name in ("seats", "trainer")}
    people = None if row is None else tuple(one.person_id for one in session_queries.session_card(
        work.session, work.actor, row.id).people)
    if typed.get("unseated"):
        there = holding.seated_elsewhere(work, plan_id)
        people = tuple(one.person_id for one in queries.members_of(work.session, plan_id) if one.person_id not in there)
    return Times(row.id if row else None, plan_id, begins, ends, str(typed.get("room") or "").strip(), number["seats"] or 10_000,
                 number["trainer"], people), day


@blueprint.get("/<int:plan_id>/sessions/check")
def check(plan_id: int) -> str:
    """Who may teach then, and what speaks against it: the part of the form that follows what is typed."""
    return _form(plan_id, None, {key: value[:100] for key, value in request.args.items()}, {}, template="training/plans/_who.html")


@blueprint.get("/sessions/<int:meeting_id>/check")
def check_change(meeting_id: int) -> str:
    """The same for one that is changed."""
    return _form(0, meeting_id, {key: value[:100] for key, value in request.args.items()}, {}, template="training/plans/_who.html")


@blueprint.post("/<int:plan_id>/sessions")
def create(plan_id: int) -> Response:
    """Plan it; what speaks against it is said until there is a reason."""
    typed = form_data()
    try:
        data = load(SessionInput, typed)
        with begin() as work:
            row = holding.plan_session(work, plan_id, **{name: data[name] for name in TIMES}, unseated=data["unseated"],
                                       zone=settings().timezone)
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_form(plan_id, None, typed, refused.errors, refused.why), error.status)
    flash(sentence(N_("%(number)s is planned. Everybody on its list is told."), {"number": row.number}), "ok")
    return go(url_for(".show", meeting_id=row.id))


@blueprint.get("/sessions/<int:meeting_id>")
def show(meeting_id: int) -> str | Response:
    """One session: for who sees plans with its people; for whom it concerns the own page of it."""
    with look() as work:
        row = work.get(TrainingSession, meeting_id)
        whole = can(work.actor, SEE_PLANS) or holding.holds(work.session, work.actor, row)
    return _page(meeting_id) if whole else own_page(meeting_id)


def _page(meeting_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None, people: Mapping[str, Any] | None = None,
          errors: dict[str, Any] | None = None, why: str = "") -> str | Response:
    with look() as work:
        card = session_queries.session_card(work.session, work.actor, meeting_id)
        row = session_queries.visible(work.session, work.actor, meeting_id)
        if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
            return table_answer(
                request.args["format"], row.number, [sentence(one) for one in showing.SEAT_HEAD],
                showing.seat_rows(card.people, lambda at: local(at, settings().timezone)), name=row.number)
        makes, holds = can(work.actor, MAKE_PLANS, row), holding.holds(work.session, work.actor, row)
        wanted = (request.args.get("q") or "").casefold()[:100]
        fitting = [one for one in card.people if wanted in f"{one.name} {one.login} {one.unit}".casefold()]
        start = start_of(request.args.get("cursor"), len(fitting))
        return render_template(
            "training/plans/session.html", card=card, line=card.line, seats=fitting[start:start + PAGE], fitting=len(fitting), q=wanted,
            next_cursor=start + PAGE if start + PAGE < len(fitting) else None, show=showing, makes=makes, holds=holds, refused=refused,
            people=people or {},
            errors=errors or {}, why=why, verbs=session_verbs.VERBS, now=work.now,
            factors={name: sentence(words) for name, words in FACTOR_LABELS.items()},
            offers={one.verb: one for one in session_verbs.offers_for(work.actor, row, work.now, today())},
            signing=row.state == SessionState.PLANNED and attending.may_sign_in_now(work, row),
            late=work.now >= row.starts_at - attending.EARLY, mine=_mine(work, card),
            materials=Markup(render(card.materials, attachment_url=address_of(work.session, work.actor))) if card.materials else "",
            logins=[(one.login, one.name) for one in directory(work.session).active() if one.login] if holds else [])


def _mine(work: Work, card: session_queries.SessionCard) -> bool:
    return work.actor.person_id in {one.person_id for one in card.people if one.place != Place.LEFT}


@blueprint.get("/sessions/<int:meeting_id>/edit")
def edit(meeting_id: int) -> str:
    """Move or change a session."""
    with look() as work:
        row = session_queries.visible(work.session, work.actor, meeting_id)
        zone = settings().timezone
        held = {"day": local_date(row.starts_at, zone), "starts": f"{local(row.starts_at, zone):%H:%M}",
                "ends": f"{local(row.ends_at, zone):%H:%M}", "room": row.room, "seats": row.seats, "trainer": row.trainer_id,
                "version": row.version, "anyway": row.all_the_same}
    return _form(0, meeting_id, held, {})


@blueprint.post("/sessions/<int:meeting_id>/edit")
def change(meeting_id: int) -> Response:
    """Put it as given."""
    typed = form_data()
    try:
        data = load(SessionChange, typed)
        with begin() as work:
            holding.move(work, meeting_id, **{name: data[name] for name in TIMES}, reason=data["reason"], zone=settings().timezone,
                         version=wanted_version())
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_form(0, meeting_id, typed | {"version": wanted_version()}, refused.errors, refused.why), error.status)
    flash(sentence(N_("Changed. Everybody concerned is told.")), "ok")
    return go(url_for(".show", meeting_id=meeting_id))


@blueprint.post("/sessions/<int:meeting_id>/<any(hold, cancel, bring_back, unhold):name>")
def act(meeting_id: int, name: str) -> Response:
    """Do an act; what was typed comes back with the reason when it is refused."""
    typed = form_data()
    try:
        data = load(session_verbs.VERBS[name].schema(), typed)
        with begin() as work:
            session_verbs.act(work, meeting_id, name, data, settings().timezone, today(), wanted_version())
    except Refusal as error:
        refused = form_refused(error)
        said = " ".join([refused.said, *(refused.errors.get("anyway") or [])]) if name == "bring_back" else refused.said
        return make_response(_page(meeting_id, refused=(name, {**typed, "errors": refused.errors}, said)), error.status)
    flash(sentence(session_verbs.VERBS[name].said), "ok")
    return go(url_for(".show", meeting_id=meeting_id))


@blueprint.post("/sessions/<int:meeting_id>/people/<any(came, out, again, gone):what>")
def people(meeting_id: int, what: str) -> Response:
    """The ticked ones are there, are taken out, are put in again, or were not there after all."""
    typed = {"person": request.form.getlist("person"), "reason": request.form.get("reason", "")}
    doing = {"came": attending.sign_in_by_hand, "out": attending.take_out, "again": attending.put_again,
             "gone": attending.take_back_sign_in}[what]
    try:
        data = load(HandInput, typed)
        with begin() as work:
            for one in data["person"]:
                doing(work, meeting_id, person=one, reason=data["reason"])
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_page(meeting_id, people=typed, errors=refused.errors, why=refused.why), error.status)
    words = {"came": ngettext("%(num)d person is present.", "%(num)d people are present.", len(data["person"])),
             "out": ngettext("%(num)d person is out of the session.", "%(num)d people are out of the session.", len(data["person"])),
             "again": ngettext("%(num)d person is on the list again.", "%(num)d people are on the list again.", len(data["person"])),
             "gone": ngettext("%(num)d sign-in is taken back.", "%(num)d sign-ins are taken back.", len(data["person"]))}
    flash(words[what], "ok")
    return go(url_for(".show", meeting_id=meeting_id, _anchor="people"))


@blueprint.post("/sessions/<int:meeting_id>/let_in")
def let_in(meeting_id: int) -> Response:
    """Somebody comes who is on no list."""
    typed = form_data()
    try:
        data = load(LetInInput, typed)
        with begin() as work:
            attending.let_in(work, meeting_id, login=data["login"], reason=data["reason"])
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_page(meeting_id, refused=("let_in", {**typed, "errors": refused.errors}, refused.said)), error.status)
    flash(sentence(N_("%(name)s is on the list now."), {"name": data["login"]}), "ok")
    return go(url_for(".show", meeting_id=meeting_id, _anchor="people"))


@blueprint.post("/sessions/<int:meeting_id>/minutes")
def minutes(meeting_id: int) -> Response:
    """Change the minutes of a session that was held."""
    typed = form_data()
    try:
        data = load(MinutesInput, typed)
        with begin() as work:
            holding.change_minutes(work, meeting_id, minutes=data["minutes"], version=wanted_version())
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_page(meeting_id, refused=("minutes", {**typed, "errors": refused.errors}, refused.said)), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".show", meeting_id=meeting_id, _anchor="minutes"))


@blueprint.get("/sessions/<int:meeting_id>/materials")
def materials(meeting_id: int) -> str:
    """Write what there is to read."""
    with look() as work:
        row = session_queries.visible(work.session, work.actor, meeting_id)
        held = {"materials": row.materials, "version": row.version}
    return _materials(meeting_id, held, {})


def _materials(meeting_id: int, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        holding.permit_holding(work, session_queries.visible(work.session, work.actor, meeting_id))
        line = session_queries.session_card(work.session, work.actor, meeting_id).line
    return render_template("training/plans/materials.html", line=line, typed=typed, errors=errors, why=why)


@blueprint.post("/sessions/<int:meeting_id>/materials")
def put_materials(meeting_id: int) -> Response:
    """Keep it."""
    typed = form_data()
    try:
        data = load(MaterialsInput, typed)
        with begin() as work:
            holding.set_materials(work, meeting_id, materials=data["materials"], version=wanted_version())
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_materials(meeting_id, typed | {"version": wanted_version()}, refused.errors, refused.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".show", meeting_id=meeting_id, _anchor="materials"))


@blueprint.get("/sessions/<int:meeting_id>/code")
def code(meeting_id: int) -> str:
    """For the wall: the code of now as a picture, who has come; a script asks for the next one, without it a link does."""
    with look() as work:
        holding.permit_holding(work, session_queries.visible(work.session, work.actor, meeting_id))
        line = session_queries.session_card(work.session, work.actor, meeting_id).line
        row = session_queries.visible(work.session, work.actor, meeting_id)
        signing = row.state == SessionState.PLANNED and attending.may_sign_in_now(work, row)
        token = codes.code_for(settings().secret_key, meeting_id, work.now)
        address = _public() + url_for("training_sessions_mine.sign_in", meeting_id=meeting_id, code=token).removeprefix(
            request.script_root)
        return render_template(
            "training/plans/_code.html" if request.headers.get("HX-Request") else "training/plans/code.html", line=line, signing=signing,
            early=attending.EARLY, address=address, near=_is_near(address), now=work.now,
            seconds=max(1, int((codes.turn_ends(work.now) - work.now).total_seconds())),
            picture=Markup(segno.make(address, error="m", micro=False).svg_inline(
                scale=8, border=3, dark="#000", light="#fff", omitsize=True, svgclass="wall-qr")) if signing else "")


def _is_near(address: str) -> bool:
    """Whether only this machine can open it."""
    return (urlsplit(address).hostname or "") in ("127.0.0.1", "localhost", "::1")


def _public() -> str:
    """The address phones use: the one that is set, else the one this page was opened by."""
    given: str = settings().base_url
    return (request.url_root if _is_near(given) else given).rstrip("/")
