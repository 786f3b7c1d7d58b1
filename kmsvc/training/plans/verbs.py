"""Each act on a plan with its inputs and use case: the one table behind buttons, `allowed`, routes and commands. Those on sessions:
`session_verbs.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import object_session

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.plans import usecases
from kmsvc.training.plans.models import Plan
from kmsvc.training.plans.permissions import APPROVE_PLANS, MAKE_PLANS
from kmsvc.training.plans.rules import LONGEST, PlanState


@dataclass(frozen=True)
class Verb:
    """An act. run(work, id, inputs, version); states: where it makes sense; said: what the page says when it is done; ask, warn: the
    question and the sentence before it is done; back: it takes something back or out of force."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], int | None], Any]
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    back: bool = False
    icon: str = "check"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Plan{self.name.title().replace('_', '')}")


REASON = Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"])
_TABLE = (
    Verb("approve", N_("Approve the plan"), APPROVE_PLANS, lambda work, one, data, version: usecases.approve(work, one, version=version),
         (), frozenset({PlanState.DRAFT}), N_("Approved. Sessions can be held.")),
    Verb("finish", N_("The plan is done"), MAKE_PLANS,
         lambda work, one, data, version: usecases.finish(work, one, spent=data["spent"], version=version),
         (Input("spent", "whole", N_("What it cost in the end, in yuan")),), frozenset({PlanState.APPROVED, PlanState.RUNNING}),
         N_("The plan is done. It can be opened again."), N_("Is everything done?"),
         N_("No session may wait any more; figures take the cost that you name.")),
    Verb("take_back", N_("Take the approval back"), APPROVE_PLANS,
         lambda work, one, data, version: usecases.take_back(work, one, reason=data["reason"], version=version), (REASON,),
         frozenset({PlanState.APPROVED, PlanState.RUNNING}), N_("The plan is a draft again."), N_("Take the approval back?"),
         N_("The plan is a draft again until it is approved anew."), True, "swap"),
    Verb("cancel", N_("Cancel the plan"), MAKE_PLANS,
         lambda work, one, data, version: usecases.cancel(work, one, reason=data["reason"], version=version), (REASON,),
         frozenset({PlanState.DRAFT, PlanState.APPROVED, PlanState.RUNNING}), N_("The plan is cancelled. It can be restored."),
         N_("Cancel the plan?"), N_("Its sessions to come are cancelled too, everybody concerned is told. What was held stays."),
         True, "x"),
    Verb("reopen", N_("Go on with the plan"), MAKE_PLANS,
         lambda work, one, data, version: usecases.reopen(work, one, reason=data["reason"], version=version), (REASON,),
         frozenset({PlanState.DONE}), N_("The plan goes on."), N_("Go on with the plan?"), "", True, "swap"),
    Verb("restore", N_("Restore the plan"), MAKE_PLANS,
         lambda work, one, data, version: usecases.restore(work, one, reason=data["reason"], version=version),
         (Input("reason", "line", N_("Reason"), most=LONGEST["reason"]),), frozenset({PlanState.CANCELLED}),
         N_("The plan stands as it stood. Bring its sessions back one by one."), N_("Restore the plan?"),
         N_("Its sessions stay cancelled until you bring each of them back: each is judged anew."), True, "swap"),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def offers_for(actor: Actor, row: Plan, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a plan now. Nobody approves the own one."""
    own = row.made_by_id is not None and row.made_by_id == actor.person_id
    session = object_session(row)
    begun = row.state == PlanState.RUNNING and session is not None and usecases.has_sessions(session, row)
    found = (offer(verb.name, verb.label, verb.inputs, {}, today, forward=not verb.back, back=verb.back) for verb in _TABLE
             if row.state in verb.states and can(actor, verb.permission, row) and not (own and verb.name == "approve")
             and not (begun and verb.name == "take_back"))
    return tuple(one for one in found if one is not None)


def act(work: Work, plan_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs."""
    verb = VERBS[name]
    work.permit(verb.permission, work.get(Plan, plan_id))
    return verb.run(work, plan_id, forms.check_against(verb.inputs, {}, data, today), version)
