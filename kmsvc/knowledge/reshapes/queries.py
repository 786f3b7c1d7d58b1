"""Reads over merges and splits: the list, one with its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.reshapes.models import Reshape, ReshapePart
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class ReshapeLine:
    """A merge or split in a list. parts: (id, number) of the other articles."""

    id: int
    number: str
    kind: str
    state: str
    article_id: int
    article: str
    parts: tuple[tuple[int, str], ...]
    reason: str
    made_by: str
    made_at: datetime
    done_at: datetime | None
    moved: list[Any]
    remaining: list[Any]
    composed: bool
    version: int
    url: str


def _fits(q: str | None, kind: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        numbered = select(Article.id).where(Article.number.icontains(q, autoescape=True))
        found.append(or_(Reshape.number.icontains(q, autoescape=True), Reshape.reason.icontains(q, autoescape=True),
                         Reshape.article_id.in_(numbered), Reshape.id.in_(select(ReshapePart.reshape_id).where(
                             ReshapePart.article_id.in_(numbered)))))
    if kind:
        found.append(Reshape.kind == kind)
    if state:
        found.append(Reshape.state == state)
    return found


def reshape_page(session: Session, *, q: str | None = None, kind: str | None = None, state: str | None = None,
                 before: int | None = None, limit: int = 50) -> tuple[list[ReshapeLine], int | None]:
    """A page of merges and splits, newest first, and the id to go on from."""
    query = select(Reshape).where(*_fits(q, kind, state)).order_by(Reshape.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query.where(Reshape.id < before) if before else query))
    shown = rows[:limit]
    return lines_of(session, shown), shown[-1].id if len(rows) > limit else None


def count_reshapes(session: Session, *, q: str | None = None, kind: str | None = None, state: str | None = None) -> int:
    """How many fit."""
    return session.scalar(select(func.count(Reshape.id)).where(*_fits(q, kind, state))) or 0


def reshape_line(session: Session, actor: Actor, reshape_id: int) -> ReshapeLine:
    """One merge or split, or NotFound where it is missing or not for this caller."""
    row = session.get(Reshape, reshape_id)
    if row is None or not can(actor, RESHAPE):
        raise NotFound()
    return lines_of(session, [row])[0]


def lines_of(session: Session, rows: Sequence[Reshape]) -> list[ReshapeLine]:
    """Rows as they are listed."""
    ids = [row.id for row in rows]
    parts: dict[int, list[int]] = {one: [] for one in ids}
    for reshape_id, article_id in session.execute(select(ReshapePart.reshape_id, ReshapePart.article_id).where(
            ReshapePart.reshape_id.in_(ids)).order_by(ReshapePart.id)) if ids else ():
        parts[reshape_id].append(article_id)
    wanted = {row.article_id for row in rows} | {one for its in parts.values() for one in its}
    numbers = {one.id: one.number for one in session.execute(select(Article.id, Article.number).where(Article.id.in_(wanted)))} \
        if wanted else {}
    who = names(session, [row.made_by_id for row in rows])
    return [ReshapeLine(
        row.id, row.number, row.kind, row.state, row.article_id, numbers.get(row.article_id, ""),
        tuple((one, numbers.get(one, "")) for one in parts[row.id]), row.reason, who.get(row.made_by_id or 0, ""), row.made_at,
        row.done_at, row.moved, row.remaining, row.draft_version_id is not None, row.version, f"/knowledge/reshapes/{row.id}")
        for row in rows]
