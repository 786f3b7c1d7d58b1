"""Articles as search documents: published ones only; what is secret inside an open article is not indexed at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.cards import Kind, OnDay, register
from kmsvc.core.memory import Family
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles import days
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.queries import things, whole_things
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.articles.secrets import secret
from kmsvc.knowledge.articles.versions import keeps, reading, texts
from kmsvc.markup.fences import visible
from kmsvc.markup.render import plain_text
from kmsvc.search.documents import SearchDocument

ARTICLES = Family("articles_epoch", frozenset({"knowledge_article", "knowledge_article_version", "knowledge_category"}))


def documents(session: Session, ids: Iterable[int] | None) -> Iterator[SearchDocument]:
    """Search documents of published articles, of these ids or of all."""
    query = (select(Article, ArticleVersion, Category.name)
             .join(ArticleVersion, ArticleVersion.id == Article.published_version_id)
             .outerjoin(Category, Category.id == Article.category_id).order_by(Article.id))
    if ids is not None:
        query = query.where(Article.id.in_(list(ids)))
    for article, version, category in session.execute(query):
        level = LEVEL[Confidentiality(version.confidentiality)]
        yield SearchDocument(
            kind="article", id=article.id, number=article.number, title=version.title,
            body=plain_text(visible(version.body, max(level, 2))),
            summary=visible(version.summary or "", max(level, 2)).strip(),
            aliases=tuple(version.aliases or ()), tags=tuple(version.tags or ()), category=category or "",
            language="en" if version.language.startswith("en") else "zh", level=level, unit=article.audience_unit_id or 0,
            valid_from=version.valid_from, valid_to=version.valid_to, version=article.version,
            updated_on=article.changed_at.date())


register(Kind("article", N_("Knowledge"), things, documents, whole=whole_things, reading=reading, keeps=keeps, texts=texts,
              family=ARTICLES, secret=secret, on_day=OnDay(days.cards_on, days.reading_on, days.gone_since)))
