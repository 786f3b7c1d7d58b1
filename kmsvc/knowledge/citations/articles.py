"""Articles as texts that are cited."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.citations.comparing import Text
from kmsvc.knowledge.citations.texts import Face, Seen, TextKind, register
from kmsvc.markup.blocks import visible_blocks
from kmsvc.markup.fences import visible
from kmsvc.markup.kept import revive


def faces(session: Session, ids: Collection[int]) -> Mapping[int, Face]:
    """Article id -> its version in force and the end of its validity."""
    rows = session.execute(select(Article.id, ArticleVersion.id, ArticleVersion.valid_to).join(
        ArticleVersion, ArticleVersion.id == Article.published_version_id).where(Article.id.in_(list(ids))))
    return {article: Face(version, valid_to) for article, version, valid_to in rows}


def text(session: Session, article_id: int, version_id: int) -> Text | None:
    """The whole words of one version."""
    row = session.get(ArticleVersion, version_id)
    return Text(row.id, row.title, row.summary or "", tuple(revive(row.blocks)), row.valid_to) if row is not None else None


def seen(session: Session, actor: Actor, article_id: int, version_id: int | None) -> Seen | None:
    """A version as this reader sees it."""
    of = session.get(ArticleVersion, version_id) if version_id is not None else None  # a paragraph may have come from another article
    try:
        article, row = readable_version(session, actor, of.article_id if of is not None else article_id, version_id=version_id)
    except NotFound:
        return None
    level = level_of(actor)
    return Seen(article.number, row.title, f"/knowledge/articles/{article.id}", row.label, Text(
        row.id, row.title, visible(row.summary or "", level).strip(), tuple(visible_blocks(revive(row.blocks), level)), row.valid_to),
        article.id)


register(TextKind("article", N_("Article"), faces, text, seen, article_numbered))
