"""Reads over the health of articles: the board by owner or category, the list, cut to what this caller may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.lists import visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.rules import ArticleState, state_of
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import SEE_GAPS
from kmsvc.knowledge.gaps.rules import LIVE
from kmsvc.knowledge.health import rules
from kmsvc.knowledge.health.models import HealthLook, HealthSignRow
from kmsvc.knowledge.health.permissions import SEE_ALL_HEALTH
from kmsvc.knowledge.health.rules import GRAVITY, SICK, Gravity, HealthSign
from kmsvc.people.accounts.queries import names

BY = ("owner", "category")
NONE = "-"
"""in the address: without an owner, without a category"""
_WEIGHT = {Gravity.ACT: 10_000, Gravity.LOOK: 100, Gravity.NOTE: 1}
_OF_PROCESSES = frozenset({HealthSign.BEHIND, HealthSign.MOVED})
_SHOWN = func.coalesce(Article.published_version_id, Article.draft_version_id)
_FACE = (ArticleVersion.title, ArticleVersion.valid_from, ArticleVersion.valid_to)
_WEIGHED = select(
    HealthSignRow.article_id.label("article_id"),
    func.sum(case({str(sign): _WEIGHT[gravity] for sign, gravity in GRAVITY.items()}, value=HealthSignRow.sign, else_=0)
             ).label("weight"),
).where(HealthSignRow.gone_at.is_(None)).group_by(HealthSignRow.article_id).subquery()


@dataclass(frozen=True)
class BoardRow:
    """An owner or a category on the board. key: as in the address of the list; counts: articles by sign."""

    key: str
    name: str
    published: int
    healthy: int
    counts: Mapping[str, int]
    gaps: int = 0

    @property
    def share(self) -> int | None:
        """How many of a hundred published articles are healthy."""
        return rules.share(self.healthy, self.published)

    def graded(self, gravity: str) -> int:
        """How often signs of this gravity were seen."""
        return sum(self.counts.get(sign, 0) for sign in rules.of_gravity(gravity))


@dataclass(frozen=True)
class SignLine:
    """A sign on an article: its number and the rows it comes from."""

    sign: str
    key: str
    figure: int
    since: datetime
    rows: tuple[Any, ...]

    @property
    def gravity(self) -> Gravity:
        """How grave it is."""
        return GRAVITY[HealthSign(self.sign)]


@dataclass(frozen=True)
class HealthLine:
    """An article with its signs, the gravest first."""

    id: int
    number: str
    title: str
    state: str
    category: str | None
    owner: str
    review_on: date | None
    process_id: int | None
    version: int
    signs: tuple[SignLine, ...]

    @property
    def url(self) -> str:
        """The page of its health."""
        return f"/knowledge/health/articles/{self.id}"


def open_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which this caller sees the health of an article."""
    if can(actor, SEE_ALL_HEALTH):
        return visible_to(actor)
    return and_(visible_to(actor), Article.owner_id == (actor.person_id or 0))


