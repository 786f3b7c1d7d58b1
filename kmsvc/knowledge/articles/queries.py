"""Reads over articles: cards for readers, cut to what each may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import READ_ARTICLE, level_of
from kmsvc.knowledge.articles.rules import (
    LEVEL,
    ArticleState,
    Confidentiality,
    stage_of,
    state_of,
    validity_of,
)
from kmsvc.knowledge.articles.texts import readable
from kmsvc.knowledge.scopes.register import register, spoken
from kmsvc.markup.fences import visible
from kmsvc.people.accounts.queries import names
from kmsvc.search.scopes import unpacked

# What readers see: the published version, or of a retired article the last one that was in force.
_LAST_IN_FORCE = (select(ArticlePublication.old_version_id).where(
    ArticlePublication.article_id == Article.id, ArticlePublication.kind == "retire")
    .order_by(ArticlePublication.id.desc()).limit(1).correlate(Article).scalar_subquery())
FACE = case((Article.published_version_id.is_not(None), Article.published_version_id),
            (Article.retired_at.is_not(None), _LAST_IN_FORCE), else_=None)


# made once: search asks it for every keystroke
_ARTICLE, _VERSION, _CATEGORY = (cast(Table, one.__table__) for one in (Article, ArticleVersion, Category))
_PUBLISHED = (
    select(*(_ARTICLE.c[name] for name in ("id", "number", "external_id", "audience_unit_id", "changed_at", "published_version_id")),
           *(_VERSION.c[name] for name in ("title", "confidentiality", "valid_from", "valid_to", "content_hash", "scopes")),
           _CATEGORY.c.name.label("category"))
    .select_from(_ARTICLE.join(_VERSION, _VERSION.c.id == _ARTICLE.c.published_version_id)
                 .outerjoin(_CATEGORY, _CATEGORY.c.id == _ARTICLE.c.category_id))
    .where(_ARTICLE.c.id.in_(bindparam("ids", expanding=True))))


def keeps_drafts(actor: Actor, article: Article) -> bool:
    """Whether drafts of this article are for this caller: editors, and its owner."""
    return actor.can("knowledge.article.read_drafts") or (
        actor.person_id is not None and actor.person_id == article.owner_id)


def may_see(actor: Actor, article: Article, version: ArticleVersion | None, *, was_live: bool = False) -> bool:
    """Whether this text of the article exists for this caller: audience, level, and drafts only for those who keep them.

    was_live: this is the last text in force of a retired article.
    """
    if version is None or not can(actor, READ_ARTICLE, article):
        return False
    if LEVEL[Confidentiality(version.confidentiality)] > level_of(actor):
        return False
    live = article.published_version_id == version.id or (article.retired_at is not None and was_live)
    return live or keeps_drafts(actor, article)


_LAST_FACE = select(ArticleVersion).where(
    ArticleVersion.id == select(FACE).where(Article.id == bindparam("article")).scalar_subquery())


def face_of(session: Session, article: Article) -> ArticleVersion | None:
    """The version that readers of the article see."""
    if article.published_version_id is not None:
        return session.get(ArticleVersion, article.published_version_id)
    if article.retired_at is None:
        return None
    return session.scalar(_LAST_FACE, {"article": article.id})


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of published articles this caller may see, texts cut to the caller's level. Made for every keystroke."""
    level = level_of(actor)
    rows = session.execute(_PUBLISHED, {"ids": list(ids)}).all()
    seen = [row for row in rows if can(actor, READ_ARTICLE, row) and LEVEL[Confidentiality(row.confidentiality)] <= level]
    texts = readable(session, {row.published_version_id: row.content_hash for row in seen}, level)
    known = register(session)
    return {row.id: ThingCard(
        kind="article", id=row.id, number=row.number, title=row.title, url=f"/knowledge/articles/{row.id}",
        state=ArticleState.PUBLISHED, category=row.category or "", updated_on=row.changed_at.date(),
        external_id=row.external_id, summary=texts[row.published_version_id][0], body=texts[row.published_version_id][1],
        level=LEVEL[Confidentiality(row.confidentiality)], valid_from=row.valid_from, valid_to=row.valid_to,
        scopes=known.settled(unpacked(row.scopes)) if row.scopes else ()) for row in seen}


