"""The verbs of a process audit as a whole: plan, start, share out, take in what is new, close, give up. Source: clause 42."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import Permission, can
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.process.audits import rules
from kmsvc.process.audits.events import ProcessAuditClosed, ProcessesShared
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, LEAD_AUDIT, SEE_AUDITS
from kmsvc.process.audits.reporting import report_of, stands
from kmsvc.process.audits.rules import ProcessAuditState
from kmsvc.process.definitions.models import Process

MOST_NAMED = 5


@dataclass(frozen=True)
class Shared:
    """What sharing out did: so many given, and the numbers of processes that were left because the auditor owns them."""

    given: int
    own: tuple[str, ...]


def plan_audit(work: Work, *, year: int, due_on: date, purpose: str | None = None) -> ProcessAudit:
    """Plan the process audit of a year; one a year, unless it was given up. Raises RuleBroken, InvalidInput."""
    work.permit(LEAD_AUDIT)
    if due_on.year < year:
        raise InvalidInput({"due_on": [N_("This day is before the year of the audit.")]})
    there = work.session.scalars(select(ProcessAudit).where(
        ProcessAudit.year == year, ProcessAudit.state != ProcessAuditState.CANCELLED)).first()
    if there is not None:
        raise RuleBroken("process.audit.there", N_("The year %(year)s has its process audit already: %(number)s."), year=str(year),
                         number=there.number)
    row = ProcessAudit(
        number=number_of_year(work.session, "PA", "process_audit", year), year=year, state=ProcessAuditState.PLANNED.value,
        due_on=due_on, purpose=purpose, planned_by_id=work.actor.person_id, planned_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def take_up_audit(work: Work, audit_id: int, *, reason: str, due_on: date, today: date, processes: str | None = None,
                  version: int | None = None) -> ProcessAudit:
    """Take a closed audit up again: a later part of the year's audit has begun, its archive stays as it is. processes: numbers of those
    that are looked at again, all in force without one. Raises RuleBroken where a later part is there, InvalidInput."""
    row = open_audit(work, audit_id, "take_up", LEAD_AUDIT, version)
    work.because(reason)
    if later_part(work, row) is not None:
        raise RuleBroken("process.audit.taken_up", N_("A later part of this audit is there already; go on with that one."))
    if due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    chosen = _named_in_force(work, processes)
    part = (work.session.scalar(select(func.max(ProcessAudit.part)).where(ProcessAudit.year == row.year)) or row.part) + 1
    made = ProcessAudit(
        number=number_of_year(work.session, "PA", "process_audit", row.year), year=row.year, part=part, purpose=reason, due_on=due_on,
        state=ProcessAuditState.RUNNING.value, planned_by_id=work.actor.person_id, planned_at=work.now, started_on=today,
        started_at=work.now)
    work.session.add(made)
    work.session.flush()
    _take_in(work, made, chosen, later=False)
    work.session.flush()
    return made


def later_part(work: Work, row: ProcessAudit) -> ProcessAudit | None:
    """The part of a year's audit that follows this one and was not given up."""
    return work.session.scalars(select(ProcessAudit).where(
        ProcessAudit.year == row.year, ProcessAudit.part > row.part, ProcessAudit.state != ProcessAuditState.CANCELLED).order_by(
        ProcessAudit.part.desc()).limit(1)).one_or_none()


def _named_in_force(work: Work, typed: str | None) -> list[Process]:
    """The processes of these numbers, in force; all without any. Raises InvalidInput that names what is not."""
    wanted = {one.upper() for one in re.split(r"[\s,;\uff0c\u3001\uff1b]+", typed or "") if one}
    every = in_force(work)
    strange = sorted(wanted - {one.number.upper() for one in every})
    if strange:
        raise InvalidInput({"processes": [Filled(N_("Not in force: %(numbers)s."), numbers=_named(strange))]})
    found = [one for one in every if not wanted or one.number.upper() in wanted]
    if not found:
        raise RuleBroken("process.audit.nothing", N_("There is no process in force that could be audited."))
    return found


def open_audit(work: Work, audit_id: int, verb: str, permission: Permission, version: int | None = None) -> ProcessAudit:
    """The audit, held to the end, where it stands so that the verb can be done. Raises NotFound, NotPermitted, Stale, RuleBroken."""
    row = work.get(ProcessAudit, audit_id, lock=True, version=version)
    if not can(work.actor, SEE_AUDITS) and not can(work.actor, JUDGE_PROCESS):
        raise NotFound()
    work.permit(permission)
    if not rules.makes_sense(verb, row.state):
        raise RuleBroken("process.audit.state", N_("The process audit does not stand where that can be done."))
    return row


def in_force(work: Work) -> list[Process]:
    """The processes in force, by group and number."""
    return list(work.session.scalars(select(Process).where(Process.published_version_id.is_not(None)).order_by(
        Process.group, Process.number)))


def _take_in(work: Work, row: ProcessAudit, processes: Sequence[Process], *, later: bool) -> int:
    held = work.session.scalar(select(func.max(ProcessAuditItem.place)).where(ProcessAuditItem.audit_id == row.id)) or 0
    work.session.add_all(ProcessAuditItem(
        audit_id=row.id, place=place, process_id=one.id, version_id=one.published_version_id, group=one.group, owner_id=one.owner_id,
        added_at=work.now if later else None) for place, one in enumerate(processes, start=held + 1))
    return len(processes)


def start_audit(work: Work, audit_id: int, *, today: date, version: int | None = None) -> ProcessAudit:
    """Begin: every process in force today is in it, in the version of today; what comes into force later is offered."""
    row = open_audit(work, audit_id, "start", LEAD_AUDIT, version)
    processes = in_force(work)
    if not processes:
        raise RuleBroken("process.audit.nothing", N_("There is no process in force that could be audited."))
    _take_in(work, row, processes, later=False)
    row.state, row.started_on, row.started_at = ProcessAuditState.RUNNING.value, today, work.now
    return row


