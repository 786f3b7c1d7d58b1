"""Reads over the log of secret text, newest first. Titles are not in it: they may be secret; a number is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.access.models import AccessEntry
from kmsvc.access.rules import TRIED
from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.clock import start_of_day
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class AccessFilter:
    """What is looked for. q: part of a name, a login or a number. act: one of `Act`, or «tried» for all but reading.
    since, until: days in the centre's zone, both included."""

    q: str | None = None
    act: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AccessLine:
    """One line. name: empty for a command of the machine. title, url: only where the reader of the list may open the thing."""

    id: int
    at: datetime
    name: str
    login: str
    via: str
    act: str
    place: str | None
    kind: str
    ref_id: int
    number: str
    version_label: str
    blocks: tuple[str, ...]
    request_id: str | None
    reason: str | None
    title: str
    url: str | None


def access_lines(session: Session, actor: Actor, wanted: AccessFilter, zone: str, *, before: int | None = None,
                 limit: int = 50) -> tuple[list[AccessLine], int | None]:
    """A page of lines, newest first, and the id to go on from."""
    query = select(AccessEntry).where(*_fits(wanted, zone))
    if before:
        query = query.where(AccessEntry.id < before)
    rows = list(session.scalars(query.order_by(AccessEntry.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return _lines(session, actor, shown), shown[-1].id if len(rows) > limit else None


def count_access(session: Session, wanted: AccessFilter, zone: str) -> int:
    """How many lines fit."""
    return session.scalar(select(func.count(AccessEntry.id)).where(*_fits(wanted, zone))) or 0


def _fits(wanted: AccessFilter, zone: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.q:
        people = select(Person.id).where(or_(Person.name.icontains(wanted.q, autoescape=True), Person.accounts.any(
            Account.login.icontains(wanted.q, autoescape=True))))
        nobodys = and_(AccessEntry.person_id.is_(None), AccessEntry.login.icontains(wanted.q, autoescape=True))
        found.append(or_(nobodys, AccessEntry.person_id.in_(people),
                         AccessEntry.number.icontains(wanted.q, autoescape=True)))
    if wanted.act == "tried":
        found.append(AccessEntry.act.in_([act.value for act in TRIED]))
    elif wanted.act:
        found.append(AccessEntry.act == wanted.act)
    if wanted.kind:
        found.append(AccessEntry.kind == wanted.kind)
    if wanted.since:
        found.append(AccessEntry.at >= start_of_day(wanted.since, zone))
    if wanted.until:
        found.append(AccessEntry.at < start_of_day(wanted.until + timedelta(days=1), zone))
    return found


def _lines(session: Session, actor: Actor, rows: Sequence[AccessEntry]) -> list[AccessLine]:
    who, people = names(session, [row.person_id for row in rows]), directory(session).people
    things = {kind: cards.whole_cards(session, actor, kind, {row.ref_id for row in rows if row.kind == kind})
              for kind in {row.kind for row in rows}}
    found = []
    for row in rows:
        thing = things[row.kind].get(row.ref_id)
        found.append(AccessLine(
            row.id, row.at, who.get(row.person_id or 0, ""), _login(people, row), row.via, row.act, row.place, row.kind, row.ref_id,
            row.number, row.version_label, tuple(row.blocks), row.request_id, row.reason, thing.title if thing else "",
            thing.url if thing else None))
    return found


def _login(people: Mapping[int, Entry], row: AccessEntry) -> str:
    """By which account, as it is called today: who was erased has another one."""
    person = people.get(row.person_id or 0)
    return row.login if person is None or row.login in person.logins else person.login
