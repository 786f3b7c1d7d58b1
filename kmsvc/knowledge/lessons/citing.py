"""Lessons as things that cite: who reads lessons knows of them, their keeper and the knowledge editors keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.citing import CitingCard, CitingKind, register
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.knowledge.lessons.permissions import READ_LESSON
from kmsvc.people.accounts.queries import names

LESSON = "lesson"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, CitingCard]:
    """Cards of lessons that were not removed."""
    if not can(actor, READ_LESSON):
        return {}
    rows = list(session.scalars(select(Lesson).where(Lesson.id.in_(list(ids)), Lesson.removed_at.is_(None)).order_by(Lesson.id)))
    who = names(session, [row.keeper_id for row in rows])
    return {row.id: card(row, actor, who.get(row.keeper_id, "")) for row in rows}


def card(row: Lesson, actor: Actor, keeper: str) -> CitingCard:
    """One of them."""
    may = actor.can("knowledge.article.edit") or (actor.person_id is not None and actor.person_id == row.keeper_id)
    return CitingCard(LESSON, row.id, row.number, row.title, f"/knowledge/lessons/{row.id}", row.keeper_id, keeper, may)


def keepers(session: Session, lesson_id: int) -> Sequence[int]:
    """Who is told; nobody of one that was removed."""
    row = session.get(Lesson, lesson_id)
    return [row.keeper_id] if row is not None and row.removed_at is None else []


register(CitingKind(LESSON, N_("Lesson"), cards, keepers))
