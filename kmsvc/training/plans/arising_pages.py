"""Pages of rules that plans arise by: the list, one with what it caught and would have caught, writing one, its acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, local, sentence
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
from kmsvc.people.units.queries import open_posts, open_units
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup
from kmsvc.training.plans import arising, arising_queries, arising_verbs, queries
from kmsvc.training.plans.arising import PREVIEW_DAYS, Arises, would_catch
from kmsvc.training.plans.arising_queries import RuleLine
from kmsvc.training.plans.arising_schemas import FIELDS, RuleInput, RulesAsked, filters_of, text_of
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.queries import PlanFilters

blueprint = Blueprint("training_plan_rules_pages", __name__, url_prefix="/training/plans/rules")

PAGE = 50
MOST_EXPORTED = 5_000
HEAD = (N_("Number"), N_("Name of the rule"), N_("What sets it off"), N_("Unit"), N_("Post"), N_("Course"), N_("Running plan"),
        N_("On since"), N_("Events caught"), N_("Caught last"))


def _event(code: str) -> str:
    return label(code, Arises)


def _only(line: RuleLine) -> str:
    """Which processes or gaps a rule is about, in words."""
    return " · ".join(filter(None, (label(line.group, ProcessGroup) if line.group else "",
                                    label(line.klass, ProcessClass) if line.klass else "", line.words)))


@blueprint.get("")
def index() -> str | Response:
    """Rules, newest first."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(RulesAsked)
    chosen = filters_of(asked)
    with look() as work:
        if asked["format"]:
            lines, rest = arising_queries.rule_lines(work.session, work.actor, chosen, limit=MOST_EXPORTED)
            zone = settings().timezone
            rows = [[one.number, one.name, _event(one.event), one.unit, one.post, one.course, one.plan,
                     local(one.on_since, zone) if one.on_since else None, one.caught, local(one.last_at, zone) if one.last_at else None]
                    for one in lines]
            return list_answer(asked["format"], N_("Rules of training plans"), HEAD, rows, name="plan-rules", more=rest is not None)
        lines, following = arising_queries.rule_lines(work.session, work.actor, chosen, before=asked["cursor"], limit=PAGE)
        return render_template(
            "training/plans/rules.html", asked=asked, lines=lines, next_cursor=following, event=_event, only=_only,
            total=arising_queries.count_rules(work.session, work.actor, chosen), makes=can(work.actor, MAKE_PLANS),
            events=[(one.value, label(one)) for one in Arises])


@blueprint.get("/new")
def new() -> str:
    """An empty rule; what stands in the address is filled in."""
    typed = {name: request.args[name][:200] for name in FIELDS if request.args.get(name)}
    return _form(None, {"event": Arises.JOINED.value, "hours": 1, "days": 30} | typed, {})


def _form(rule_id: int | None, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(MAKE_PLANS)
        line = arising_queries.rule_line(work.session, work.actor, rule_id) if rule_id is not None else None
        if line is not None and not typed:
            typed = {"name": line.name, "event": line.event, "group": line.group, "klass": line.klass, "words": line.words,
                     "unit": line.unit_id, "post": line.post_id, "course": line.course, "plan": line.plan, "hours": line.hours,
                     "days": line.days}
        plans = queries.plan_lines(work.session, work.actor, work.now, PlanFilters(state="live"), limit=200)[0]
        return render_template(
            "training/plans/rule_edit.html", line=line, typed=typed, errors=errors, why=why,
            version=request.form.get("version") or (line.version if line else None),
            events=[(one.value, label(one)) for one in Arises], groups=[(one.value, label(one)) for one in ProcessGroup],
            classes=[(one.value, label(one)) for one in ProcessClass], units=[(one.id, one.name) for one in open_units(work.session)],
            posts=[(one.id, one.name) for one in open_posts(work.session)],
            plans=[(one.number, f"{one.number} {one.title}") for one in plans],
            courses=[(number, f"{number} {title}") for _, number, title in queries.course_choices(work.session)])


@blueprint.post("")
def create() -> Response:
    """Make a rule; it is off until it is switched on."""
    return _write(None)


@blueprint.get("/<int:rule_id>/edit")
def edit(rule_id: int) -> str:
    """The form of a rule."""
    return _form(rule_id, {}, {})


@blueprint.post("/<int:rule_id>/edit")
def change(rule_id: int) -> Response:
    """Put a rule as given."""
    return _write(rule_id)


def _write(rule_id: int | None) -> Response:
    typed = form_data()
    try:
        data = load(RuleInput, typed)
        with begin() as work:
            row = arising.write_rule(work, text_of(data), rule_id=rule_id, version=wanted_version() if rule_id is not None else None)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(rule_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.") if rule_id is not None else N_("Made. Look at what it would have caught, then switch it on.")), "ok")
    return go(url_for(".show", rule_id=row.id))


@blueprint.get("/<int:rule_id>")
def show(rule_id: int) -> str:
    """One rule: what it would have caught in the last 90 days, and what it has caught."""
    return _page(rule_id)


def _page(rule_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        line = arising_queries.rule_line(work.session, work.actor, rule_id)
        row = arising_queries.visible_rule(work.session, work.actor, rule_id)
        return render_template(
            "training/plans/rule.html", line=line, catches=arising_queries.catches_of(work.session, work.actor, rule_id),
            found=would_catch(work.session, row, work.now), days=PREVIEW_DAYS, event=_event, only=_only, refused=refused, today=today(),
            offers={one.verb: one for one in arising_verbs.offers_for(work, row, today())}, verbs=arising_verbs.VERBS,
            makes=can(work.actor, MAKE_PLANS))


@blueprint.post("/<int:rule_id>/<any(switch_on, switch_off, take_back):name>")
def act(rule_id: int, name: str) -> Response:
    """Switch it, or take back what it did."""
    typed = form_data()
    try:
        data = load(arising_verbs.VERBS[name].schema(), typed)
        with begin() as work:
            arising_verbs.act(work, rule_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(rule_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(arising_verbs.VERBS[name].said), "ok")
    return go(url_for(".show", rule_id=rule_id))
