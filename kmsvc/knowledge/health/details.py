"""Reads beside the list: pairs that are alike, what people said of signs, how one article is used, acts on many articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from kmsvc.core.actors import Actor
from kmsvc.core.options import value
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.lists import visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.health.gathering import opens_by_question
from kmsvc.knowledge.health.models import HealthBatch, HealthPair, HealthSignRow, HealthWord
from kmsvc.knowledge.health.permissions import JUDGE_HEALTH, SEE_ALL_HEALTH
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names
from kmsvc.search.noting import PERSON_DAYS

MOST_PAIRS = 2000
MOST_QUESTIONS = 30


@dataclass(frozen=True)
class Twin:
    """One of two articles alike."""

    id: int
    number: str
    title: str
    owner: str
    version: int
    ordinal: int
    follows: bool
    mine: bool


@dataclass(frozen=True)
class WordLine:
    """What somebody found who looked. other: the second of a pair; holds: the sign is the same still."""

    id: int
    sign: str
    other: int | None
    reason: str
    person: str
    at: datetime
    holds: bool


@dataclass(frozen=True)
class PairLine:
    """Two articles alike, the older first; word: where somebody found that right."""

    first: Twin
    second: Twin
    likeness: int
    since: datetime
    word: WordLine | None
    may_judge: bool
    may_join: bool


def _visible_ids(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    wanted = sorted(ids)
    for at in range(0, len(wanted), 400):
        for row in session.execute(select(Article, ArticleVersion.title, ArticleVersion.ordinal).join(
                ArticleVersion, ArticleVersion.id == Article.published_version_id).where(
                Article.id.in_(wanted[at:at + 400]), visible_to(actor))):
            found[row[0].id] = row
    return found


def pair_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, start: int = 0,
               limit: int = 50, article_id: int | None = None) -> tuple[list[PairLine], int, int | None]:
    """Two articles alike that this caller may read and one of which he answers for, or sees the health of all; the most alike
    first; how many, and the place to go on from.

    state: open (the default), or distinct: found right as they are."""
    one, other = aliased(Article), aliased(Article)
    word = select(func.max(HealthWord.id)).where(
        HealthWord.article_id == HealthPair.article_id, HealthWord.other_id == HealthPair.other_id,
        HealthWord.withdrawn_at.is_(None)).correlate(HealthPair).scalar_subquery()
    query = select(HealthPair, word.label("word_id")).join(one, one.id == HealthPair.article_id).join(
        other, other.id == HealthPair.other_id).where(
        one.published_version_id.is_not(None), other.published_version_id.is_not(None),
        word.is_not(None) if state == "distinct" else word.is_(None))
    if article_id is not None:
        query = query.where(or_(HealthPair.article_id == article_id, HealthPair.other_id == article_id))
    query = query.order_by(HealthPair.likeness.desc(), HealthPair.article_id, HealthPair.other_id).limit(MOST_PAIRS)
    rows = session.execute(query).all()
    seen = _visible_ids(session, actor, {key for row in rows for key in (row[0].article_id, row[0].other_id)})
    rows = [row for row in rows if row[0].article_id in seen and row[0].other_id in seen and (
        can(actor, SEE_ALL_HEALTH) or any(seen[key][0].owner_id == actor.person_id for key in (row[0].article_id, row[0].other_id)))]
    if q:
        rows = [row for row in rows if any(q.lower() in f"{seen[key][0].number} {seen[key].title}".lower()
                                           for key in (row[0].article_id, row[0].other_id))]
    shown = rows[start:start + limit]
    who = names(session, [seen[key][0].owner_id for row in shown for key in (row[0].article_id, row[0].other_id)])
    words = {line.id: line for line in _words(session, select(HealthWord).where(
        HealthWord.id.in_([row.word_id for row in shown if row.word_id])))}
    found = []
    for row in shown:
        pair = row[0]
        twins = [_twin(seen[key], who, actor) for key in (pair.article_id, pair.other_id)]
        judges = any(can(actor, JUDGE_HEALTH, seen[key][0]) for key in (pair.article_id, pair.other_id))
        found.append(PairLine(twins[0], twins[1], pair.likeness, pair.since, words.get(row.word_id), judges,
                              can(actor, EDIT_ARTICLE) and not all(one.follows for one in twins)))
    return found, len(rows), start + limit if len(rows) > start + limit else None


def _twin(row: Any, who: dict[int, str], actor: Actor) -> Twin:
    article = row[0]
    return Twin(article.id, article.number, row.title, who.get(article.owner_id or 0, ""), article.version, row.ordinal,
                article.process_id is not None, article.owner_id == actor.person_id)


def words_on(session: Session, article_id: int) -> list[WordLine]:
    """What was said of the signs of one article and not taken back, the newest first."""
    return _words(session, select(HealthWord).where(
        HealthWord.article_id == article_id, HealthWord.other_id.is_(None), HealthWord.withdrawn_at.is_(None)).order_by(
        HealthWord.id.desc()))


def _words(session: Session, query: Any) -> list[WordLine]:
    rows = list(session.scalars(query))
    who = names(session, [row.person_id for row in rows])
    standing = {(row.article_id, row.sign) for row in session.scalars(select(HealthSignRow).where(
        HealthSignRow.article_id.in_([row.article_id for row in rows]), HealthSignRow.gone_at.is_(None)))}
    return [WordLine(row.id, row.sign, row.other_id, row.reason, who.get(row.person_id or 0, ""), row.at,
                     row.other_id is not None or (row.article_id, row.sign) not in standing) for row in rows]


@dataclass(frozen=True)
class Usage:
    """How one article was used in the last days. asked: (search, opened, searched again), the most frequent first; said: words of
    readers by kind."""

    days: int
    opens: int
    again: int
    asked: tuple[tuple[str, int, int], ...]
    said: dict[str, int]

    @property
    def questions(self) -> tuple[tuple[str, int, int], ...]:
        """The searches worth a line."""
        return self.asked[:MOST_QUESTIONS]


def usage_of(session: Session, article_id: int, now: datetime) -> Usage:
    """How an article was opened from searches, from which, and what readers said of it, in the weeks it is known who searched."""
    days = value(session, PERSON_DAYS)
    asked = opens_by_question(session, now, [article_id]).get(article_id, [])
    said = Counter(session.scalars(select(Feedback.kind).where(
        Feedback.article_id == article_id, Feedback.sent_at >= now - timedelta(days=days), Feedback.state != "withdrawn")))
    return Usage(days, sum(one[1] for one in asked), sum(one[2] for one in asked),
                 tuple(sorted(asked, key=lambda one: (-one[1], one[0]))), dict(said))


@dataclass(frozen=True)
class BatchLine:
    """One act on many articles. value: as people read it."""

    id: int
    act: str
    value: str
    articles: int
    reason: str
    person: str
    at: datetime
    undone_at: datetime | None
    undone_by: str


def count_batches(session: Session, *, q: str | None = None, act: str | None = None) -> int:
    """How many acts the list has."""
    return session.scalar(_batches(select(func.count(HealthBatch.id)), q, act)) or 0


def _batches(query: Select[Any], q: str | None, act: str | None) -> Select[Any]:
    if act:
        query = query.where(HealthBatch.act == act)
    if q:
        query = query.where(or_(HealthBatch.reason.icontains(q, autoescape=True), HealthBatch.person_id.in_(
            select(Person.id).where(Person.name.icontains(q, autoescape=True)))))
    return query


def batch_lines(session: Session, *, q: str | None = None, act: str | None = None, start: int = 0, limit: int = 50
                ) -> tuple[list[BatchLine], int | None]:
    """Acts on many articles, the newest first, from a place on, and the place to go on from. q: in the reason, or of the name of
    whoever did it."""
    query = _batches(select(HealthBatch), q, act).order_by(HealthBatch.id.desc())
    rows = list(session.scalars(query.offset(start).limit(limit + 1)))
    who = names(session, [one for row in rows for one in (
        row.person_id, row.undone_by_id, int(row.value) if row.act == "owner" and row.value else None)])
    shelves = {row.id: row.name for row in session.execute(select(Category.id, Category.name))}
    return [BatchLine(
        row.id, row.act, who.get(int(row.value or 0), "") if row.act == "owner" else shelves.get(int(row.value or 0), "")
        if row.act == "category" else row.value or "", len(row.before), row.reason, who.get(row.person_id or 0, ""), row.at,
        row.undone_at, who.get(row.undone_by_id or 0, "")) for row in rows[:limit]], start + limit if len(rows) > limit else None
