"""Links to contacts as a caller may see them: one's own with everything, those of one's own articles without names and numbers,
a team's or everybody's by permission. What a caller may not see is masked here, before any door gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, distinct, false, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.lists import SHOWN, visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.contacts.models import Contact, ContactCheck, ContactLink
from kmsvc.knowledge.contacts.permissions import (
    SEE_ALL_CONTACTS,
    SEE_ALL_LINKERS,
    SEE_ALL_NUMBERS,
    SEE_CONTACTS,
    SEE_LINKERS,
    SEE_NUMBERS,
    SEE_TEAM_CONTACTS,
)
from kmsvc.knowledge.contacts.rules import REUSE_DAYS, Accuracy, LinkView, accuracy_of, folded, masked
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import downward, parents, unit_names

EVERYBODY = None
Reach = frozenset[int] | None


@dataclass(frozen=True)
class Filters:
    """What a list of links is narrowed to. unit_id: with the units below it; since, until: days, both included."""

    q: str | None = None
    kind: str | None = None
    article_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    accuracy: str | None = None
    view: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class LinkLine:
    """One link. number: of the contact, masked where the caller may not see it, empty where there is none; person: empty where
    it is not for this caller or was forgotten; mine: whether it is the caller's own."""

    id: int
    contact_id: int
    number: str
    at: datetime
    kind: str
    ref_id: int
    thing_number: str
    title: str
    url: str
    person: str
    unit: str
    query: str
    searched_at: datetime | None
    accuracy: Accuracy
    check_note: str
    withdrawn_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class Reuse:
    """For how many contacts a thing was used in the last days. wrong: of the links of the longer time, those said not to be
    accurate; checked: those anybody looked at."""

    days_30: int = 0
    days_90: int = 0
    checked: int = 0
    wrong: int = 0


def reach(session: Session, actor: Actor) -> Reach:
    """Units whose people's links this caller may see: EVERYBODY, a leader's own team, or nobody's."""
    return EVERYBODY if can(actor, SEE_ALL_CONTACTS) else _team(session, actor)


def _team(session: Session, actor: Actor) -> frozenset[int]:
    if can(actor, SEE_TEAM_CONTACTS) and actor.unit_id is not None:
        return downward(parents(session), actor.unit_id)
    return frozenset()


def names_reach(session: Session, actor: Actor) -> Reach:
    """Units of whose links this caller sees who made them. Who leads a team and sees everybody's links by another role sees names of
    the team alone."""
    return reach(session, actor) if can(actor, SEE_ALL_LINKERS) else _team(session, actor) if can(actor, SEE_LINKERS) else frozenset()


def numbers_reach(session: Session, actor: Actor) -> Reach:
    """Units of whose links this caller sees the customers' numbers; of a leader of a team the same holds."""
    return reach(session, actor) if can(actor, SEE_ALL_NUMBERS) else _team(session, actor) if can(actor, SEE_NUMBERS) else frozenset()


def _mine(actor: Actor) -> ColumnElement[bool]:
    return ContactLink.person_id == (actor.person_id or 0)


def _within(units: Reach) -> ColumnElement[bool]:
    return true() if units is EVERYBODY else ContactLink.unit_id.in_(units) if units else false()


def is_within(unit_id: int | None, units: Reach) -> bool:
    """Whether a unit is among these."""
    return units is EVERYBODY or unit_id in units


def _of_own_article(actor: Actor) -> ColumnElement[bool]:
    return and_(ContactLink.kind == "article", Article.owner_id == (actor.person_id or 0))


_LAST_CHECK = select(func.max(ContactCheck.id)).where(ContactCheck.link_id == ContactLink.id).correlate(
    ContactLink).scalar_subquery()


def _seen(session: Session, actor: Actor, *columns: Any) -> Select[Any]:
    """Links this caller may see, with article, contact and last check; of articles only those that may be read."""
    query = (select(*columns).select_from(ContactLink).join(Contact, Contact.id == ContactLink.contact_id)
             .outerjoin(Article, and_(ContactLink.kind == "article", Article.id == ContactLink.ref_id))
             .outerjoin(ArticleVersion, ArticleVersion.id == SHOWN)
             .outerjoin(ContactCheck, ContactCheck.id == _LAST_CHECK))
    if not can(actor, SEE_CONTACTS):
        return query.where(false())
    return query.where(or_(ContactLink.kind != "article", visible_to(actor)),
                       or_(_mine(actor), _of_own_article(actor), _within(reach(session, actor))))


