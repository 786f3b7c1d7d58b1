"""What learners said of a trainer after sessions: one of the three sources of the trainer file. Source: C18."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.models import SessionPerson, TrainingSession
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.queries import FIGURES, TrainerFigure

FACTOR = "trainer"


def rated(session: Session, person_id: int) -> Sequence[TrainerFigure]:
    """The mean of the marks for the trainer, 1 to 5, over everybody who said what they think of a session; nothing without any."""
    rows = session.execute(select(SessionPerson.marks, TrainingSession.trainer_id).join(
        TrainingSession, TrainingSession.id == SessionPerson.session_id).join(Trainer, Trainer.id == TrainingSession.trainer_id).where(
        Trainer.person_id == person_id, SessionPerson.rated_at.is_not(None), was_there()).order_by(SessionPerson.id)).all()
    marks = [int(marks[FACTOR]) for marks, _ in rows if marks and FACTOR in marks]
    if not marks:
        return ()
    return (TrainerFigure("rating", N_("What learners say, of 5"), round(sum(marks) / len(marks), 2), len(marks),
                          f"/training/plans/sessions?trainer={rows[0].trainer_id}"),)


FIGURES.append(rated)
