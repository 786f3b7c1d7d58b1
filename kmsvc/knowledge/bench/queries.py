"""Reads over the bench: how the searches stand, what broke since when, the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.bench.models import BenchRank, BenchRun, BenchStanding, SavedSearch
from kmsvc.knowledge.bench.rules import WITHIN, Standing, standing_of
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class SearchCard:
    """A saved search and how it stands. title: of the article, empty where this reader may not see it."""

    id: int
    query: str
    article_id: int
    number: str
    title: str
    kind: str | None
    category: str | None
    note: str
    created_at: datetime
    created_by: str
    state: Standing
    rank: int | None
    since: datetime | None
    broken_at: datetime | None
    broken_run_id: int | None

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/bench/{self.id}"


@dataclass(frozen=True)
class RunLine:
    """One run. after: what changed before it, as (kind of fact, number of the article or the term)."""

    id: int
    at: datetime
    cause: str
    person: str
    searches: int
    hit1: int
    hit5: int
    broken: int
    took_ms: int
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """Since a run: the place of the article."""

    at: datetime
    rank: int | None
    after: tuple[tuple[str, str], ...]


_PLACE = BenchStanding.rank
_FOUND = and_(_PLACE.is_not(None), _PLACE <= WITHIN)
_STATES: dict[str, ColumnElement[bool]] = {
    Standing.NEW: BenchStanding.search_id.is_(None), Standing.FOUND: _FOUND, Standing.BROKEN: BenchStanding.broken_at.is_not(None),
    Standing.MISSING: and_(BenchStanding.search_id.is_not(None), or_(_PLACE.is_(None), _PLACE > WITHIN),
                           BenchStanding.broken_at.is_(None))}


def search_page(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, before: int | None = None,
                limit: int = 50) -> tuple[list[SearchCard], int | None]:
    """A page of saved searches, newest first, and the id to go on from. q: part of the search, the note or the number."""
    query = (select(SavedSearch, BenchStanding, Article.number).outerjoin(BenchStanding, BenchStanding.search_id == SavedSearch.id)
             .join(Article, Article.id == SavedSearch.article_id).where(*_fits(q, state)))
    if before:
        query = query.where(SavedSearch.id < before)
    rows = session.execute(query.order_by(SavedSearch.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return _cards(session, actor, shown), shown[-1][0].id if len(rows) > limit else None


def count_searches(session: Session, *, q: str | None = None, state: str | None = None) -> int:
    """How many saved searches fit."""
    return session.scalar(select(func.count(SavedSearch.id)).outerjoin(
        BenchStanding, BenchStanding.search_id == SavedSearch.id).join(Article, Article.id == SavedSearch.article_id)
        .where(*_fits(q, state))) or 0


def counts(session: Session) -> dict[str, int]:
    """How many stand how."""
    return {state: count_searches(session, state=state) for state in Standing}


def search_card(session: Session, actor: Actor, search_id: int) -> SearchCard:
    """One saved search, or NotFound."""
    row = session.execute(select(SavedSearch, BenchStanding, Article.number).outerjoin(
        BenchStanding, BenchStanding.search_id == SavedSearch.id).join(Article, Article.id == SavedSearch.article_id)
        .where(SavedSearch.id == search_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _cards(session, actor, [row])[0]


def run_lines(session: Session, limit: int = 12, before: int | None = None) -> list[RunLine]:
    """Runs, newest first."""
    query = select(BenchRun).order_by(BenchRun.id.desc()).limit(limit)
    rows = list(session.scalars(query.where(BenchRun.id < before) if before else query))
    return lines_of(session, rows)


def lines_of(session: Session, rows: Sequence[BenchRun]) -> list[RunLine]:
    """These runs as lines."""
    who = names(session, [row.person_id for row in rows])
    numbers = _numbers(session, [row.after for row in rows])
    return [RunLine(row.id, row.at, row.cause, who.get(row.person_id or 0, ""), row.searches, row.hit1, row.hit5, row.broken,
                    row.took_ms, _after(row.after, numbers)) for row in rows]


def places_of(session: Session, search_id: int, limit: int = 50) -> list[Place]:
    """Where the article of a search stood, newest first; a run that moved nothing is no line."""
    rows = session.execute(select(BenchRank.rank, BenchRun.at, BenchRun.after).join(BenchRun, BenchRun.id == BenchRank.run_id)
                           .where(BenchRank.search_id == search_id).order_by(BenchRank.id.desc()).limit(limit)).all()
    numbers = _numbers(session, [row.after for row in rows])
    return [Place(row.at, row.rank, _after(row.after, numbers)) for row in rows]


def _fits(q: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        found.append(or_(SavedSearch.query.icontains(q, autoescape=True), SavedSearch.note.icontains(q, autoescape=True),
                         Article.number.icontains(q, autoescape=True)))
    if state:
        found.append(_STATES[state])
    return found


def _cards(session: Session, actor: Actor, rows: Sequence[Any]) -> list[SearchCard]:
    who = names(session, [row[0].created_by_id for row in rows])
    things = cards.whole_cards(session, actor, "article", {row[0].article_id for row in rows})
    found = []
    for saved, stands, number in rows:
        thing = things.get(saved.article_id)
        state = standing_of(asked=stands is not None, rank=stands.rank if stands else None,
                            broken=stands is not None and stands.broken_at is not None)
        found.append(SearchCard(
            saved.id, saved.query, saved.article_id, number, thing.title if thing else "", saved.kind, saved.category, saved.note,
            saved.created_at, who.get(saved.created_by_id or 0, ""), state, stands.rank if stands else None,
            stands.since if stands else None, stands.broken_at if stands else None, stands.broken_run_id if stands else None))
    return found


def _numbers(session: Session, after: Sequence[Sequence[dict[str, Any]]]) -> dict[int, str]:
    ids = {one["article_id"] for many in after for one in many if "article_id" in one}
    if not ids:
        return {}
    return {row.id: row.number for row in session.execute(select(Article.id, Article.number).where(Article.id.in_(ids)))}


def _after(held: Sequence[dict[str, Any]], numbers: dict[int, str]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((one["kind"], one.get("term") or numbers.get(one.get("article_id", 0), "")) for one in held))
