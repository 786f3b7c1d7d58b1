"""Plans as JSON: the list, one, making and changing, its acts, its people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.errors import InvalidInput
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.telling import told
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.lists import looked_up
from kmsvc.training.plans import people, queries, usecases, verbs
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.schemas import (
    FIELDS,
    ListedInput,
    PeopleFields,
    PlanChange,
    PlanInput,
    PlansQuery,
    PutBackInput,
    RemoveInput,
    card_json,
    filters_of,
    line_json,
    meant_of,
    member_json,
)

blueprint = Blueprint("training_plans_api", __name__, url_prefix="/api/v1/training/plans")


@blueprint.get("")
@says(query=PlansQuery)
def list_plans() -> Response:
    """Plans, newest first."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(PlansQuery)
    with look() as work:
        lines, following = queries.plan_lines(work.session, work.actor, work.now, filters_of(asked), before=cursor_id(asked["cursor"]),
                                              limit=asked["limit"])
    return reply(page([line_json(one) for one in lines], following))


def _whole(work: Work, plan_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.plan_card(work.session, work.actor, plan_id, work.now)
    return card_json(card, verbs.offers_for(work.actor, queries.visible(work.session, work.actor, plan_id), today()))


@blueprint.post("")
@says(body=PlanInput, status=201)
def create() -> Response:
    """Make a plan, with the people it begins with."""
    data = load(PlanInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.make_plan(work, **{name: data[name] for name in FIELDS})
        if whom := meant_of(data):
            people.add_people(work, row.id, **whom)
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:plan_id>")
def show(plan_id: int) -> Response:
    """One plan, and what this caller may do with it now."""
    with look() as work:
        body = _whole(work, plan_id)
        return reply(body, version=body["version"])


@blueprint.post("/<int:plan_id>/edit")
@says(body=PlanChange)
def change(plan_id: int) -> Response:
    """Put it as given."""
    data, version = load(PlanChange), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.change_plan(work, plan_id, {name: data[name] for name in FIELDS}, reason=data["reason"], version=version)
        body = _whole(work, plan_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, plan_id))


@blueprint.get("/<int:plan_id>/people")
@says(query=PageQuery)
def list_people(plan_id: int) -> Response:
    """Who is on it and why, their places and where they were present."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(PageQuery)
    with look() as work:
        queries.visible(work.session, work.actor, plan_id)
        members = queries.members_of(work.session, plan_id)
    return reply(part_of(members, asked, member_json))


@blueprint.post("/<int:plan_id>/people")
@says(body=PeopleFields)
def add(plan_id: int) -> Response:
    """Put people on it; those on it already stay as they are."""
    data, version = load(PeopleFields), wanted_version()
    whom = meant_of(data)
    if not whom:
        raise InvalidInput({"people": [N_("Name accounts, or a role, unit, post or course with people in it.")]})

    def effect(work: Work) -> tuple[Any, int, int | None]:
        people.add_people(work, plan_id, **whom, version=version)
        return _whole(work, plan_id), 200, None
    return posting(effect, theirs=lambda work: _whole(work, plan_id))


@blueprint.post("/<int:plan_id>/people/remove")
@says(body=RemoveInput)
def remove(plan_id: int) -> Response:
    """Take people off it."""
    data, version = load(RemoveInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        people.remove_people(work, plan_id, data["person"], reason=data["reason"], version=version)
        return _whole(work, plan_id), 200, None
    return posting(effect, theirs=lambda work: _whole(work, plan_id))


@blueprint.post("/<int:plan_id>/people/put_back")
@says(body=PutBackInput)
def put_back(plan_id: int) -> Response:
    """Put people back who were taken off it."""
    data, version = load(PutBackInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        people.put_back(work, plan_id, data["person"], version=version)
        return _whole(work, plan_id), 200, None
    return posting(effect, theirs=lambda work: _whole(work, plan_id))


@blueprint.post("/<int:plan_id>/people/listed")
@says(body=ListedInput)
def listed(plan_id: int) -> Response:
    """Put people of a list on it; who cannot be found is told with the reason, the others come onto it."""
    data, version = load(ListedInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        work.permit(MAKE_PLANS, queries.visible(work.session, work.actor, plan_id))
        rows = looked_up(work.session, list(enumerate(data["people"] or [], 1)), people.on_plan(work.session, plan_id))
        new = [one.person.id for one in rows if one.state == "new" and one.person is not None]
        if new and not data["dry_run"]:
            people.put_listed(work, plan_id, new, data["name"] or "", version=version)
        return {"read": len(rows), "added": len(new), "there": sum(one.state == "there" for one in rows), "refused": [
            {"row": one.row, "words": one.words, "reason": told([one.said])[0]} for one in rows if one.state == "refused"]}, 200, None
    return posting(effect, theirs=lambda work: _whole(work, plan_id))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(plan_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, plan_id, name, data, today(), version)
            return _whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, plan_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:plan_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
