"""Pages of the rules of duties: the list, one, changing it after a look at the year it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, sentence
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
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import open_units
from kmsvc.standards.duties import queries, ruling, showing
from kmsvc.standards.duties.pages import earlier
from kmsvc.standards.duties.past import cards_on, rule_on, rules_on
from kmsvc.standards.duties.permissions import KEEP_DUTY_RULES, SEE_DUTIES
from kmsvc.standards.duties.proving import wanted
from kmsvc.standards.duties.queries import DutyFilters
from kmsvc.standards.duties.rules import DutyMode, DutyOwner, DutyScope, DutyTrigger
from kmsvc.standards.duties.schemas import (
    DutyAsked,
    DutyRuleInput,
    DutyRulesAsked,
    DutyRuleSwitch,
    text_of,
    typed_of,
)
from kmsvc.standards.models.permissions import SEE_STANDARDS

blueprint = Blueprint("standards_duty_rules_pages", __name__, url_prefix="/standards/duties/rules")
past.readable("standards_duty_rules_pages.index")
past.readable("standards_duty_rules_pages.show")
HEAD = (N_("Number"), N_("Clause"), N_("Duty"), N_("How often"), N_("Upon what"), N_("For whom it is made"), N_("Who answers for it"),
        N_("State"))


def _row(row: Any, who: str) -> list[Any]:
    return [row.number, row.clause, showing.name_of(_named(row)), _often(row), label(row.trigger, DutyTrigger) if row.trigger else None,
            label(row.scope, DutyScope), who, sentence(N_("Switched on") if row.is_on else N_("Switched off"))]


def _often(row: Any) -> str:
    return ", ".join(row.on_days) if row.on_days else showing.every(row.months) if row.months else ""


def _named(row: Any) -> Any:
    return queries.NamedRule(row.code, row.name_zh, row.name_en)


@blueprint.get("")
def index() -> str | Response:
    """Rules by clause."""
    actor = current_actor()
    require(actor, SEE_DUTIES)
    asked = query_data(DutyRulesAsked)
    day = earlier(asked["as_of"])
    with look() as work:
        rows: list[Any] = (rules_on(work.session, actor, day, settings().timezone, asked["q"], asked["stand"]) if day
                           else [*queries.rule_rows(work.session, actor, asked["q"], asked["stand"])])
        answers = {row.id: ruling.answers(work.session, row) for row in rows}
        if asked["format"]:
            return list_answer(asked["format"], N_("Rules of duties"), HEAD, [_row(row, answers[row.id]) for row in rows],
                               name="duty-rules", more=False)
        return render_template("standards/duties/rules.html", asked=asked, rows=rows, answers=answers, often=_often, part="rules",
                               name=lambda row: showing.name_of(_named(row)), scope=lambda code: label(code, DutyScope),
                               trigger=lambda code: label(code, DutyTrigger),
                               keeps=day is None and can(actor, KEEP_DUTY_RULES), sees_all=True)


@blueprint.get("/<int:duty_rule_id>")
def show(duty_rule_id: int) -> str:
    """One rule with the year it makes."""
    return _page(duty_rule_id)


def _page(duty_rule_id: int, refused: str = "") -> str:
    day = earlier(query_data(DutyAsked)["as_of"]) if not refused else None
    with look() as work:
        zone, of_rule = settings().timezone, DutyFilters(rule=duty_rule_id)
        row: Any = rule_on(work.session, work.actor, duty_rule_id, day, zone) if day else queries.visible_rule(
            work.session, work.actor, duty_rule_id)
        duties = cards_on(work.session, work.actor, of_rule, day, zone)[:60] if day else queries.duty_cards(
            work.session, work.actor, of_rule, today(), limit=60)[0]
        return render_template(
            "standards/duties/rule.html", rule=row, wanted=wanted(work.session, row), reads=can(work.actor, SEE_STANDARDS),
            name=showing.name_of(_named(row)), often=_often(row), show=showing, duties=duties,
            heads=ruling.heads(work.session, row), answers=ruling.answers(work.session, row), refused=refused,
            words={"mode": label(row.mode, DutyMode), "scope": label(row.scope, DutyScope), "owner": label(row.owner_kind, DutyOwner),
                   "trigger": label(row.trigger, DutyTrigger) if row.trigger else ""},
            keeps=day is None and can(work.actor, KEEP_DUTY_RULES), part="rules", sees_all=True)


@blueprint.get("/<int:duty_rule_id>/edit")
def edit(duty_rule_id: int) -> str:
    """The form of a rule."""
    return _form(duty_rule_id, {}, {})


def _form(duty_rule_id: int, typed: Mapping[str, Any], errors: dict[str, Any], why: str = "", shown: Any = None) -> str:
    with look() as work:
        row = queries.visible_rule(work.session, work.actor, duty_rule_id)
        work.permit(KEEP_DUTY_RULES, row)
        return render_template(
            "standards/duties/rule_edit.html", rule=row, name=showing.name_of(_named(row)), typed=typed or typed_of(row), errors=errors,
            why=why, shown=shown, version=request.form.get("version") or row.version, heads=ruling.heads(work.session, row),
            scopes=[(one.value, label(one)) for one in DutyScope], modes=[(one.value, label(one)) for one in DutyMode],
            triggers=[(one.value, label(one)) for one in DutyTrigger], owners=[(one.value, label(one)) for one in DutyOwner],
            roles=[(one.value, label(one)) for one in Role], units=[(one.id, one.name) for one in open_units(work.session)],
            people=[(one.id, one.name) for one in directory(work.session).active() if one.logins], part="rules", sees_all=True)


@blueprint.post("/<int:duty_rule_id>/edit")
def change(duty_rule_id: int) -> Response | str:
    """Put a rule as given, or show the year it would make."""
    typed = form_data()
    looks = typed.pop("look", None) is not None
    try:
        data = load(DutyRuleInput, typed)
        if looks:
            with look() as work:
                work.permit(KEEP_DUTY_RULES)
                text = text_of(data)
                ruling.check(work, text)
                shown = ruling.preview(work.session, queries.visible_rule(work.session, work.actor, duty_rule_id), text, today())
            return _form(duty_rule_id, typed, {}, shown=shown)
        with begin() as work:
            ruling.write_rule(work, duty_rule_id, text_of(data), reason=data["reason"], today=today(), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(duty_rule_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept. What has begun stays; what comes follows the rule.")), "ok")
    return go(url_for(".show", duty_rule_id=duty_rule_id))


@blueprint.post("/<int:duty_rule_id>/<any(switch_on, switch_off):name>")
def act(duty_rule_id: int, name: str) -> Response:
    """Switch a rule."""
    try:
        data = load(DutyRuleSwitch)
        with begin() as work:
            ruling.switch(work, duty_rule_id, name == "switch_on", reason=data["reason"], today=today(), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(duty_rule_id, told.said or told.why), error.status)
    flash(sentence(N_("On. It asks from today.") if name == "switch_on" else N_("Off. What has begun stays.")), "ok")
    return go(url_for(".show", duty_rule_id=duty_rule_id))
