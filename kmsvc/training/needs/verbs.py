"""Each act on a survey, a line of the annual plan and a suggestion with its inputs and use case: the one table behind buttons,
`allowed`, routes and commands."""

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
from kmsvc.training.needs import designing, planning, realising, rules, usecases
from kmsvc.training.needs.models import AnnualLine, Campaign, Suggestion
from kmsvc.training.needs.permissions import PLAN_YEAR, RUN_NEEDS, SIGN_NEEDS
from kmsvc.training.needs.plan_queries import PlanLineCard
from kmsvc.training.needs.queries import CampaignCard
from kmsvc.training.needs.rules import LONGEST, CampaignState, LineState
from kmsvc.training.plans.permissions import MAKE_PLANS

BETWEEN = re.compile("[,;\\s\uff0c\uff1b\u3001]+")


@dataclass(frozen=True)
class Verb:
    """An act. run(work, id, inputs, today, version); said: what the page says when it is done; back: it takes something back."""

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
        return schema_of(self.inputs, f"Needs{self.name.title().replace('_', '')}")


_REASON = Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"])
_DUE = Input("due_on", "date", N_("Answers by"), required=True)


def _people(text: str) -> list[str]:
    return [one for one in BETWEEN.split(text) if one]


_CAMPAIGN = (
    Verb("take_over", N_("Take questionnaires over from the last survey"), RUN_NEEDS,
         lambda work, one, data, today, version: designing.take_over(work, one, version=version), (),
         N_("The questionnaires were taken over."), icon="copy"),
    Verb("send", N_("Send to everybody"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.send_campaign(work, one, due_on=data["due_on"], today=today, version=version),
         (_DUE,), N_("Sent. Everybody was told, and is reminded before the day."), icon="mega"),
    Verb("extend", N_("Give more time"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.extend_campaign(
             work, one, due_on=data["due_on"], reason=data["reason"], version=version),
         (_DUE, _REASON), N_("Who has not answered was told of the new day."), back=True, icon="clock"),
    Verb("close", N_("End answering and count"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.close_campaign(work, one, version=version), (),
         N_("Counted. The figures stand still from now on."), icon="chart"),
    Verb("draw", N_("Draw who is interviewed"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.draw_interviews(
             work, one, share=data["share"], seed=data["seed"], version=version),
         (Input("share", "whole", N_("Share of everybody asked, in percent"), required=True, default=10),
          Input("seed", "line", N_("Seed of the draw"), most=LONGEST["seed"],
                hint=N_("Left empty: drawn by the service. With it anybody can draw the same people again."))),
         N_("Drawn. Those concerned were told."), icon="dice"),
    Verb("finish_interviews", N_("Interviews are finished"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.finish_interviews(work, one, version=version), (),
         N_("Finished. Next is the management meeting."), icon="check"),
    Verb("hold_meeting", N_("Keep the minutes of the management meeting"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.hold_meeting(
             work, one, met_on=data["met_on"], people=_people(data["people"]), minutes=data["minutes"], decisions=data["decisions"],
             today=today, version=version),
         (Input("met_on", "date", N_("Day of the meeting"), required=True, default="today", past_only=True),
          Input("people", "text", N_("Accounts of those who took part"), required=True, most=2000,
                hint=N_("With a comma, a space or a line break between.")),
          Input("minutes", "text", N_("Minutes of the meeting"), required=True, most=LONGEST["minutes"]),
          Input("decisions", "text", N_("Decisions"), required=True, most=LONGEST["decisions"])),
         N_("Kept. The report can be signed now."), icon="users"),
    Verb("sign", N_("Conclude the needs report and sign"), SIGN_NEEDS,
         lambda work, one, data, today, version: usecases.sign_campaign(
             work, one, conclusion=data["conclusion"], today=today, content_hash=data["content_hash"], version=version),
         (Input("conclusion", "text", N_("Conclusion of the needs report"), required=True, most=LONGEST["conclusion"]),
          Input("content_hash", "const", N_("Hash of what was shown"))),
         N_("Signed. From now on nothing in this survey changes."), icon="shield"),
    Verb("cancel", N_("Give the survey up"), RUN_NEEDS,
         lambda work, one, data, today, version: usecases.cancel_campaign(work, one, reason=data["reason"], version=version),
         (_REASON,), N_("The survey was given up."), back=True, icon="x"),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _CAMPAIGN}

_DONE = (Input("done_on", "date", N_("Done on"), default="today", past_only=True),
         Input("note", "text", N_("What was done and seen"), most=LONGEST["note"]))
_LINE: tuple[Verb, ...] = (
    Verb("deliver", N_("Note the next step of delivery"), PLAN_YEAR,
         lambda work, one, data, today, version: planning.deliver_step(
             work, one, today=today, done_on=data["done_on"], note=data["note"], version=version), _DONE, N_("Noted.")),
    Verb("drop", N_("Drop it from the plan"), PLAN_YEAR,
         lambda work, one, data, today, version: planning.drop_line(work, one, reason=data["reason"], version=version), (_REASON,),
         N_("Dropped. It can be put back."), back=True, icon="x"),
    Verb("restore", N_("Put it back into the plan"), PLAN_YEAR,
         lambda work, one, data, today, version: planning.restore_line(work, one, version=version), (),
         N_("It stands in the plan again."), icon="swap"),
)
_LINE = (
    Verb("make_plan", N_("Make a training plan of it"), MAKE_PLANS,
         lambda work, one, data, today, version: realising.make_plan_of(work, one, version=version), (),
         N_("A draft stands among the training plans, with hours, cost, target and evaluation of this line."), icon="cal"),
    *_LINE,
    Verb("unlink_plan", N_("Take the training plan off this line"), MAKE_PLANS,
         lambda work, one, data, today, version: realising.unlink_plan(work, one, reason=data["reason"], version=version), (_REASON,),
         N_("The line stands without a plan again; another can be made."), back=True, icon="x"),
)
LINE_VERBS: dict[str, Verb] = {verb.name: verb for verb in _LINE}
_LINE_STATES = {"deliver": {LineState.PLANNED, LineState.RUNNING}, "drop": {LineState.PLANNED}, "restore": {LineState.DROPPED},
                "make_plan": {LineState.PLANNED, LineState.RUNNING}, "unlink_plan": {LineState.PLANNED, LineState.RUNNING}}

_ANSWER = (Input("verdict", "choice", N_("What becomes of it"), required=True, choices="verdicts"),
           Input("answer", "text", N_("Answer to the sender"), required=True, most=LONGEST["text"]))
SUGGESTION_VERBS: dict[str, Verb] = {"answer": Verb(
    "answer", N_("Answer this suggestion"), PLAN_YEAR,
    lambda work, one, data, today, version: planning.answer_suggestion(
        work, one, taken=data["verdict"] == rules.SuggestionState.TAKEN, answer=data["answer"], version=version), _ANSWER,
    N_("Answered. The sender was told."), icon="chat")}


def moment(today: date, card: CampaignCard | None = None) -> dict[str, Any]:
    """What can be chosen now, and what is proposed."""
    said: dict[str, Any] = {
        "verdicts": [(one.value, one.label) for one in (rules.SuggestionState.TAKEN, rules.SuggestionState.DECLINED)],
        "content_hash": card.shown_hash if card else "", "default:due_on": None}
    if card is not None:
        later = max(card.line.due_on, today) + timedelta(days=7)
        said["default:due_on"] = later if card.line.state == CampaignState.ASKING else max(card.line.due_on, today)
    return said


def offers_for(actor: Actor, row: Campaign, card: CampaignCard, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a survey now; what rests on something missing is not offered."""
    now = moment(today, card)
    ready = {"send": bool(card.forms) and not card.nobody, "close": card.line.answered > 0,
             "finish_interviews": card.line.held > 0 and all(one.noted_at for one in card.interviews),
             "hold_meeting": True}
    found = [offer(verb.name, verb.label, verb.inputs, now, today, forward=not verb.back and not (
        verb.name == "hold_meeting" and row.state == CampaignState.REPORT), back=verb.back)
        for verb in _CAMPAIGN if rules.makes_sense(verb.name, row.state) and can(actor, verb.permission, row)
        and ready.get(verb.name, True)]
    return tuple(one for one in found if one is not None)


def line_offers(actor: Actor, row: AnnualLine | PlanLineCard, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a line now."""
    found = [offer(verb.name, verb.label, verb.inputs, moment(today), today, forward=not verb.back, back=verb.back)
             for verb in _LINE if row.state in _LINE_STATES[verb.name] and can(actor, verb.permission) and can(actor, PLAN_YEAR)
             and not (verb.name == "make_plan" and row.plan_id is not None) and not (verb.name == "unlink_plan" and row.plan_id is None)]
    return tuple(one for one in found if one is not None)


def suggestion_offers(actor: Actor, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a suggestion."""
    verb = SUGGESTION_VERBS["answer"]
    made = offer(verb.name, verb.label, verb.inputs, moment(today), today, forward=True) if can(actor, verb.permission) else None
    return (made,) if made else ()


def act(work: Work, table: dict[str, Verb], model: type[Campaign] | type[AnnualLine] | type[Suggestion], one: int, name: str,
        data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = table[name]
    row = work.get(model, one)
    work.permit(verb.permission, row)
    now = moment(today)
    if "content_hash" in {it.name for it in verb.inputs}:
        now["content_hash"] = data.get("content_hash")
    return verb.run(work, one, forms.check_against(verb.inputs, now, data, today), today, version)
