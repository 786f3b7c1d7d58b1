"""What is done to one process of an audit: judged, taken back, signed, followed by a change request or a withdrawal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from kmsvc.core import options
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import names
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.process.audits import rules
from kmsvc.process.audits.events import ProcessJudged
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, LEAD_AUDIT, SEE_AUDITS, SIGN_KEPT
from kmsvc.process.audits.rules import ProcessAuditResult
from kmsvc.process.audits.usecases import items_of
from kmsvc.process.changes.enums import Trigger
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.options import APPROVAL_NEEDS_PERSON
from kmsvc.process.changes.usecases import submit_change
from kmsvc.process.definitions.models import Process, ProcessReview
from kmsvc.process.definitions.permissions import REVIEW_PROCESS
from kmsvc.process.definitions.usecases import confirm_review, retire_process
from kmsvc.standards.duties.life import found_record


@dataclass(frozen=True)
class Judged:
    """What an auditor found. record: what shows it, the number of a thing or an address; due_on: None is thirty days from today."""

    answers: Mapping[str, bool]
    result: str
    findings: str | None = None
    record: str | None = None
    action: str | None = None
    due_on: date | None = None


def address_of(item_id: int) -> str:
    """Where a process of an audit stands."""
    return f"/process/audits/items/{item_id}"


def item_to_change(work: Work, item_id: int, verb: str, version: int | None) -> tuple[ProcessAuditItem, ProcessAudit, Process]:
    """An item, held to the end, with its audit and its process. Raises NotFound where the caller sees no audits and it is not theirs."""
    row = work.get(ProcessAuditItem, item_id, lock=True, version=version)
    if not can(work.actor, SEE_AUDITS) and not can(work.actor, JUDGE_PROCESS, row):
        raise NotFound()
    audit = work.get(ProcessAudit, row.audit_id)
    if not rules.makes_sense(verb, audit.state):
        raise RuleBroken("process.audit.state", N_("The process audit does not stand where that can be done."))
    return row, audit, work.get(Process, row.process_id)


def judge(work: Work, item_id: int, said: Judged, *, today: date, version: int | None = None) -> ProcessAuditItem:
    """Note what was found at one process; until it is signed or has its change request it can be judged anew.

    Only by who was given it and does not own it. Raises NotPermitted, InvalidInput, RuleBroken.
    """
    row, _, process = item_to_change(work, item_id, "judge", version)
    work.permit(JUDGE_PROCESS, row)
    name = names(work.session, [work.actor.person_id]).get(work.actor.person_id or 0, "")
    rules.check_independent(name, work.actor.person_id, process.owner_id, process.number)
    _must_be_free(work, row)
    rules.check_judged(said.answers, said.result, said.findings, in_force=process.published_version_id is not None)
    if said.due_on is not None and said.due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    proof = found_record(work.session, work.actor, said.record) if said.record else None
    for question in rules.QUESTIONS:
        setattr(row, question, said.answers[question])
    acts = said.result != ProcessAuditResult.KEEP
    if process.published_version_id is not None:
        row.version_id = process.published_version_id  # what was looked at is the text of today
    row.findings, row.result, row.action = said.findings, ProcessAuditResult(said.result).value, said.action
    row.proof = proof
    row.due_on = (said.due_on or today + timedelta(days=rules.DAYS_TO_ACT)) if acts else None
    row.judged_by_id, row.judged_at = work.actor.person_id, work.now
    _tell(work, row)
    return row


def _tell(work: Work, row: ProcessAuditItem) -> None:
    work.session.flush()
    left = work.session.scalar(select(func.count()).select_from(ProcessAuditItem).where(
        ProcessAuditItem.audit_id == row.audit_id, ProcessAuditItem.result.is_(None))) or 0
    work.record(ProcessJudged(row.audit_id, row.id, row.version, left))


def _must_be_free(work: Work, row: ProcessAuditItem) -> None:
    if row.signed_at is not None:
        raise RuleBroken("process.audit.signed", N_("That this process is kept has been signed; a signature is not taken back."))
    if row.change_id is not None:
        change = work.get(Change, row.change_id)
        raise RuleBroken("process.audit.has_change", N_(
            "The change request %(number)s has come of this result; what it says stays."), number=change.number)


def undo(work: Work, item_id: int, *, version: int | None = None) -> ProcessAuditItem:
    """Take a result back, while nothing was signed and no change request has come of it; by who judged it or leads the audit."""
    row, _, _ = item_to_change(work, item_id, "judge", version)
    if not can(work.actor, LEAD_AUDIT):
        work.permit(JUDGE_PROCESS, row)
    else:
        work.permit(LEAD_AUDIT)
    if row.result is None:
        raise RuleBroken("process.audit.no_result", N_("This process has no result that could be taken back."))
    _must_be_free(work, row)
    for question in rules.QUESTIONS:
        setattr(row, question, None)
    row.findings = row.result = row.action = row.proof = row.due_on = row.judged_by_id = row.judged_at = None
    return row


def to_sign(work: Work, audit_id: int) -> list[tuple[ProcessAuditItem, Process]]:
    """What this caller could sign now: judged «keep», in the very text that is in force, and theirs to confirm."""
    rows = [one for one in items_of(work, audit_id) if one.result == ProcessAuditResult.KEEP and one.signed_at is None]
    ids = {one.process_id for one in rows}
    processes = {one.id: one for one in work.session.scalars(select(Process)) if one.id in ids} if rows else {}
    return [(one, process) for one, process in ((one, processes[one.process_id]) for one in rows)
            if process.published_version_id == one.version_id and can(work.actor, REVIEW_PROCESS, process)]


def shown_hash(work: Work, audit_id: int) -> str:
    """The hash of what this caller would sign now."""
    return rules.hash_of([(one.id, one.version_id, one.judged_by_id, one.findings) for one, _ in to_sign(work, audit_id)])


def sign_kept(work: Work, audit_id: int, *, content_hash: str | None, comment: str | None, today: date,
              only: Collection[int] | None = None) -> int:
    """Sign that processes are kept: each gets its record «confirmed, no change», and its next review counts from today.

    As with approving, a browser proves its password first; content_hash: of what was shown. Returns how many were signed. Raises
    RuleBroken where nothing is to be signed, or something was judged anew meanwhile. Source: clause 42.
    """
    audit = work.get(ProcessAudit, audit_id, lock=True)
    work.permit(SIGN_KEPT, audit)
    if not rules.makes_sense("sign", audit.state):
        raise RuleBroken("process.audit.state", N_("The process audit does not stand where that can be done."))
    if work.actor.via == "token" and options.value(work.session, APPROVAL_NEEDS_PERSON):
        raise NotPermitted(N_("Approving needs a person who signed in, not a token."))
    check_fresh(work.actor)
    if content_hash is not None and content_hash != shown_hash(work, audit_id):
        raise RuleBroken("process.audit.moved", N_("Something in this audit has changed meanwhile. Look at it again."))
    found = [(one, process) for one, process in to_sign(work, audit_id) if only is None or one.id in only]
    if not found:
        raise RuleBroken("process.audit.nothing_to_sign", N_(
            "Nothing here waits for your signature: what is kept must be judged, in the text that is in force, and yours to confirm."))
    people = names(work.session, {one.judged_by_id for one, _ in found})
    for one, process in found:
        confirm_review(work, process.id, reason=" · ".join(filter(None, (
            audit.number, people.get(one.judged_by_id or 0), one.findings, comment))), today=today)
        work.session.flush()
        one.review_id = work.session.scalar(select(func.max(ProcessReview.id)).where(ProcessReview.process_id == process.id))
        one.signed_by_id, one.signed_at = work.actor.person_id, work.now
    return len(found)


def open_change(work: Work, item_id: int, *, today: date, title: str | None = None, version: int | None = None) -> Change:
    """Open the change request that a result asks for, once; each leads to the other. By the auditor of the process or who leads."""
    row, audit, process = item_to_change(work, item_id, "follow", version)
    if can(work.actor, LEAD_AUDIT):
        work.permit(LEAD_AUDIT)
    else:
        work.permit(JUDGE_PROCESS, row)
    if row.result not in (ProcessAuditResult.UPDATE, ProcessAuditResult.WITHDRAW):
        raise RuleBroken("process.audit.no_change", N_("Only what is to be updated or withdrawn opens a change request."))
    _must_be_free(work, row)
    change = submit_change(
        work, title=title or f"{audit.number} {process.number} {process.name}"[:rules.LONGEST["title"]],
        reason="\n".join(filter(None, (row.findings, row.action))), today=today, process_id=process.id, wanted_on=(
            row.due_on if row.due_on is not None and row.due_on >= today else None), trigger=Trigger.AUDIT, place=address_of(row.id))
    row.change_id = change.id
    return change


def open_changes(work: Work, audit_id: int, *, today: date) -> int:
    """Open every change request that is still missing; returns how many. What was withdrawn already needs none."""
    work.permit(LEAD_AUDIT)
    found = [one for one in items_of(work, audit_id) if one.result == ProcessAuditResult.UPDATE and one.change_id is None]
    if not found:
        raise RuleBroken("process.audit.no_change", N_("Every process to be updated has its change request."))
    for one in found:
        open_change(work, one.id, today=today)
    return len(found)


def withdraw(work: Work, item_id: int, *, today: date, superseded_by_id: int | None = None, version: int | None = None) -> Process:
    """Take a process whose result is «withdraw» out of force, for the reason the auditor gave. By who keeps the process tree."""
    row, audit, process = item_to_change(work, item_id, "follow", version)
    if row.result != ProcessAuditResult.WITHDRAW:
        raise RuleBroken("process.audit.no_withdrawal", N_("Only what is to be withdrawn is taken out of force here."))
    _must_be_free(work, row)
    retire_process(work, process.id, reason=f"{audit.number}: {row.findings}", today=today, superseded_by_id=superseded_by_id)
    return process
