"""What a process audit and a themed optimisation may go through, what a result needs, who may audit what: tables and pure functions.
Source: domain section 4.3, clause 42."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.core.texts import N_, Filled, Labelled


class ProcessAuditState(Labelled):
    """Where the process audit of a year stands."""

    PLANNED = "planned", N_("Audit planned")
    RUNNING = "running", N_("Processes are being audited")
    CLOSED = "closed", N_("Closed and archived")
    CANCELLED = "cancelled", N_("Given up")


class ProcessAuditResult(Labelled):
    """What is to become of a process that was audited."""

    KEEP = "keep", N_("Keep as it is")
    UPDATE = "update", N_("Update")
    WITHDRAW = "withdraw", N_("Withdraw the process")


class AuditStand(Labelled):
    """What a process of an audit still waits for."""

    UNASSIGNED = "unassigned", N_("Nobody audits it yet")
    WAITING = "waiting", N_("Waits for its auditor")
    TO_SIGN = "to_sign", N_("Waits for a signature")
    TO_FOLLOW = "to_follow", N_("Waits for its change request or withdrawal")
    DONE = "done", N_("Settled")


class OptimisationState(Labelled):
    """Where a themed optimisation stands."""

    OPEN = "open", N_("Under way")
    CLOSED = "closed", N_("Closed with a result")
    DROPPED = "dropped", N_("Dropped")


class OptimisationResult(Labelled):
    """What a themed optimisation has brought."""

    REACHED = "reached", N_("Reached")
    PARTLY = "partly", N_("Reached in part")
    MISSED = "missed", N_("Not reached")


AUDIT_KIND, THEME_KIND = "process_audit", "process_theme"
"""what they are called in the register of cards"""
QUESTIONS = ("needed", "correct", "followed")
LONGEST = {"purpose": 1000, "findings": 2000, "action": 1000, "conclusion": 4000, "actions": 4000, "reason": 500, "theme": 200,
           "why": 2000, "effect": 1000, "title": 120}
DAYS_TO_ACT = 30
S = ProcessAuditState
VERBS: Mapping[str, frozenset[ProcessAuditState]] = {
    "start": frozenset({S.PLANNED}), "assign": frozenset({S.RUNNING}), "add_new": frozenset({S.RUNNING}),
    "judge": frozenset({S.RUNNING}), "sign": frozenset({S.RUNNING}), "follow": frozenset({S.RUNNING}),
    "close": frozenset({S.RUNNING}), "take_up": frozenset({S.CLOSED}), "cancel": frozenset({S.PLANNED, S.RUNNING})}


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state of an audit."""
    return state in VERBS[verb]


def proposed(answers: Mapping[str, bool | None]) -> ProcessAuditResult | None:
    """The result that answers lead to: not needed is withdrawn, anything else that is not right is updated; None while one is open."""
    if answers.get("needed") is False:
        return ProcessAuditResult.WITHDRAW
    if any(answers.get(name) is None for name in QUESTIONS):
        return None
    return ProcessAuditResult.KEEP if all(answers.values()) else ProcessAuditResult.UPDATE


def check_judged(answers: Mapping[str, bool], result: str, findings: str | None, *, in_force: bool) -> None:
    """Refuse a result that its answers do not bear, and a change without a word on what was found. Raises InvalidInput."""
    if result == ProcessAuditResult.KEEP and not all(answers[name] for name in QUESTIONS):
        raise InvalidInput({"result": [N_("What is not needed, not correct or not followed cannot be kept as it is.")]})
    if result == ProcessAuditResult.UPDATE and not answers["needed"]:
        raise InvalidInput({"result": [N_("What is no longer needed is withdrawn, not updated.")]})
    if result != ProcessAuditResult.WITHDRAW and not in_force:
        raise InvalidInput({"result": [N_("This process is out of force already: the only result is to withdraw it.")]})
    if result != ProcessAuditResult.KEEP and not findings:
        raise InvalidInput({"findings": [N_("Say what was found: the change request begins with it.")]})


def check_independent(person: str, auditor_id: int | None, owner_id: int | None, number: str, *, field: str | None = None) -> None:
    """Nobody audits a process of their own. Raises InvalidInput at the field where somebody is named, NotPermitted without one."""
    if auditor_id is None or auditor_id != owner_id:
        return
    said = Filled(N_("%(person)s owns %(number)s: nobody audits a process of their own. Name somebody else."), person=person,
                  number=number)
    if field is None:
        raise NotPermitted(said)
    raise InvalidInput({field: [said]})


