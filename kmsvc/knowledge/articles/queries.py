"""Reads over articles: cards for readers, cut to what each may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import READ_ARTICLE, level_of
from kmsvc.knowledge.articles.rules import LEVEL, ArticleState, Confidentiality, state_of
from kmsvc.markup.fences import visible
from kmsvc.people.accounts.queries import names


def may_see(actor: Actor, article: Article, version: ArticleVersion | None) -> bool:
    """Whether the article exists for this caller: audience, level, and drafts only for those who keep them."""
    if version is None or not can(actor, READ_ARTICLE, article):
        return False
    if LEVEL[Confidentiality(version.confidentiality)] > level_of(actor):
        return False
    live = article.published_version_id == version.id or article.retired_at is not None
    return live or actor.can("knowledge.article.read_drafts") or actor.person_id == article.owner_id


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of published articles this caller may see, bodies cut to the caller's level."""
    rows = session.execute(
        select(Article, ArticleVersion, Category.name)
        .join(ArticleVersion, ArticleVersion.id == Article.published_version_id)
        .outerjoin(Category, Category.id == Article.category_id).where(Article.id.in_(list(ids)))).all()
    level = level_of(actor)
    return {
        article.id: ThingCard(
            kind="article", id=article.id, number=article.number, title=version.title, url=f"/knowledge/articles/{article.id}",
            state=ArticleState.PUBLISHED, category=category or "", updated_on=article.changed_at.date(),
            external_id=article.external_id, summary=version.summary or "", body=visible(version.body, level),
            level=LEVEL[Confidentiality(version.confidentiality)])
        for article, version, category in rows if may_see(actor, article, version)}


@dataclass(frozen=True)
class VersionLine:
    """One version in an article's history."""

    id: int
    label: str
    recorded_at: datetime
    author: str
    note: str | None
    live_from: datetime | None
    is_live: bool


@dataclass(frozen=True)
class ArticleCard:
    """An article as its page shows it, text cut to the reader's level."""

    id: int
    number: str
    version: int
    title: str
    summary: str
    body: str
    state: str
    category: str | None
    owner: str
    owner_id: int | None
    version_id: int
    version_label: str
    effective_on: date | None
    review_on: date | None
    valid_from: date | None
    valid_to: date | None
    confidentiality: str
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    language: str
    process_id: int | None
    superseded_by_id: int | None
    external_id: str | None
    is_published: bool
    has_draft: bool
    content_hash: str
    audience_unit_id: int | None
    url: str


def article_card(session: Session, actor: Actor, article_id: int, today: date, *, draft: bool = False,
                 version_id: int | None = None) -> ArticleCard:
    """One article, or NotFound where it is missing or not for this caller."""
    article = session.get(Article, article_id)
    if article is None:
        raise NotFound()
    pointer = version_id or (article.draft_version_id if draft or not article.published_version_id
                             else article.published_version_id)
    version = session.get(ArticleVersion, pointer) if pointer else None
    if version is not None and version.article_id != article.id:
        raise NotFound()
    past = version_id is not None and session.scalar(select(ArticlePublication.id).where(
        ArticlePublication.new_version_id == version_id).limit(1)) is not None
    visible_to = may_see(actor, article, version) or (
        past and version is not None and can(actor, READ_ARTICLE, article)
        and LEVEL[Confidentiality(version.confidentiality)] <= level_of(actor) and article.published_version_id is not None)
    if version is None or not visible_to:
        raise NotFound()
    since = session.scalar(select(ArticlePublication.effective_at).where(
        ArticlePublication.article_id == article.id, ArticlePublication.new_version_id == version.id)
        .order_by(ArticlePublication.id.desc()).limit(1))
    category = session.get(Category, article.category_id) if article.category_id else None
    return ArticleCard(
        id=article.id, number=article.number, version=article.version, title=version.title, summary=version.summary or "",
        body=visible(version.body, level_of(actor)),
        state=state_of(published=article.published_version_id is not None, retired=article.retired_at is not None,
                       valid_from=version.valid_from, valid_to=version.valid_to, today=today),
        category=category.name if category else None, owner=names(session, [article.owner_id]).get(article.owner_id or 0, ""),
        owner_id=article.owner_id, version_id=version.id, version_label=version.label,
        effective_on=since.date() if since else None, review_on=article.review_on, valid_from=version.valid_from,
        valid_to=version.valid_to, confidentiality=version.confidentiality, tags=tuple(version.tags or ()),
        aliases=tuple(version.aliases or ()), language=version.language, process_id=article.process_id,
        superseded_by_id=article.superseded_by_id, external_id=article.external_id,
        is_published=article.published_version_id == version.id,
        has_draft=article.draft_version_id != article.published_version_id, content_hash=version.content_hash,
        audience_unit_id=article.audience_unit_id, url=f"/knowledge/articles/{article.id}")


