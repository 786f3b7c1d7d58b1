"""Reads over bulletins: the list of what was sent, one with its texts, cut to what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import NUMBERED, Kind, ThingCard, register
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.bulletins.board import Standing, standing_of, units_of
from kmsvc.knowledge.bulletins.models import Bulletin, BulletinReading, BulletinText, BulletinUnit
from kmsvc.knowledge.bulletins.permissions import READ_BULLETIN, SEE_READERS, SEND_BULLETIN
from kmsvc.knowledge.bulletins.readers import EVERYBODY, Rate, rate_of, reach
from kmsvc.knowledge.bulletins.rules import BulletinState, state_of
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names


@dataclass(frozen=True)
class BulletinLine:
    """A bulletin in a list. units: names of those it is for; rate: how far it is read, for who may know."""

    id: int
    number: str
    title: str
    urgency: str
    must_read: bool
    state: BulletinState
    begins_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    sender: str
    units: tuple[str, ...]
    rate: Rate | None
    read_at: datetime | None
    version: int
    url: str


@dataclass(frozen=True)
class TextLine:
    """One of its texts, newest first. again: it asked everybody to read once more."""

    id: int
    ordinal: int
    title: str
    body: str
    note: str | None
    author: str
    recorded_at: datetime
    again: bool


@dataclass(frozen=True)
class BulletinCard(BulletinLine):
    """One with everything. asks: whether the caller is one of those who are to read it; unit_ids: for the form."""

    body: str
    text_id: int
    link: tuple[str, str] | None
    unit_ids: tuple[int, ...]
    sent_at: datetime
    ended_by: str
    texts: tuple[TextLine, ...]
    asks: bool
    standing: Standing


def keeps_all(actor: Actor) -> bool:
    """Whether the caller sees bulletins for everybody, planned ones too."""
    return can(actor, SEND_BULLETIN) or can(actor, SEE_READERS)


def _seen(actor: Actor, now: datetime) -> Any:
    if keeps_all(actor):
        return true()
    units = select(BulletinUnit.id).where(BulletinUnit.bulletin_id == Bulletin.id)
    return or_(and_(Bulletin.sender_id == actor.person_id, Bulletin.sender_id.is_not(None)), and_(
        Bulletin.begins_at <= now,
        or_(~exists(units), exists(units.where(BulletinUnit.unit_id.in_(actor.units or {0}))))))


def _in_state(state: str, now: datetime) -> Any:
    open_ones = Bulletin.ended_at.is_(None)
    return {
        "planned": and_(open_ones, Bulletin.begins_at > now),
        "running": and_(open_ones, Bulletin.begins_at <= now, Bulletin.ends_at > now),
        "over": and_(open_ones, Bulletin.ends_at <= now), "ended": Bulletin.ended_at.is_not(None)}[state]


def _filtered(actor: Actor, now: datetime, what: Any, *, q: str | None, state: str | None, urgency: str | None) -> Any:
    query = what.join(BulletinText, BulletinText.id == Bulletin.text_id).where(_seen(actor, now))
    if q:
        query = query.where(or_(*(func.lower(one).contains(q.lower(), autoescape=True)
                                  for one in (Bulletin.number, BulletinText.title, BulletinText.body))))
    if state:
        query = query.where(_in_state(state, now))
    return query.where(Bulletin.urgency == urgency) if urgency else query


def bulletin_lines(session: Session, actor: Actor, now: datetime, *, q: str | None = None, state: str | None = None,
                   urgency: str | None = None, before: int | None = None,
                   limit: int = 50) -> tuple[list[BulletinLine], int | None]:
    """Bulletins this caller may see, newest first, and where the next page begins."""
    query = _filtered(actor, now, select(Bulletin, BulletinText), q=q, state=state, urgency=urgency)
    if before:
        query = query.where(Bulletin.id < before)
    rows = session.execute(query.order_by(Bulletin.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    found = _lines(session, actor, now, [(row[0], row[1]) for row in shown])
    return found, (shown[-1][0].id if len(rows) > limit else None)


def count_bulletins(session: Session, actor: Actor, now: datetime, *, q: str | None = None, state: str | None = None,
                    urgency: str | None = None) -> int:
    """How many fit these filters for this caller."""
    return session.scalar(_filtered(actor, now, select(func.count(Bulletin.id)), q=q, state=state, urgency=urgency)) or 0


def _lines(session: Session, actor: Actor, now: datetime, rows: Sequence[tuple[Bulletin, BulletinText]]) -> list[BulletinLine]:
    units, called = units_of(session, [row.id for row, _ in rows]) if rows else {}, unit_names(session)
    who = names(session, [row.sender_id for row, _ in rows])
    mine = my_readings(session, actor, [row.id for row, _ in rows])
    return [BulletinLine(
        row.id, row.number, text.title, row.urgency, row.must_read, state_of(row.begins_at, row.ends_at, row.ended_at, now),
        row.begins_at, row.ends_at, row.ended_at, who.get(row.sender_id or 0, ""),
        tuple(called[one] for one in called if one in units[row.id]), _rate(session, actor, row, text, units[row.id]),
        mine.get((row.id, row.round)), row.version, f"/knowledge/bulletins/{row.id}") for row, text in rows]


def _rate(session: Session, actor: Actor, row: Bulletin, text: BulletinText, units: set[int]) -> Rate | None:
    """As it was at the end of one that is over; counted now for one that is not."""
    if row.asked is not None:
        return Rate(row.asked, row.read or 0) if reach(session, actor) is EVERYBODY else None
    return rate_of(session, actor, standing_of(row, text, units))


def my_readings(session: Session, actor: Actor, ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """(bulletin, round) -> when this caller read it."""
    if actor.person_id is None or not ids:
        return {}
    rows = session.execute(select(BulletinReading.bulletin_id, BulletinReading.round, BulletinReading.read_at).where(
        BulletinReading.person_id == actor.person_id, BulletinReading.bulletin_id.in_(ids)))
    return {(row[0], row[1]): row[2] for row in rows}


def visible_bulletin(session: Session, actor: Actor, bulletin_id: int, now: datetime) -> Bulletin:
    """The bulletin, or NotFound where it is missing or not for this caller."""
    row = session.scalars(select(Bulletin).where(Bulletin.id == bulletin_id, _seen(actor, now))).one_or_none()
    if row is None:
        raise NotFound()
    return row


def bulletin_card(session: Session, actor: Actor, bulletin_id: int, now: datetime) -> BulletinCard:
    """One bulletin as its page and JSON show it, or NotFound."""
    row = visible_bulletin(session, actor, bulletin_id, now)
    texts = list(session.scalars(select(BulletinText).where(BulletinText.bulletin_id == row.id)
                                 .order_by(BulletinText.ordinal.desc())))
    text = next(one for one in texts if one.id == row.text_id)
    [line] = _lines(session, actor, now, [(row, text)])
    stands = standing_of(row, text, units_of(session, [row.id])[row.id])
    who = names(session, [row.ended_by_id, *(one.author_id for one in texts)])
    first_of = {one.round: one.ordinal for one in texts}  # newest first: the oldest of each round stays
    rate = line.rate or rate_of(session, actor, stands)
    return BulletinCard(
        **vars(line) | {"rate": rate}, body=text.body, text_id=text.id, link=stands.link, unit_ids=tuple(sorted(stands.unit_ids)),
        sent_at=row.sent_at, ended_by=who.get(row.ended_by_id or 0, ""), asks=stands.asks(actor), standing=stands,
        texts=tuple(TextLine(one.id, one.ordinal, one.title, one.body, one.note, who.get(one.author_id or 0, ""),
                             one.recorded_at, one.ordinal > 1 and first_of[one.round] == one.ordinal) for one in texts))


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of bulletins that have begun and not ended, for those they are meant for."""
    return {one: card for one, card in whole_things(session, actor, ids).items() if card.state == BulletinState.RUNNING}


def whole_things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The same with those that are over."""
    rows = session.execute(select(Bulletin, BulletinText).join(BulletinText, BulletinText.id == Bulletin.text_id).where(
        Bulletin.id.in_(list(ids)), Bulletin.told_round > 0)).all()
    units = units_of(session, [row.id for row, _ in rows]) if rows else {}
    return {row.id: ThingCard(
        "bulletin", row.id, row.number, text.title, f"/knowledge/bulletins/{row.id}",
        state=BulletinState.ENDED if row.ended_at else BulletinState.OVER if row.expired_at else BulletinState.RUNNING)
        for row, text in rows if can(actor, READ_BULLETIN, standing_of(row, text, units[row.id]))}


register(Kind("bulletin", N_("Bulletin"), things, whole=whole_things))


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    ids = session.scalars(select(Bulletin.id).where(Bulletin.number.startswith(number)).order_by(Bulletin.id.desc()).limit(limit * 4))
    found = whole_things(session, actor, list(ids))
    return [found[one] for one in sorted(found, reverse=True)[:limit]]


NUMBERED["BU"] = _numbered
