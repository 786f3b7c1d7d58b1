"""Lists of articles: what this caller may read, filtered and paged in the database, without reading a single text.

The conditions say in SQL what `queries.may_see` says in Python; tests/knowledge/test_lists.py holds the two together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, defer

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import READ_ARTICLE, level_of
from kmsvc.knowledge.articles.queries import FACE
from kmsvc.knowledge.articles.rules import (
    LEVEL,
    ArticleState,
    Stage,
    Validity,
    stage_of,
    state_of,
    validity_of,
)
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names
from kmsvc.search.scopes import Wanted, register_of, unpacked

SHOWN = func.coalesce(FACE, Article.draft_version_id)


@dataclass(frozen=True)
class ArticleLine:
    """An article in a list."""

    id: int
    number: str
    title: str
    state: str
    stage: str
    validity: str
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
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to beside words, category, state and owner. stage, validity: see rules; scopes: marks of where an
    article shall apply, one of each dimension is enough, and what applies everywhere always does."""

    stage: str | None = None
    validity: str | None = None
    scopes: tuple[str, ...] = ()


EVERYTHING = Narrowed()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an article with its shown version is there for this caller."""
    levels = [code for code, level in LEVEL.items() if level <= level_of(actor)]
    everywhere = actor.can("knowledge.article.edit") or actor.can("process.definition.read_drafts")
    audience = true() if everywhere else or_(Article.audience_unit_id.is_(None), Article.audience_unit_id.in_(actor.units))
    drafts = true() if actor.can("knowledge.article.read_drafts") else or_(
        ArticleVersion.id == FACE, Article.owner_id == (actor.person_id or 0))
    reads = true() if actor.can(READ_ARTICLE.name) else false()
    return and_(reads, ArticleVersion.confidentiality.in_(levels), audience, drafts)


def in_state(state: str, today: date) -> ColumnElement[bool]:
    """The condition for one of the states of `rules.ArticleState` on a day."""
    live = Article.published_version_id.is_not(None)
    late = and_(ArticleVersion.valid_to.is_not(None), ArticleVersion.valid_to < today)
    early = and_(ArticleVersion.valid_from.is_not(None), ArticleVersion.valid_from > today)
    return {
        ArticleState.RETIRED: Article.retired_at.is_not(None),
        ArticleState.DRAFT: and_(Article.retired_at.is_(None), Article.published_version_id.is_(None)),
        ArticleState.EXPIRED: and_(live, late),
        ArticleState.UPCOMING: and_(live, ~late, early),
    }.get(ArticleState(state), and_(live, ~late, ~early))


def in_stage(stage: str) -> ColumnElement[bool]:
    """The condition for one of the stages."""
    retired, live = Article.retired_at.is_not(None), Article.published_version_id.is_not(None)
    return {Stage.RETIRED: retired, Stage.PUBLISHED: and_(~retired, live)}.get(Stage(stage), and_(~retired, ~live))


def in_validity(validity: str, today: date) -> ColumnElement[bool]:
    """The condition for one of the validities on a day."""
    late = and_(ArticleVersion.valid_to.is_not(None), ArticleVersion.valid_to < today)
    early = and_(ArticleVersion.valid_from.is_not(None), ArticleVersion.valid_from > today)
    return {Validity.EXPIRED: late, Validity.UPCOMING: and_(~late, early)}.get(Validity(validity), and_(~late, ~early))


def applies_to(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions under which a text applies where it is wanted: names one of the values of each dimension, or none of it."""
    return [or_(~ArticleVersion.scopes.contains(f",{dimension}."),
                *(ArticleVersion.scopes.contains(f",{mark},") for mark in sorted(marks))) for dimension, marks in wanted]


def _visible(actor: Actor, *columns: Any) -> Select[Any]:
    return (select(*columns).select_from(Article).join(ArticleVersion, ArticleVersion.id == SHOWN)
            .outerjoin(Category, Category.id == Article.category_id).where(visible_to(actor)))