def version_lines(session: Session, article_id: int) -> list[VersionLine]:
    """All versions of an article, newest first."""
    article = session.get(Article, article_id)
    rows = list(session.scalars(select(ArticleVersion).where(ArticleVersion.article_id == article_id)
                                .order_by(ArticleVersion.ordinal.desc())))
    live = {row.new_version_id: row.effective_at for row in session.scalars(
        select(ArticlePublication).where(ArticlePublication.article_id == article_id).order_by(ArticlePublication.id))}
    who = names(session, [row.author_id for row in rows])
    return [VersionLine(row.id, row.label, row.recorded_at, who.get(row.author_id or 0, ""), row.note, live.get(row.id),
                        article is not None and article.published_version_id == row.id) for row in rows]


@dataclass(frozen=True)
class ArticleLine:
    """An article in a list."""

    id: int
    number: str
    title: str
    state: str
    category: str | None
    owner: str
    confidentiality: str
    version_label: str
    valid_to: date | None
    review_on: date | None
    changed_at: datetime
    process_id: int | None
    version: int
    url: str


def article_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, category: str | None = None,
                  state: str | None = None, owner_id: int | None = None, before: int | None = None,
                  limit: int = 50) -> tuple[list[ArticleLine], int | None]:
    """A page of articles this caller may read, newest first, and the id to go on from."""
    shown = func.coalesce(Article.published_version_id, Article.draft_version_id)
    query = (select(Article, ArticleVersion, Category.name).join(ArticleVersion, ArticleVersion.id == shown)
             .outerjoin(Category, Category.id == Article.category_id).order_by(Article.id.desc()))
    if q:
        query = query.where(or_(ArticleVersion.title.ilike(f"%{q}%"), Article.number.ilike(f"%{q}%")))
    if category:
        query = query.where(Category.name == category)
    if owner_id:
        query = query.where(Article.owner_id == owner_id)
    if before:
        query = query.where(Article.id < before)
    found: list[tuple[Article, ArticleVersion, str | None, str]] = []
    following = None
    for article, version, shelf in session.execute(query.execution_options(yield_per=200)):
        stands = state_of(published=article.published_version_id is not None, retired=article.retired_at is not None,
                          valid_from=version.valid_from, valid_to=version.valid_to, today=today)
        if (state and stands != state) or not may_see(actor, article, version):
            continue
        if len(found) == limit:
            following = found[-1][0].id
            break
        found.append((article, version, shelf, stands))
    who = names(session, [row[0].owner_id for row in found])
    return [ArticleLine(
        id=article.id, number=article.number, title=version.title, state=stands, category=shelf,
        owner=who.get(article.owner_id or 0, ""), confidentiality=version.confidentiality, version_label=version.label,
        valid_to=version.valid_to, review_on=article.review_on, changed_at=article.changed_at,
        process_id=article.process_id, version=article.version, url=f"/knowledge/articles/{article.id}")
        for article, version, shelf, stands in found], following


def line_json(line: ArticleLine) -> dict[str, Any]:
    """An article in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "state": line.state,
            "category": line.category, "owner": line.owner, "confidentiality": line.confidentiality,
            "version_label": line.version_label, "valid_to": line.valid_to, "updated_on": line.changed_at.date(),
            "process_id": line.process_id, "url": line.url}
