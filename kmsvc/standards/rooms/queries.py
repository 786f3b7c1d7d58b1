"""Reads over rooms: who may see which, their lists, requests and looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can, require
from kmsvc.people.accounts.models import Person
from kmsvc.standards.rooms.models import (
    Room,
    RoomGuest,
    RoomLook,
    RoomMark,
    RoomRequest,
    RoomSample,
    RoomWord,
)
from kmsvc.standards.rooms.permissions import SEE_ROOMS, VISIT_ROOM
from kmsvc.standards.rooms.rules import NotInvited, lets_in


@dataclass(frozen=True)
class RoomCard:
    """A room in a list. over: its days are past; waiting: requests without an answer."""

    id: int
    number: str
    title: str
    model: str
    year: int
    clauses: tuple[str, ...]
    as_of: date | None
    from_on: date
    until_on: date
    state: str
    keeper: str
    keeper_id: int
    guests: int
    waiting: int
    looks: int
    version: int
    url: str


@dataclass(frozen=True)
class GuestCard:
    """Somebody invited. stand: invited, inside, revoked, or link (the link ran out before it was used)."""

    id: int
    person_id: int
    name: str
    email: str
    login: str
    stand: str
    invited_at: datetime
    token_until: datetime | None
    entered_at: datetime | None
    revoked_at: datetime | None
    looks: int
    last_at: datetime | None


@dataclass(frozen=True)
class WordLine:
    """A word in the thread of a request."""

    verb: str
    text: str
    by: str
    by_id: int
    at: datetime


@dataclass(frozen=True)
class RequestCard:
    """A request with its thread."""

    id: int
    number: str
    room_id: int
    clause: str
    thing: str
    thing_title: str
    text: str
    state: str
    due_on: date
    owner: str
    owner_id: int
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    words: tuple[WordLine, ...]
    version: int


def visible_room(session: Session, actor: Actor, room_id: int, today: date) -> Room:
    """The room, for who sees rooms and for a guest who may be in it today; NotFound, or for a guest the answer to a stranger."""
    row = session.get(Room, room_id)
    if can(actor, SEE_ROOMS):
        if row is None:
            raise NotFound()
        return row
    if not actor.guest:
        raise NotFound()
    if row is None or not can(actor, VISIT_ROOM) or not is_let_in(session, row, actor.person_id, today):
        raise NotInvited()
    return row


def is_let_in(session: Session, room: Room, person_id: int | None, today: date) -> bool:
    """Whether a guest may be in a room on a day."""
    return lets_in(room.state, room.from_on, room.until_on, today) and session.scalar(select(RoomGuest.id).where(
        RoomGuest.room_id == room.id, RoomGuest.person_id == person_id, RoomGuest.revoked_at.is_(None),
        RoomGuest.entered_at.is_not(None))) is not None


def room_of_guest(session: Session, person_id: int, today: date) -> int | None:
    """The room a guest goes to: of those open to them the one invited to last."""
    for room in session.scalars(select(Room).join(RoomGuest, RoomGuest.room_id == Room.id).where(
            RoomGuest.person_id == person_id).order_by(RoomGuest.id.desc())):
        if is_let_in(session, room, person_id, today):
            return room.id
    return None


def _fits(q: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        found.append(or_(Room.title.icontains(q, autoescape=True), Room.number == q.upper(), Room.id.in_(select(RoomGuest.room_id).join(
            Person, Person.id == RoomGuest.person_id).where(or_(Person.name.icontains(q, autoescape=True),
                                                                Person.email.icontains(q, autoescape=True))))))
    if state:
        found.append(Room.state == state)
    return found


def room_cards(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, after: int | None = None,
               limit: int = 50) -> tuple[list[RoomCard], int | None]:
    """Rooms, the newest first, with the cursor of what follows. Raises NotPermitted."""
    require(actor, SEE_ROOMS)
    query = select(Room).where(*_fits(q, state))
    if after is not None:
        query = query.where(Room.id < after)
    rows = list(session.scalars(query.order_by(Room.id.desc()).limit(limit + 1)))
    return _cards(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_rooms(session: Session, q: str | None, state: str | None) -> int:
    """How many fit."""
    return session.scalar(select(func.count()).select_from(Room).where(*_fits(q, state))) or 0


def room_card(session: Session, room: Room) -> RoomCard:
    """One room."""
    return _cards(session, [room])[0]


def _counted(session: Session, column: Any, ids: Sequence[int], *fits: ColumnElement[bool]) -> dict[int, int]:
    return dict(session.execute(select(column, func.count()).where(column.in_(ids), *fits).group_by(column)).all())


def _cards(session: Session, rows: Sequence[Room]) -> list[RoomCard]:
    ids = [one.id for one in rows]
    guests = _counted(session, RoomGuest.room_id, ids, RoomGuest.revoked_at.is_(None))
    waiting = _counted(session, RoomRequest.room_id, ids, RoomRequest.state == "open")
    looks = _counted(session, RoomLook.room_id, ids)
    people = named(session, {one.keeper_id for one in rows})
    return [RoomCard(one.id, one.number, one.title, one.model, one.year, tuple(one.clauses), one.as_of, one.from_on, one.until_on,
                     one.state, people.get(one.keeper_id, ""), one.keeper_id, guests.get(one.id, 0), waiting.get(one.id, 0),
                     looks.get(one.id, 0), one.version, f"/standards/rooms/{one.id}") for one in rows]


def named(session: Session, ids: set[int]) -> dict[int, str]:
    """person -> name, guests too."""
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(sorted(ids)))).all())


def guests_of(session: Session, room_id: int, now: datetime) -> list[GuestCard]:
    """Everybody who was ever invited to a room, in that order."""
    looks = {one.person_id: (one.n, one.last) for one in session.execute(select(
        RoomLook.person_id, func.count().label("n"), func.max(RoomLook.at).label("last")).where(
        RoomLook.room_id == room_id).group_by(RoomLook.person_id))}
    return [GuestCard(row.id, person.id, person.name, person.email or "", person.login, _stand(row, now), row.invited_at,
                      row.token_until, row.entered_at, row.revoked_at, *looks.get(person.id, (0, None)))
            for row, person in session.execute(select(RoomGuest, Person).join(Person, Person.id == RoomGuest.person_id).where(
                RoomGuest.room_id == room_id).order_by(RoomGuest.id))]


def _stand(row: RoomGuest, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.token_hash is None:
        return "inside" if row.entered_at is not None else "link"
    return "invited" if row.token_until is not None and now < row.token_until else "link"


def requests_of(session: Session, room_id: int, *, clause: str | None = None, state: str | None = None) -> list[RequestCard]:
    """Requests of a room with their threads, the newest first; of one clause, or all."""
    query = select(RoomRequest).where(RoomRequest.room_id == room_id)
    if clause is not None:
        query = query.where(RoomRequest.clause == clause)
    if state:
        query = query.where(RoomRequest.state == state)
    return request_cards(session, list(session.scalars(query.order_by(RoomRequest.id.desc()))))


def request_cards(session: Session, rows: Sequence[RoomRequest]) -> list[RequestCard]:
    """These requests with their threads."""
    said: dict[int, list[RoomWord]] = {}
    for word in session.scalars(select(RoomWord).where(RoomWord.request_id.in_([one.id for one in rows])).order_by(RoomWord.id)):
        said.setdefault(word.request_id, []).append(word)
    people = named(session, {one.owner_id for one in rows} | {one.asked_by_id for one in rows} | {
        word.by_id for its in said.values() for word in its})
    return [RequestCard(one.id, one.number, one.room_id, one.clause, one.thing, one.thing_title, one.text, one.state, one.due_on,
                        people.get(one.owner_id, ""), one.owner_id, people.get(one.asked_by_id, ""), one.asked_by_id, one.asked_at,
                        tuple(WordLine(word.verb, word.text, people.get(word.by_id, ""), word.by_id, word.at)
                              for word in said.get(one.id, ())), one.version) for one in rows]


def looks_of(session: Session, room_id: int, *, person_id: int | None = None, what: str | None = None, after: int | None = None,
             limit: int = 50) -> tuple[list[tuple[RoomLook, str]], int | None]:
    """Looks with the name of who looked, the newest first."""
    query = select(RoomLook, Person.name).join(Person, Person.id == RoomLook.person_id).where(RoomLook.room_id == room_id)
    if person_id is not None:
        query = query.where(RoomLook.person_id == person_id)
    if what:
        query = query.where(RoomLook.what == what)
    if after is not None:
        query = query.where(RoomLook.id < after)
    rows = [(look, name) for look, name in session.execute(query.order_by(RoomLook.id.desc()).limit(limit + 1))]
    return rows[:limit], rows[limit - 1][0].id if len(rows) > limit else None


def samples_of(session: Session, room_id: int, clause: str | None = None) -> list[RoomSample]:
    """What was drawn in a room, the newest first."""
    query = select(RoomSample).where(RoomSample.room_id == room_id)
    return list(session.scalars((query if clause is None else query.where(RoomSample.clause == clause)).order_by(RoomSample.id.desc())))


def marks_of(session: Session, room_id: int) -> dict[tuple[str, str], RoomMark]:
    """(clause, thing) -> the last word on it."""
    return {(one.clause, one.thing): one for one in session.scalars(
        select(RoomMark).where(RoomMark.room_id == room_id).order_by(RoomMark.id))}
