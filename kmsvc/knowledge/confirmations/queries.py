"""Reads over confirmations: my open ones, how far a version is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, load_only

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import may_see
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.markup.fences import visible
from kmsvc.markup.render import reading_seconds
from kmsvc.people.accounts.models import Person
from kmsvc.people.units.models import Unit


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


_OPEN = (select(Confirmation, Article, ArticleVersion).join(Article, Article.id == Confirmation.article_id)
         .join(ArticleVersion, ArticleVersion.id == Confirmation.version_id)
         .where(Confirmation.person_id == bindparam("person"), Confirmation.confirmed_at.is_(None),
                Confirmation.overtaken_at.is_(None), Article.published_version_id == Confirmation.version_id)
         .order_by(Confirmation.due_on, Confirmation.id).limit(bindparam("most")))
_OPEN_COUNT = _OPEN.options(load_only(ArticleVersion.id, ArticleVersion.article_id, ArticleVersion.confidentiality))


def open_confirmations(session: Session, actor: Actor, limit: int = 200) -> list[OpenConfirmation]:
    """What this person has not confirmed yet and may still see, earliest due first."""
    return open_page(session, actor, limit=limit)[0]


def open_page(session: Session, actor: Actor, *, q: str | None = None, until: date | None = None, start: int = 0,
              limit: int = 200) -> tuple[list[OpenConfirmation], int | None]:
    """The same from a place on, and the place to go on from. q: a part of number or title; until: due by this day."""
    query, level = _OPEN, level_of(actor)
    if q:
        query = query.where(or_(Article.number.icontains(q, autoescape=True), ArticleVersion.title.icontains(q, autoescape=True)))
    if until:
        query = query.where(Confirmation.due_on <= until)
    if start:
        query = query.offset(start)
    rows = session.execute(query, {"person": actor.person_id, "most": limit + 1}).all()
    return [OpenConfirmation(row.id, article.id, version.id, article.number, version.title, version.label, row.due_on,
                             row.asked_at, _seconds(version, level), f"/knowledge/articles/{article.id}")
            for row, article, version in rows[:limit] if may_see(actor, article, version)], (
                start + limit if len(rows) > limit else None)


def open_count(session: Session, actor: Actor) -> int:
    """How many versions this person has not confirmed yet; no text is read for it."""
    rows = session.execute(_OPEN_COUNT, {"person": actor.person_id, "most": 200})
    return sum(may_see(actor, article, version) for _row, article, version in rows)


_known: dict[tuple[str, int], int] = {}


def _seconds(version: ArticleVersion, level: int) -> int:
    """How long a version takes to read; a text never changes under its hash, so it is measured once."""
    key = (version.content_hash, level)
    if key not in _known:
        if len(_known) > 20_000:
            _known.clear()
        _known[key] = reading_seconds(visible(version.body, level))
    return _known[key]


def read_rate(session: Session, version_id: int) -> ReadRate:
    """How many were asked and how many have confirmed."""
    asked, done = session.execute(select(func.count(), func.count(Confirmation.confirmed_at)).where(
        Confirmation.version_id == version_id)).one()
    return ReadRate(asked, done)


def confirmed_at(session: Session, version_id: int, person_id: int | None) -> datetime | None:
    """When this person confirmed this version."""
    return session.scalar(select(Confirmation.confirmed_at).where(
        Confirmation.version_id == version_id, Confirmation.person_id == person_id))


@dataclass(frozen=True)
class MyReading:
    """How one person stands with the version in force. asked: whether a confirmation is asked for; before: the version
    confirmed last before it, if any."""

    asked: bool
    due_on: date | None
    confirmed_at: datetime | None
    before_version_id: int | None


_GIVEN = Confirmation.__table__.c
_OF_ONE = select(_GIVEN.version_id, _GIVEN.overtaken_at, _GIVEN.due_on, _GIVEN.confirmed_at).where(
    _GIVEN.article_id == bindparam("article"), _GIVEN.person_id == bindparam("person"))


def my_reading(session: Session, article_id: int, version_id: int, person_id: int | None) -> MyReading:
    """Whether this person is asked to confirm this version, has done so, and which one was confirmed last before."""
    if person_id is None:
        return MyReading(False, None, None, None)
    rows = {row.version_id: row for row in session.execute(_OF_ONE, {"article": article_id, "person": person_id})}
    row = rows.pop(version_id, None)
    done = [one for one in rows.values() if one.confirmed_at is not None]
    before = max(done, key=lambda one: one.confirmed_at).version_id if done else None
    return MyReading(row is not None and row.overtaken_at is None, row.due_on if row else None,
                     row.confirmed_at if row else None, before)


@dataclass(frozen=True)
class Reader:
    """One person asked to read a version."""

    name: str
    unit: str
    due_on: date
    confirmed_at: datetime | None


def readers_of(session: Session, version_id: int, limit: int = 500) -> list[Reader]:
    """Who was asked to read a version: those who have not confirmed first, earliest due first."""
    rows = session.execute(
        select(Person.name, Unit.name.label("unit"), Confirmation.due_on, Confirmation.confirmed_at)
        .join(Person, Person.id == Confirmation.person_id).outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Confirmation.version_id == version_id, Person.state == "active")
        .order_by(Confirmation.confirmed_at.is_not(None), Confirmation.due_on, Person.id).limit(limit))
    return [Reader(row.name, row.unit or "", row.due_on, row.confirmed_at) for row in rows]
