"""Rounds and items of plans by the register of cards: gone to by number, named where something came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.standards.assessments.duties import ASSESSMENT, IMPROVEMENT
from kmsvc.standards.assessments.models import Improvement, SelfAssessment
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, IMPROVE, SEE_ASSESSMENTS
from kmsvc.standards.assessments.plan_queries import plans_visible
from kmsvc.standards.assessments.queries import visible


def _round(row: SelfAssessment) -> ThingCard:
    return ThingCard(ASSESSMENT, row.id, row.number, row.title, f"/standards/assessments/{row.id}", row.state)


def _item(row: Improvement) -> ThingCard:
    return ThingCard(IMPROVEMENT, row.id, row.number, row.title, f"/standards/assessments/plans/{row.id}", row.state)


def _sees(actor: Actor) -> bool:
    return can(actor, SEE_ASSESSMENTS) or can(actor, ANSWER_CLAUSES)


def _improves(actor: Actor) -> bool:
    return can(actor, SEE_ASSESSMENTS) or can(actor, IMPROVE)


def _rounds(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not _sees(actor):
        return {}
    return {row.id: _round(row) for row in session.scalars(select(SelfAssessment).where(visible(actor), SelfAssessment.id.in_(ids)))}


def _items(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not _improves(actor):
        return {}
    return {row.id: _item(row) for row in session.scalars(select(Improvement).where(plans_visible(actor), Improvement.id.in_(ids)))}


def _rounds_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not _sees(actor):
        return []
    return [_round(row) for row in session.scalars(select(SelfAssessment).where(
        visible(actor), SelfAssessment.number.startswith(number)).order_by(SelfAssessment.id.desc()).limit(limit))]


def _items_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not _improves(actor):
        return []
    return [_item(row) for row in session.scalars(select(Improvement).where(
        plans_visible(actor), Improvement.number.startswith(number)).order_by(Improvement.id.desc()).limit(limit))]


cards.register(cards.Kind(ASSESSMENT, N_("Self-assessment"), _rounds))
cards.register(cards.Kind(IMPROVEMENT, N_("Improvement"), _items))
cards.NUMBERED["SA"] = _rounds_numbered
cards.NUMBERED["IP"] = _items_numbered
