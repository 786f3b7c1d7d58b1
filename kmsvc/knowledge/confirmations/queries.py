"""Reads over confirmations: my open ones, how far a version is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import may_see
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.markup.render import reading_seconds


@dataclass(frozen=True)
class OpenConfirmation:
    """One version a person has not confirmed yet."""

    id: int
    article_id: int
    version_id: int
    number: str
    title: str
    version_label: str
    due_on: date
    asked_at: datetime
    seconds: int
    url: str


@dataclass(frozen=True)
class ReadRate:
    """How far a version is read."""

    asked: int
    confirmed: int


def open_confirmations(session: Session, actor: Actor, limit: int = 200) -> list[OpenConfirmation]:
    """What this person has not confirmed yet and may still see, earliest due first."""
    rows = session.execute(
        select(Confirmation, Article, ArticleVersion).join(Article, Article.id == Confirmation.article_id)
        .join(ArticleVersion, ArticleVersion.id == Confirmation.version_id)
        .where(Confirmation.person_id == actor.person_id, Confirmation.confirmed_at.is_(None),
               Confirmation.overtaken_at.is_(None), Article.published_version_id == Confirmation.version_id)
        .order_by(Confirmation.due_on, Confirmation.id).limit(limit))
    return [OpenConfirmation(row.id, article.id, version.id, article.number, version.title, version.label, row.due_on,
                             row.asked_at, reading_seconds(version.body), f"/knowledge/articles/{article.id}")
            for row, article, version in rows if may_see(actor, article, version)]


def read_rate(session: Session, version_id: int) -> ReadRate:
    """How many were asked and how many have confirmed."""
    asked, done = session.execute(select(func.count(), func.count(Confirmation.confirmed_at)).where(
        Confirmation.version_id == version_id)).one()
    return ReadRate(asked, done)


def confirmed_at(session: Session, version_id: int, person_id: int | None) -> datetime | None:
    """When this person confirmed this version."""
    return session.scalar(select(Confirmation.confirmed_at).where(
        Confirmation.version_id == version_id, Confirmation.person_id == person_id))
