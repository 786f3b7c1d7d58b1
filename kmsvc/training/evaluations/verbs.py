"""Each act on an evaluation and an adjustment with its inputs and use case: the one table behind buttons, `allowed`, routes and
commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.evaluations import rules, usecases
from kmsvc.training.evaluations.models import Adjustment, Evaluation
from kmsvc.training.evaluations.permissions import FINISH_ADJUSTMENT, RUN_EVALUATION
from kmsvc.training.evaluations.queries import AdjustmentLine
from kmsvc.training.evaluations.rules import (
    LONGEST,
    AdjustmentState,
    Audience,
    EvaluationState,
    Factor,
    Level,
)

BETWEEN = re.compile("[,;\\s\uff0c\uff1b\u3001]+")
DAYS_TO_ANSWER = 7


@dataclass(frozen=True)
class Verb:
    """An act. run(work, id, inputs, today, version); said: what the page says when it is done."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], date, int | None], Any]
    inputs: tuple[Input, ...]
    said: str
    back: bool = False
    icon: str = "check"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Evaluation{self.name.title().replace('_', '')}")


def _words(text: str) -> list[str]:
    return [one for one in BETWEEN.split(text or "") if one]


def _texts(data: dict[str, Any]) -> dict[str, str]:
    return {one.value: data[one.value] for one in Audience}


_TABLE = (
    Verb("choose_method", N_("Choose the method"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.choose_method(
             work, one, levels=_words(data["levels"]), why=data["why"], version=version),
         (Input("levels", "line", N_("Levels that are looked at"), required=True, default=", ".join(level.value for level in Level),
                hint=N_("reaction, learning, behaviour, result")),
          Input("why", "text", N_("Why this method"), required=True, most=LONGEST["text"])), N_("Chosen.")),
    Verb("set_strategy", N_("Set the strategy"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.set_strategy(
             work, one, strategy=data["strategy"], people=_words(data["people"]), version=version),
         (Input("strategy", "text", N_("Whom to ask, when, against what"), required=True, most=LONGEST["text"]),
          Input("people", "text", N_("Accounts of those who took part"), required=True, most=20_000,
                hint=N_("With a comma, a space or a line break between."))), N_("Set."), icon="users"),
    Verb("design_tools", N_("Design means and tools"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.design_tools(
             work, one, tools=data["tools"], factors=_words(data["factors"]), anonymous=data["named"] != "named",
             due_on=data["due_on"], today=today, version=version),
         (Input("factors", "line", N_("Factors that are asked"), required=True, default=", ".join(one.value for one in Factor),
                hint=N_("content, trainer, time, method, environment, rules")),
          Input("named", "choice", N_("How people answer"), required=True, choices="named"),
          Input("due_on", "date", N_("Answers by"), required=True),
          Input("tools", "text", N_("Other means"), required=True, most=LONGEST["text"],
                hint=N_("Exams, observation, QA samples, indicators: which, and where they come from."))), N_("Designed."), icon="pen"),
    Verb("collect", N_("Collect the data"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.collect(work, one, version=version), (),
         N_("Those who took part were asked."), icon="mega"),
    Verb("finish", N_("End collecting and count"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.finish(work, one, version=version), (), N_("Counted."), icon="chart"),
    Verb("report", N_("Tell the result to the four audiences"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.report(
             work, one, conclusion=data["conclusion"], texts=_texts(data), version=version),
         (Input("conclusion", "text", N_("Conclusion of the evaluation"), required=True, most=LONGEST["text"]),
          *(Input(one.value, "text", one.label, required=True, most=LONGEST["text"]) for one in Audience)),
         N_("Told. From now on the result does not change."), icon="mega"),
    Verb("cancel", N_("Give the evaluation up"), RUN_EVALUATION,
         lambda work, one, data, today, version: usecases.cancel(work, one, reason=data["reason"], version=version),
         (Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),), N_("The evaluation was given up."), back=True,
         icon="x"),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}
ADJUSTMENT_VERBS: dict[str, Verb] = {"settle": Verb(
    "settle", N_("Settle this adjustment"), FINISH_ADJUSTMENT,
    lambda work, one, data, today, version: usecases.finish_adjustment(
        work, one, done=data["verdict"] == AdjustmentState.DONE, result=data["result"], today=today, version=version),
    (Input("verdict", "choice", N_("What became of it"), required=True, choices="verdicts"),
     Input("result", "text", N_("What was done, or why not"), required=True, most=LONGEST["text"])), N_("Noted."))}


def moment(today: date) -> dict[str, Any]:
    """What can be chosen now."""
    return {"named": [("anonymous", N_("Anonymous")), ("named", N_("Named"))],
            "verdicts": [(one.value, one.label) for one in (AdjustmentState.DONE, AdjustmentState.DROPPED)],
            "default:due_on": today + timedelta(days=DAYS_TO_ANSWER), "default:named": "anonymous"}


def offers_for(actor: Actor, row: Evaluation, today: date) -> tuple[Offer, ...]:
    """What this caller may do with an evaluation now. An earlier step that was done may be mended, and is no way forward then."""
    done = {"choose_method": row.state != EvaluationState.METHOD, "set_strategy": row.state != EvaluationState.STRATEGY,
            "design_tools": bool(row.factors)}
    found = [offer(verb.name, verb.label, verb.inputs, moment(today), today, forward=not verb.back and not done.get(verb.name, False),
                   back=verb.back) for verb in _TABLE
             if rules.makes_sense(verb.name, row.state) and can(actor, verb.permission, row) and (verb.name != "collect" or row.factors)]
    return tuple(one for one in found if one is not None)


def adjustment_offers(actor: Actor, line: AdjustmentLine, row: Adjustment, today: date) -> tuple[Offer, ...]:
    """What this caller may do with an adjustment now."""
    verb = ADJUSTMENT_VERBS["settle"]
    if line.state != AdjustmentState.OPEN or not (can(actor, RUN_EVALUATION) or can(actor, FINISH_ADJUSTMENT, row)):
        return ()
    made = offer(verb.name, verb.label, verb.inputs, moment(today), today, forward=True)
    return (made,) if made else ()


def act(work: Work, evaluation_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = VERBS[name]
    work.permit(verb.permission, work.get(Evaluation, evaluation_id))
    return verb.run(work, evaluation_id, forms.check_against(verb.inputs, moment(today), data, today), today, version)


def settle(work: Work, adjustment_id: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Settle an adjustment with loaded inputs."""
    verb = ADJUSTMENT_VERBS["settle"]
    row = work.get(Adjustment, adjustment_id)
    work.permit(RUN_EVALUATION if can(work.actor, RUN_EVALUATION) else FINISH_ADJUSTMENT, row)
    return verb.run(work, adjustment_id, forms.check_against(verb.inputs, moment(today), data, today), today, version)
