"""Duties that were done, with what shows it: the record of every clause that asks for something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core.audit import AuditEntry
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.standards.duties.models import ClauseDuty, DutyProof, Obligation
from kmsvc.standards.duties.things import KIND
from kmsvc.standards.evidence.register import Span, as_was, names_at, parts, register
from kmsvc.standards.evidence.rules import EvidenceRecord, EvidenceResult

TABLE = Obligation.__tablename__


def done(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Duties of clauses done by the cut and not opened again by then. The trail says when, for the row says only how it stands now."""
    told = _told(session, span)
    older = as_was(session, ClauseDuty.__tablename__, "name_zh", span.cut)
    names = names_at(session, span.cut)
    rules = {one.id: (older.get(str(one.id), one.name_zh), one.model) for one in session.scalars(select(ClauseDuty))}
    due = as_was(session, TABLE, "due_on", span.cut, told)
    for part in parts(told):
        proofs = _proofs(session, part, span.cut)
        for row in session.scalars(select(Obligation).where(Obligation.id.in_(part)).order_by(Obligation.id)):
            rule = rules.get(row.rule_id or 0)
            if row.clause is None or rule is None:
                continue  # what other parts of the service ask for is proven by their own records
            at, after, person_id = told[row.id]
            yield EvidenceRecord(
                "duty", row.id, row.number, f"{rule[0]} {row.period}", row.period,
                (row.clause,), date.fromisoformat(after["done_on"]), at, names.get(person_id) if person_id else None,
                EvidenceResult.DONE.value, f"/standards/duties/{row.id}", EvidenceResult.DONE.label,
                model=rule[1], process_id=row.subject_id if row.subject_kind == "process" else None,
                people=tuple(sorted({one for one in (person_id, row.subject_id if row.subject_kind == "person" else None) if one})),
                more={"period": row.period, "due_on": due.get(str(row.id), row.due_on.isoformat()),
                      "records": "; ".join(proofs.get(row.id, ()))})


def _told(session: Session, span: Span) -> dict[int, tuple[datetime, Any, int | None]]:
    """Duty -> (when, what, who) of its last turn by the cut, of those that stood as done on one of these days then. Only they are looked
    up in the trail: a year long past costs what it holds, not what came after it."""
    was = as_was(session, TABLE, "done_on", span.cut)
    days: dict[int, str | None] = {row_id: on.isoformat() for row_id, on in session.execute(select(
        Obligation.id, Obligation.done_on).where(Obligation.done_on.between(span.first, span.last))) if on is not None}
    days |= {int(row_id): on for row_id, on in was.items()}
    wanted = [row_id for row_id, on in days.items() if on is not None and span.first.isoformat() <= on <= span.last.isoformat()]
    state = AuditEntry.after["state"].as_string()
    last: dict[int, tuple[datetime, Any, int | None]] = {}
    for part in parts(wanted):
        for row_id, at, after, person_id in session.execute(select(
                AuditEntry.subject_id, AuditEntry.at, AuditEntry.after, AuditEntry.person_id).where(
                AuditEntry.subject == TABLE, AuditEntry.subject_id.in_(map(str, part)), AuditEntry.at < span.cut,
                state.is_not(None)).order_by(AuditEntry.seq)):
            last[int(row_id)] = (at, after, person_id)
    return {one: it for one, it in last.items() if it[1]["state"] == "done" and it[1].get("done_on")}


def _proofs(session: Session, ids: list[int], cut: datetime) -> dict[int, list[str]]:
    """What showed it at the cut: numbers, addresses, and files by name with the digest of their bytes."""
    found: dict[int, list[str]] = {}
    for file in session.scalars(select(Attachment).where(
            Attachment.subject_kind == KIND, Attachment.subject_id.in_(ids), Attachment.added_at < cut,
            or_(Attachment.removed_at.is_(None), Attachment.removed_at >= cut)).order_by(Attachment.id)):
        found.setdefault(file.subject_id, []).append(f"{file.name} (SHA-256 {file.sha256})")
    for one in session.scalars(select(DutyProof).where(
            DutyProof.obligation_id.in_(ids), DutyProof.at < cut,
            or_(DutyProof.dropped_at.is_(None), DutyProof.dropped_at >= cut)).order_by(DutyProof.id)):
        found.setdefault(one.obligation_id, []).append(one.number)
    return found


register("duty", N_("Duty done"), done, {"period": N_("Period"), "due_on": N_("Due on"), "records": N_("Records")},
         (N_("Open its duties"), "/standards/duties?clause={clause}"))
