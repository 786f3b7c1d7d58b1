"""Duties of evaluations: to say what one thinks, and to make an adjustment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.evaluations.models import Adjustment, Evaluation, Participant
from kmsvc.training.evaluations.rules import AdjustmentState, EvaluationState

RATE, ADJUST = "training.evaluation.rate", "training.evaluation.adjust"


def rating(session: Session) -> Iterator[Any]:
    """(evaluation, person) that has not answered yet."""
    active = {one.id for one in directory(session).active()}
    for row in session.execute(select(Evaluation.id, Evaluation.due_on, Participant.person_id).join(
            Participant, Participant.evaluation_id == Evaluation.id).where(
            Evaluation.state == EvaluationState.COLLECTING, Participant.answered_on.is_(None)).order_by(
            Evaluation.id, Participant.person_id)):
        if row.person_id in active:
            yield row


def due_rating(row: Any, today: date) -> Iterator[Wanted]:
    """By the day of the form."""
    yield Wanted("evaluation_rating", row.id, Due(f"person {row.person_id}", row.due_on), row.person_id)


def rated_on(session: Session, duty: Obligation) -> date | None:
    """On which day this person answered."""
    return session.scalar(select(Participant.answered_on).where(
        Participant.evaluation_id == duty.subject_id, Participant.person_id == int(duty.period.removeprefix("person "))))


def adjusting(session: Session) -> Iterator[Any]:
    """Adjustments that are open."""
    yield from session.execute(select(Adjustment.id, Adjustment.number, Adjustment.due_on, Adjustment.owner_id).where(
        Adjustment.state == AdjustmentState.OPEN).order_by(Adjustment.id))


def due_adjusting(row: Any, today: date) -> Iterator[Wanted]:
    """By its day."""
    yield Wanted("adjustment", row.id, Due(row.number, row.due_on), row.owner_id)


def adjusted_on(session: Session, duty: Obligation) -> date | None:
    """When it was made; one that was dropped was not."""
    return session.scalar(select(Adjustment.done_on).where(Adjustment.id == duty.subject_id, Adjustment.state == AdjustmentState.DONE))


register(DutyRule(RATE, N_("Saying what one thinks of a training"), rating, due_rating, "evaluation_rating", rated_on))
register(DutyRule(ADJUST, N_("Adjusting a training"), adjusting, due_adjusting, "adjustment", adjusted_on))