def later_processes(work: Work, audit_id: int) -> list[Process]:
    """Processes that came into force after the audit began."""
    held = set(work.session.scalars(select(ProcessAuditItem.process_id).where(ProcessAuditItem.audit_id == audit_id)))
    return [one for one in in_force(work) if one.id not in held]


def add_new(work: Work, audit_id: int, *, version: int | None = None) -> int:
    """Take in what came into force since the audit began; returns how many."""
    row = open_audit(work, audit_id, "add_new", LEAD_AUDIT, version)
    found = _take_in(work, row, later_processes(work, row.id), later=True)
    if not found:
        raise RuleBroken("process.audit.no_new", N_("No process has come into force since the audit began."))
    return found


def auditors(work: Work) -> list[Entry]:
    """Who may be given processes to audit."""
    return [one for one in directory(work.session).active() if JUDGE_PROCESS.name in one.permissions and one.logins]


def auditor_called(work: Work, login: str) -> Entry:
    """The auditor of a login. Raises InvalidInput."""
    found = next((one for one in auditors(work) if login.casefold() in {it.casefold() for it in one.logins}), None)
    if found is None:
        raise InvalidInput({"auditor": [N_("This person may not audit processes.")]})
    return found


def items_of(work: Work, audit_id: int) -> list[ProcessAuditItem]:
    """The processes of an audit, in its order."""
    return list(work.session.scalars(select(ProcessAuditItem).where(ProcessAuditItem.audit_id == audit_id).order_by(
        ProcessAuditItem.place)))


def assign(work: Work, audit_id: int, *, auditor: str, group: str | None = None, anew: bool = False,
           only: Collection[int] | None = None, version: int | None = None) -> Shared:
    """Give the processes of a group, or all of them, to somebody who does not own them; what is judged stays with who judged it.

    anew: also those that somebody else has already; only: these items alone, all of them or none. Raises InvalidInput with a sentence
    that names what the auditor owns where nothing else is left.
    """
    row = open_audit(work, audit_id, "assign", LEAD_AUDIT, version)
    person = auditor_called(work, auditor)
    wanted = [one for one in items_of(work, row.id) if one.result is None and one.auditor_id != person.id
              and (group is None or one.group == group) and (only is None or one.id in only)
              and (anew or only is not None or one.auditor_id is None)]
    heads = _processes(work, wanted)
    own = [heads[one.process_id].number for one in wanted if heads[one.process_id].owner_id == person.id]
    free = [one for one in wanted if heads[one.process_id].owner_id != person.id]
    if own and (not free or only is not None):
        rules.check_independent(person.name, person.id, person.id, _named(own), field="auditor")
    if not free:
        raise RuleBroken("process.audit.nothing_to_share", N_("Nothing is left to be given: every process here has its auditor."))
    for one in free:
        one.auditor_id = person.id
    work.session.flush()
    work.record(ProcessesShared(row.id, person.id, work.actor.person_id, len(free), max(one.id * 1000 + one.version for one in free)))
    return Shared(len(free), tuple(own))


def _named(numbers: Sequence[str]) -> str:
    more = len(numbers) - MOST_NAMED
    return ", ".join(numbers[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")


def _processes(work: Work, items: Sequence[ProcessAuditItem]) -> Mapping[int, Process]:
    """The processes of some items by their id."""
    held = {one.process_id for one in items}
    return {one.id: one for one in work.session.scalars(select(Process).order_by(Process.id)) if one.id in held}


def said_of(shared: Shared) -> tuple[str, dict[str, Any]]:
    """What sharing out did, as a sentence with its values."""
    if shared.own:
        return (N_("%(count)s processes were given. Left because this person owns them: %(own)s. Name somebody else for those."),
                {"count": shared.given, "own": _named(shared.own)})
    return N_("%(count)s processes were given; the auditor hears of it."), {"count": shared.given}


def close_audit(work: Work, audit_id: int, *, conclusion: str, actions: str | None, today: date, content_hash: str | None = None,
                version: int | None = None) -> ProcessAudit:
    """Close and archive: from here on nothing in it changes. Every process must be settled; content_hash: of the report that was shown.

    Raises RuleBroken that says what is missing, or that something moved meanwhile.
    """
    row = open_audit(work, audit_id, "close", LEAD_AUDIT, version)
    check_fresh(work.actor)
    rules.check_closing(stands(work.session, row.id))
    found = report_of(work.session, row)
    if content_hash is not None and content_hash != rules.hash_of(found):
        raise RuleBroken("process.audit.moved", N_("Something in this audit has changed meanwhile. Look at its report again."))
    row.conclusion, row.actions, row.report = conclusion, actions, found
    row.content_hash = rules.hash_of({"report": found, "conclusion": conclusion, "actions": actions, "number": row.number})
    row.state, row.closed_by_id, row.closed_on, row.closed_at = (
        ProcessAuditState.CLOSED.value, work.actor.person_id, today, work.now)
    work.record(ProcessAuditClosed(row.id))
    return row


def cancel_audit(work: Work, audit_id: int, *, reason: str, version: int | None = None) -> ProcessAudit:
    """Give the audit of a year up; what was judged stays to be read, and the year can be planned anew."""
    row = open_audit(work, audit_id, "cancel", LEAD_AUDIT, version)
    work.because(reason)
    row.state, row.reason, row.cancelled_at = ProcessAuditState.CANCELLED.value, reason, work.now
    return row

