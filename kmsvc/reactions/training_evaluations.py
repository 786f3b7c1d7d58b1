"""The story of an evaluation: who is asked, the four audiences are told each what fits it, who adjusts a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.evaluations.duties import ADJUST
from kmsvc.training.evaluations.events import AdjustmentGiven, EvaluationAsked, EvaluationReported
from kmsvc.training.evaluations.models import Adjustment, Evaluation, Participant

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_participants(work: Work, fact: EvaluationAsked, around: Surroundings) -> None:
    """Who took part is asked what they think."""
    row = work.get(Evaluation, fact.evaluation_id)
    people = list(work.session.scalars(select(Participant.person_id).where(
        Participant.evaluation_id == row.id, Participant.answered_on.is_(None)).order_by(Participant.person_id)))
    tell(work, people, "training.evaluation.asked", url=f"/training/evaluations/{row.id}/rate", dedup=f"evaluation:{row.id}",
         params={"number": row.number, "title": row.title, "due_on": row.due_on.isoformat() if row.due_on else ""})


def tell_audiences(work: Work, fact: EvaluationReported, around: Surroundings) -> None:
    """Trainees, their superiors, training developers and top management are told, each once in each of their parts."""
    row = work.get(Evaluation, fact.evaluation_id)
    for name, one in (row.told or {}).items():
        tell(work, list(one["people"]), f"training.evaluation.told_{name}", url=f"/training/evaluations/{row.id}/told",
             params={"number": row.number, "title": row.title, "text": one["text"][:200]}, dedup=f"evaluation_told:{row.id}:{name}")


def tell_adjuster(work: Work, fact: AdjustmentGiven, around: Surroundings) -> None:
    """Who is to adjust a training hears so."""
    row = work.get(Adjustment, fact.adjustment_id)
    if row.owner_id != row.made_by_id:
        _tell_adjuster(work, row, f"adjustment:{row.id}:{fact.turn}")


def _tell_adjuster(work: Work, row: Adjustment, dedup: str) -> None:
    tell(work, [row.owner_id], "training.evaluation.adjust", url=f"/training/evaluations/adjustments/{row.id}", dedup=dedup,
         params={"number": row.number, "title": row.title, "due_on": row.due_on.isoformat()})


def remind_of_evaluation(work: Work, duty: Obligation, rung: str) -> None:
    """Who has not answered, or not adjusted yet."""
    if duty.owner_id is None:
        return
    dedup = f"reminder:{duty.id}:{duty.due_on}:{rung}"
    if duty.rule == ADJUST:
        _tell_adjuster(work, work.get(Adjustment, duty.subject_id), dedup)
        return
    row = work.get(Evaluation, duty.subject_id)
    tell(work, [duty.owner_id], "training.evaluation.asked", url=f"/training/evaluations/{row.id}/rate", dedup=dedup,
         params={"number": row.number, "title": row.title, "due_on": duty.due_on.isoformat()})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    EvaluationAsked: (tell_participants,), EvaluationReported: (tell_audiences,), AdjustmentGiven: (tell_adjuster,)}
