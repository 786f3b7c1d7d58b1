"""What knowledge knows of the clauses: its yearly reviews, as they were signed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.texts import N_
from kmsvc.knowledge.reviews.models import Review
from kmsvc.standards.evidence.register import Span, names_at, register
from kmsvc.standards.evidence.rules import EvidenceRecord, EvidenceResult


def signed(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Reviews signed by the cut; what is signed no longer changes. Source: clause 61."""
    names = names_at(session, span.cut)
    for row in session.scalars(select(Review).where(
            Review.signed_at >= start_of_day(span.first, span.zone), Review.signed_at < min(span.cut, span.over)).order_by(Review.id)):
        assert row.signed_at is not None
        yield EvidenceRecord(
            "knowledge_review", row.id, row.number, row.purpose or row.number, ", ".join(str(one) for one in row.categories), ("61",),
            local_date(row.signed_at, span.zone), row.signed_at, names.get(row.signed_by_id or 0), EvidenceResult.SIGNED.value,
            f"/knowledge/reviews/{row.id}", EvidenceResult.SIGNED.label,
            people=tuple(sorted({*row.reviewer_ids, *([row.signed_by_id] if row.signed_by_id else [])})),
            more={"complete": row.complete, "fit": row.fit, "conclusion": row.conclusion, "actions": row.actions,
                  "content_hash": row.content_hash})


register("knowledge_review", N_("Yearly review of knowledge"), signed, {
    "complete": N_("Completeness"), "fit": N_("Fitness"), "conclusion": N_("Conclusion"), "actions": N_("Actions"),
    "content_hash": N_("Digest of what was signed")}, (N_("To the yearly reviews"), "/knowledge/reviews"))
