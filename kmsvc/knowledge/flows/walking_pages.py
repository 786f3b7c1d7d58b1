"""Pages of guided flows for agents: one question a page, a key for each choice, the path above it, its end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from marshmallow import validate

from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema, Line, Whole
from kmsvc.core.web import begin, current_actor, go, load, look, query_data, safe_target
from kmsvc.core.work import Work
from kmsvc.knowledge.contacts.current import keep_contact
from kmsvc.knowledge.flows import queries, showing, verbs, walking
from kmsvc.knowledge.flows.permissions import SEE_WALKS, WRITE_FLOW
from kmsvc.knowledge.flows.rules import trail
from kmsvc.knowledge.flows.schemas import Begin, Choose, Contact

blueprint = Blueprint("knowledge_walking_pages", __name__, url_prefix="/knowledge/flows")


class From(InputSchema):
    """Where a walk was opened, to go back there; the question that is shown again."""

    then = Line(load_default=None, allow_none=True, validate=validate.Length(max=1000))
    at = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=500))


def _leave(asked: dict[str, Any]) -> str:
    """Where Esc leads: to the page the flow was opened from."""
    return safe_target(asked["then"], "/search")


@blueprint.get("/<int:flow_id>")
def show(flow_id: int) -> str | Response:
    """The first question of a published flow; nothing is recorded before it is answered."""
    asked = query_data(From)
    with look() as work:
        card = queries.flow_card(work.session, work.actor, flow_id)
        if card.published_version_id is None:
            return go(url_for("knowledge_flows_pages.about", flow_id=flow_id))
        screen = queries.screen_of(work.session, work.actor, trail(card.nodes, []))
        return _page(work, card, screen, None, asked, act=url_for(".start", flow_id=flow_id))


def _page(work: Work, flow: queries.FlowLine, screen: queries.Screen, walk: queries.WalkCard | None, asked: dict[str, Any], *,
          act: str) -> str:
    return render_template(
        "knowledge/flows/walk.html", flow=flow, screen=screen, walk=walk, act=act, leave=_leave(asked), then=asked["then"],
        now=work.now.isoformat(), show=showing, may_write=can(current_actor(), WRITE_FLOW), may_count=can(current_actor(), SEE_WALKS))


@blueprint.post("/<int:flow_id>/begin")
def start(flow_id: int) -> Response:
    """The first question is answered: a walk begins."""
    data = load(Begin)
    with begin() as work:
        walk = verbs.act(work, flow_id, "begin", data)
    return go(_place(walk.id))


def _place(walk_id: int) -> str:
    return url_for(".walk", walk_id=walk_id, then=safe_target(request.form.get("then"), "") or None)


@blueprint.get("/walks/<int:walk_id>")
def walk(walk_id: int) -> str:
    """One's own walk where it stands, or an earlier question of it."""
    asked = query_data(From)
    with look() as work:
        card = queries.walk_card(work.session, work.actor, walk_id, at=asked["at"])
        return _page(work, card.flow, card.screen, card, asked, act=url_for(".choose", walk_id=walk_id))


@blueprint.post("/walks/<int:walk_id>/choose")
def choose(walk_id: int) -> Response:
    """The next choice; one at an earlier question takes back what came after it."""
    data = load(Choose)
    with begin() as work:
        walking.choose(work, walk_id, position=data["at"], choice=data["choice"])
    return go(_place(walk_id))


@blueprint.post("/walks/<int:walk_id>/contact")
def contact(walk_id: int) -> Response:
    """The contact the walk belongs to."""
    data = load(Contact)
    with begin() as work:
        walking.note_contact(work, walk_id, data["contact"])
    return keep_contact(go(_place(walk_id)), current_actor(), data["contact"])
