"""The articles that go into a file, as far as this caller may read them whole, and the files taken so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.lists import SHOWN, in_state, visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.exports.models import ArticleExport
from kmsvc.knowledge.exports.rules import Taken
from kmsvc.knowledge.scopes.register import spoken
from kmsvc.people.accounts.models import Account, Person

READ_AT_ONCE = 500


@dataclass(frozen=True)
class ExportLine:
    """A file that was taken, as the list shows it."""

    id: int
    at: datetime
    who: str
    form: str
    reason: str
    category: str | None
    state: str | None
    secret: bool
    articles: int
    left_out: int
    sha256: str


def taken(session: Session, actor: Actor, today: date, *, category: str | None, state: str | None) -> Iterator[Taken]:
    """Articles this caller may read, by number; state: published ones unless another is asked for."""
    login = select(func.min(Account.login)).where(Account.person_id == Article.owner_id).scalar_subquery()
    query = (select(Article.id, Article.number, Article.external_id, Category.name.label("category"), login.label("owner"),
                    *(getattr(ArticleVersion, name) for name in (
                        "title", "body", "summary", "tags", "aliases", "language", "confidentiality", "valid_from", "valid_to",
                        "scopes")))
             .select_from(Article).join(ArticleVersion, ArticleVersion.id == SHOWN)
             .outerjoin(Category, Category.id == Article.category_id)
             .where(visible_to(actor), in_state(state or ArticleState.PUBLISHED, today)).order_by(Article.id).limit(READ_AT_ONCE))
    if category:
        query = query.where(Category.name == category)
    last = 0
    while rows := session.execute(query.where(Article.id > last)).all():
        for row in rows:
            held: dict[str, Any] = spoken(session, row.scopes, "zh")
            yield Taken(**held, **{name: getattr(row, name) for name in Taken.__dataclass_fields__ if name not in held})
        last = rows[-1].id


def export_page(session: Session, *, q: str | None = None, before: int | None = None,
                limit: int = 50) -> tuple[list[ExportLine], int | None]:
    """Files that were taken, newest first, and the id to go on from. q: part of a name or of the reason."""
    query = select(ArticleExport, Person.name).outerjoin(Person, Person.id == ArticleExport.person_id).where(_sought(q))
    if before:
        query = query.where(ArticleExport.id < before)
    rows = session.execute(query.order_by(ArticleExport.id.desc()).limit(limit + 1)).all()
    lines = [line_of(row, name) for row, name in rows[:limit]]
    return lines, lines[-1].id if len(rows) > limit else None


def count_exports(session: Session, *, q: str | None = None) -> int:
    """How many files the list has."""
    query = select(func.count(ArticleExport.id)).outerjoin(Person, Person.id == ArticleExport.person_id)
    return session.scalar(query.where(_sought(q))) or 0


def _sought(q: str | None) -> ColumnElement[bool]:
    if not q:
        return true()
    return or_(Person.name.icontains(q, autoescape=True), ArticleExport.reason.icontains(q, autoescape=True))


def line_of(row: ArticleExport, who: str | None) -> ExportLine:
    """A file in the list."""
    return ExportLine(row.id, row.at, who or "", row.form, row.reason, row.category, row.state, row.secret, row.articles,
                      row.left_out, row.sha256)
