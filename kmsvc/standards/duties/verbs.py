"""Each act on a duty with its inputs and use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties import life
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.permissions import ANSWER_DUTY, KEEP_DUTIES
from kmsvc.standards.duties.rules import DutyState

REASON = Input("reason", "line", N_("Reason"), required=True, most=500)
RECORD = Input("record", "line", N_("Record"), most=500, hint=N_("The number of a thing here, like P-004, or an address: https://…"))
_OPEN = frozenset({DutyState.OPEN.value})


@dataclass(frozen=True)
class DutyVerb:
    """An act on a duty. run(work, id, inputs, today, version); own: who answers for the duty may do it too; states: where it makes
    sense; said: what the page says when it is done; ask, warn: the question and the sentence before; back: it takes something back."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], date, int | None], Any]
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    own: bool = False
    back: bool = False
    icon: str = "check"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Duty{self.name.title().replace('_', '')}")


_TABLE = (
    DutyVerb("do", N_("Note that it is done"),
             lambda work, one, data, today, version: life.do(
                 work, one, on=data["on"] or today, today=today, record=data["record"], reason=data["reason"], version=version),
             (Input("on", "date", N_("Done on"), default="today", past_only=True), RECORD,
              Input("reason", "text", N_("Result in short"), most=2_000)), _OPEN, N_("Done. It can be opened again."),
             N_("What shows that it is done?"), own=True),
    DutyVerb("prove", N_("Add a record"),
             lambda work, one, data, today, version: life.prove(work, one, record=data["record"], version=version),
             (Input("record", "line", N_("Record"), required=True, most=500, hint=RECORD.hint),),
             _OPEN | {DutyState.DONE.value}, N_("Added."), N_("Which record shows it?"), own=True, icon="plus"),
    DutyVerb("drop_record", N_("Strike out a record"),
             lambda work, one, data, today, version: life.drop_proof(
                 work, one, proof_id=data["proof"], reason=data["reason"], version=version),
             (Input("proof", "choice", N_("Record"), required=True, choices="proofs"), REASON), _OPEN | {DutyState.DONE.value},
             N_("Struck out. It stays in sight."), N_("Which record does not count?"), own=True, back=True, icon="x"),
    DutyVerb("plan", N_("Plan a day"),
             lambda work, one, data, today, version: life.plan(work, one, planned_on=data["planned_on"], version=version),
             (Input("planned_on", "date", N_("Best done on"), required=True),), _OPEN, N_("Planned. By when it is due stays."),
             N_("When is it best done?"), own=True, icon="cal"),
    DutyVerb("move", N_("Move it"),
             lambda work, one, data, today, version: life.move(
                 work, one, due_on=data["due_on"], reason=data["reason"], version=version),
             (Input("due_on", "date", N_("Due on"), required=True), REASON), _OPEN, N_("Moved. The first day stays in the history."),
             N_("Move it to another day?"), N_("The period keeps its name; reminders start anew."), icon="cal"),
    DutyVerb("give", N_("Give it to somebody else"),
             lambda work, one, data, today, version: life.give(work, one, owner=data["owner"], reason=data["reason"], version=version),
             (Input("owner", "choice", N_("Who answers for it"), required=True, choices="people"),
              Input("reason", "line", N_("Reason"), most=500)), _OPEN, N_("Given. Both hear of it."), N_("Who takes it over?"),
             icon="users"),
    DutyVerb("waive", N_("Waive it"),
             lambda work, one, data, today, version: life.waive(work, one, reason=data["reason"], version=version), (REASON,), _OPEN,
             N_("Waived, with your reason."), N_("Waive this duty?"),
             N_("It counts as left out for a reason, not as done. It can be opened again."), back=True, icon="x"),
    DutyVerb("cancel", N_("Cancel it"),
             lambda work, one, data, today, version: life.cancel(work, one, reason=data["reason"], version=version), (REASON,), _OPEN,
             N_("Cancelled, with your reason."), N_("Cancel this duty?"),
             N_("For what should never have been asked for. It can be opened again."), back=True, icon="x"),
    DutyVerb("reopen", N_("Open it again"),
             lambda work, one, data, today, version: life.reopen(work, one, reason=data["reason"], version=version), (REASON,),
             frozenset({DutyState.DONE.value, DutyState.WAIVED.value, DutyState.CANCELLED.value}), N_("Open again."),
             N_("Open this duty again?"), N_("Records stay; reminders start anew."), own=True, back=True, icon="swap"),
)
VERBS: dict[str, DutyVerb] = {verb.name: verb for verb in _TABLE}


def moment(work: Work, row: Obligation) -> dict[str, Any]:
    """What can be chosen now."""
    people = directory(work.session).active()
    return {"people": [(one.id, f"{one.name} {one.login}".strip()) for one in people if one.logins and one.id != row.owner_id],
            "proofs": [(one.id, one.number) for one in life.proofs_of(work.session, row.id)],
            "default:due_on": row.due_on, "default:planned_on": row.planned_on or row.due_on}


def offers_for(work: Work, row: Obligation, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a duty now; nothing with one that is looked after where it comes from."""
    if row.rule_id is None or work.session.get(ClauseDuty, row.rule_id) is None:
        return ()
    now = moment(work, row)
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name == "do", back=verb.back) for verb in _TABLE
             if row.state in verb.states and (can(work.actor, KEEP_DUTIES, row) or (verb.own and can(work.actor, ANSWER_DUTY, row))))
    return tuple(one for one in found if one is not None)


def act(work: Work, duty_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs."""
    verb = VERBS[name]
    row, _ = life.duty_to_change(work, duty_id, None, by_owner=verb.own)
    return verb.run(work, duty_id, forms.check_against(verb.inputs, moment(work, row), data, today), today, version)
