"""Reads over packs: what was ordered, how far it is, and which clauses one holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.people.accounts.models import Person
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.queries import clauses_of
from kmsvc.standards.packs.models import PackOrder, PackProgress
from kmsvc.standards.packs.permissions import MAKE_PACK


@dataclass(frozen=True)
class PackFilters:
    """What a list is narrowed to. q: in the number, the code, who ordered it, a digest; model: code."""

    q: str | None = None
    state: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class PackCard:
    """An order with how far it is. clauses: names, none is all; size in bytes; done of total clauses."""

    id: int
    number: str
    version: int
    model: str
    year: int
    as_of: date
    clauses: Sequence[str]
    lang: str
    state: str
    who: str
    ordered_at: datetime
    ended_at: datetime | None
    done: int
    total: int
    records: int | None
    size: int | None
    sha256: str | None
    kept_until: date | None
    why: str | None


def chosen_clauses(session: Session, model: StandardModel, names: Sequence[str]) -> list[Clause]:
    """The clauses of these names in the order of the standard; without a name all of them, without their sub-items."""
    rows = clauses_of(session, model.id)
    return [one for one in rows if one.name in names] if names else [one for one in rows if one.sub is None]


def _seen(actor: Actor) -> ColumnElement[bool]:
    return true() if can(actor, MAKE_PACK) else and_(PackOrder.person_id.is_not(None), PackOrder.person_id == actor.person_id)


def _narrowed(actor: Actor, asked: PackFilters) -> ColumnElement[bool]:
    typed = (asked.q or "").strip()
    return and_(_seen(actor), *([PackOrder.state == asked.state] if asked.state else []),
                *([PackOrder.year == asked.year] if asked.year else []),
                *([or_(PackOrder.number.icontains(typed, autoescape=True), PackOrder.model.icontains(typed, autoescape=True),
                       PackOrder.sha256.istartswith(typed, autoescape=True), Person.name.icontains(typed, autoescape=True))]
                  if typed else []))


def pack_cards(session: Session, actor: Actor, asked: PackFilters, *, before: int | None = None, limit: int = 50,
               among: ColumnElement[bool] | None = None) -> tuple[list[PackCard], int | None]:
    """Orders, newest first, and the id to go on from: all of them for who makes packs, else the own ones. among: only of these."""
    query = select(PackOrder, Person.name, PackProgress).outerjoin(Person, Person.id == PackOrder.person_id).outerjoin(
        PackProgress, PackProgress.order_id == PackOrder.id).where(_narrowed(actor, asked), true() if among is None else among)
    if before:
        query = query.where(PackOrder.id < before)
    rows = session.execute(query.order_by(PackOrder.id.desc()).limit(limit + 1)).all()
    cards = [_card(order, who, progress) for order, who, progress in rows[:limit]]
    return cards, cards[-1].id if len(rows) > limit else None


def count_packs(session: Session, actor: Actor, asked: PackFilters, among: ColumnElement[bool] | None = None) -> int:
    """How many the list has."""
    return session.scalar(select(func.count(PackOrder.id)).outerjoin(Person, Person.id == PackOrder.person_id).where(
        _narrowed(actor, asked), true() if among is None else among)) or 0


def pack_card(session: Session, actor: Actor, order_id: int) -> PackCard:
    """One order; NotFound where it is not the caller's to see."""
    row = session.execute(select(PackOrder, Person.name, PackProgress).outerjoin(Person, Person.id == PackOrder.person_id).outerjoin(
        PackProgress, PackProgress.order_id == PackOrder.id).where(PackOrder.id == order_id, _seen(actor))).one_or_none()
    if row is None:
        raise NotFound()
    return _card(*row)


def _card(row: PackOrder, who: str | None, progress: PackProgress | None) -> PackCard:
    return PackCard(row.id, row.number, row.version, row.model, row.year, row.as_of, row.clauses, row.lang, row.state, who or "",
                    row.ordered_at, row.ended_at, progress.done if progress else 0, progress.total if progress else 0, row.records,
                    row.size, row.sha256, row.kept_until, row.why)