def stand_of(*, auditor_id: int | None, result: str | None, signed: bool, change_id: int | None, retired: bool) -> AuditStand:
    """What a process of an audit waits for."""
    if result is None:
        return AuditStand.WAITING if auditor_id is not None else AuditStand.UNASSIGNED
    if result == ProcessAuditResult.KEEP:
        return AuditStand.DONE if signed else AuditStand.TO_SIGN
    settled = change_id is not None or (result == ProcessAuditResult.WITHDRAW and retired)
    return AuditStand.DONE if settled else AuditStand.TO_FOLLOW


def check_closing(stands: Collection[AuditStand]) -> None:
    """An audit is closed once every process in it is settled. Raises RuleBroken that says what is missing."""
    many = {stand: sum(one == stand for one in stands) for stand in AuditStand}
    open_ = many[AuditStand.UNASSIGNED] + many[AuditStand.WAITING]
    if open_:
        raise RuleBroken("process.audit.not_judged", N_("%(count)d processes have no result yet; the audit closes when every one has."),
                         count=open_)
    if many[AuditStand.TO_SIGN]:
        raise RuleBroken("process.audit.not_signed", N_("%(count)d processes are to be kept, but nobody has signed that yet."),
                         count=many[AuditStand.TO_SIGN])
    if many[AuditStand.TO_FOLLOW]:
        raise RuleBroken("process.audit.not_followed", N_(
            "%(count)d processes are to be changed or withdrawn, but no change request has been opened."),
            count=many[AuditStand.TO_FOLLOW])


def hash_of(content: Any) -> str:
    """SHA-256 of what is signed or archived, the same on every machine."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """A process of an audit, for its report. owner, auditor: names; change: (number, title, state) of the request it opened."""

    id: int
    process_id: int
    number: str
    name: str
    label: str
    group: str
    owner: str
    auditor: str
    answers: Mapping[str, bool | None]
    findings: str | None
    result: str
    action: str | None
    due_on: str | None
    signed_by: str | None
    change: tuple[int, str, str, str] | None


def report(items: Sequence[Found], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an audit found, as numbers that open to the processes they count. before: the report of the year before with its `number`
    and `year`; processes are compared by their id."""
    results = {one.value: sum(it.result == one for it in items) for one in ProcessAuditResult}
    answers = {name: {"yes": sum(it.answers[name] is True for it in items), "no": sum(it.answers[name] is False for it in items)}
               for name in QUESTIONS}
    groups = [{"group": group, **_counts(it for it in items if it.group == group)} for group in sorted({it.group for it in items})]
    auditors = [{"auditor": name, **_counts(it for it in items if it.auditor == name)} for name in sorted({it.auditor for it in items})]
    changes = [{"item": it.id, "process": it.number, "result": it.result, "change_id": it.change[0], "number": it.change[1],
                "title": it.change[2], "state": it.change[3]} for it in items if it.change]
    every = [{"item": it.id, "process_id": it.process_id, "number": it.number, "name": it.name, "label": it.label, "group": it.group,
              "owner": it.owner, "auditor": it.auditor, **it.answers, "findings": it.findings, "result": it.result,
              "action": it.action, "due_on": it.due_on, "signed_by": it.signed_by} for it in items]
    return {"processes": len(items), "results": results, "answers": answers, "groups": groups, "auditors": auditors, "changes": changes,
            "items": every, "before": _compared(items, before)}


def _counts(items: Iterable[Found]) -> dict[str, int]:
    held = list(items)
    return {"processes": len(held), **{one.value: sum(it.result == one for it in held) for one in ProcessAuditResult}}


def _compared(items: Sequence[Found], before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Beside the year before: its numbers, what is new, what has gone, what was to be updated then and is again."""
    if before is None:
        return None
    then = {one["process_id"]: one for one in before["items"]}
    now = {one.process_id for one in items}
    again = [it.number for it in items if it.result == ProcessAuditResult.UPDATE and it.process_id in then
             and then[it.process_id]["result"] == ProcessAuditResult.UPDATE]
    return {"number": before["number"], "year": before["year"], "processes": before["processes"], "results": before["results"],
            "new": [it.number for it in items if it.process_id not in then],
            "gone": [one["number"] for key, one in then.items() if key not in now], "again": again}


def check_quarter(quarter: int) -> None:
    """A year has four. Raises InvalidInput."""
    if not 1 <= quarter <= 4:
        raise InvalidInput({"quarter": [N_("A quarter is 1, 2, 3 or 4.")]})
