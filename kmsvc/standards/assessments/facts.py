"""What self-assessments prove: each result of a closed round, and each item of a plan that was done, as they were written then."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.standards.assessments.models import AssessmentResult, Improvement, ImprovementStep, SelfAssessment
from kmsvc.standards.evidence.register import Span, as_was, names_at, register
from kmsvc.standards.evidence.rules import EvidenceRecord, EvidenceResult
from kmsvc.standards.models.models import StandardModel

LAST_STEP = "raise"


def results(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Closed rounds: results are frozen, so they stand as they were."""
    names, titles = names_at(session, span.cut), as_was(session, SelfAssessment.__tablename__, "title", span.cut)
    for result, row in session.execute(select(AssessmentResult, SelfAssessment).join(
            SelfAssessment, SelfAssessment.id == AssessmentResult.assessment_id).where(
            AssessmentResult.closed_on.between(span.first, span.last), AssessmentResult.at < span.cut).order_by(AssessmentResult.id)):
        body = result.body
        yield EvidenceRecord(
            "self_assessment", result.id, f"{row.number}-{result.no}", titles.get(str(row.id), row.title), row.number, (),
            result.closed_on, result.at, names.get(result.by_id or 0), EvidenceResult.DONE.value, f"/standards/assessments/{row.id}",
            EvidenceResult.DONE.label, model=body["model"],
            people=tuple(sorted({one["respondent"] for one in body["answers"] if one["respondent"]})),
            more={"level": result.level or "\u2013", "total": f"{body['total']}/{body['max_total']}",
                  "assessed": f"{body['assessed']}/{body['of']}", "met": f"{body['met']}/{body['of']}", "digest": result.digest})


def improvements(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Last steps of items of plans: they prove the clause that was raised, unless the step was taken back by the cut."""
    newest = select(func.max(ImprovementStep.id)).where(ImprovementStep.at < span.cut).group_by(ImprovementStep.improvement_id)
    names, titles = names_at(session, span.cut), as_was(session, Improvement.__tablename__, "title", span.cut)
    for step, row, code in session.execute(select(ImprovementStep, Improvement, StandardModel.code).join(
            Improvement, Improvement.id == ImprovementStep.improvement_id).join(
            SelfAssessment, SelfAssessment.id == Improvement.assessment_id).join(
            StandardModel, StandardModel.id == SelfAssessment.model_id).where(
            ImprovementStep.id.in_(newest), ImprovementStep.step == LAST_STEP, ImprovementStep.day.between(span.first, span.last),
            ImprovementStep.at < span.cut).order_by(ImprovementStep.id)):
        yield EvidenceRecord(
            "improvement", step.id, row.number, titles.get(str(row.id), row.title), row.number, (row.name,), step.day, step.at,
            names.get(step.by_id or 0), EvidenceResult.DONE.value, f"/standards/assessments/plans/{row.id}", EvidenceResult.DONE.label,
            model=code, people=tuple(sorted({one for one in (step.by_id, row.owner_id) if one})),
            more={"aim": f"C {row.aim_c}, F {row.aim_f}", "note": step.note})


register("self_assessment", N_("Self-assessment closed"), results,
         {"level": N_("Level"), "total": N_("Points"), "assessed": N_("Assessed"), "met": N_("Met"), "digest": N_("SHA-256")},
         (N_("Open the self-assessments"), "/standards/assessments"))
register("improvement", N_("Improvement done"), improvements, {"aim": N_("Marks aimed at"), "note": N_("What was done")},
         (N_("Open the improvement plans"), "/standards/assessments/plans"))
