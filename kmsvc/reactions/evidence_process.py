"""What processes know of the clauses: versions that took effect, reviews, change requests with their steps, as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.texts import N_
from kmsvc.process.audits.models import Optimisation, ProcessAudit
from kmsvc.process.audits.rules import OptimisationResult, ProcessAuditState
from kmsvc.process.changes.models import Change, HistoryEntry
from kmsvc.process.changes.rules import State
from kmsvc.process.definitions.models import Process, ProcessReview, ProcessVersion, Publication
from kmsvc.process.definitions.rules import PublicationKind
from kmsvc.standards.evidence.register import SUBJECTS, Span, as_was, names_at, register
from kmsvc.standards.evidence.rules import Asked, EvidenceRecord, EvidenceResult

AT_ONCE = 500


def _url(process_id: int) -> str:
    return f"/process/definitions/{process_id}"


def published(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Moves of the published pointer that had happened by the cut. Source: clauses 39, 42, 65, 67."""
    names, numbers = names_at(session, span.cut), dict(session.execute(select(Change.id, Change.number)).all())
    old = {one.id: one for one in session.scalars(select(ProcessVersion).where(ProcessVersion.id.in_(
        select(Publication.old_version_id).where(Publication.kind == PublicationKind.RETIRE))))}
    for row, process, version in session.execute(select(Publication, Process, ProcessVersion).join(
            Process, Process.id == Publication.process_id).outerjoin(
            ProcessVersion, ProcessVersion.id == Publication.new_version_id).where(
            Publication.effective_on.between(span.first, span.last), Publication.done_at < span.cut,
            Publication.recorded_at < span.cut).order_by(Publication.id)):
        text = version or old.get(row.old_version_id or 0)
        kind = PublicationKind(row.kind)
        of_change = row.change_id is not None and kind != PublicationKind.RETIRE
        yield EvidenceRecord(
            "process_version", row.id, f"{process.number} V{text.label}" if text else process.number,
            text.name if text else process.number, process.number, ("39", "42", "65", "67") if of_change else ("39", "42"),
            row.effective_on, max(row.recorded_at, row.done_at or row.recorded_at), names.get(row.person_id or 0), kind.value,
            _url(process.id), kind.label, process_id=process.id, people=(row.person_id,) if row.person_id else (),
            more={"content_hash": text.content_hash if text else None, "change": numbers.get(row.change_id or 0)})


