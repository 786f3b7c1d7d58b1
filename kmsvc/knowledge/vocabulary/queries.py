"""Reads over the words: lists, one term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.knowledge.vocabulary.models import Saying, Term
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class TermCard:
    """A term with what customers say for it, and who changed it last."""

    id: int
    term: str
    sayings: tuple[str, ...]
    direction: str
    note: str
    changed_at: datetime
    changed_by: str
    version: int
    url: str


def term_page(session: Session, *, q: str | None = None, direction: str | None = None, before: int | None = None,
              limit: int = 50) -> tuple[list[TermCard], int | None]:
    """A page of terms, newest first, and the id to go on from. q: part of a term or of what is said for it."""
    query = select(Term).where(*_fits(q, direction)).order_by(Term.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query.where(Term.id < before) if before else query))
    shown = rows[:limit]
    return _cards(session, shown), shown[-1].id if len(rows) > limit else None


def count_terms(session: Session, *, q: str | None = None, direction: str | None = None) -> int:
    """How many terms fit."""
    return session.scalar(select(func.count(Term.id)).where(*_fits(q, direction))) or 0


def term_card(session: Session, term_id: int) -> TermCard:
    """One term, or NotFound."""
    row = session.get(Term, term_id)
    if row is None:
        raise NotFound()
    return _cards(session, [row])[0]


def _fits(q: str | None, direction: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        said = select(Saying.term_id).where(Saying.text.icontains(q, autoescape=True))
        found.append(or_(Term.term.icontains(q, autoescape=True), Term.note.icontains(q, autoescape=True), Term.id.in_(said)))
    if direction:
        found.append(Term.direction == direction)
    return found


def _cards(session: Session, rows: Sequence[Term]) -> list[TermCard]:
    said: dict[int, list[str]] = {row.id: [] for row in rows}
    ids = list(said)
    for start in range(0, len(ids), 500):
        for term_id, text in session.execute(select(Saying.term_id, Saying.text).where(
                Saying.term_id.in_(ids[start:start + 500])).order_by(Saying.id)):
            said[term_id].append(text)
    who = names(session, [row.changed_by_id for row in rows])
    return [TermCard(row.id, row.term, tuple(said[row.id]), row.direction, row.note, row.changed_at,
                     who.get(row.changed_by_id or 0, ""), row.version, f"/knowledge/vocabulary/{row.id}") for row in rows]
