"""Pages of plans: the list, one with its people and sessions, making and changing one, its acts, people on and off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import label, local, ngettext, sentence
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
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import open_posts, open_units
from kmsvc.training.plans import people, queries, session_queries, showing, usecases, verbs
from kmsvc.training.plans.arising_queries import because_of
from kmsvc.training.plans.opening import OVER
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.rules import PlanState, Purpose
from kmsvc.training.plans.schemas import (
    FIELDS,
    STATES,
    PeopleFields,
    PlanChange,
    PlanInput,
    PlansAsked,
    PutBackInput,
    RemoveInput,
    filters_of,
    meant_of,
)
from kmsvc.training.plans.session_queries import SessionFilters

blueprint = Blueprint("training_plans_pages", __name__, url_prefix="/training/plans")

PAGE = 50
MOST_EXPORTED = 5_000


def start_of(cursor: str | None, rows: int) -> int:
    """Where a page of a whole list begins; the first where the address says no place in it."""
    start = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 7 else 0
    return start if start < rows else 0


@blueprint.get("")
def index() -> str | Response:
    """Plans, newest first, with filters and export."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(PlansAsked)
    chosen = filters_of(asked)
    with look() as work:
        if asked["format"]:
            lines, rest = queries.plan_lines(work.session, work.actor, work.now, chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Training plans"), showing.HEAD,
                               showing.rows(lines, lambda at: local(at, settings().timezone)), name="plans", more=rest is not None)
        lines, following = queries.plan_lines(work.session, work.actor, work.now, chosen, before=asked["cursor"], limit=PAGE)
        return render_template(
            "training/plans/index.html", asked=asked, lines=lines, next_cursor=following, show=showing, today=today(),
            total=queries.count_plans(work.session, work.actor, chosen), years=queries.years(work.session),
            states=[(one, showing.state_words(one)) for one in STATES], purposes=[(one.value, label(one)) for one in Purpose],
            courses=[(one, f"{number} {title}") for one, number, title in queries.course_choices(work.session, planned=True)],
            units=[(one.id, one.name) for one in open_units(work.session)], makes=can(work.actor, MAKE_PLANS))


@blueprint.get("/new")
def new() -> str:
    """An empty plan; what stands in the address is filled in."""
    typed = {name: request.args[name][:4000] for name in (*FIELDS, "role", "unit", "post") if request.args.get(name)}
    return _form(None, {"year": today().year, "purpose": Purpose.OTHER.value, "cost": 0} | typed, {})


