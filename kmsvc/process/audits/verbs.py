"""Each act on an audit and on a process of it, with its inputs and use case: the tables behind buttons, `allowed`, routes, commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.process.audits import judging, rules, usecases
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, LEAD_AUDIT, SIGN_KEPT
from kmsvc.process.audits.reporting import report_of, stands
from kmsvc.process.audits.rules import LONGEST, AuditStand, ProcessAuditResult
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import MANAGE_PROCESS, may_see
from kmsvc.process.definitions.rules import ProcessGroup

YES, NO = "yes", "no"
ANSWERS = [(YES, N_("Yes")), (NO, N_("No"))]


@dataclass(frozen=True)
class AuditVerb:
    """An act. run(work, id, inputs, today, version) gives what `said` is filled with; said: what the page says afterwards; ask, warn:
    the question and the sentence before; signs: it asks for the password again; back: it takes something back or away."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], date, int | None], Any]
    inputs: tuple[Input, ...]
    state: str
    said: str
    ask: str = ""
    warn: str = ""
    signs: bool = False
    back: bool = False
    icon: str = "check"
    thing: str = "ProcessAudit"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"{self.thing}{self.name.title().replace('_', '')}")


def _assign(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return usecases.assign(work, one, auditor=data["auditor"], group=data["group"], anew=data["anew"] == YES, version=version)


def _sign(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return {"count": judging.sign_kept(work, one, content_hash=data["content_hash"], comment=data["comment"], today=today)}


def _take_up(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    made = usecases.take_up_audit(work, one, reason=data["reason"], processes=data["processes"],
                                  due_on=data["due_on"] or today + timedelta(days=30), today=today, version=version)
    return {"number": made.number, "id": made.id}


_HASH = Input("content_hash", "const", N_("Hash of what was shown"))
_TABLE = (
    AuditVerb("start", N_("Begin the audit"), LEAD_AUDIT,
              lambda work, one, data, today, version: usecases.start_audit(work, one, today=today, version=version), (), "start",
              N_("The audit has begun: every process in force today is in it. Share them out now."), N_("Begin the process audit?"),
              N_("Every process in force today is in it. What comes into force later is offered to be added."), icon="play"),
    AuditVerb("assign", N_("Share out"), LEAD_AUDIT, _assign, (
        Input("auditor", "choice", N_("Audited by"), required=True, choices="auditors"),
        Input("group", "choice", N_("Process group"), choices="groups", hint=N_("Left empty: all groups.")),
        Input("anew", "choice", N_("Also those that somebody else has"), choices="answers", default=NO)), "assign",
              N_("%(count)s processes were given; the auditor hears of it."), N_("Who audits what?"),
              N_("Nobody audits a process of their own: such processes are left and named."), icon="users"),
    AuditVerb("add_new", N_("Add the new processes"), LEAD_AUDIT,
              lambda work, one, data, today, version: {"count": usecases.add_new(work, one, version=version)}, (), "add_new",
              N_("%(count)s processes were added."), N_("Add what came into force since the audit began?"), icon="plus"),
    AuditVerb("open_changes", N_("Open the missing change requests"), LEAD_AUDIT,
              lambda work, one, data, today, version: {"count": judging.open_changes(work, one, today=today)}, (), "follow",
              N_("%(count)s change requests were opened."), N_("Open a change request for every process to be updated?"), icon="branch"),
    AuditVerb("sign", N_("Sign what is kept"), SIGN_KEPT, _sign, (
        Input("comment", "line", N_("Remark"), most=LONGEST["reason"]), _HASH), "sign",
              N_("%(count)s processes are confirmed; their next review counts from today."), N_("Sign that these processes are kept?"),
              N_("Each gets its record “confirmed, no change”. A signature is not taken back."), signs=True, icon="shield"),
    AuditVerb("close", N_("Close and archive"), LEAD_AUDIT,
              lambda work, one, data, today, version: usecases.close_audit(
                  work, one, conclusion=data["conclusion"], actions=data["actions"], today=today, content_hash=data["content_hash"],
                  version=version), (
        Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["conclusion"]),
        Input("actions", "text", N_("Action plan"), most=LONGEST["actions"],
              hint=N_("What is done, by whom, until when; the change requests are in the report already.")), _HASH), "close",
              N_("Closed and archived. From now on nothing in this audit changes."), N_("Close the process audit?"),
              N_("The report is archived as it stands; afterwards nobody can change it."), signs=True, icon="shield"),
    AuditVerb("take_up", N_("Audit again beside it"), LEAD_AUDIT,
              _take_up, (
        Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),
        Input("processes", "line", N_("Processes"), most=500, hint=N_("Numbers like P-004; left empty: all in force.")),
        Input("due_on", "date", N_("Due"), hint=N_("Left empty: thirty days from today."))), "take_up",
              N_("%(number)s has begun beside it. Share the processes out."), N_("Take the closed audit up again?"),
              N_("Its archive stays as it is; a later part of the same year begins beside it."), back=True, icon="swap"),
    AuditVerb("cancel", N_("Give it up"), LEAD_AUDIT,
              lambda work, one, data, today, version: usecases.cancel_audit(work, one, reason=data["reason"], version=version),
              (Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),), "cancel",
              N_("The audit was given up. What was judged stays to be read."), N_("Give the process audit up?"),
              N_("What was judged stays to be read; the year can be planned anew."), back=True, icon="x"),
)
VERBS: dict[str, AuditVerb] = {verb.name: verb for verb in _TABLE}


