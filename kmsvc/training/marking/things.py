"""What others point to in marking: an appeal for who decides it, an exam for who marks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.duties import APPEAL, MARKING
from kmsvc.training.marking.models import MarkAppeal
from kmsvc.training.marking.permissions import DECIDE, LEAD, SEE_MARKING


def _appeals(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Appeals for who may decide them, and one's own."""
    rows = session.execute(select(MarkAppeal, Exam.title).join(Exam, Exam.id == MarkAppeal.exam_id).where(
        MarkAppeal.id.in_(list(ids))).order_by(MarkAppeal.id)).all()
    sees = can(actor, DECIDE) or can(actor, LEAD)
    return {row.id: ThingCard(APPEAL, row.id, row.number, title, f"/training/marking/appeals/{row.id}", row.state)
            for row, title in rows if sees or row.person_id == actor.person_id}


def _exams(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Exams being marked, for who sees the marking."""
    if not can(actor, SEE_MARKING):
        return {}
    return {row.id: ThingCard(MARKING, row.id, row.number, row.title, f"/training/marking/{row.id}", row.state)
            for row in session.scalars(select(Exam).where(Exam.id.in_(list(ids))).order_by(Exam.id))}


cards.register(Kind(APPEAL, N_("Marking appeal"), cards=_appeals))
cards.register(Kind(MARKING, N_("Marking of an exam"), cards=_exams))