def _filtered(query: Select[Any], session: Session, today: date, *, q: str | None, category: str | None, state: str | None,
              owner_id: int | None, narrowed: Narrowed) -> Select[Any]:
    if narrowed.stage:
        query = query.where(in_stage(narrowed.stage))
    if narrowed.validity:
        query = query.where(in_validity(narrowed.validity, today))
    query = query.where(*applies_to(register_of(session).wanted(narrowed.scopes)))
    if q:
        query = query.where(or_(ArticleVersion.title.icontains(q, autoescape=True),
                                Article.number.icontains(q, autoescape=True)))
    if category:
        query = query.where(Category.name == category)
    if owner_id:
        query = query.where(Article.owner_id == owner_id)
    if state:
        query = query.where(in_state(state, today) if state in set(ArticleState) else false())
    return query


def article_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, category: str | None = None,
                  state: str | None = None, owner_id: int | None = None, narrowed: Narrowed = EVERYTHING,
                  before: int | None = None, limit: int = 50) -> tuple[list[ArticleLine], int | None]:
    """A page of articles this caller may read, newest first, and the id to go on from."""
    query = _filtered(_visible(actor, Article, ArticleVersion, Category.name), session, today, q=q, category=category, state=state,
                      owner_id=owner_id, narrowed=narrowed).options(defer(ArticleVersion.body), defer(ArticleVersion.blocks))
    if before:
        query = query.where(Article.id < before)
    rows = session.execute(query.order_by(Article.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return _lines(session, shown, today), shown[-1][0].id if len(rows) > limit else None


def _lines(session: Session, rows: Sequence[Any], today: date) -> list[ArticleLine]:
    who, known = names(session, [row[0].owner_id for row in rows]), register_of(session)
    return [ArticleLine(
        id=article.id, number=article.number, title=version.title,
        state=state_of(published=article.published_version_id is not None, retired=article.retired_at is not None,
                       valid_from=version.valid_from, valid_to=version.valid_to, today=today),
        stage=stage_of(published=article.published_version_id is not None, retired=article.retired_at is not None),
        validity=validity_of(version.valid_from, version.valid_to, today), marks=known.settled(unpacked(version.scopes or "")),
        category=shelf, owner=who.get(article.owner_id or 0, ""), confidentiality=version.confidentiality,
        version_label=version.label, valid_to=version.valid_to, review_on=article.review_on, changed_at=article.changed_at,
        process_id=article.process_id, version=article.version, url=f"/knowledge/articles/{article.id}")
        for article, version, shelf in rows]


def count_articles(session: Session, actor: Actor, today: date, *, q: str | None = None, category: str | None = None,
                   state: str | None = None, owner_id: int | None = None, narrowed: Narrowed = EVERYTHING) -> int:
    """How many articles fit these filters for this caller."""
    query = _filtered(_visible(actor, func.count(Article.id)), session, today, q=q, category=category, state=state,
                      owner_id=owner_id, narrowed=narrowed)
    return session.scalar(query) or 0


def article_numbered(session: Session, actor: Actor, number: str) -> int | None:
    """Id of the article with this number, if this caller may read it."""
    return session.scalar(_visible(actor, Article.id).where(Article.number == number.strip().upper()))


def shelves(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """(category, how many) over the articles this caller may read, by name."""
    return [(name, n) for name, n in session.execute(
        _visible(actor, Category.name, func.count(Article.id)).group_by(Category.name).order_by(Category.name)) if name]


def keepers(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """(person id, name) of the owners of articles this caller may read, by name."""
    owners = _visible(actor, Article.owner_id).distinct()
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(owners)).order_by(Person.name))
    return [(row.id, row.name) for row in rows]


def line_json(line: ArticleLine) -> dict[str, Any]:
    """An article in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "state": line.state,
            "stage": line.stage, "validity": line.validity,
            "category": line.category, "owner": line.owner, "confidentiality": line.confidentiality,
            "version_label": line.version_label, "valid_to": line.valid_to, "updated_on": line.changed_at.date(),
            "process_id": line.process_id, "url": line.url}
