"""Reads over reviews: the list by year, one with its sample, one article of it, and what came of each result since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, defer

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.reviews import rules
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.reviews.permissions import SEE_REVIEWS
from kmsvc.knowledge.reviews.rules import FollowUp, ReviewResult, ReviewState
from kmsvc.knowledge.reviews.usecases import judged_content, signed_content
from kmsvc.markup import fences
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class ReviewLine:
    """A review in a list. drawn: articles of its sample, judged: those with a result."""

    id: int
    number: str
    year: int
    state: str
    begins_on: date
    ends_on: date
    due_on: date
    categories: tuple[str, ...]
    drawn: int
    judged: int
    reviewers: tuple[str, ...]
    planned_by: str
    signed_by: str
    signed_at: datetime | None
    complete: str | None
    fit: str | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/reviews/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not settled."""
        return self.state in (ReviewState.PLANNED, ReviewState.RUNNING) and self.due_on < today


@dataclass(frozen=True)
class ItemLine:
    """An article of the sample: what was known of it, what was answered, and what came of that since.

    number, title, label: of the text that was drawn; version_now: its text today, where it is another one."""

    id: int
    review_id: int
    place: int
    article_id: int
    version_id: int
    category: str
    facts: Mapping[str, Any]
    reviewer_id: int
    reviewer: str
    answers: Mapping[str, bool | None]
    findings: str | None
    result: str | None
    due_on: date | None
    judged_by_id: int | None
    judged_by: str
    judged_at: datetime | None
    follow_up: FollowUp
    follows: bool
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/reviews/{self.review_id}/items/{self.id}"

    @property
    def article_url(self) -> str:
        """The page of the article."""
        return f"/knowledge/articles/{self.article_id}"


@dataclass(frozen=True)
class ReviewCard:
    """One review as its page and JSON show it. shown_hash: of what would be signed now; is_whole: what is kept still is what
    was signed; repeats: the seed draws the same sample again."""

    line: ReviewLine
    purpose: str | None
    size: int
    seed: str
    reviewer_ids: tuple[int, ...]
    population: Mapping[str, Sequence[str]]
    record: Mapping[str, Any] | None
    planned_at: datetime
    drawn_at: datetime | None
    cancelled_at: datetime | None
    reason: str | None
    conclusion: str | None
    actions: str | None
    content_hash: str | None
    shown_hash: str
    is_whole: bool | None
    repeats: bool | None
    items: tuple[ItemLine, ...]
    results: Mapping[str, int]


def _filtered(*columns: Any, q: str | None, year: int | None, state: str | None) -> Select[Any]:
    query = select(*columns).select_from(Review)
    if q:
        query = query.where(or_(Review.number.icontains(q, autoescape=True), Review.purpose.icontains(q, autoescape=True),
                                Review.conclusion.icontains(q, autoescape=True)))
    if year:
        query = query.where(Review.year == year)
    if state:
        query = query.where(Review.state == state)
    return query


