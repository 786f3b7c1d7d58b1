"""Duties, their rules and the year, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.duties import queries, ruling, verbs, wheel
from kmsvc.standards.duties.past import card_on, cards_on, cut_of
from kmsvc.standards.duties.permissions import KEEP_DUTY_RULES, SEE_DUTIES, SEE_OWN_DUTIES
from kmsvc.standards.duties.schemas import (
    DutiesQuery,
    DutyAsked,
    DutyRuleInput,
    DutyRulesQuery,
    DutyRuleSwitch,
    WheelQuery,
    WheelYearInput,
    duty_json,
    filters_of,
    rule_json,
    span_json,
    text_of,
    wheel_json,
    whole_json,
)

blueprint = Blueprint("standards_duties_api", __name__, url_prefix="/api/v1/standards/duties")


@blueprint.get("")
@says(query=DutiesQuery)
def list_duties() -> Response:
    """Duties by due day: those of the centre, or the own ones."""
    actor = current_actor()
    require(actor, SEE_OWN_DUTIES)
    asked = query_data(DutiesQuery)
    with look() as work:
        if asked["as_of"] and asked["as_of"] < today():
            past = cards_on(work.session, actor, filters_of(asked), asked["as_of"], settings().timezone)
            return reply(part_of(past, asked, duty_json))
        lines, following = queries.duty_cards(work.session, actor, filters_of(asked), today(), after=cursor_id(asked["cursor"]),
                                              limit=asked["limit"])
    return reply(page([duty_json(one) for one in lines], following))


def _whole(work: Work, duty_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.visible_duty(work.session, work.actor, duty_id)
    return whole_json(queries.duty_card(work.session, work.actor, duty_id, today()), queries.steps_of(work.session, duty_id),
                      queries.beside(work.session, row), verbs.offers_for(work, row, today()))


@blueprint.get("/<int:duty_id>")
@says(query=DutyAsked)
def show(duty_id: int) -> Response:
    """One duty with its history and what the caller may do; as of an earlier day as it stood then, and nothing may be done."""
    day = query_data(DutyAsked)["as_of"]
    with look() as work:
        if day is not None and day < today():
            row, zone = queries.visible_duty(work.session, work.actor, duty_id), settings().timezone
            return reply(whole_json(card_on(work.session, work.actor, row, day, zone),
                                    queries.steps_of(work.session, duty_id, cut_of(day, zone)), (0, 0), ()))
        body = _whole(work, duty_id)
        return reply(body, version=body["version"])


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(duty_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            verbs.act(work, duty_id, name, data, today(), version)
            body = _whole(work, duty_id)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: _whole(work, duty_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:duty_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


@blueprint.get("/wheel")
@says(query=WheelQuery)
def year() -> Response:
    """A year: every duty by month, and whose work it is."""
    actor = current_actor()
    require(actor, SEE_OWN_DUTIES)
    asked = query_data(WheelQuery)
    day = min(asked["as_of"] or today(), today())
    with look() as work:
        then = cards_on(work.session, actor, queries.DutyFilters(), day, settings().timezone) if day < today() else None
        return reply(wheel_json(wheel.wheel(work.session, actor, asked["year"] or day.year, day, owner=asked["owner"],
                                            unit=asked["unit"], then=then)))


def _year_act(run: Any) -> Response:
    data = load(WheelYearInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return {"year": data["year"], "changed": run(work, data["year"])}, 200, None
    return posting(effect)


@blueprint.post("/wheel/level")
@says(body=WheelYearInput)
def level() -> Response:
    """Plan every open duty of a year into the emptiest month of whoever does it."""
    return _year_act(lambda work, year: wheel.level_year(work, year, today()))


@blueprint.post("/wheel/unlevel")
@says(body=WheelYearInput)
def unlevel() -> Response:
    """Take the planning of a year back."""
    return _year_act(wheel.unlevel_year)


@blueprint.post("/wheel/make")
@says(body=WheelYearInput)
def make() -> Response:
    """Make what is missing to the end of a year; what is there stays."""
    return _year_act(wheel.make_year)


@blueprint.get("/rules")
@says(query=DutyRulesQuery)
def list_rules() -> Response:
    """Rules by clause."""
    actor = current_actor()
    require(actor, SEE_DUTIES)
    asked = query_data(DutyRulesQuery)
    with look() as work:
        return reply(part_of(queries.rule_rows(work.session, actor, asked["q"], asked["stand"]), asked, rule_json))


@blueprint.get("/rules/<int:duty_rule_id>")
def show_rule(duty_rule_id: int) -> Response:
    """One rule."""
    with look() as work:
        row = queries.visible_rule(work.session, work.actor, duty_rule_id)
        return reply(rule_json(row), version=row.version)


@blueprint.post("/rules/<int:duty_rule_id>/preview")
@says(body=DutyRuleInput)
def preview(duty_rule_id: int) -> Response:
    """The periods of this year and the next that a rule would make; nothing is written."""
    data = load(DutyRuleInput)
    with look() as work:
        work.permit(KEEP_DUTY_RULES)
        text = text_of(data)
        ruling.check(work, text)
        row = queries.visible_rule(work.session, work.actor, duty_rule_id)
        return reply({"items": [span_json(one) for one in ruling.preview(work.session, row, text, today())],
                      "subjects": ruling.heads(work.session, text), "next": None})


def _rule_act(duty_rule_id: int, run: Any) -> Response:
    version = wanted_version()

    def shown(work: Work) -> dict[str, Any]:
        work.session.flush()
        return rule_json(queries.visible_rule(work.session, work.actor, duty_rule_id))

    def effect(work: Work) -> tuple[Any, int, int | None]:
        run(work, version)
        body = shown(work)
        return body, 200, body["version"]
    return posting(effect, theirs=shown)


@blueprint.post("/rules/<int:duty_rule_id>/edit")
@says(body=DutyRuleInput)
def change_rule(duty_rule_id: int) -> Response:
    """Put a rule as given; what has begun stays."""
    data = load(DutyRuleInput)
    return _rule_act(duty_rule_id, lambda work, version: ruling.write_rule(
        work, duty_rule_id, text_of(data), reason=data["reason"], today=today(), version=version))


@blueprint.post("/rules/<int:duty_rule_id>/switch_on")
@says(body=DutyRuleSwitch)
def switch_on(duty_rule_id: int) -> Response:
    """Let a rule ask from today."""
    data = load(DutyRuleSwitch)
    return _rule_act(duty_rule_id, lambda work, version: ruling.switch(
        work, duty_rule_id, True, reason=data["reason"], today=today(), version=version))


@blueprint.post("/rules/<int:duty_rule_id>/switch_off")
@says(body=DutyRuleSwitch)
def switch_off(duty_rule_id: int) -> Response:
    """Let a rule ask no more; what has begun stays."""
    data = load(DutyRuleSwitch)
    return _rule_act(duty_rule_id, lambda work, version: ruling.switch(
        work, duty_rule_id, False, reason=data["reason"], today=today(), version=version))
