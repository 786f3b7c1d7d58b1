"""Duties of self-assessment in the one engine: to answer what was given to one, to close a round, to improve by a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.standards.assessments.campaign_rules import PLAN_STEPS, TO_ANSWER, RoundState
from kmsvc.standards.assessments.models import AssessmentResult, ClauseAnswer, Improvement, SelfAssessment
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

ASSESSMENT, IMPROVEMENT = "self_assessment", "improvement"
ANSWER, CLOSE, IMPROVE = "standards.assessment.answer", "standards.assessment.close", "standards.improvement.do"


class Asked(NamedTuple):
    """A round or an item of a plan, who has to do something about it, by when; period: whose turn it is."""

    id: int
    person_id: int
    due_on: date
    period: str


def to_answer(session: Session) -> Iterator[Asked]:
    """Rounds in which somebody has clauses to answer or to submit, once for each of them."""
    for row, person in session.execute(select(SelfAssessment, ClauseAnswer.respondent_id).join(
            ClauseAnswer, ClauseAnswer.assessment_id == SelfAssessment.id).where(
            SelfAssessment.state == RoundState.OPEN.value, ClauseAnswer.respondent_id.is_not(None),
            ClauseAnswer.state.in_(sorted(one.value for one in TO_ANSWER))).distinct().order_by(
            SelfAssessment.id, ClauseAnswer.respondent_id)):
        yield Asked(row.id, person or 0, row.due_on, f"answer {person}")


def to_close(session: Session) -> Iterator[Asked]:
    """Rounds that are looked through."""
    for row in session.scalars(select(SelfAssessment).where(
            SelfAssessment.state == RoundState.REVIEW.value).order_by(SelfAssessment.id)):
        yield Asked(row.id, row.lead_id, row.due_on, "close")


def to_improve(session: Session) -> Iterator[Asked]:
    """Items of plans that are in one of their steps."""
    for row in session.scalars(select(Improvement).where(
            Improvement.state.in_([one.value for one in PLAN_STEPS])).order_by(Improvement.id)):
        yield Asked(row.id, row.owner_id, row.due_on, "improve")


def of_round(row: Asked, today: date) -> Iterator[Wanted]:
    """What a round asks of somebody."""
    yield Wanted(ASSESSMENT, row.id, Due(row.period, row.due_on), row.person_id)


def of_item(row: Asked, today: date) -> Iterator[Wanted]:
    """What an item of a plan asks of its owner."""
    yield Wanted(IMPROVEMENT, row.id, Due(row.period, row.due_on), row.person_id)


def answered_on(session: Session, duty: Obligation) -> date | None:
    """The day of somebody's last answer to the round; none where the clauses went to somebody else."""
    person = int(duty.period.rpartition(" ")[2])
    at = session.scalar(select(func.max(ClauseAnswer.answered_at)).where(
        ClauseAnswer.assessment_id == duty.subject_id, ClauseAnswer.respondent_id == person,
        ClauseAnswer.state.in_(["submitted", "accepted"])))
    return None if at is None else centre_day(session, at)


def closed_on(session: Session, duty: Obligation) -> date | None:
    """The day of the newest result since the duty was made; none where the round is answered on."""
    return session.scalar(select(func.max(AssessmentResult.closed_on)).where(
        AssessmentResult.assessment_id == duty.subject_id, AssessmentResult.at >= duty.created_at))


def improved_on(session: Session, duty: Obligation) -> date | None:
    """The day it was done; none where it was left out."""
    return session.scalar(select(Improvement.done_on).where(Improvement.id == duty.subject_id))


register(DutyRule(ANSWER, N_("Answering clauses of a self-assessment"), to_answer, of_round, ASSESSMENT, answered_on, again=True))
register(DutyRule(CLOSE, N_("Closing a self-assessment"), to_close, of_round, ASSESSMENT, closed_on, again=True))
register(DutyRule(IMPROVE, N_("Improving what a self-assessment showed"), to_improve, of_item, IMPROVEMENT, improved_on, again=True))
