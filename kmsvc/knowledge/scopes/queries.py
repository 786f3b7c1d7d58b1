"""Reads over the values: lists, one value, how many articles name each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.scopes.models import ScopeValue
from kmsvc.knowledge.scopes.register import register
from kmsvc.knowledge.scopes.rules import Dimension, ScopeState
from kmsvc.people.accounts.queries import names
from kmsvc.search.scopes import mark_of, unpacked

_SAID = (select(ArticleVersion.scopes, func.count()).select_from(Article)
         .join(ArticleVersion, ArticleVersion.id == func.coalesce(Article.published_version_id, Article.draft_version_id))
         .where(Article.retired_at.is_(None), ArticleVersion.scopes != "").group_by(ArticleVersion.scopes))


@dataclass(frozen=True)
class ValueCard:
    """A value as its list shows it. articles: how many name it, in what is in force or in a draft that never was."""

    id: int
    dimension: str
    name: str
    name_en: str
    place: int
    state: str
    merged_into: str | None
    merged_into_id: int | None
    articles: int
    changed_at: datetime
    changed_by: str
    version: int
    url: str


def value_page(session: Session, *, q: str | None = None, dimension: str | None = None, state: str | None = None, after: int = 0,
               limit: int = 100) -> tuple[list[ValueCard], int | None]:
    """Values by dimension and place, and how many to pass over for the next page. q: part of a name."""
    query = (select(ScopeValue).where(*_fits(q, dimension, state)).order_by(
        _order(), ScopeValue.place, ScopeValue.id).offset(after).limit(limit + 1))
    rows = list(session.scalars(query))
    return _cards(session, rows[:limit]), after + limit if len(rows) > limit else None


def count_values(session: Session, *, q: str | None = None, dimension: str | None = None, state: str | None = None) -> int:
    """How many values fit."""
    return session.scalar(select(func.count(ScopeValue.id)).where(*_fits(q, dimension, state))) or 0


def value_card(session: Session, value_id: int) -> ValueCard:
    """One value, or NotFound."""
    row = session.get(ScopeValue, value_id)
    if row is None:
        raise NotFound()
    return _cards(session, [row])[0]


def others_of(session: Session, card: ValueCard) -> list[tuple[int, str]]:
    """(id, name) of what a value can be merged into."""
    return [(one.id, one.name) for one in register(session).values.values() if one.dimension == card.dimension and one.id != card.id]


def articles_with(session: Session, dimension: str, ids: Sequence[int]) -> list[int]:
    """Ids of the published articles whose text names one of these values."""
    named = [ArticleVersion.scopes.contains(f",{mark_of(dimension, one)},") for one in ids]
    return list(session.scalars(select(Article.id).join(ArticleVersion, ArticleVersion.id == Article.published_version_id)
                                .where(or_(*named)).order_by(Article.id)))


def _order() -> ColumnElement[int]:
    return case({one.value: place for place, one in enumerate(Dimension)}, value=ScopeValue.dimension)


def _fits(q: str | None, dimension: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        found.append(or_(ScopeValue.name.icontains(q, autoescape=True), ScopeValue.name_en.icontains(q, autoescape=True)))
    if dimension:
        found.append(ScopeValue.dimension == dimension)
    merged = ScopeValue.merged_into_id.is_not(None)
    if state == ScopeState.MERGED:
        found.append(merged)
    elif state:
        found += [~merged, ScopeValue.unused_at.is_(None) if state == ScopeState.USED else ScopeValue.unused_at.is_not(None)]
    return found


def _cards(session: Session, rows: Sequence[ScopeValue]) -> list[ValueCard]:
    known = register(session)
    said: Counter[str] = Counter()
    for text, count in session.execute(_SAID):
        said.update(dict.fromkeys(known.settled(unpacked(text)), count))
    who = names(session, [row.changed_by_id for row in rows])
    into = {row.id: row.name for row in session.scalars(select(ScopeValue).where(
        ScopeValue.id.in_([row.merged_into_id for row in rows if row.merged_into_id])))}
    return [ValueCard(
        row.id, row.dimension, row.name, row.name_en, row.place,
        str(ScopeState.MERGED if row.merged_into_id else ScopeState.UNUSED if row.unused_at else ScopeState.USED),
        into.get(row.merged_into_id or 0), row.merged_into_id, said[mark_of(row.dimension, row.id)], row.changed_at,
        who.get(row.changed_by_id or 0, ""), row.version, f"/knowledge/scopes/{row.id}") for row in rows]
