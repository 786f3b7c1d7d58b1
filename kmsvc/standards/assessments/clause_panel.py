"""What rounds of self-assessment said to a clause, and what is improved of it, beside the clause. Source: W14."""

from __future__ import annotations

from datetime import date

from sqlalchemy import false, or_, select, true

from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.assessments.campaign_rules import AnswerState, ImprovementState, RoundState
from kmsvc.standards.assessments.models import ClauseAnswer, Improvement, SelfAssessment
from kmsvc.standards.assessments.permissions import SEE_ASSESSMENTS
from kmsvc.standards.assessments.showing import answer_state, mark_of
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.panels import Panel, PanelRow, register

MOST = 6


def panel(work: Work, clause: Clause, model: StandardModel, today: date) -> Panel | None:
    """The newest answers to the clause and its sub-items, and the items of plans; None for who does not see rounds."""
    if not can(work.actor, SEE_ASSESSMENTS):
        return None
    ours = select(Clause.id).where(Clause.model_id == model.id, Clause.no == clause.no, or_(
        Clause.sub == clause.sub, true() if clause.sub is None else false()))
    rows = [_said(answer, held) for answer, held in work.session.execute(select(ClauseAnswer, SelfAssessment).join(
        SelfAssessment, SelfAssessment.id == ClauseAnswer.assessment_id).where(
        ClauseAnswer.clause_id.in_(ours), SelfAssessment.state != "draft").order_by(
        SelfAssessment.id.desc(), ClauseAnswer.place).limit(MOST))]
    rows += [PanelRow(f"{item.number} {item.title}", f"/standards/assessments/plans/{item.id}", item.due_on.isoformat(),
                      ("ok" if item.state == ImprovementState.DONE else "info", label(item.state, ImprovementState)))
             for item in work.session.scalars(select(Improvement).join(ClauseAnswer, ClauseAnswer.id == Improvement.answer_id).where(
                 ClauseAnswer.clause_id.in_(ours)).order_by(Improvement.id.desc()).limit(MOST))]
    return Panel(rows, "", sentence(N_("No self-assessment has answered it yet.")),
                 [(sentence(N_("Self-assessments")), "/standards/assessments")])


def _said(answer: ClauseAnswer, held: SelfAssessment) -> PanelRow:
    words = f"{held.number} #{answer.name}: C {mark_of(answer.c)[1]}, F {mark_of(answer.f)[1]}"
    if answer.state == AnswerState.OPEN:
        words = f"{held.number} #{answer.name}"
    return PanelRow(words, f"/standards/assessments/answers/{answer.id}", held.title, answer_state(answer.state))


def of_model(work: Work, model: StandardModel, today: date) -> Panel | None:
    """The newest rounds of a standard; for one with dimensions the door to weigh their marks. None for who does not see rounds."""
    if not can(work.actor, SEE_ASSESSMENTS):
        return None
    rows = [PanelRow(f"{one.number} {one.title}", f"/standards/assessments/{one.id}", one.due_on.isoformat(), (
        "ok" if one.state == RoundState.CLOSED else "info", label(one.state, RoundState)))
        for one in work.session.scalars(select(SelfAssessment).where(SelfAssessment.model_id == model.id).order_by(
            SelfAssessment.id.desc()).limit(MOST))]
    doors = [(sentence(N_("Weigh the dimensions")), f"/standards/assessments/dimensions/{model.id}")] if model.frame.get(
        "dimensions") else [(sentence(N_("Self-assessments")), f"/standards/assessments?model={model.code}")]
    return Panel(rows, "", sentence(N_("No self-assessment against this edition yet.")), doors)


register("assessments", 40, N_("Self-assessment"), clause=panel, model=of_model)
