"""Pins as those see them who keep them: where, until when, why, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.lists import SHOWN, visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.shelf.models import Pin
from kmsvc.knowledge.shelf.rules import PinState, pin_state
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.models import Unit

MOST = 5_000


@dataclass(frozen=True)
class PinLine:
    """A pin in a list. unit: the name of the unit, empty for everybody."""

    id: int
    article_id: int
    number: str
    title: str
    unit_code: str | None
    unit: str
    until: date
    reason: str
    state: PinState
    made_at: datetime
    made_by: str
    url: str


def pin_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, state: str | None = None,
              unit: str | None = None, pin_id: int | None = None, start: int = 0, limit: int = MOST) -> list[PinLine]:
    """Pins of articles this caller may see, newest first, from a place of the list on. q: number, title or reason; state: one of
    `PinState`; unit: a code."""
    query = _pins(select(Pin, Article.number, ArticleVersion.title, Unit.code, Unit.name), actor, today, q, state, unit)
    if pin_id is not None:
        query = query.where(Pin.id == pin_id)
    rows = session.execute(query.order_by(Pin.made_at.desc(), Pin.id.desc()).offset(start).limit(limit)).all()
    who = names(session, [row[0].made_by_id for row in rows])
    return [PinLine(
        pin.id, pin.article_id, number, title, code, name or "", pin.until, pin.reason,
        pin_state(pin.until, removed=pin.removed_at is not None, today=today), pin.made_at, who.get(pin.made_by_id or 0, ""),
        f"/knowledge/articles/{pin.article_id}") for pin, number, title, code, name in rows]


def count_pins(session: Session, actor: Actor, today: date, *, q: str | None = None, state: str | None = None,
               unit: str | None = None) -> int:
    """How many fit these filters."""
    return session.scalar(_pins(select(func.count(Pin.id)), actor, today, q, state, unit)) or 0


def _pins(what: Any, actor: Actor, today: date, q: str | None, state: str | None, unit: str | None) -> Any:
    query = what.select_from(Pin).join(Article, Article.id == Pin.article_id).join(ArticleVersion, ArticleVersion.id == SHOWN).outerjoin(
        Unit, Unit.id == Pin.unit_id).where(visible_to(actor))
    if q:
        held = (ArticleVersion.title, Article.number, Pin.reason)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in held)))
    if unit:
        query = query.where(Unit.code == unit)
    if state == PinState.REMOVED:
        return query.where(Pin.removed_at.is_not(None))
    if state == PinState.STANDING:
        return query.where(Pin.removed_at.is_(None), Pin.until >= today)
    return query.where(Pin.removed_at.is_(None), Pin.until < today) if state == PinState.ENDED else query
