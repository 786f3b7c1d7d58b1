"""Pages of improvement plans: every item with its step, one item with what was done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.standards.assessments import plan_queries, queries, showing, verbs
from kmsvc.standards.assessments.campaign_rules import PLAN_STEPS, ImprovementState
from kmsvc.standards.assessments.permissions import IMPROVE, SEE_ASSESSMENTS
from kmsvc.standards.assessments.schemas import PlansAsked

blueprint = Blueprint("standards_improvement_pages", __name__, url_prefix="/standards/assessments/plans")
PAGE = 50
MOST_EXPORTED = 20_000
Refused = tuple[str, dict[str, Any], str]


@blueprint.get("")
def index() -> str | Response:
    """Items of plans, the next day first."""
    actor = current_actor()
    asked = query_data(PlansAsked)
    filters = {name: asked[name] for name in ("q", "state", "own")}
    with look() as work:
        sees = can(actor, SEE_ASSESSMENTS)
        work.permit(SEE_ASSESSMENTS if sees else IMPROVE)
        if asked["format"]:
            lines, rest = plan_queries.plan_lines(work.session, actor, asked["round"], **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Improvement plan"), showing.PLAN_HEAD, showing.plan_rows(lines, today()),
                               name="improvement-plan", more=rest is not None)
        start = asked["cursor"] or 0
        lines, following = plan_queries.plan_lines(work.session, actor, asked["round"], **filters, start=start, limit=PAGE)
        counts = [(one, plan_queries.count_plans(work.session, actor, asked["round"], state=one.value)) for one in ImprovementState]
        held = queries.round_lines(work.session, actor, limit=200)[0] if sees else []
        return render_template(
            "standards/assessments/plans.html", asked=asked, lines=lines, next_cursor=following, show=showing, part="plans",
            today=today(), total=plan_queries.count_plans(work.session, actor, asked["round"], **filters), counts=counts, sees=sees,
            states=[("open", sentence(N_("All that are open"))), *((one.value, label(one)) for one in ImprovementState)],
            rounds=[(one.id, f"{one.number} {one.title}") for one in held if one.state != "draft"])


@blueprint.get("/<int:improvement_id>")
def show(improvement_id: int) -> str:
    """One item: its four steps and what was done in each."""
    return _page(improvement_id)


def _page(improvement_id: int, refused: Refused | None = None) -> str:
    with look() as work:
        card = plan_queries.plan_card(work.session, work.actor, improvement_id)
        return render_template(
            "standards/assessments/plan.html", card=card, line=card.line, row=card.row, show=showing, part="plans", today=today(),
            refused=refused, offers={one.verb: one for one in verbs.plan_offers(work, card.row, today())}, verbs=verbs.PLAN_VERBS,
            steps=[(one, label(one)) for one in PLAN_STEPS], sees=can(work.actor, SEE_ASSESSMENTS),
            place=[one.value for one in PLAN_STEPS].index(card.row.state) if card.row.state in PLAN_STEPS else (
                len(PLAN_STEPS) if card.row.state == ImprovementState.DONE else -1))


@blueprint.post("/<int:improvement_id>/<any(change, advance, step_back, leave_out, take_up):name>")
def act(improvement_id: int, name: str) -> Response:
    """Do something with an item."""
    verb, typed = verbs.PLAN_VERBS[name], form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            verbs.act_on_plan(work, improvement_id, name, data, today(), wanted_version(), verbs.left_empty(verb, typed))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(improvement_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verb.said), "ok")
    return go(url_for(".show", improvement_id=improvement_id))