def reviewed(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Processes that somebody looked at and found right as they stand. Source: clause 42."""
    names = names_at(session, span.cut)
    for row, process, version in session.execute(select(ProcessReview, Process, ProcessVersion).join(
            Process, Process.id == ProcessReview.process_id).join(ProcessVersion, ProcessVersion.id == ProcessReview.version_id).where(
            ProcessReview.reviewed_on.between(span.first, span.last), ProcessReview.at < span.cut).order_by(ProcessReview.id)):
        yield EvidenceRecord(
            "process_review", row.id, f"{process.number} V{version.label}", version.name, process.number, ("42",), row.reviewed_on,
            row.at, names.get(row.person_id or 0), EvidenceResult.CONFIRMED.value, _url(process.id), EvidenceResult.CONFIRMED.label,
            process_id=process.id, people=(row.person_id,) if row.person_id else (),
            more={"content_hash": version.content_hash, "reason": row.reason})


def changed(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Change requests of these days with every step they had taken by the cut. Source: clause 65."""
    names, titles = names_at(session, span.cut), as_was(session, Change.__tablename__, "title", span.cut)
    numbers = dict(session.execute(select(Process.id, Process.number)).all())
    concerned, reasons = (as_was(session, Change.__tablename__, name, span.cut) for name in ("process_id", "reason"))
    rows = list(session.scalars(select(Change).where(
        Change.submitted_at >= start_of_day(span.first, span.zone), Change.submitted_at < min(span.cut, span.over)).order_by(Change.id)))
    steps = _steps(session, [one.id for one in rows], span.cut)
    for row in rows:
        on, way = local_date(row.submitted_at, span.zone), steps.get(row.id, [])
        state = State(way[-1].to_state if way else State.RECEIVED)
        process_id = concerned.get(str(row.id), row.process_id)
        yield EvidenceRecord(
            "process_change", row.id, row.number, titles.get(str(row.id), row.title), numbers.get(process_id or 0, ""), ("65",), on,
            row.submitted_at, names.get(row.asker_id or 0), state.value, f"/process/changes/{row.id}", state.label,
            process_id=process_id, people=tuple(sorted({one.person_id for one in way if one.person_id} | (
                {row.asker_id} if row.asker_id else set()))),
            more={"reason": reasons.get(str(row.id), row.reason), "steps": len(way), "way": [_told(one, names) for one in way]})


def _steps(session: Session, ids: list[int], cut: datetime) -> Mapping[int, list[HistoryEntry]]:
    found: dict[int, list[HistoryEntry]] = {}
    for first in range(0, len(ids), AT_ONCE):
        for one in session.scalars(select(HistoryEntry).where(
                HistoryEntry.change_id.in_(ids[first:first + AT_ONCE]), HistoryEntry.at < cut).order_by(HistoryEntry.id)):
            found.setdefault(one.change_id, []).append(one)
    return found


def _told(one: HistoryEntry, names: Mapping[int, str]) -> dict[str, Any]:
    return {"step": one.step, "verb": one.verb, "at": one.at, "who": names.get(one.person_id or 0), "to_state": one.to_state,
            "comment": one.comment}


def in_force(session: Session, span: Span) -> Mapping[int, Asked]:
    """Processes in force at the cut, or at the end of the days asked for where that is earlier."""
    until = min(span.cut, span.over)
    newest = select(func.max(Publication.id)).where(Publication.done_at < until, Publication.effective_at < until).group_by(
        Publication.process_id)
    return {process.id: Asked(process.number, version.name, _url(process.id)) for process, version in session.execute(
        select(Process, ProcessVersion).join(Publication, Publication.process_id == Process.id).join(
            ProcessVersion, ProcessVersion.id == Publication.new_version_id).where(
            Publication.id.in_(newest), Publication.kind != PublicationKind.RETIRE).order_by(Process.id))}


def audited(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Process audits closed by the cut, out of their archive; what is closed never changes. Source: clause 42."""
    names = names_at(session, span.cut)
    for row in session.scalars(select(ProcessAudit).where(
            ProcessAudit.closed_on.between(span.first, span.last), ProcessAudit.closed_at < span.cut).order_by(ProcessAudit.id)):
        assert row.closed_on is not None and row.closed_at is not None and row.report is not None
        yield EvidenceRecord(
            "process_audit", row.id, row.number, row.conclusion or row.number, str(row.year), ("42",), row.closed_on, row.closed_at,
            names.get(row.closed_by_id or 0), ProcessAuditState.CLOSED.value, f"/process/audits/{row.id}/report",
            ProcessAuditState.CLOSED.label, people=(row.closed_by_id,) if row.closed_by_id else (),
            more={"processes": row.report["processes"], **row.report["results"], "actions": row.actions,
                  "content_hash": row.content_hash})


def optimised(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Themed optimisations closed by the cut: that processes are kept under control and improved. Source: clause 66, domain 4.3."""
    names = names_at(session, span.cut)
    for row in session.scalars(select(Optimisation).where(
            Optimisation.closed_on.between(span.first, span.last), Optimisation.closed_at < span.cut).order_by(Optimisation.id)):
        assert row.closed_on is not None and row.closed_at is not None and row.result is not None
        result = OptimisationResult(row.result)
        yield EvidenceRecord(
            "process_theme", row.id, row.number, row.theme, f"{row.year} Q{row.quarter}", ("66",), row.closed_on, row.closed_at,
            names.get(row.owner_id), result.value, f"/process/audits/themes/{row.id}", result.label,
            people=tuple(sorted({one for one in (row.owner_id, row.closed_by_id) if one})),
            more={"expected": row.expected, "measured": row.measured})


_HASH, _REASON = N_("Digest of the text"), N_("Reason")
register("process_version", N_("Process version in force"), published, {"content_hash": _HASH, "change": N_("Change request")})
register("process_review", N_("Review of a process"), reviewed, {"content_hash": _HASH, "reason": _REASON}, (N_("Review it"), ""))
register("process_change", N_("Change request"), changed, {"reason": _REASON, "steps": N_("Steps taken")})
register("process_audit", N_("Process audit"), audited, {
    "processes": N_("Processes"), "keep": N_("Keep as it is"), "update": N_("Update"), "withdraw": N_("Withdraw the process"),
    "actions": N_("Action plan"), "content_hash": N_("Digest of the text")}, (N_("To the process audits"), "/process/audits"))
register("process_theme", N_("Themed optimisation"), optimised, {
    "expected": N_("Expected effect"), "measured": N_("Measured effect")}, (N_("To the optimisations"), "/process/audits/themes"))
SUBJECTS["process"] = in_force
