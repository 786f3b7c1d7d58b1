"""Each act on a rule that plans arise by: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.plans import arising
from kmsvc.training.plans.arising_models import ArisingCatch, ArisingRule
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.verbs import REASON


@dataclass(frozen=True)
class RuleVerb:
    """An act on a rule. run(work, id, inputs, version); on: whether it makes sense while the rule is on, none for both."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], int | None], Any]
    inputs: tuple[Input, ...]
    on: bool | None
    said: str
    ask: str = ""
    warn: str = ""
    back: bool = False
    icon: str = "check"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"PlanRule{self.name.title().replace('_', '')}")


_TABLE = (
    RuleVerb("switch_on", N_("Switch the rule on"), lambda work, one, data, version: arising.switch(work, one, True, version=version),
             (), False, N_("On. It catches what happens from now on.")),
    RuleVerb("switch_off", N_("Switch the rule off"), lambda work, one, data, version: arising.switch(work, one, False, version=version),
             (), True, N_("Off. What it has done stays."), back=True, icon="x"),
    RuleVerb("take_back", N_("Take back what it did"),
             lambda work, one, data, version: arising.take_back(work, one, catch=data["catch"], reason=data["reason"], version=version),
             (Input("catch", "choice", N_("Which event"), choices="catches", hint=N_("Empty: all of them.")), REASON), None,
             N_("Taken back. The same events are not caught again."), N_("Take back what this rule did?"),
             N_("Those it put on a plan go off it again, unless they were at a session; a draft that is empty then is cancelled."),
             True, "swap"),
)
VERBS: dict[str, RuleVerb] = {verb.name: verb for verb in _TABLE}


def moment(work: Work, rule_id: int) -> dict[str, Any]:
    """What can be taken back now."""
    rows = work.session.scalars(select(ArisingCatch).where(
        ArisingCatch.rule_id == rule_id, ArisingCatch.taken_back_at.is_(None)).order_by(ArisingCatch.id.desc()).limit(200))
    return {"catches": [(one.id, one.title) for one in rows]}


def offers_for(work: Work, row: ArisingRule, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a rule now."""
    now = moment(work, row.id)
    if not can(work.actor, MAKE_PLANS, row):
        return ()
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=not verb.back, back=verb.back) for verb in _TABLE
             if verb.on in (None, row.on_since is not None) and (verb.name != "take_back" or now["catches"]))
    return tuple(one for one in found if one is not None)


def act(work: Work, rule_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs."""
    verb = VERBS[name]
    work.permit(MAKE_PLANS, work.get(ArisingRule, rule_id))
    return verb.run(work, rule_id, forms.check_against(verb.inputs, moment(work, rule_id), data, today), version)
