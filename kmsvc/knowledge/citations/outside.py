"""Works of other systems as things that cite: whoever sees citations sees them, their keeper and the knowledge editors keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.citing import CitingCard, CitingKind, register
from kmsvc.knowledge.citations.models import OutsideWork
from kmsvc.knowledge.citations.permissions import SEE_CITATIONS
from kmsvc.knowledge.citations.rules import WorkKind
from kmsvc.people.accounts.queries import names

OUTSIDE = "outside"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, CitingCard]:
    """Cards of works that were not removed."""
    rows = list(session.scalars(select(OutsideWork).where(OutsideWork.id.in_(list(ids)), OutsideWork.removed_at.is_(None))
                                .order_by(OutsideWork.id)))
    who = names(session, [row.keeper_id for row in rows])
    return {row.id: card(row, actor, who.get(row.keeper_id, "")) for row in rows if sees(actor, row)}


def sees(actor: Actor, row: OutsideWork) -> bool:
    """Whether this caller may know of it: its keeper, and who sees citations."""
    return can(actor, SEE_CITATIONS) or (actor.person_id is not None and actor.person_id == row.keeper_id)


def card(row: OutsideWork, actor: Actor, keeper: str) -> CitingCard:
    """One of them."""
    return CitingCard(OUTSIDE, row.id, row.number, row.name, f"/knowledge/citations/works/{row.id}", row.keeper_id, keeper,
                      actor.can("knowledge.article.edit") or (actor.person_id is not None and actor.person_id == row.keeper_id),
                      row.address or "", WorkKind(row.kind).label)


def keepers(session: Session, outside_id: int) -> Sequence[int]:
    """Who is told; nobody of one that was removed."""
    row = session.get(OutsideWork, outside_id)
    return [row.keeper_id] if row is not None and row.removed_at is None else []


register(CitingKind(OUTSIDE, N_("Work of another system"), cards, keepers))