def _seen(actor: Actor, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(Article).join(ArticleVersion, ArticleVersion.id == _SHOWN).where(
        Article.retired_at.is_(None), open_to(actor))


def own_by_gravity(session: Session, actor: Actor) -> dict[str, int]:
    """How many of this caller's own articles show a sign to be mended (`act`) or looked at (`look`)."""
    if actor.person_id is None:
        return {}
    gravity = case((HealthSignRow.sign.in_(rules.of_gravity(Gravity.ACT)), Gravity.ACT.value), else_=Gravity.LOOK.value)
    found = _seen(actor, gravity, func.count(HealthSignRow.article_id.distinct())).join(
        HealthSignRow, HealthSignRow.article_id == Article.id).where(
        Article.owner_id == actor.person_id, HealthSignRow.gone_at.is_(None), HealthSignRow.sign.in_(SICK)).group_by(gravity)
    return {row[0]: row[1] for row in session.execute(found)}


def board(session: Session, actor: Actor, by: str = "owner") -> tuple[list[BoardRow], BoardRow]:
    """Owners or categories with their signs, the least healthy first, and the whole as one row."""
    group: Any = Article.owner_id if by == "owner" else Article.category_id
    live = Article.published_version_id.is_not(None)
    published: dict[Any, int] = {row[0]: row[1] for row in session.execute(
        _seen(actor, group, func.sum(case((live, 1), else_=0))).group_by(group))}
    counts: dict[int | None, dict[str, int]] = defaultdict(dict)
    found = HealthSignRow.gone_at.is_(None)
    for key, sign, n in session.execute(_seen(actor, group, HealthSignRow.sign, func.count()).join(
            HealthSignRow, HealthSignRow.article_id == Article.id).where(found).group_by(group, HealthSignRow.sign)):
        counts[key][sign] = n
    sick: dict[Any, int] = {row[0]: row[1] for row in session.execute(
        _seen(actor, group, func.count(HealthSignRow.article_id.distinct())).join(
            HealthSignRow, HealthSignRow.article_id == Article.id).where(found, live, HealthSignRow.sign.in_(SICK)).group_by(group))}
    called = names(session, [key for key in published if key]) if by == "owner" else {
        row.id: row.name for row in session.execute(select(Category.id, Category.name))}
    gaps = _gaps_of(session, actor) if by == "owner" else {}
    rows = [BoardRow(key=(NONE if key is None else str(key) if by == "owner" else called[key]), name=called.get(key or 0, ""),
                     published=n, healthy=n - sick.get(key, 0), counts=counts.get(key, {}), gaps=gaps.get(key, 0))
            for key, n in published.items()]
    rows.sort(key=lambda row: (-row.graded(Gravity.ACT), -row.graded(Gravity.LOOK), row.name))
    whole: dict[str, int] = defaultdict(int)
    for row in rows:
        for sign, n in row.counts.items():
            whole[sign] += n
    return rows, BoardRow("", "", sum(row.published for row in rows), sum(row.healthy for row in rows), whole,
                          sum(gaps.values()))


def _gaps_of(session: Session, actor: Actor) -> dict[int | None, int]:
    if not can(actor, SEE_GAPS):
        return {}
    return {row[0]: row[1] for row in session.execute(
        select(Gap.owner_id, func.count()).where(Gap.state.in_(sorted(LIVE))).group_by(Gap.owner_id))}


def _filtered(query: Select[Any], *, q: str | None, sign: str | None, gravity: str | None, owner: str | None, category: str | None
              ) -> Select[Any]:
    if q:
        query = query.where(or_(ArticleVersion.title.icontains(q, autoescape=True), Article.number.icontains(q, autoescape=True)))
    if sign or gravity:
        wanted = [sign] if sign else [str(one) for one in rules.of_gravity(gravity or "")]
        query = query.where(select(HealthSignRow.article_id).where(
            HealthSignRow.article_id == Article.id, HealthSignRow.gone_at.is_(None), HealthSignRow.sign.in_(wanted)).exists())
    if owner:
        query = query.where(Article.owner_id.is_(None) if owner == NONE else Article.owner_id == int(owner))
    if category:
        query = query.where(Article.category_id.is_(None) if category == NONE else Category.name == category)
    return query


def _listed(actor: Actor, *columns: Any) -> Select[Any]:
    return _seen(actor, *columns).outerjoin(Category, Category.id == Article.category_id).join(
        _WEIGHED, _WEIGHED.c.article_id == Article.id)


def health_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, sign: str | None = None,
                 gravity: str | None = None, owner: str | None = None, category: str | None = None, after: int | None = None,
                 limit: int = 50) -> tuple[list[HealthLine], int | None]:
    """A page of articles with signs, the gravest first, and the id to go on from. owner: an id, or «-» for nobody."""
    query = _filtered(_listed(actor, Article, *_FACE, Category.name), q=q, sign=sign, gravity=gravity, owner=owner, category=category)
    if after:
        weight = session.scalar(select(_WEIGHED.c.weight).where(_WEIGHED.c.article_id == after)) or 0
        query = query.where(tuple_(_WEIGHED.c.weight, Article.id) < (weight, after))
    rows = session.execute(query.order_by(_WEIGHED.c.weight.desc(), Article.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    signs = signs_for(session, actor, [row[0].id for row in shown])
    who = names(session, [row[0].owner_id for row in shown])
    return [_line(row, signs.get(row[0].id, ()), who, today) for row in shown], shown[-1][0].id if len(rows) > limit else None


def _line(row: Any, signs: tuple[SignLine, ...], who: Mapping[int, str], today: date) -> HealthLine:
    article, title, valid_from, valid_to, shelf = row
    return HealthLine(
        id=article.id, number=article.number, title=title, state=_state(article, valid_from, valid_to, today), category=shelf,
        owner=who.get(article.owner_id or 0, ""), review_on=article.review_on, process_id=article.process_id,
        version=article.version, signs=signs)


def _state(article: Article, valid_from: date | None, valid_to: date | None, today: date) -> ArticleState:
    return state_of(published=article.published_version_id is not None, retired=article.retired_at is not None,
                    valid_from=valid_from, valid_to=valid_to, today=today)


def line_of(session: Session, actor: Actor, article_id: int, today: date) -> HealthLine | None:
    """One article with its signs, healthy ones too; None where it is missing, retired or not for this caller."""
    return next(iter(lines_by_id(session, actor, [article_id], today)), None)


def lines_by_id(session: Session, actor: Actor, ids: Collection[int], today: date) -> list[HealthLine]:
    """These articles with their signs, healthy ones too; what is not there for this caller is left out."""
    rows = session.execute(_seen(actor, Article, *_FACE, Category.name).outerjoin(
        Category, Category.id == Article.category_id).where(Article.id.in_(list(ids))).order_by(Article.id)).all()
    signs = signs_for(session, actor, [row[0].id for row in rows])
    who = names(session, [row[0].owner_id for row in rows])
    return [_line(row, signs.get(row[0].id, ()), who, today) for row in rows]


def count_health(session: Session, actor: Actor, *, q: str | None = None, sign: str | None = None, gravity: str | None = None,
                 owner: str | None = None, category: str | None = None) -> int:
    """How many articles with signs fit these filters."""
    return session.scalar(_filtered(_listed(actor, func.count(Article.id)), q=q, sign=sign, gravity=gravity, owner=owner,
                                    category=category)) or 0


def signs_of(session: Session, ids: Collection[int]) -> dict[int, tuple[SignLine, ...]]:
    """Article -> its signs, the gravest first."""
    found: dict[int, list[SignLine]] = defaultdict(list)
    order = {str(sign): place for place, sign in enumerate(HealthSign)}
    for row in session.scalars(select(HealthSignRow).where(HealthSignRow.article_id.in_(list(ids)), HealthSignRow.gone_at.is_(None))):
        found[row.article_id].append(SignLine(row.sign, row.key, row.figure, row.since, tuple(row.rows)))
    return {key: tuple(sorted(its, key=lambda one: order[one.sign])) for key, its in found.items()}


def signs_for(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, tuple[SignLine, ...]]:
    """The same without the rows that name what is not for this caller: gaps, and processes of other units."""
    found = signs_of(session, ids)
    cited = {row[0] for its in found.values() for sign in its if sign.sign in _OF_PROCESSES for row in sign.rows}
    processes = cards.KINDS["process"].cards(session, actor, sorted(cited)) if cited else {}

    def cut(sign: SignLine) -> SignLine:
        if sign.sign == HealthSign.GAP and not can(actor, SEE_GAPS):
            return replace(sign, rows=())
        if sign.sign in _OF_PROCESSES:
            return replace(sign, rows=tuple(row for row in sign.rows if row[0] in processes))
        return sign
    return {key: tuple(map(cut, its)) for key, its in found.items()}


def owners_of(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(key, name) of the owners of what this caller sees, by name."""
    ids = [one for one in session.scalars(_seen(actor, Article.owner_id).distinct()) if one is not None]
    return sorted(((str(key), name) for key, name in names(session, ids).items()), key=lambda one: one[1])


def shelves_of(session: Session, actor: Actor) -> list[str]:
    """The categories of what this caller sees, by name."""
    return list(session.scalars(_seen(actor, Category.name).join(Category, Category.id == Article.category_id).distinct()
                                .order_by(Category.name)))


def last_look(session: Session) -> HealthLook | None:
    """When the worker last looked at everything."""
    return session.get(HealthLook, 1)