def _form(plan_id: int | None, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(MAKE_PLANS)
        row = queries.visible(work.session, work.actor, plan_id) if plan_id else None
        return render_template(
            "training/plans/edit.html", row=row, typed=typed, errors=errors, why=why, version=typed.get("version"),
            purposes=[(one.value, label(one)) for one in Purpose],
            courses=[(number, f"{number} {title}") for _, number, title in queries.course_choices(work.session)], **_groups(work),
            approved=row is not None and row.state != PlanState.DRAFT)


def _groups(work: Work) -> dict[str, Any]:
    """Who can be chosen together."""
    return {"roles": [(one.value, label(one)) for one in Role], "units": [(one.id, one.name) for one in open_units(work.session)],
            "posts": [(one.id, one.name) for one in open_posts(work.session)],
            "logins": [(one.login, one.name) for one in directory(work.session).active() if one.login],
            "course_list": [(number, f"{number} {title}") for _, number, title in queries.course_choices(work.session)]}


@blueprint.post("")
def create() -> Response:
    """Make a plan, with the people it begins with."""
    typed = form_data()
    try:
        data = load(PlanInput, typed)
        with begin() as work:
            row = usecases.make_plan(work, **{name: data[name] for name in FIELDS})
            if whom := meant_of(data):
                people.add_people(work, row.id, **whom)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(None, typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s is made. Somebody else approves it.")) % {"number": row.number}, "ok")
    return go(url_for(".show", plan_id=row.id))


@blueprint.get("/<int:plan_id>")
def show(plan_id: int) -> str | Response:
    """One plan: its people and why each is on it, its sessions, what may be done; an export of its people."""
    return _page(plan_id)


def _page(plan_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None, adding: Mapping[str, Any] | None = None,
          errors: dict[str, Any] | None = None, why: str = "", taking: bool = False) -> str | Response:
    with look() as work:
        card = queries.plan_card(work.session, work.actor, plan_id, work.now)
        row = queries.visible(work.session, work.actor, plan_id)

        def because(code: str | None) -> str:
            found = because_of(work.session, code)
            return sentence(found[0], found[1]) if found else sentence(*queries.reason_words(work.session, code))
        if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
            return table_answer(request.args["format"], row.number, [sentence(one) for one in showing.MEMBER_HEAD],
                                showing.member_rows(card.members, because), name=row.number)
        wanted = (request.args.get("q") or "").casefold()[:100]
        members = [one for one in card.members if wanted in f"{one.name} {one.login} {one.unit} {one.post}".casefold()]
        start = start_of(request.args.get("cursor"), len(members))
        makes = can(work.actor, MAKE_PLANS, row) and row.state not in OVER
        sessions, _ = session_queries.session_lines(work.session, work.actor, work.now, SessionFilters(plan=row.id), limit=200)
        return render_template(
            "training/plans/show.html", card=card, line=card.line, members=members[start:start + PAGE], q=wanted, fitting=len(members),
            next_cursor=start + PAGE if start + PAGE < len(members) else None,
            leavers=queries.leavers_of(work.session, row.id), sessions=sessions,
            now=work.now, show=showing, because=because, came_from=because_of(work.session, row.because),
            offers={one.verb: one for one in verbs.offers_for(work.actor, row, today())}, verbs=verbs.VERBS, refused=refused,
            makes=makes, adding=adding or {}, errors=errors or {}, why=why, taking=taking,
            ticked=request.form.getlist("person") if taking else [], **(_groups(work) if makes else {}))


@blueprint.get("/<int:plan_id>/edit")
def edit(plan_id: int) -> str:
    """Change a plan."""
    with look() as work:
        line = queries.plan_card(work.session, work.actor, plan_id, work.now)
    held = {name: getattr(line.line, name) for name in ("title", "year", "purpose", "course", "cost", "due_on", "version")}
    return _form(plan_id, held | {"hours": line.line.minutes // 60, "target": line.target, "evaluation": line.evaluation}, {})


@blueprint.post("/<int:plan_id>/edit")
def change(plan_id: int) -> Response:
    """Put it as given."""
    typed = form_data()
    try:
        data = load(PlanChange, typed)
        with begin() as work:
            usecases.change_plan(work, plan_id, {name: data[name] for name in FIELDS}, reason=data["reason"], version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(plan_id, typed | {"version": wanted_version()}, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".show", plan_id=plan_id))


@blueprint.post("/<int:plan_id>/<any(approve, take_back, finish, reopen, cancel, restore):name>")
def act(plan_id: int, name: str) -> Response:
    """Do an act; what was typed comes back with the reason when it is refused."""
    typed = form_data()
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, plan_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(plan_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", plan_id=plan_id))


@blueprint.post("/<int:plan_id>/people")
def add(plan_id: int) -> Response:
    """Put people on it."""
    typed = form_data()
    try:
        data = load(PeopleFields, typed)
        whom = meant_of(data)
        if not whom:
            raise InvalidInput({"people": [N_("Name accounts, or a role, unit, post or course with people in it.")]})
        with begin() as work:
            before = len(queries.members_of(work.session, plan_id))
            people.add_people(work, plan_id, **whom)
            more = len(queries.members_of(work.session, plan_id)) - before
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(plan_id, adding=typed, errors=told.errors, why=told.why), error.status)
    flash(ngettext("%(num)d person is on the plan now.", "%(num)d more people are on the plan now.", more) if more
          else sentence(N_("They are all on the plan already.")), "ok")
    return go(url_for(".show", plan_id=plan_id, _anchor="people"))


@blueprint.post("/<int:plan_id>/people/remove")
def remove(plan_id: int) -> Response:
    """Take people off it."""
    try:
        data = load(RemoveInput, {"person": request.form.getlist("person"), "reason": request.form.get("reason", "")})
        with begin() as work:
            people.remove_people(work, plan_id, data["person"], reason=data["reason"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(plan_id, errors=told.errors, why=told.why, taking=True), error.status)
    flash(ngettext("%(num)d person is off the plan and can be put back below.",
                   "%(num)d people are off the plan and can be put back below.", len(data["person"])), "ok")
    return go(url_for(".show", plan_id=plan_id, _anchor="off"))


@blueprint.post("/<int:plan_id>/people/put_back")
def put_back(plan_id: int) -> Response:
    """Put people back who were taken off it."""
    try:
        data = load(PutBackInput, {"person": request.form.getlist("person")})
        with begin() as work:
            people.put_back(work, plan_id, data["person"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(plan_id, why=told.said), error.status)
    flash(ngettext("%(num)d person is on the plan again.", "%(num)d people are on the plan again.", len(data["person"])), "ok")
    return go(url_for(".show", plan_id=plan_id, _anchor="people"))
