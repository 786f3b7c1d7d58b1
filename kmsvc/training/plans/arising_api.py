"""Rules that plans arise by, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.plans import arising, arising_queries, arising_verbs
from kmsvc.training.plans.arising_schemas import (
    RuleInput,
    RulesQuery,
    card_json,
    filters_of,
    line_json,
    text_of,
)
from kmsvc.training.plans.permissions import SEE_PLANS

blueprint = Blueprint("training_plan_rules_api", __name__, url_prefix="/api/v1/training/plans/rules")


@blueprint.get("")
@says(query=RulesQuery)
def list_rules() -> Response:
    """Rules, newest first."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(RulesQuery)
    with look() as work:
        lines, following = arising_queries.rule_lines(work.session, work.actor, filters_of(asked), before=cursor_id(asked["cursor"]),
                                                      limit=asked["limit"])
    return reply(page([line_json(one) for one in lines], following))


def _whole(work: Work, rule_id: int) -> dict[str, Any]:
    work.session.flush()
    row = arising_queries.visible_rule(work.session, work.actor, rule_id)
    return card_json(arising_queries.rule_line(work.session, work.actor, rule_id),
                     arising_queries.catches_of(work.session, work.actor, rule_id), arising.would_catch(work.session, row, work.now),
                     arising_verbs.offers_for(work, row, today()))


@blueprint.post("")
@says(body=RuleInput, status=201)
def create() -> Response:
    """Make a rule; it is off until it is switched on."""
    data = load(RuleInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = arising.write_rule(work, text_of(data))
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:rule_id>")
def show(rule_id: int) -> Response:
    """One rule with what it has caught, and would have caught in the last 90 days."""
    with look() as work:
        body = _whole(work, rule_id)
        return reply(body, version=body["version"])


@blueprint.post("/<int:rule_id>/edit")
@says(body=RuleInput)
def change(rule_id: int) -> Response:
    """Put it as given."""
    data, version = load(RuleInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = arising.write_rule(work, text_of(data), rule_id=rule_id, version=version)
        return _whole(work, row.id), 200, row.version
    return posting(effect, theirs=lambda work: _whole(work, rule_id))


def _view_of(name: str) -> Any:
    schema = arising_verbs.VERBS[name].schema()

    @says(body=schema, summary=arising_verbs.VERBS[name].label)
    def view(rule_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            arising_verbs.act(work, rule_id, name, data, today(), version)
            body = _whole(work, rule_id)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: _whole(work, rule_id))
    return view


for _name in arising_verbs.VERBS:
    blueprint.add_url_rule(f"/<int:rule_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
