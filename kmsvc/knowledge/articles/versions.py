"""Reads over the versions of an article: the line of versions, one old text, what changed between two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, column, func, select, table
from sqlalchemy.orm import Session, defer

from kmsvc.core.actors import Actor
from kmsvc.core.cards import Reading
from kmsvc.core.errors import NotFound
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import face_of, keeps_drafts, may_see, things
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.flows.indexing import flows_to
from kmsvc.knowledge.relations.switching import switch_for
from kmsvc.knowledge.shelf.lists import is_favourite
from kmsvc.markup.blocks import IdentifiedBlock, visible_blocks
from kmsvc.markup.diff import BlockChange, diff_blocks
from kmsvc.markup.fences import visible
from kmsvc.markup.kept import revive
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class VersionLine:
    """One version in an article's history. `n`: its ordinal, the number in addresses; live_until empty while in force."""

    id: int
    n: int
    label: str
    title: str
    recorded_at: datetime
    author: str
    note: str | None
    live_from: datetime | None
    live_until: datetime | None
    is_live: bool
    process_version_id: int | None


@dataclass(frozen=True)
class PublicationLine:
    """One line of an article's publication log."""

    kind: str
    old_label: str | None
    new_label: str | None
    by: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class History:
    """The versions a caller may read, newest first, and the whole publication log, oldest first."""

    article: Article
    versions: tuple[ArticleVersion, ...]
    log: tuple[ArticlePublication, ...]


_LOG = select(ArticlePublication).where(ArticlePublication.article_id == bindparam("article")).order_by(ArticlePublication.id)
_VERSIONS = (select(ArticleVersion).where(ArticleVersion.article_id == bindparam("article"))
             .order_by(ArticleVersion.ordinal.desc()))
_NO_TEXTS = _VERSIONS.options(defer(ArticleVersion.body), defer(ArticleVersion.blocks))


def history_of(session: Session, actor: Actor, article: Article, *, texts: bool = False) -> History:
    """What the caller may know of an article's past: drafts only for who keeps them, no version above the caller's level;
    nothing of an article that is not for this caller. texts: read them too, which a list of versions does not need."""
    face = face_of(session, article)
    keeper = keeps_drafts(actor, article)
    if not keeper and not may_see(actor, article, face, was_live=True):
        return History(article, (), ())
    log = tuple(session.scalars(_LOG, {"article": article.id}))
    live = {row.new_version_id for row in log}
    rows = session.scalars(_VERSIONS if texts else _NO_TEXTS, {"article": article.id})
    level = level_of(actor)
    return History(article, tuple(row for row in rows if LEVEL[Confidentiality(row.confidentiality)] <= level
                                  and (keeper or row.id in live)), log)


def version_lines(session: Session, actor: Actor, article_id: int) -> list[VersionLine]:
    """The versions of an article that this caller may read, newest first."""
    article = session.get(Article, article_id)
    return lines_of(session, history_of(session, actor, article)) if article is not None else []


def lines_of(session: Session, history: History) -> list[VersionLine]:
    """The line of versions, newest first."""
    since: dict[int, datetime] = {}
    until: dict[int, datetime] = {}
    for log in history.log:
        if log.old_version_id is not None and log.old_version_id != log.new_version_id:
            until[log.old_version_id] = log.effective_at
        if log.new_version_id is not None:
            since[log.new_version_id] = log.effective_at
            until.pop(log.new_version_id, None)
    who = names(session, [row.author_id for row in history.versions])
    return [VersionLine(row.id, row.ordinal, row.label, row.title, row.recorded_at, who.get(row.author_id or 0, ""),
                        row.note, since.get(row.id), until.get(row.id), history.article.published_version_id == row.id,
                        row.process_version_id) for row in history.versions]


def publication_lines(session: Session, history: History) -> list[PublicationLine]:
    """The publication log, newest first; the labels of versions the caller may not read are left out."""
    labels = {row.id: row.label for row in history.versions}
    who = names(session, [row.person_id for row in history.log])
    return [PublicationLine(row.kind, labels.get(row.old_version_id or 0), labels.get(row.new_version_id or 0),
                            who.get(row.person_id or 0, ""), row.reason, row.effective_at) for row in reversed(history.log)]


def numbered_version(session: Session, actor: Actor, article_id: int, n: int) -> ArticleVersion:
    """The version with this ordinal, or NotFound where it is missing or not for this caller."""
    article = session.get(Article, article_id)
    for row in history_of(session, actor, article).versions if article is not None else ():
        if row.ordinal == n:
            session.refresh(row, ("body", "blocks"))
            return row
    raise NotFound()


def blocks_of(actor: Actor, version: ArticleVersion) -> list[IdentifiedBlock]:
    """The blocks of a version this caller may read."""
    return visible_blocks(revive(version.blocks), level_of(actor))


def changes_between(actor: Actor, old: ArticleVersion, new: ArticleVersion) -> list[BlockChange]:
    """What changed from one version to another, as far as this caller may read both."""
    return diff_blocks(blocks_of(actor, old), blocks_of(actor, new))


def texts(session: Session, actor: Actor, article_id: int) -> Iterable[str]:
    """Every text of the article this caller may read, old ones too; files shown in them may be fetched."""
    article = session.get(Article, article_id)
    if article is None:
        return
    for row in history_of(session, actor, article, texts=True).versions:
        yield visible(row.body, level_of(actor))


def keeps(session: Session, actor: Actor, article_id: int) -> bool:
    """Whether this caller adds and removes the article's files. What follows a process has its files at the change."""
    article = session.get(Article, article_id)
    return article is not None and article.process_id is None and actor.can("knowledge.article.edit")


_A, _V, _P = (cast(Table, one.__table__) for one in (Article, ArticleVersion, ArticlePublication))
_U = table("knowledge_health_use", column("article_id"), column("opened"), column("helpful"), column("said"))  # of the noun above
_READING = select(
    *(func.coalesce(_U.c[name], 0).label(name) for name in ("opened", "helpful", "said")),
    _A.c.review_on, _A.c.owner_id, _V.c.id.label("version_id"), _V.c.label, _V.c.confidentiality, _V.c.valid_to,
    select(func.max(_P.c.effective_at)).where(_P.c.article_id == _A.c.id, _P.c.new_version_id == _V.c.id)
    .correlate(_A, _V).scalar_subquery().label("since"),
).select_from(_A.join(_V, _V.c.id == _A.c.published_version_id)
              .outerjoin(_U, _U.c.article_id == _A.c.id)).where(_A.c.id == bindparam("article"))


def reading(session: Session, actor: Actor, article_id: int, today: date) -> Reading | None:
    """A published article as an agent reads it beside the results; asked with every keystroke, so it is two statements."""
    thing = things(session, actor, [article_id]).get(article_id)
    if thing is None:
        return None
    row = session.execute(_READING, {"article": article_id}).one()
    return Reading(card=thing, version_label=f"V{row.label}", effective_on=None, since=row.since, review_on=row.review_on,
                   owner=names(session, [row.owner_id]).get(row.owner_id or 0, ""), confidentiality=row.confidentiality,
                   summary=thing.summary, body=thing.body,
                   file_of=address_of(session, actor), expired=row.valid_to is not None and row.valid_to < today,
                   feedback_url=f"/knowledge/feedback/versions/{row.version_id}", version_id=row.version_id,
                   twin=switch_for(session, actor, article_id),
                   asked_by=[(one.title, one.url) for one in flows_to(session, actor, "article", article_id)],
                   kept=is_favourite(session, actor, article_id), opened=row.opened, helpful=row.helpful, said=row.said)
