"""Clauses and standards by the register of cards: found by number («#42») and by words from every search field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.permissions import SEE_STANDARDS
from kmsvc.standards.models.showing import title_of

CLAUSE, MODEL = "standards_clause", "standards_model"
_NUMBER = re.compile(r"[#\uff03](\d{1,5})(?:\.(\d{1,3}))?\Z")
LEAST_LETTERS = 2


def _clause(one: Clause, model: StandardModel) -> ThingCard:
    return ThingCard(CLAUSE, one.id, f"#{one.name}", title_of(one), f"/standards/models/clauses/{one.id}", category=model.code)


def _clauses(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_STANDARDS):
        return {}
    return {one.id: _clause(one, model) for one, model in session.execute(select(Clause, StandardModel).join(
        StandardModel, StandardModel.id == Clause.model_id).where(Clause.id.in_(list(ids))))}


def _named(session: Session, actor: Actor, typed: str, limit: int) -> Sequence[ThingCard]:
    """By `#42`, or by words of either gist."""
    words = typed.split()[:6]
    if not can(actor, SEE_STANDARDS) or not words:
        return []
    number = _NUMBER.match("".join(words))
    if number:
        fits = and_(Clause.no == int(number[1]), Clause.sub == int(number[2]) if number[2] else Clause.sub.is_(None))
    elif len("".join(words)) < LEAST_LETTERS or typed.strip().isdecimal():
        return []
    else:
        fits = and_(*(or_(Clause.title_zh.icontains(word, autoescape=True), Clause.title_en.icontains(word, autoescape=True))
                      for word in words))
    rows = session.execute(select(Clause, StandardModel).join(StandardModel, StandardModel.id == Clause.model_id).where(
        StandardModel.newest, Clause.gone.is_(False), fits).order_by(StandardModel.code, Clause.place).limit(limit))
    return [_clause(one, model) for one, model in rows]


def _models(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_STANDARDS):
        return {}
    return {one.id: ThingCard(MODEL, one.id, one.code, title_of(one), f"/standards/models/{one.id}", one.edition)
            for one in session.scalars(select(StandardModel).where(StandardModel.id.in_(list(ids))))}


cards.register(cards.Kind(CLAUSE, N_("Clauses of standards"), _clauses, named=_named))
cards.register(cards.Kind(MODEL, N_("Standards"), _models))