def whole_things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The same with drafts and retired articles, for those who may open their pages."""
    return _cards(session, actor, ids, func.coalesce(FACE, Article.draft_version_id))


def _cards(session: Session, actor: Actor, ids: Sequence[int], pointer: Any) -> dict[int, ThingCard]:
    rows = session.execute(
        select(Article, ArticleVersion, Category.name, FACE).select_from(Article).join(
            ArticleVersion, ArticleVersion.id == pointer)
        .outerjoin(Category, Category.id == Article.category_id).where(Article.id.in_(list(ids)))).all()
    level, known = level_of(actor), register(session)
    return {
        article.id: ThingCard(
            kind="article", id=article.id, number=article.number, title=version.title,
            url=f"/knowledge/articles/{article.id}", state=ArticleState.PUBLISHED if article.published_version_id else (
                ArticleState.RETIRED if article.retired_at else ArticleState.DRAFT),
            category=category or "", updated_on=article.changed_at.date(), external_id=article.external_id,
            summary=visible(version.summary or "", level).strip(), body=visible(version.body, level),
            level=LEVEL[Confidentiality(version.confidentiality)], valid_from=version.valid_from, valid_to=version.valid_to,
            scopes=known.settled(unpacked(version.scopes or "")))
        for article, version, category, face in rows if may_see(actor, article, version, was_live=face == version.id)}


@dataclass(frozen=True)
class ArticleCard:
    """An article as its page shows it, text cut to the reader's level. scopes: by dimension, the names it applies to, none for all;
    marks: the same as the search names them."""

    id: int
    number: str
    version: int
    title: str
    summary: str
    body: str
    state: str
    stage: str
    validity: str
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
    scopes: Mapping[str, list[str]]
    marks: tuple[str, ...]
    language: str
    process_id: int | None
    superseded_by_id: int | None
    external_id: str | None
    is_published: bool
    is_face: bool
    has_draft: bool
    content_hash: str
    audience_unit_id: int | None
    url: str


def readable_version(session: Session, actor: Actor, article_id: int, *, draft: bool = False,
                     version_id: int | None = None) -> tuple[Article, ArticleVersion]:
    """An article and the text of it to show, or NotFound. An old version was in force once, is not above the caller's
    level, and follows its article: whoever may not see what is in force now does not see what was (R-A5)."""
    article = session.get(Article, article_id)
    if article is None:
        session.get(ArticleVersion, 0)  # as of a hidden one: how long the answer takes tells nothing (R-A3)
        raise NotFound()
    face, keeper = face_of(session, article), keeps_drafts(actor, article)
    wanted = version_id or (article.draft_version_id if (draft and keeper) or face is None else face.id)
    version = session.get(ArticleVersion, wanted) if wanted else None
    if version is None or version.article_id != article.id:
        raise NotFound()
    if face is not None and version.id == face.id:
        allowed = may_see(actor, article, version, was_live=True)
    elif keeper:
        allowed = may_see(actor, article, version)
    else:
        allowed = (may_see(actor, article, face, was_live=True) and was_in_force(session, version)
                   and LEVEL[Confidentiality(version.confidentiality)] <= level_of(actor))
    if not allowed:
        raise NotFound()
    return article, version


def was_in_force(session: Session, version: ArticleVersion) -> bool:
    """Whether readers ever saw this version."""
    return session.scalar(select(ArticlePublication.id).where(
        ArticlePublication.article_id == version.article_id, ArticlePublication.new_version_id == version.id).limit(1)) is not None


_SINCE = select(ArticlePublication.effective_at).where(
    ArticlePublication.article_id == bindparam("article"), ArticlePublication.new_version_id == bindparam("version")
    ).order_by(ArticlePublication.id.desc()).limit(1)


def article_card(session: Session, actor: Actor, article_id: int, today: date, *, draft: bool = False,
                 version_id: int | None = None, zone: str = "UTC") -> ArticleCard:
    """One article, or NotFound where it is missing or not for this caller.

    draft: its newest text where this caller keeps drafts. version_id: one of its versions, see `readable_version`.
    zone: where the day of publishing is counted.
    """
    article, version = readable_version(session, actor, article_id, draft=draft, version_id=version_id)
    face = face_of(session, article)
    since = session.scalar(_SINCE, {"article": article.id, "version": version.id})
    category = session.get(Category, article.category_id) if article.category_id else None
    marks = register(session).settled(unpacked(version.scopes or ""))
    return ArticleCard(
        id=article.id, number=article.number, version=article.version, title=version.title,
        summary=visible(version.summary or "", level_of(actor)).strip(), body=visible(version.body, level_of(actor)),
        state=state_of(published=article.published_version_id is not None, retired=article.retired_at is not None,
                       valid_from=version.valid_from, valid_to=version.valid_to, today=today),
        stage=stage_of(published=article.published_version_id is not None, retired=article.retired_at is not None),
        validity=validity_of(version.valid_from, version.valid_to, today), category=category.name if category else None,
        owner=names(session, [article.owner_id]).get(article.owner_id or 0, ""),
        owner_id=article.owner_id, version_id=version.id, version_label=version.label,
        effective_on=local_date(since, zone) if since else None, review_on=article.review_on, valid_from=version.valid_from,
        valid_to=version.valid_to, confidentiality=version.confidentiality, tags=tuple(version.tags or ()),
        aliases=tuple(version.aliases or ()), scopes=spoken(session, version.scopes or "", "zh"), marks=marks,
        language=version.language, process_id=article.process_id,
        superseded_by_id=article.superseded_by_id, external_id=article.external_id,
        is_published=article.published_version_id == version.id, is_face=face is not None and face.id == version.id,
        has_draft=article.draft_version_id != (face.id if face else None), content_hash=version.content_hash,
        audience_unit_id=article.audience_unit_id, url=f"/knowledge/articles/{article.id}")