def review_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None,
                 before: int | None = None, limit: int = 50) -> tuple[list[ReviewLine], int | None]:
    """Reviews, newest first, and the id to go on from."""
    if not can(actor, SEE_REVIEWS):
        return [], None
    query = _filtered(Review, q=q, year=year, state=state)
    if before:
        query = query.where(Review.id < before)
    rows = list(session.scalars(query.options(defer(Review.population), defer(Review.record)).order_by(Review.id.desc()).limit(
        limit + 1)))
    return _lines(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_reviews(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None) -> int:
    """How many fit these filters."""
    if not can(actor, SEE_REVIEWS):
        return 0
    return session.scalar(_filtered(func.count(Review.id), q=q, year=year, state=state)) or 0


def years(session: Session) -> list[int]:
    """The years of which there is a review, newest first."""
    return list(session.scalars(select(Review.year).distinct().order_by(Review.year.desc())))


def _lines(session: Session, rows: Sequence[Review]) -> list[ReviewLine]:
    who = names(session, [one for row in rows for one in (row.planned_by_id, row.signed_by_id, *row.reviewer_ids)])
    sums = {row[0]: (row[1], row[2]) for row in session.execute(select(
        ReviewItem.review_id, func.count(), func.count(ReviewItem.judged_at)).where(
        ReviewItem.review_id.in_([row.id for row in rows])).group_by(ReviewItem.review_id))}
    return [ReviewLine(
        row.id, row.number, row.year, row.state, row.begins_on, row.ends_on, row.due_on, tuple(row.categories),
        *sums.get(row.id, (0, 0)), tuple(who.get(one, "") for one in row.reviewer_ids), who.get(row.planned_by_id or 0, ""),
        who.get(row.signed_by_id or 0, ""), row.signed_at, row.complete, row.fit, row.version) for row in rows]


def review_card(session: Session, actor: Actor, review_id: int) -> ReviewCard:
    """One review with its sample, or NotFound where it is missing or not for this caller."""
    row = session.get(Review, review_id) if can(actor, SEE_REVIEWS) else None
    if row is None:
        raise NotFound()
    items = list(session.scalars(select(ReviewItem).where(ReviewItem.review_id == row.id).order_by(ReviewItem.place)))
    drawn = rules.sample(row.population, row.seed, row.size) if row.population else []
    lines = _items(session, items)
    results = Counter(one.result for one in items if one.result)
    return ReviewCard(
        line=_lines(session, [row])[0], purpose=row.purpose, size=row.size, seed=row.seed, reviewer_ids=tuple(row.reviewer_ids),
        population=row.population or {}, record=row.record, planned_at=row.planned_at, drawn_at=row.drawn_at,
        cancelled_at=row.cancelled_at, reason=row.reason, conclusion=row.conclusion, actions=row.actions,
        content_hash=row.content_hash, shown_hash=rules.hash_of(judged_content(row, items)),
        is_whole=rules.hash_of(signed_content(row, items)) == row.content_hash if row.content_hash else None,
        repeats=[number for _, number in drawn] == [one.facts["number"] for one in items] if row.population else None,
        items=tuple(lines), results={one.value: results[one.value] for one in ReviewResult})


def _items(session: Session, rows: Sequence[ReviewItem]) -> list[ItemLine]:
    who = names(session, [one for row in rows for one in (row.reviewer_id, row.judged_by_id)])
    ids = [row.article_id for row in rows]
    now: dict[int, Any] = {}
    for at in range(0, len(ids), 400):
        now |= {one.id: one for one in session.execute(select(
            Article.id, Article.published_version_id, Article.retired_at, Article.process_id).where(Article.id.in_(ids[at:at + 400])))}
    return [ItemLine(
        row.id, row.review_id, row.place, row.article_id, row.version_id, row.category, row.facts, row.reviewer_id,
        who.get(row.reviewer_id, ""), {name: getattr(row, name) for name in rules.ANSWERS}, row.findings, row.result, row.due_on,
        row.judged_by_id, who.get(row.judged_by_id or 0, ""), row.judged_at,
        rules.follow_up(row.result, version_then=row.version_id, version_now=now[row.article_id].published_version_id,
                        retired=now[row.article_id].retired_at is not None),
        now[row.article_id].process_id is not None, row.version) for row in rows]


def item_of(session: Session, actor: Actor, review_id: int, item_id: int) -> tuple[Review, ItemLine, str]:
    """The review, one article of it, and the text that was drawn without its secret words: those are read on its own page."""
    row = session.get(Review, review_id) if can(actor, SEE_REVIEWS) else None
    item = session.get(ReviewItem, item_id)
    if row is None or item is None or item.review_id != row.id:
        raise NotFound()
    version = session.get(ArticleVersion, item.version_id)
    open_text = version is not None and version.confidentiality != Confidentiality.SECRET
    body = fences.visible(version.body, LEVEL[Confidentiality.INTERNAL]) if version is not None and open_text else ""
    return row, _items(session, [item])[0], body


def next_of(session: Session, review_id: int, person_id: int | None, after: int) -> int | None:
    """The article to judge next: this person's own first, then anybody's; those behind `after` before those in front of it."""
    rows = session.execute(select(ReviewItem.id, ReviewItem.reviewer_id, ReviewItem.place).where(
        ReviewItem.review_id == review_id, ReviewItem.judged_at.is_(None))).all()
    return min(rows, key=lambda one: (one.reviewer_id != person_id, one.place <= after, one.place)).id if rows else None


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_REVIEWS):
        return {}
    rows = session.execute(select(Review.id, Review.number, Review.year, Review.state).where(Review.id.in_(ids)))
    return {row.id: _card("review", row.id, row) for row in rows}


def _of_years(session: Session, actor: Actor, wanted: Sequence[int]) -> Mapping[int, ThingCard]:
    """year -> its signed review, the last one; until then the newest that was not given up."""
    if not can(actor, SEE_REVIEWS):
        return {}
    rows = session.execute(select(Review.id, Review.number, Review.year, Review.state).where(
        Review.year.in_(wanted), Review.state != ReviewState.CANCELLED).order_by(Review.state == ReviewState.SIGNED, Review.id))
    return {row.year: _card("knowledge_year", row.year, row) for row in rows}


def _card(kind: str, one: int, row: Any) -> ThingCard:
    return ThingCard(kind, one, row.number, row.number, f"/knowledge/reviews/{row.id}", row.state)


cards.register(cards.Kind("review", ReviewState.RUNNING.label, _cards))
cards.register(cards.Kind("knowledge_year", ReviewState.SIGNED.label, _of_years))


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_REVIEWS):
        return []
    rows = session.execute(select(Review.id, Review.number, Review.year, Review.state).where(
        Review.number.startswith(number)).order_by(Review.id.desc()).limit(limit))
    return [_card("review", row.id, row) for row in rows]


cards.NUMBERED["KR"] = _numbered
