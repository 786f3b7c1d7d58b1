"""Owners hear of signs once: one notice for a sign, or one for many at a time; never again for the same key.

A new owner hears of those that stand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import func, or_, select

from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.health.models import HealthSignRow
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.knowledge.health.rules import TOLD
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory

ONE_BY_ONE = 3
MOST = 2000


def tell_owners(work: Work, today: date) -> int:
    """Tell owners of signs they have not heard of; returns how many signs. More than a few at a time come as one notice."""
    work.permit(EXAMINE_HEALTH)
    rows = work.session.execute(
        select(HealthSignRow, Article.owner_id, Article.number, ArticleVersion.title)
        .join(Article, Article.id == HealthSignRow.article_id)
        .join(ArticleVersion, ArticleVersion.id == func.coalesce(Article.published_version_id, Article.draft_version_id)).where(
            HealthSignRow.gone_at.is_(None), HealthSignRow.sign.in_(sorted(TOLD)), Article.owner_id.is_not(None),
            or_(HealthSignRow.told_key.is_(None), HealthSignRow.told_key != HealthSignRow.key,
                HealthSignRow.told_to_id.is_distinct_from(Article.owner_id)))
        .order_by(HealthSignRow.article_id, HealthSignRow.sign).limit(MOST)).all()
    known, mine = directory(work.session).people, defaultdict(list)
    for row, owner_id, number, title in rows:
        if owner_id in known and known[owner_id].is_active:
            mine[owner_id].append((row, number, title))
            row.told_key, row.told_to_id = row.key, owner_id
    for owner_id, its in mine.items():
        if len(its) <= ONE_BY_ONE:
            for row, number, title in its:
                tell(work, [owner_id], "knowledge.health.seen", url=f"/knowledge/health/articles/{row.article_id}",
                     params={"number": number, "title": title, "sign": {"code": row.sign, "enum": "health_sign"}},
                     dedup=f"health:{row.article_id}:{row.sign}:{row.key}"[:180], about=("article", row.article_id))
        else:
            first = its[0][0]
            tell(work, [owner_id], "knowledge.health.seen_many", url=f"/knowledge/health/articles?owner={owner_id}",
                 params={"count": len(its)}, dedup=f"health:{today.isoformat()}:{first.article_id}:{first.sign}:{first.key}"[:180])
    return sum(map(len, mine.values()))
