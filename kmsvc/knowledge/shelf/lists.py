"""The lists of what is at hand, as one person may see them.

The empty search page shows them, so they cost two statements: one for what was opened, one for the articles. Favourites and pins
are remembered until one of them changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Integer, Table, bindparam, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.clock import start_of_day
from kmsvc.core.memory import Family, remembered
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import READ_ARTICLE, level_of
from kmsvc.knowledge.articles.rules import LEVEL, ArticleState, Confidentiality
from kmsvc.knowledge.shelf.models import Favourite, Pin
from kmsvc.knowledge.shelf.rules import View
from kmsvc.search.models import SearchEvent

FAVOURITES = Family("favourites_epoch")
"""Moved by hand: what is nobody else's business leaves no entry, by which the data layer would know."""
PINS = Family("pins_epoch", frozenset({"knowledge_pin"}))
MOST_RECENT = 300
MOST_TOP = 40
_EVENT = cast(Table, SearchEvent.__table__)
_ARTICLE, _VERSION, _CATEGORY = (cast(Table, one.__table__) for one in (Article, ArticleVersion, Category))
_MINE = select(Favourite.article_id).where(Favourite.person_id == bindparam("person")).order_by(Favourite.place, Favourite.id)
_PINS = select(Pin.article_id, Pin.unit_id, Pin.until, Pin.reason).where(Pin.removed_at.is_(None)).order_by(
    Pin.made_at.desc(), Pin.id.desc())
_OPENED = (_EVENT.c.opened_kind == "article", _EVENT.c.acted.is_not(False))
_LAST = select(
    literal_column("'recent'").label("view"), _EVENT.c.opened_id, _EVENT.c.at.label("at"),
    literal_column("1", Integer).label("n")).where(
    _EVENT.c.person_id == bindparam("person"), *_OPENED).order_by(_EVENT.c.at.desc()).limit(MOST_RECENT).subquery()
_USED = select(
    literal_column("'top'").label("view"), _EVENT.c.opened_id, func.max(_EVENT.c.at).label("at"), func.count().label("n")).where(
    _EVENT.c.unit_id == bindparam("unit"), _EVENT.c.at >= bindparam("since"), *_OPENED).group_by(_EVENT.c.opened_id).order_by(
    func.count().desc(), _EVENT.c.opened_id).limit(MOST_TOP).subquery()
_BOTH = union_all(select(_LAST), select(_USED))
_LINES = (
    select(*(_ARTICLE.c[name] for name in ("id", "number", "audience_unit_id", "changed_at")),
           *(_VERSION.c[name] for name in ("title", "confidentiality", "valid_from", "valid_to")), _CATEGORY.c.name.label("category"))
    .select_from(_ARTICLE.join(_VERSION, _VERSION.c.id == _ARTICLE.c.published_version_id)
                 .outerjoin(_CATEGORY, _CATEGORY.c.id == _ARTICLE.c.category_id))
    .where(_ARTICLE.c.id.in_(bindparam("ids", expanding=True))))


@dataclass(frozen=True)
class Held:
    """An article at hand. at: when it was opened last; uses: how often today in the unit; until, reason: of its pin."""

    card: ThingCard
    at: datetime | None = None
    uses: int = 0
    until: date | None = None
    reason: str = ""


def favourites_of(session: Session, person_id: int | None) -> tuple[int, ...]:
    """Ids of the favourites of a person in their order, whatever may be read of them today."""
    if person_id is None:
        return ()
    return remembered(session, FAVOURITES, str(person_id), lambda asked: tuple(asked.scalars(_MINE, {"person": person_id})))


def is_favourite(session: Session, actor: Actor, article_id: int) -> bool | None:
    """Whether an article is a favourite of this caller; None for who keeps none. Costs nothing where it is known."""
    return article_id in favourites_of(session, actor.person_id) if actor.person_id is not None else None


def pins_for(session: Session, actor: Actor, today: date) -> dict[int, Held]:
    """What is pinned for this caller today, newest first, by article; the cards are still to come."""
    rows = remembered(session, PINS, "standing", lambda asked: asked.execute(_PINS).all())
    found: dict[int, Held] = {}
    for article_id, unit_id, until, reason in rows:
        if until >= today and (unit_id is None or unit_id in actor.units):
            found.setdefault(article_id, Held(_BLANK, until=until, reason=reason))
    return found


def at_hand(session: Session, actor: Actor, today: date, zone: str, views: Sequence[View] = tuple(View)) -> dict[View, list[Held]]:
    """These lists as this caller may see them: what is not published any more, or not for them, is left out."""
    found: dict[View, dict[int, Held]] = {view: {} for view in views}
    if View.PINNED in found:
        found[View.PINNED] = pins_for(session, actor, today)
    if View.FAVOURITES in found:
        found[View.FAVOURITES] = {one: Held(_BLANK) for one in favourites_of(session, actor.person_id)}
    if (View.RECENT in found or View.TOP in found) and actor.person_id is not None:
        rows = session.execute(_BOTH, {"person": actor.person_id, "unit": actor.unit_id or 0, "since": start_of_day(today, zone)})
        _opened(found, rows)
    ids = sorted({one for its in found.values() for one in its})
    cards = _cards(session, actor, ids) if ids else {}
    return {view: [Held(cards[one], held.at, held.uses, held.until, held.reason) for one, held in its.items() if one in cards]
            for view, its in found.items()}


def _opened(found: dict[View, dict[int, Held]], rows: Any) -> None:
    for view, article_id, at, n in sorted(rows, key=lambda row: (row[0], -row[3], -row[2].timestamp(), row[1])):
        if View(view) in found:
            found[View(view)].setdefault(article_id, Held(_BLANK, at=at, uses=n if view == View.TOP else 0))


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    level = level_of(actor)
    return {row.id: ThingCard(
        kind="article", id=row.id, number=row.number, title=row.title, url=f"/knowledge/articles/{row.id}",
        state=ArticleState.PUBLISHED, category=row.category or "", updated_on=row.changed_at.date(),
        level=LEVEL[Confidentiality(row.confidentiality)], valid_from=row.valid_from, valid_to=row.valid_to)
        for row in session.execute(_LINES, {"ids": list(ids)})
        if can(actor, READ_ARTICLE, row) and LEVEL[Confidentiality(row.confidentiality)] <= level}


_BLANK = ThingCard("article", 0, "", "", "")
