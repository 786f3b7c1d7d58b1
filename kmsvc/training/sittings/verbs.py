"""What a supervisor may do with a sitting: one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.sittings import rules, steering
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.permissions import STEER

_REASON = Input("reason", "line", N_("Reason"), required=True, most=steering.LONGEST_REASON)
_MINUTES = Input("minutes", "whole", N_("Minutes"), default=10, hint=N_("From 1 to 480 minutes."))


@dataclass(frozen=True)
class Verb:
    """An act on a sitting. said: what the page says when it is done."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any]], Sitting]
    inputs: tuple[Input, ...]
    said: str
    back: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Sitting{self.name.title()}")


def _extend(work: Work, one: int, data: dict[str, Any]) -> Sitting:
    return steering.extend(work, one, minutes=_given(data), reason=data["reason"])


def _reopen(work: Work, one: int, data: dict[str, Any]) -> Sitting:
    return steering.reopen(work, one, minutes=_given(data), reason=data["reason"])


def _annul(work: Work, one: int, data: dict[str, Any]) -> Sitting:
    return steering.annul(work, one, reason=data["reason"])


def _given(data: dict[str, Any]) -> int:
    return int(_MINUTES.default if data["minutes"] is None else data["minutes"])


_TABLE = (
    Verb("extend", N_("More time"), _extend, (_MINUTES, _REASON), N_("More time is given.")),
    Verb("reopen", N_("Let go on"), _reopen, (_MINUTES, _REASON), N_("The sitting is open again.")),
    Verb("annul", N_("Take out of the count"), _annul, (_REASON,), N_("The sitting counts for nothing now."), back=True),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def offered(actor: Actor, state: str, person_id: int, today: date, *, released: bool = False) -> tuple[Offer, ...]:
    """What this caller may do with somebody's sitting now."""
    if released or not can(actor, STEER) or actor.person_id == person_id:
        return ()
    found = [offer(verb.name, verb.label, verb.inputs, {}, today, back=verb.back) for verb in _TABLE
             if rules.after(verb.name, state) is not None]
    return tuple(one for one in found if one is not None)


def act(work: Work, sitting_id: int, name: str, data: dict[str, Any]) -> Sitting:
    """Do an act with loaded inputs."""
    return VERBS[name].run(work, sitting_id, data)
