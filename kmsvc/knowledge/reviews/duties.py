"""The duties of the yearly review: one for each year, one for whoever judges, one for the owner of what is to be mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article, ArticlePublication, Category
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.reviews.permissions import PLAN_REVIEW
from kmsvc.knowledge.reviews.rules import NO_CATEGORY, FollowUp, ReviewResult, ReviewState, covers, follow_up
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

YEAR, JUDGE, MEND = "knowledge.review", "knowledge.review.judge", "knowledge.review.mend"
CLAUSE = "61"


@dataclass(frozen=True)
class Years:
    """What is known of the reviews of all years. first: of the oldest article; done: years that are reviewed in full."""

    id: int
    first: int
    done: frozenset[int]
    owners: dict[int, int]
    keeper: int | None


def years(session: Session) -> Iterator[Years]:
    """The centre, as soon as it has an article."""
    oldest = session.scalar(select(func.min(Article.created_at)))
    if oldest is None:
        return
    shelves = shelves_in_force(session)
    scopes: dict[int, list[list[Any]]] = {}
    owners: dict[int, int] = {}
    for row in session.execute(select(Review.year, Review.state, Review.categories, Review.planned_by_id).where(
            Review.state != ReviewState.CANCELLED).order_by(Review.id)):
        if row.state == ReviewState.SIGNED:
            scopes.setdefault(row.year, []).append(row.categories)
        if row.planned_by_id is not None:
            owners[row.year] = row.planned_by_id
    keeper = next((one.id for one in directory(session).active() if PLAN_REVIEW.name in one.permissions and one.logins), None)
    yield Years(0, oldest.year, frozenset(year for year, its in scopes.items() if covers(its, shelves)), owners, keeper)


def shelves_in_force(session: Session) -> set[str]:
    """The categories that have an article in force."""
    return set(session.scalars(select(func.coalesce(Category.name, NO_CATEGORY)).select_from(Article).outerjoin(
        Category, Category.id == Article.category_id).where(Article.published_version_id.is_not(None)).distinct()))


def due_years(found: Years, today: date) -> Iterator[Wanted]:
    """Each year since there are articles, unless reviewed: by the end of the year."""
    for year in range(found.first, today.year + 1):
        if year not in found.done:
            yield Wanted("knowledge_year", year, Due(str(year), date(year, 12, 31)), found.owners.get(year, found.keeper), CLAUSE)


def judging(session: Session) -> Iterator[Any]:
    """(review, reviewer) that still has articles to judge."""
    yield from session.execute(select(Review.id, Review.due_on, ReviewItem.reviewer_id).join(
        ReviewItem, ReviewItem.review_id == Review.id).where(
        Review.state == ReviewState.RUNNING, ReviewItem.judged_at.is_(None)).distinct().order_by(Review.id, ReviewItem.reviewer_id))


def due_judging(row: Any, today: date) -> Iterator[Wanted]:
    """By the day of the plan."""
    yield Wanted("review", row.id, Due(f"person {row.reviewer_id}", row.due_on), row.reviewer_id)


def mending(session: Session) -> Iterator[Any]:
    """Articles that a review found in need of their owner, and that nobody has mended since."""
    for row in session.execute(select(
            ReviewItem.result, ReviewItem.version_id, ReviewItem.due_on, Article.id, Article.owner_id, Review.number,
            Article.published_version_id, Article.retired_at).join(Article, Article.id == ReviewItem.article_id).join(
            Review, Review.id == ReviewItem.review_id).where(
            ReviewItem.result != ReviewResult.KEEP, Review.state != ReviewState.CANCELLED).order_by(ReviewItem.id)):
        if follow_up(row.result, version_then=row.version_id, version_now=row.published_version_id,
                     retired=row.retired_at is not None) == FollowUp.OPEN:
            yield row


def due_mending(row: Any, today: date) -> Iterator[Wanted]:
    """By the day the reviewer gave."""
    yield Wanted("article", row.id, Due(row.number, row.due_on), row.owner_id)


def reviewed_on(session: Session, duty: Obligation) -> date | None:
    """When the last review of a year was signed that is reviewed in full."""
    rows = session.execute(select(Review.categories, Review.signed_at).where(
        Review.year == duty.subject_id, Review.state == ReviewState.SIGNED)).all()
    days = [row.signed_at.date() for row in rows if row.signed_at is not None]
    return max(days) if days and covers([row.categories for row in rows], shelves_in_force(session)) else None


def judged_on(session: Session, duty: Obligation) -> date | None:
    """When somebody judged the last of the own articles of a review that was not cancelled."""
    rows = session.execute(select(ReviewItem.judged_at).join(Review, Review.id == ReviewItem.review_id).where(
        Review.id == duty.subject_id, Review.state != ReviewState.CANCELLED,
        ReviewItem.reviewer_id == int(duty.period.removeprefix("person ")))).scalars().all()
    days = [at.date() for at in rows if at is not None]
    return max(days) if rows and len(days) == len(rows) else None


def mended_on(session: Session, duty: Obligation) -> date | None:
    """When another text came into force, or none, of an article that a review had found in need of it."""
    asked = session.execute(select(ReviewItem.result, ReviewItem.version_id, Article.published_version_id, Article.retired_at).join(
        Article, Article.id == ReviewItem.article_id).join(Review, Review.id == ReviewItem.review_id).where(
        Review.number == duty.period, Review.state != ReviewState.CANCELLED, Article.id == duty.subject_id)).first()
    if asked is None or follow_up(asked.result, version_then=asked.version_id, version_now=asked.published_version_id,
                                  retired=asked.retired_at is not None) != FollowUp.DONE:
        return None
    at = session.scalar(select(func.max(ArticlePublication.recorded_at)).where(ArticlePublication.article_id == duty.subject_id))
    return at.date() if at is not None else None


register(DutyRule(YEAR, N_("Yearly review of knowledge"), years, due_years, "knowledge_year", reviewed_on))
register(DutyRule(JUDGE, N_("Judging articles of a yearly review"), judging, due_judging, "review", judged_on))
register(DutyRule(MEND, N_("Mending an article after a yearly review"), mending, due_mending, "article", mended_on))