def _filtered(session: Session, actor: Actor, query: Select[Any], asked: Filters, zone: str) -> Select[Any]:
    if asked.view == LinkView.MINE:
        query = query.where(_mine(actor))
    else:
        query = query.where(or_(ContactLink.withdrawn_at.is_(None), _mine(actor)))
    if asked.q:
        numbered = and_(Contact.number == folded(asked.q), or_(_mine(actor), _within(numbers_reach(session, actor))))
        words = [column.icontains(asked.q, autoescape=True) for column in (Article.number, ArticleVersion.title, ContactLink.query)]
        query = query.where(or_(numbered, *words))
    if asked.kind:
        query = query.where(ContactLink.kind == asked.kind)
    if asked.article_id:
        query = query.where(ContactLink.kind == "article", ContactLink.ref_id == asked.article_id)
    if asked.unit_id:
        query = query.where(ContactLink.unit_id.in_(downward(parents(session), asked.unit_id)))
    if asked.person_id:
        query = query.where(ContactLink.person_id == asked.person_id, or_(_mine(actor), _within(names_reach(session, actor))))
    if asked.accuracy == Accuracy.UNCHECKED:
        query = query.where(ContactCheck.id.is_(None))
    elif asked.accuracy:
        query = query.where(ContactCheck.accurate.is_(asked.accuracy == Accuracy.ACCURATE))
    if asked.since:
        query = query.where(ContactLink.at >= start_of_day(asked.since, zone))
    if asked.until:
        query = query.where(ContactLink.at < start_of_day(asked.until + timedelta(days=1), zone))
    return query


def link_lines(session: Session, actor: Actor, asked: Filters, zone: str, *, before: int | None = None,
               limit: int = 50) -> tuple[list[LinkLine], int | None]:
    """A page of links this caller may see, newest first, and the id to go on from. What was taken back is one's own alone."""
    query = _filtered(session, actor, _seen(session, actor, ContactLink, Contact.number, ContactCheck.accurate, ContactCheck.note),
                      asked, zone)
    if before:
        query = query.where(ContactLink.id < before)
    rows = session.execute(query.order_by(ContactLink.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return _lines(session, actor, shown), shown[-1][0].id if len(rows) > limit else None


def count_links(session: Session, actor: Actor, asked: Filters, zone: str) -> int:
    """How many links fit."""
    return session.scalar(_filtered(session, actor, _seen(session, actor, func.count(ContactLink.id)), asked, zone)) or 0


def _lines(session: Session, actor: Actor, rows: Sequence[Any]) -> list[LinkLine]:
    units, of_names, of_numbers = unit_names(session), names_reach(session, actor), numbers_reach(session, actor)
    things = {(kind, one): card for kind in {row[0].kind for row in rows} for one, card in cards.whole_cards(
        session, actor, kind, {row[0].ref_id for row in rows if row[0].kind == kind}).items()}
    who = names(session, [row[0].person_id for row in rows])
    found = []
    for row, number, accurate, note in rows:
        mine = row.person_id is not None and row.person_id == actor.person_id
        card = things.get((row.kind, row.ref_id))
        found.append(LinkLine(
            id=row.id, contact_id=row.contact_id, at=row.at, kind=row.kind, ref_id=row.ref_id,
            number="" if not number else number if mine or is_within(row.unit_id, of_numbers) else masked(number),
            thing_number=card.number if card else "", title=card.title if card else "", url=card.url if card else "",
            person=who.get(row.person_id or 0, "") if mine or is_within(row.unit_id, of_names) else "",
            unit=units.get(row.unit_id or 0, ""), query=row.query or "", searched_at=row.searched_at,
            accuracy=accuracy_of(accurate), check_note=note or "", withdrawn_at=row.withdrawn_at, mine=mine))
    return found


def visible_link(session: Session, actor: Actor, link_id: int) -> LinkLine:
    """One link, or NotFound where it is missing, taken back by somebody else, or not for this caller."""
    row = session.execute(_seen(session, actor, ContactLink, Contact.number, ContactCheck.accurate, ContactCheck.note).where(
        ContactLink.id == link_id, or_(ContactLink.withdrawn_at.is_(None), _mine(actor)))).one_or_none()
    if row is None:
        raise NotFound()
    return _lines(session, actor, [row])[0]


_LINK = ContactLink.__table__.c
_REUSE = select(
    func.count(distinct(case((_LINK.at >= bindparam("near"), _LINK.contact_id)))),
    func.count(distinct(_LINK.contact_id)),
).where(_LINK.kind == bindparam("kind"), _LINK.ref_id == bindparam("one"), _LINK.at >= bindparam("far"), _LINK.withdrawn_at.is_(None))
_CHECKED = select(
    func.count(), func.count(case((ContactCheck.accurate.is_(False), 1))),
).select_from(ContactLink).join(ContactCheck, ContactCheck.id == _LAST_CHECK).where(
    ContactLink.kind == bindparam("kind"), ContactLink.ref_id == bindparam("one"), ContactLink.at >= bindparam("far"),
    ContactLink.withdrawn_at.is_(None))


def reuse_of(session: Session, kind: str, ref_id: int, now: datetime, *, checks: bool = False) -> Reuse:
    """For how many contacts a thing was used lately. checks: also what was said of the links; asked only where it is shown."""
    near, far = (now - timedelta(days=days) for days in REUSE_DAYS)
    asked = {"kind": kind, "one": ref_id, "near": near, "far": far}
    days_30, days_90 = session.execute(_REUSE, asked).one()
    checked, wrong = session.execute(_CHECKED, asked).one() if checks and days_90 else (0, 0)
    return Reuse(days_30, days_90, checked, wrong)
