"""What the service itself knows for a review: of an article, and of how complete the knowledge is. Nobody types it.

It is worked out when the sample is drawn and when the review is signed, never for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import WAITING, FeedbackKind
from kmsvc.knowledge.gaps.models import Gap, GapDay, GapQuery, GapStanding
from kmsvc.knowledge.gaps.rules import LIVE, GapState
from kmsvc.knowledge.health.gathering import facts_of
from kmsvc.knowledge.health.models import HealthSignRow, HealthText
from kmsvc.knowledge.health.sources import sources
from kmsvc.knowledge.reviews.rules import NO_CATEGORY
from kmsvc.people.accounts.queries import names
from kmsvc.search.models import SearchEvent

BATCH = 400


@dataclass(frozen=True)
class Period:
    """The days a review looks at, as calendar days and as instants [begins, ends)."""

    begins_on: date
    ends_on: date
    begins: datetime
    ends: datetime


def in_force(session: Session, categories: Collection[str]) -> dict[str, list[str]]:
    """Category -> numbers of its articles in force, by number. categories: none is all; what has no category is under ''."""
    query = select(func.coalesce(Category.name, NO_CATEGORY), Article.number).select_from(Article).outerjoin(
        Category, Category.id == Article.category_id).where(Article.published_version_id.is_not(None)).order_by(Article.number)
    found: dict[str, list[str]] = {}
    for name, number in session.execute(query):
        if not categories or name in categories:
            found.setdefault(name, []).append(number)
    return found


def of_articles(session: Session, ids: Collection[int], period: Period, today: date, zone: str) -> dict[int, dict[str, Any]]:
    """What is known of articles in force: text, owner, age, signs, feedback, openings, gaps, processes cited."""
    found: dict[int, dict[str, Any]] = {}
    wanted = sorted(ids)
    for at in range(0, len(wanted), BATCH):
        found |= _part(session, wanted[at:at + BATCH], period, today, zone)
    return found


def _part(session: Session, ids: list[int], period: Period, today: date, zone: str) -> dict[int, dict[str, Any]]:
    rows = session.execute(select(
        Article.id, Article.number, Article.owner_id, Article.process_id, Article.review_on, ArticleVersion.title,
        ArticleVersion.label, ArticleVersion.recorded_at, ArticleVersion.valid_to, ArticleVersion.confidentiality).join(
        ArticleVersion, ArticleVersion.id == Article.published_version_id).where(Article.id.in_(ids))).all()
    who = names(session, [row.owner_id for row in rows])
    signs: dict[int, list[str]] = {}
    for article_id, sign in session.execute(select(HealthSignRow.article_id, HealthSignRow.sign).where(
            HealthSignRow.article_id.in_(ids), HealthSignRow.gone_at.is_(None)).order_by(HealthSignRow.sign)):
        signs.setdefault(article_id, []).append(sign)
    said: dict[int, Counter[str]] = {one: Counter() for one in ids}
    for article_id, kind, state, many in session.execute(select(
            Feedback.article_id, Feedback.kind, Feedback.state, func.count()).where(
            Feedback.article_id.in_(ids), Feedback.sent_at >= period.begins, Feedback.sent_at < period.ends,
            Feedback.state != "withdrawn").group_by(Feedback.article_id, Feedback.kind, Feedback.state)):
        said[article_id][kind] += many
        said[article_id]["waiting"] += many if state in WAITING else 0
    opened = {row[0]: row[1] for row in session.execute(select(SearchEvent.opened_id, func.count()).where(
        SearchEvent.opened_kind == "article", SearchEvent.opened_id.in_(ids), SearchEvent.at >= period.begins,
        SearchEvent.at < period.ends).group_by(SearchEvent.opened_id))}
    known = {one.article_id: one for one in facts_of(session, today, zone, ids, None)}
    own = sources(session)
    found = {}
    for row in rows:
        its = known.get(row.id)
        source = own.get(row.process_id) if row.process_id is not None else None
        cited = [[source.number, source.in_force, source.in_force]] if source is not None else []
        cited += [[one.number, one.label, one.in_force] for one in (its.cited if its else ())]
        found[row.id] = {
            "number": row.number, "title": row.title, "label": row.label, "owner": who.get(row.owner_id or 0, ""),
            "owner_id": row.owner_id, "confidentiality": row.confidentiality, "age_days": (today - row.recorded_at.date()).days,
            "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            "review_on": row.review_on.isoformat() if row.review_on else None, "signs": signs.get(row.id, []),
            "feedback": {kind.value: said[row.id][kind.value] for kind in FeedbackKind}, "waiting": said[row.id]["waiting"],
            "opened": opened.get(row.id, 0), "gaps": list(its.gaps) if its else [], "cited": cited}
    return found


def completeness(session: Session, period: Period, shelves: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """How complete the knowledge is: searches in vain, gaps by category, and which processes in force no article tells of.

    shelves: category -> its articles in force; gaps of other categories are left out."""
    within = (SearchEvent.at >= period.begins, SearchEvent.at < period.ends)
    searches = session.scalar(select(func.count()).select_from(SearchEvent).where(*within)) or 0
    vain = session.scalar(select(func.count()).select_from(SearchEvent).where(*within, SearchEvent.found == 0)) or 0
    lines: dict[str, dict[str, int]] = {name: {"articles": len(numbers)} | dict.fromkeys(_GAPS, 0)
                                        for name, numbers in shelves.items()}
    lines.setdefault(NO_CATEGORY, {"articles": 0} | dict.fromkeys(_GAPS, 0))
    _count_gaps(session, period, lines)
    if not any(lines[NO_CATEGORY].values()):
        del lines[NO_CATEGORY]
    missing, processes = _not_told_of(session)
    return {"searches": searches, "vain": vain, "by_category": [{"category": name, **lines[name]} for name in sorted(lines)],
            "processes": processes, "uncovered": missing}


_GAPS = ("opened", "closed", "open", "in_vain")


def _count_gaps(session: Session, period: Period, lines: dict[str, dict[str, int]]) -> None:
    shelf = func.coalesce(GapStanding.category, NO_CATEGORY)
    gaps = select(shelf, Gap.state, Gap.opened_at, Gap.closed_at).select_from(Gap).outerjoin(
        GapStanding, GapStanding.gap_id == Gap.id).where(Gap.state != GapState.MERGED)
    for name, state, opened_at, closed_at in session.execute(gaps):
        line = lines.get(name)
        if line is None:
            continue
        line["opened"] += period.begins <= opened_at < period.ends
        line["closed"] += state == GapState.CLOSED and closed_at is not None and period.begins <= closed_at < period.ends
        line["open"] += state in LIVE
    sums = select(shelf, func.sum(GapDay.zero + GapDay.unopened)).select_from(GapDay).join(
        GapQuery, GapQuery.id == GapDay.query_id).outerjoin(GapStanding, GapStanding.gap_id == GapQuery.gap_id).where(
        GapDay.day >= period.begins_on, GapDay.day <= period.ends_on).group_by(shelf)
    for name, many in session.execute(sums):
        if name in lines:
            lines[name]["in_vain"] += int(many or 0)


def _not_told_of(session: Session) -> tuple[list[str], int]:
    """(numbers of processes in force that no article in force follows or cites, how many are in force)."""
    live = {one.id: one.number for one in sources(session).values() if one.in_force is not None and not one.gone}
    ids = {number: one for one, number in live.items()}
    told: set[int] = set(session.scalars(select(Article.process_id).where(
        Article.published_version_id.is_not(None), Article.process_id.is_not(None))))  # type: ignore[arg-type]
    links = select(HealthText.links).join(Article, Article.published_version_id == HealthText.version_id).execution_options(
        yield_per=1000)
    for its in session.scalars(links):
        told |= {int(what) if kind == "process" else ids.get(what, 0) for kind, what, *_ in its if kind in ("process", "number")}
    return sorted(number for one, number in live.items() if one not in told), len(live)