def _judge(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return judging.judge(work, one, judging.Judged(
        {name: data[name] == YES for name in rules.QUESTIONS}, data["result"], data["findings"], data["record"], data["action"],
        data["due_on"]), today=today, version=version)


def _give(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    row = work.get(ProcessAuditItem, one)
    return usecases.assign(work, row.audit_id, auditor=data["auditor"], anew=True, only={one})


_ITEMS = (
    AuditVerb("judge", N_("Note the result"), JUDGE_PROCESS, _judge, (
        Input("needed", "choice", N_("Still needed?"), required=True, choices="answers"),
        Input("correct", "choice", N_("Correct?"), required=True, choices="answers"),
        Input("followed", "choice", N_("Followed in daily work?"), required=True, choices="answers"),
        Input("findings", "text", N_("Notes"), most=LONGEST["findings"]),
        Input("record", "line", N_("Proof"), most=500, hint=N_("The number of a thing here, like P-004, or an address: https://…")),
        Input("result", "choice", N_("Result"), required=True, choices="results"),
        Input("action", "text", N_("What is to be done"), most=LONGEST["action"]),
        Input("due_on", "date", N_("By when"), hint=N_("Left empty: thirty days from today."))), "judge", N_("Noted.")),
    AuditVerb("undo", N_("Take the result back"), JUDGE_PROCESS,
              lambda work, one, data, today, version: judging.undo(work, one, version=version), (), "judge",
              N_("Taken back. The process waits again."), back=True, icon="hist"),
    AuditVerb("give", N_("Give to somebody"), LEAD_AUDIT, _give, (
        Input("auditor", "choice", N_("Audited by"), required=True, choices="others"),), "assign",
              N_("%(count)s processes were given; the auditor hears of it."), N_("Who audits this process?"), icon="users"),
    AuditVerb("open_change", N_("Open the change request"), JUDGE_PROCESS,
              lambda work, one, data, today, version: {"number": judging.open_change(
                  work, one, today=today, title=data["title"], version=version).number},
              (Input("title", "line", N_("Title"), most=LONGEST["title"], hint=N_("Left empty: the process and the audit.")),), "follow",
              N_("Change request %(number)s is open; it leads back here."), N_("Open a change request from this finding?"),
              N_("What was found becomes its reason. The result cannot be taken back afterwards."), icon="branch"),
    AuditVerb("withdraw", N_("Retire"), MANAGE_PROCESS,
              lambda work, one, data, today, version: judging.withdraw(
                  work, one, today=today, superseded_by_id=data["superseded_by"], version=version),
              (Input("superseded_by", "choice", N_("What takes its place"), choices="successors"),), "follow",
              N_("The process is out of force."), N_("Take this process out of force?"),
              N_("It stays readable with a red bar. The finding becomes the reason."), back=True, icon="x"),
)
ITEM_VERBS: dict[str, AuditVerb] = {verb.name: replace(verb, thing="AuditedProcess") for verb in _ITEMS}


def moment(work: Work, row: ProcessAudit, item: ProcessAuditItem | None = None) -> dict[str, Any]:
    """What can be chosen now."""
    people = usecases.auditors(work)
    found: dict[str, Any] = {
        "answers": ANSWERS, "results": [(one.value, one.label) for one in ProcessAuditResult],
        "auditors": [(one.login, one.name) for one in people], "groups": [(one.value, one.label) for one in ProcessGroup]}
    if item is not None:
        process = work.get(Process, item.process_id)
        found["others"] = [(one.login, one.name) for one in people if one.id not in (process.owner_id, item.auditor_id)]
    return found


def _successors(work: Work, item: ProcessAuditItem) -> list[tuple[int, str]]:
    return [(one.id, f"{one.number} {one.name}") for one in work.session.scalars(select(Process).where(
        Process.published_version_id.is_not(None), Process.id != item.process_id).order_by(Process.number)) if may_see(work.actor, one)]


def offers_for(work: Work, row: ProcessAudit, today: date) -> tuple[Offer, ...]:
    """What this caller may do with an audit now."""
    wanted = [verb for verb in _TABLE if rules.makes_sense(verb.state, row.state) and can(work.actor, verb.permission, None)]
    if not wanted:
        return ()
    held = stands(work.session, row.id)
    signable = judging.to_sign(work, row.id) if any(one.name == "sign" for one in wanted) and AuditStand.TO_SIGN in held else []
    sense = {"take_up": usecases.later_part(work, row) is None,
             "assign": any(one in (AuditStand.UNASSIGNED, AuditStand.WAITING) for one in held),
             "add_new": row.state == rules.ProcessAuditState.RUNNING and row.part == 1 and bool(usecases.later_processes(work, row.id)),
             "open_changes": any(one.result == ProcessAuditResult.UPDATE and one.change_id is None
                                 for one in usecases.items_of(work, row.id)) if AuditStand.TO_FOLLOW in held else False,
             "sign": bool(signable), "close": bool(held) and set(held) == {AuditStand.DONE}}
    now = moment(work, row)
    found = []
    for verb in wanted:
        if not sense.get(verb.name, True):
            continue
        shown = {"sign": lambda: judging.shown_hash(work, row.id),
                 "close": lambda: rules.hash_of(report_of(work.session, row))}.get(verb.name)
        found.append(offer(verb.name, verb.label, verb.inputs, {**now, "content_hash": shown() if shown else ""}, today,
                           forward=verb.name in ("start", "assign", "sign", "close"), back=verb.back))
    return tuple(one for one in found if one is not None)


def item_offers(work: Work, audit: ProcessAudit, item: ProcessAuditItem, today: date) -> tuple[Offer, ...]:
    """What this caller may do with one process of an audit now."""
    process = work.get(Process, item.process_id)
    leads, mine = can(work.actor, LEAD_AUDIT), can(work.actor, JUDGE_PROCESS, item)
    free = item.signed_at is None and item.change_id is None
    acts = item.result in (ProcessAuditResult.UPDATE, ProcessAuditResult.WITHDRAW) and free
    may = {"judge": mine and free and process.owner_id != work.actor.person_id,
           "undo": (mine or leads) and free and item.result is not None,
           "give": leads and item.result is None, "open_change": (mine or leads) and acts and process.retired_at is None,
           "withdraw": acts and item.result == ProcessAuditResult.WITHDRAW and process.retired_at is None
           and can(work.actor, MANAGE_PROCESS, process)}
    wanted = [verb for verb in _ITEMS if may[verb.name] and rules.makes_sense(verb.state, audit.state)]
    if not wanted:
        return ()
    now = moment(work, audit, item)
    if any(one.name == "withdraw" for one in wanted):
        now["successors"] = _successors(work, item)
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name in ("judge", "open_change"), back=verb.back)
             for verb in wanted)
    return tuple(one for one in found if one is not None)


def act(work: Work, audit_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act on an audit with loaded inputs."""
    verb = VERBS[name]
    row = usecases.open_audit(work, audit_id, verb.state, verb.permission)
    return verb.run(work, audit_id, forms.check_against(verb.inputs, moment(work, row), data, today), today, version)


def act_on_item(work: Work, item_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act on one process of an audit with loaded inputs."""
    verb = ITEM_VERBS[name]
    row, audit, _ = judging.item_to_change(work, item_id, verb.state, None)
    now = moment(work, audit, row) | {"successors": _successors(work, row) if name == "withdraw" else []}
    if name == "give":
        now["others"] = now["auditors"]  # who owns the process is refused with the reason, not as a choice that is not there
    return verb.run(work, item_id, forms.check_against(verb.inputs, now, data, today), today, version)


def filled(name: str, verb: AuditVerb, done: Any) -> tuple[str, dict[str, Any]]:
    """What the page says when an act is done, with its values."""
    if isinstance(done, usecases.Shared):
        return usecases.said_of(done)
    return verb.said, done if isinstance(done, dict) else {}


def default_due(year: int) -> date:
    """The day by which the audit of a year is proposed to be closed: 30 days before its end."""
    return date(year, 12, 31) - timedelta(days=30)
