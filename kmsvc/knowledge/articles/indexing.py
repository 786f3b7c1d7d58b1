"""Articles as search documents: published ones only; what is secret inside an open article is not indexed at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, OnDay, ThingCard, register
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles import days
from kmsvc.knowledge.articles.lists import visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.queries import FACE, things, whole_things
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.articles.secrets import secret
from kmsvc.knowledge.articles.versions import keeps, reading, texts
from kmsvc.knowledge.scopes.register import register as all_values
from kmsvc.markup.fences import visible
from kmsvc.markup.render import plain_text
from kmsvc.search.analysis import number_form
from kmsvc.search.documents import SearchDocument
from kmsvc.search.scopes import unpacked

ARTICLES = Family("articles_epoch", frozenset({"knowledge_article", "knowledge_article_version", "knowledge_category"}))


def documents(session: Session, ids: Iterable[int] | None) -> Iterator[SearchDocument]:
    """Search documents of published articles, of these ids or of all."""
    query = (select(Article, ArticleVersion, Category.name)
             .join(ArticleVersion, ArticleVersion.id == Article.published_version_id)
             .outerjoin(Category, Category.id == Article.category_id).order_by(Article.id))
    known = all_values(session)
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
            updated_on=article.changed_at.date(), scopes=known.settled(unpacked(version.scopes or "")))


def literally(session: Session, actor: Actor, text: str, limit: int) -> Sequence[int]:
    """Ids of published articles that the actor may see and in whose rows a text stands, secret words included."""
    return session.scalars(
        select(Article.id).join(ArticleVersion, ArticleVersion.id == Article.published_version_id)
        .where(visible_to(actor), or_(*(column.icontains(text, autoescape=True) for column in (
            Article.number, ArticleVersion.title, ArticleVersion.summary, ArticleVersion.body))))
        .order_by(Article.id).limit(limit)).all()


def heir(session: Session, actor: Actor, typed: str) -> tuple[str, ThingCard] | None:
    """The number of the retired article that this is the number or title of, and the published one that took its place."""
    place = remembered(session, ARTICLES, "heirs", _heirs).get(number_form(typed))
    if place is None:
        return None
    gone = whole_things(session, actor, place[:1]).get(place[0])
    card = things(session, actor, place[1:]).get(place[1])
    return (gone.number, card) if gone is not None and card is not None else None


def _heirs(session: Session) -> dict[str, tuple[int, int]]:
    """By number and title of a retired article: its id, and that of the last one in the row of those that took its place."""
    rows = session.execute(
        select(Article.id, Article.number, Article.superseded_by_id, ArticleVersion.title)
        .outerjoin(ArticleVersion, ArticleVersion.id == FACE)
        .where(Article.retired_at.is_not(None), Article.superseded_by_id.is_not(None)).order_by(Article.id)).all()
    after: dict[int, int] = {row.id: row.superseded_by_id for row in rows}
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        last, passed = after[row.id], {row.id}
        while last in after and last not in passed:
            passed.add(last)
            last = after[last]
        for name in (row.title or "", row.number):
            if number_form(name):
                found[number_form(name)] = (row.id, last)
    return found


register(Kind("article", N_("Knowledge"), things, documents, whole=whole_things, reading=reading, keeps=keeps, texts=texts,
              literally=literally, family=ARTICLES, secret=secret, heir=heir,
              on_day=OnDay(days.cards_on, days.reading_on, days.gone_since)))
