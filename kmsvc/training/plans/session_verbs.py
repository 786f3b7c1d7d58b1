"""Each act on a session with its inputs and use case: buttons, `allowed`, routes and commands come from this one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import object_session

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.plans import holding
from kmsvc.training.plans.models import TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import LONGEST, SessionState
from kmsvc.training.plans.verbs import REASON


@dataclass(frozen=True)
class SessionVerb:
    """An act. run(work, id, inputs, zone, version); begun: only once it has begun, also by who teaches it; else as in
    `verbs.Verb`."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], str, int | None], Any]
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    back: bool = False
    icon: str = "check"
    begun: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Session{self.name.title().replace('_', '')}")


_TABLE = (
    SessionVerb("hold", N_("Close it with its minutes"),
                lambda work, one, data, zone, version: holding.hold(work, one, minutes=data["minutes"], version=version),
                (Input("minutes", "text", N_("Minutes of the session"), required=True, most=LONGEST["minutes"],
                       hint=N_("What was gone through, what was asked, what is still open.")),),
                frozenset({SessionState.PLANNED}), N_("Closed. Who was there can still be corrected."),
                N_("Close the session?"), "", icon="check", begun=True),
    SessionVerb("cancel", N_("Cancel the session"),
                lambda work, one, data, zone, version: holding.cancel_session(work, one, reason=data["reason"], version=version),
                (REASON,), frozenset({SessionState.PLANNED}), N_("Cancelled. Everybody concerned is told; it can be brought back."),
                N_("Cancel the session?"), N_("Everybody with a seat or on the waiting list is told."), True, "x"),
    SessionVerb("bring_back", N_("Bring it back"),
                lambda work, one, data, zone, version: holding.bring_back(work, one, zone=zone, anyway=data["anyway"], version=version),
                (Input("anyway", "line", N_("Why all the same"), most=LONGEST["reason"],
                       hint=N_("Needed only where something speaks against it meanwhile.")),),
                frozenset({SessionState.CANCELLED}), N_("It takes place again. Everybody concerned is told."),
                N_("Bring the session back?"), N_("It is judged anew: trainer, room, people."), True, "swap"),
    SessionVerb("unhold", N_("Open it again"),
                lambda work, one, data, zone, version: holding.unhold(work, one, reason=data["reason"], version=version),
                (REASON,), frozenset({SessionState.HELD}), N_("It is still to be held. Its minutes stay."),
                N_("Open the session again?"), N_("Closed by mistake: it counts as planned again."), True, "swap"),
)
VERBS: dict[str, SessionVerb] = {verb.name: verb for verb in _TABLE}


def offers_for(actor: Actor, row: TrainingSession, now: datetime, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a session now."""
    session = object_session(row)
    teaches = session is not None and holding.holds(session, actor, row)
    found = (offer(verb.name, verb.label, verb.inputs, {}, today, forward=not verb.back, back=verb.back) for verb in _TABLE
             if row.state in verb.states and (teaches if verb.begun else can(actor, MAKE_PLANS, row))
             and (not verb.begun or now >= row.starts_at))
    return tuple(one for one in found if one is not None)


def act(work: Work, session_id: int, name: str, data: dict[str, Any], zone: str, today: date, version: int | None) -> Any:
    """Do an act with loaded inputs."""
    verb = VERBS[name]
    row = work.get(TrainingSession, session_id)
    if verb.begun:
        holding.permit_holding(work, row)
    else:
        work.permit(MAKE_PLANS, row)
    return verb.run(work, session_id, forms.check_against(verb.inputs, {}, data, today), zone, version)
