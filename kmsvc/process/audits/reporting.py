"""What an audit found, gathered for its report: computed while it runs, read from its archive once it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.queries import names
from kmsvc.process.audits import rules
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.rules import AuditStand, Found, ProcessAuditState
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process, ProcessVersion


def stands(session: Session, audit_id: int) -> list[AuditStand]:
    """What each process of an audit waits for."""
    return [rules.stand_of(auditor_id=one.auditor_id, result=one.result, signed=one.signed_at is not None, change_id=one.change_id,
                           retired=retired is not None)
            for one, retired in session.execute(select(ProcessAuditItem, Process.retired_at).join(
                Process, Process.id == ProcessAuditItem.process_id).where(ProcessAuditItem.audit_id == audit_id).order_by(
                ProcessAuditItem.place))]


def found_in(session: Session, audit_id: int) -> list[Found]:
    """The processes of an audit that have a result, with what came of each."""
    rows: Sequence[Any] = session.execute(select(
        ProcessAuditItem, Process, ProcessVersion.name, ProcessVersion.major, ProcessVersion.minor, Change).join(
        Process, Process.id == ProcessAuditItem.process_id).join(
        ProcessVersion, ProcessVersion.id == ProcessAuditItem.version_id).outerjoin(
        Change, Change.id == ProcessAuditItem.change_id).where(
        ProcessAuditItem.audit_id == audit_id, ProcessAuditItem.result.is_not(None)).order_by(ProcessAuditItem.place)).all()
    people = names(session, {it for row in rows for it in (row[0].owner_id, row[0].judged_by_id, row[0].signed_by_id)})
    return [Found(
        one.id, process.id, process.number, name, f"{major}.{minor}", one.group, people.get(one.owner_id or 0, ""),
        people.get(one.judged_by_id or 0, ""), {key: getattr(one, key) for key in rules.QUESTIONS}, one.findings, one.result or "",
        one.action, one.due_on.isoformat() if one.due_on else None, people.get(one.signed_by_id or 0),
        (change.id, change.number, change.title, change.state) if change is not None else None)
        for one, process, name, major, minor, change in rows]


def before(session: Session, year: int) -> dict[str, Any] | None:
    """The archived report of the newest closed audit of an earlier year."""
    row = session.scalars(select(ProcessAudit).where(
        ProcessAudit.state == ProcessAuditState.CLOSED, ProcessAudit.year < year).order_by(
        ProcessAudit.year.desc(), ProcessAudit.part).limit(1)).first()
    return None if row is None or row.report is None else {**row.report, "number": row.number, "year": row.year}


def report_of(session: Session, row: ProcessAudit) -> dict[str, Any]:
    """The report: as it was archived, or as it would be now."""
    if row.report is not None:
        return row.report
    return rules.report(found_in(session, row.id), before(session, row.year))


def is_whole(row: ProcessAudit) -> bool | None:
    """Whether what stands here is what was archived; None while it is not closed."""
    if row.content_hash is None:
        return None
    return row.content_hash == rules.hash_of({
        "report": row.report, "conclusion": row.conclusion, "actions": row.actions, "number": row.number})
