"""Reads over licences: the list, one person's licences with the history, cards for duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Category
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.permissions import SEE_LICENCE
from kmsvc.knowledge.licences.rules import LicenceState, state_of
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class LicenceLine:
    """A licence in a list."""

    id: int
    person_id: int
    person: str
    category: str
    level: str
    state: str
    valid_until: date
    granted_by: str
    granted_at: datetime
    reason: str
    suspend_reason: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    proof: dict[str, Any]
    version: int
    url: str


def _fits(today: date, q: str | None, level: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        found.append(Licence.person_id.in_(select(Person.id).where(Person.name.icontains(q, autoescape=True))))
    if level:
        found.append(Licence.level == level)
    conditions: dict[LicenceState, list[ColumnElement[bool]]] = {
        LicenceState.ENDED: [Licence.ended_at.is_not(None)],
        LicenceState.LAPSED: [Licence.ended_at.is_(None), Licence.valid_until < today],
        LicenceState.SUSPENDED: [Licence.ended_at.is_(None), Licence.valid_until >= today, Licence.suspended_at.is_not(None)],
        LicenceState.VALID: [Licence.ended_at.is_(None), Licence.valid_until >= today, Licence.suspended_at.is_(None)]}
    return found + (conditions[LicenceState(state)] if state else [])


def licence_page(session: Session, actor: Actor, today: date, *, q: str | None = None, level: str | None = None,
                 state: str | None = None, before: int | None = None, limit: int = 50) -> tuple[list[LicenceLine], int | None]:
    """A page of licences, newest first, and the id to go on from; without the right to see all, the caller's own."""
    query = select(Licence).where(*_fits(today, q, level, state), *_mine(actor)).order_by(Licence.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query.where(Licence.id < before) if before else query))
    shown = rows[:limit]
    return lines_of(session, shown, today), shown[-1].id if len(rows) > limit else None


def count_licences(session: Session, actor: Actor, today: date, *, q: str | None = None, level: str | None = None,
                   state: str | None = None) -> int:
    """How many licences fit."""
    return session.scalar(select(func.count(Licence.id)).where(*_fits(today, q, level, state), *_mine(actor))) or 0


def _mine(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if can(actor, SEE_LICENCE) else [Licence.person_id == (actor.person_id or 0)]


def licence_line(session: Session, actor: Actor, licence_id: int, today: date) -> LicenceLine:
    """One licence, or NotFound where it is missing or not for this caller."""
    row = session.get(Licence, licence_id)
    if row is None or not can(actor, SEE_LICENCE, row.person_id):
        raise NotFound()
    return lines_of(session, [row], today)[0]


def licences_of(session: Session, person_id: int, today: date) -> list[LicenceLine]:
    """All licences a person ever had, newest first."""
    return lines_of(session, list(session.scalars(select(Licence).where(Licence.person_id == person_id).order_by(Licence.id.desc()))),
                    today)


def lines_of(session: Session, rows: Sequence[Licence], today: date) -> list[LicenceLine]:
    """Rows as they are listed."""
    who = names(session, [one for row in rows for one in (row.person_id, row.granted_by_id, row.ended_by_id)])
    shelves = {one.id: one.name for one in session.execute(select(Category.id, Category.name).where(
        Category.id.in_({row.category_id for row in rows if row.category_id})))} if rows else {}
    return [LicenceLine(
        row.id, row.person_id, who.get(row.person_id, ""), shelves.get(row.category_id or 0, ""), row.level,
        state_of(ended=row.ended_at is not None, suspended=row.suspended_at is not None, valid_until=row.valid_until, today=today),
        row.valid_until, who.get(row.granted_by_id or 0, ""), row.granted_at, row.reason, row.suspend_reason or "", row.ended_at,
        who.get(row.ended_by_id or 0, ""), row.end_reason or "", row.proof, row.version,
        f"/knowledge/licences/people/{row.person_id}") for row in rows]


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    rows = [row for row in session.scalars(select(Licence).where(Licence.id.in_(ids))) if can(actor, SEE_LICENCE, row.person_id)]
    who = names(session, [row.person_id for row in rows])
    return {row.id: ThingCard("licence", row.id, "", who.get(row.person_id, ""), f"/knowledge/licences/people/{row.person_id}",
                              row.level) for row in rows}


cards.register(cards.Kind("licence", N_("Licence to write"), _cards))
