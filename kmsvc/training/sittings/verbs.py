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
from kmsvc.training.sittings import pausing, rules, steering
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


def _restore(work: Work, one: int, data: dict[str, Any]) -> Sitting:
    return steering.restore(work, one, reason=data["reason"])


def _given(data: dict[str, Any]) -> int:
    return int(_MINUTES.default if data["minutes"] is None else data["minutes"])


_TABLE = (
    Verb("extend", N_("More time"), _extend, (_MINUTES, _REASON), N_("More time is given.")),
    Verb("reopen", N_("Let go on"), _reopen, (_MINUTES, _REASON), N_("The sitting is open again.")),
    Verb("annul", N_("Take out of the count"), _annul, (_REASON,), N_("The sitting counts for nothing now."), back=True),
    Verb("restore", N_("Count it again"), _restore, (_REASON,), N_("The sitting counts again.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def offered(actor: Actor, state: str, person_id: int, today: date, *, released: bool = False) -> tuple[Offer, ...]:
    """What this caller may do with somebody's sitting now."""
    if released or not can(actor, STEER) or actor.person_id == person_id:
        return ()
    found = [offer(verb.name, verb.label, verb.inputs, {}, today, back=verb.back) for verb in _TABLE
             if rules.after(verb.name, state) is not None]
    return tuple(one for one in found if one is not None)


@dataclass(frozen=True)
class ExamVerb:
    """An act on everybody who sits an exam. said: what the page says when it is done, with how many it was for."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any]], int]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Exam{self.name.title()}")


def _extend_all(work: Work, exam: int, data: dict[str, Any]) -> int:
    return pausing.extend_all(work, exam, minutes=_given(data), reason=data["reason"], room=data["room"] or None)


def _pause(work: Work, exam: int, data: dict[str, Any]) -> int:
    pausing.pause(work, exam, reason=data["reason"])
    return 0


def _resume(work: Work, exam: int, data: dict[str, Any]) -> int:
    pausing.resume(work, exam, reason=data["reason"])
    return 0


EXAM_VERBS: dict[str, ExamVerb] = {verb.name: verb for verb in (
    ExamVerb("extend", N_("More time for all"), _extend_all, (_MINUTES, _REASON, Input("room", "line", N_("Room"), most=100)),
             N_("%(count)s people have more time.")),
    ExamVerb("pause", N_("Pause the exam"), _pause, (_REASON,), N_("The exam stands still; nobody loses time.")),
    ExamVerb("resume", N_("Let the exam go on"), _resume, (_REASON,), N_("The exam goes on; everybody has as much time as before.")),
)}


def offered_for_all(actor: Actor, today: date, *, published: bool, running: int, paused: bool) -> tuple[Offer, ...]:
    """What this caller may do for everybody who sits an exam now."""
    if not published or not can(actor, STEER):
        return ()
    fits = {"extend": bool(running), "pause": not paused and bool(running), "resume": paused}
    found = [offer(verb.name, verb.label, verb.inputs, {}, today) for verb in EXAM_VERBS.values() if fits[verb.name]]
    return tuple(one for one in found if one is not None)


def act_for_all(work: Work, exam_id: int, name: str, data: dict[str, Any]) -> int:
    """Do an act on an exam with loaded inputs; for how many people."""
    return EXAM_VERBS[name].run(work, exam_id, data)


def act(work: Work, sitting_id: int, name: str, data: dict[str, Any]) -> Sitting:
    """Do an act with loaded inputs."""
    return VERBS[name].run(work, sitting_id, data)
