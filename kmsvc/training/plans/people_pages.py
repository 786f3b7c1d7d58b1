"""Pages that bring people onto a plan by a list: a file or pasted lines, looked at first, every refused row with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.receiving import drop, given_list, is_list, keep, waiting
from kmsvc.convert.refusals import Refused
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import ngettext, sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused, told
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look
from kmsvc.people.accounts.lists import Listed, looked_up, people_of_text, read_people
from kmsvc.training.plans import people, queries
from kmsvc.training.plans.opening import OVER
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.schemas import TakeListedInput

blueprint = Blueprint("training_plan_people_pages", __name__, url_prefix="/training/plans")

WAITING = "plan-people"
PASTED = 200_000


@blueprint.get("/<int:plan_id>/people/list")
def listing(plan_id: int) -> str:
    """Choose a file, or paste lines."""
    return _page(plan_id)


def _page(plan_id: int, typed: Mapping[str, Any] | None = None, errors: Mapping[str, Any] | None = None, why: str = "",
          rows: list[Listed] | None = None, name: str = "") -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, plan_id)
        work.permit(MAKE_PLANS, row)
        return render_template(
            "training/plans/listed.html", row=row, typed=typed or {}, errors=errors or {}, why=why, rows=rows, name=name, in_words=told,
            over=row.state in OVER, new=[one for one in rows or () if one.state == "new"],
            counts={state: sum(one.state == state for one in rows or ()) for state in ("new", "there", "refused")})


@blueprint.post("/<int:plan_id>/people/list")
def looking(plan_id: int) -> Response:
    """What the list would do: nothing is changed yet."""
    require(current_actor(), MAKE_PLANS)
    given, name = given_list()
    pasted = request.form.get("people", "")[:PASTED]
    try:
        rows = _read(given, name) if given is not None and name else people_of_text(pasted)
        if not rows:
            raise InvalidInput({"people": [N_("Choose a file, or paste lines.")]})
        with look() as work:
            queries.visible(work.session, work.actor, plan_id)
            found = looked_up(work.session, rows, people.on_plan(work.session, plan_id))
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_page(plan_id, {"people": pasted}, refused.errors, refused.why), error.status)
    return make_response(_page(plan_id, {"people": pasted}, rows=found, name=name or sentence(N_("pasted lines"))))


def _read(given: Any, name: str) -> list[tuple[int, str]]:
    if not is_list(name):
        raise InvalidInput({"file": [N_("A list of people is a csv or xlsx file.")]})
    held = waiting(WAITING, keep(WAITING, given, name))
    try:
        return read_people(held.path, held.name)
    except Refused as error:
        raise InvalidInput({"file": [str(error)]}) from error
    finally:
        drop(held.path.parent)


@blueprint.post("/<int:plan_id>/people/take")
def take(plan_id: int) -> Response:
    """Put those on the plan whom the list meant."""
    typed = form_data()
    try:
        data = load(TakeListedInput, {"person": request.form.getlist("person"), "name": typed.get("name", "")})
        with begin() as work:
            new = people.put_listed(work, plan_id, data["person"], data["name"] or sentence(N_("pasted lines")))
    except Refusal as error:
        refused = form_refused(error)
        return make_response(_page(plan_id, errors=refused.errors, why=refused.said), error.status)
    flash(ngettext("%(num)d person is on the plan now.", "%(num)d more people are on the plan now.", len(new)) if new
          else sentence(N_("They are all on the plan already.")), "ok")
    return go(url_for("training_plans_pages.show", plan_id=plan_id, _anchor="people"))
