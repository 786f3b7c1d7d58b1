"""What audits prove: each report of a finished audit, and each finding that was closed, as they were written then."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.standards.audits.models import Engagement, EngagementReport, Finding, FindingRevision, FindingStep
from kmsvc.standards.audits.rules import Grade
from kmsvc.standards.evidence.register import Span, as_was, names_at, register
from kmsvc.standards.evidence.rules import EvidenceRecord, EvidenceResult


def reports(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Finished audits: reports are frozen, so they stand as they were."""
    names, titles = names_at(session, span.cut), as_was(session, Engagement.__tablename__, "title", span.cut)
    joined = Engagement.id == EngagementReport.engagement_id
    for report, row in session.execute(select(EngagementReport, Engagement).join(Engagement, joined).where(
            EngagementReport.finished_on.between(span.first, span.last), EngagementReport.at < span.cut).order_by(
            EngagementReport.id)):
        found = report.body["findings"]
        yield EvidenceRecord(
            "audit", report.id, f"{row.number}-{report.no}", titles.get(str(row.id), row.title), row.number,
            tuple(report.body["clauses"]), report.finished_on, report.at, names.get(report.by_id or 0), EvidenceResult.DONE.value,
            f"/standards/audits/{row.id}/report", EvidenceResult.DONE.label, model=row.model,
            people=tuple(sorted({one for one in (report.by_id, *report.body["auditors"]) if one})),
            more={"findings": len(found), "major": sum(one["grade"] == Grade.MAJOR for one in found), "digest": report.digest})


def closed(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Findings that were closed: the steps are never changed. One that was opened again and closed again is two."""
    names = names_at(session, span.cut)
    for step, finding, model in session.execute(select(FindingStep, Finding, Engagement.model).join(
            Finding, Finding.id == FindingStep.finding_id).join(Engagement, Engagement.id == Finding.engagement_id).where(
            FindingStep.verb == "close", FindingStep.day.between(span.first, span.last), FindingStep.at < span.cut).order_by(
            FindingStep.id)):
        words = session.scalars(select(FindingRevision).where(
            FindingRevision.finding_id == finding.id, FindingRevision.at < span.cut).order_by(FindingRevision.no.desc()).limit(1)).one()
        yield EvidenceRecord(
            "audit_finding", step.id, finding.number or "", words.title, finding.number or "", (words.clause,), step.day, step.at,
            names.get(step.by_id or 0), EvidenceResult.DONE.value, f"/standards/audits/findings/{finding.id}", EvidenceResult.DONE.label,
            model=model, people=tuple(sorted({one for one in (step.by_id, finding.respondent_id) if one})),
            more={"grade": words.grade, "justification": step.note})


register("audit", N_("Audit finished"), reports, {"findings": N_("Findings"), "major": N_("Major findings"), "digest": N_("SHA-256")},
         (N_("Open the audits"), "/standards/audits?clause={clause}"))
register("audit_finding", N_("Finding closed"), closed, {"grade": N_("How grave"), "justification": N_("Justification")},
         (N_("Open the findings"), "/standards/audits/findings?clause={clause}"))
