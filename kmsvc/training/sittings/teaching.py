"""How many of those a trainer taught passed the exam of the course afterwards: a source of the trainer file. Source: C18."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.training.exams.models import Exam
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.queries import FIGURES, TrainerFigure

RELEASED = ("released", "final")


def passed(session: Session, person_id: int) -> Sequence[TrainerFigure]:
    """Percent of people who were at a session of this trainer and, in a released exam of its course begun after it, passed; each person
    counts once a course, by their best sitting. Nothing where nobody has sat one."""
    rows = session.execute(select(Sitting.person_id, Plan.course_id, Sitting.passed, TrainingSession.trainer_id).join(
        Exam, Exam.id == Sitting.exam_id).join(Plan, Plan.course_id == Exam.course_id).join(
        TrainingSession, TrainingSession.plan_id == Plan.id).join(Trainer, Trainer.id == TrainingSession.trainer_id).join(
        SessionPerson, (SessionPerson.session_id == TrainingSession.id) & (SessionPerson.person_id == Sitting.person_id)).where(
        Trainer.person_id == person_id, was_there(), Sitting.begun_at > TrainingSession.ends_at,
        Sitting.state != "void", Sitting.passed.is_not(None), Exam.state.in_(RELEASED)).order_by(Sitting.id)).all()
    best: dict[tuple[int, int | None], bool] = {}
    for person, course, did, _ in rows:
        best[person, course] = best.get((person, course), False) or bool(did)
    if not best:
        return ()
    return (TrainerFigure("passed", N_("Passed after being taught, percent"), round(100 * sum(best.values()) / len(best), 1), len(best),
                          f"/training/plans/sessions?trainer={rows[0].trainer_id}"),)


FIGURES.append(passed)
