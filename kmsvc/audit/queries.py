"""Reads over the trail: pages of entries by sequence number, one entry, the newest verification."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.audit.things import history_of
from kmsvc.audit.wording import PLACES, RESTRICTED, RESTRICTED_RIGHT, WITHHELD
from kmsvc.core.actors import Actor
from kmsvc.core.audit import AuditEntry
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import NotFound
from kmsvc.core.trail_words import spoken, tokens_like
from kmsvc.people.accounts.queries import names, person_by_login


@dataclass(frozen=True)
class TrailFilter:
    """What is looked for. since, until: days in the centre's zone, both included. q: words in before, after or reason;
    the number of a thing stands for its whole history."""

    q: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    person: str | None = None
    act: str | None = None
    since: date | None = None
    until: date | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class EntryCard:
    """One entry. before, after: [(column, value)]; `hidden` when the reader may not see the words."""

    seq: int
    at: datetime
    name: str
    login: str
    person_id: int | None
    via: str
    session_ref: str | None
    request_id: str | None
    act: str
    subject: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    hash: str
    previous: str
    hidden: bool
    url: str | None

    @property
    def columns(self) -> list[tuple[str, Any, Any]]:
        """(column, before, after), in the order of the row."""
        order = list(dict.fromkeys([*(self.before or {}), *(self.after or {})]))
        return [(name, (self.before or {}).get(name), (self.after or {}).get(name)) for name in order]

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {key: value for key, value in asdict(self).items() if key != "url"} | {
            "number": str(self.seq), "id": self.seq, "url": f"/audit/{self.seq}"}


def entries(session: Session, actor: Actor, wanted: TrailFilter, zone: str, *, before: int | None = None,
            limit: int = 50) -> list[EntryCard]:
    """Entries that fit, newest first, below a sequence number."""
    query = _filtered(session, actor, wanted, zone).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return _cards(session, list(session.scalars(query)), actor)


def all_entries(session: Session, actor: Actor, wanted: TrailFilter, zone: str, most: int) -> Iterator[EntryCard]:
    """Everything that fits, newest first, `most` at the most: for exports."""
    below: int | None = None
    given = 0
    while given < most:
        cards = entries(session, actor, wanted, zone, before=below, limit=min(1000, most - given))
        yield from cards
        session.expunge_all()
        given += len(cards)
        if len(cards) < 1000:
            return
        below = cards[-1].seq


def entry(session: Session, actor: Actor, seq: int) -> EntryCard:
    """One entry, or NotFound."""
    row = session.get(AuditEntry, seq)
    if row is None:
        raise NotFound()
    return _cards(session, [row], actor)[0]


def subjects(session: Session) -> list[str]:
    """The tables the trail speaks of."""
    return sorted(session.scalars(select(AuditEntry.subject).distinct()))


def _filtered(session: Session, actor: Actor, wanted: TrailFilter, zone: str) -> Select[Any]:
    query = select(AuditEntry)
    for column, value in ((AuditEntry.subject, wanted.subject), (AuditEntry.subject_id, wanted.subject_id),
                          (AuditEntry.act, wanted.act), (AuditEntry.request_id, wanted.request_id)):
        if value:
            query = query.where(column == value)
    if wanted.person:
        person = person_by_login(session, wanted.person)
        query = query.where(AuditEntry.person_id == person.id if person else AuditEntry.login == wanted.person)
    if wanted.since:
        query = query.where(AuditEntry.at >= start_of_day(wanted.since, zone))
    if wanted.until:
        query = query.where(AuditEntry.at < start_of_day(wanted.until + timedelta(days=1), zone))
    if wanted.q:
        says, history = _says(session, actor, wanted.q), history_of(session, wanted.q)
        query = query.where(says if history is None else or_(says, history))
    return query


def _says(session: Session, actor: Actor, words: str) -> ColumnElement[bool]:
    """Whether an entry holds these words; hidden texts are not searched, so that a hit tells nothing (R-S1)."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    quoted = func.lower(json.dumps(words, ensure_ascii=sqlite)[1:-1])  # SQLite holds JSON with escapes, PostgreSQL letters
    find = func.instr if sqlite else func.strpos
    sides = [func.lower(cast(column, Text)) for column in (AuditEntry.before, AuditEntry.after)]
    inside = or_(*(find(side, one) > 0 for side in sides for one in (quoted, *tokens_like(session, words))))
    if not actor.can(RESTRICTED_RIGHT):
        inside = and_(inside, *(_without(find, sides, table, names) for table, names in RESTRICTED.items()))
    return or_(inside, find(func.lower(AuditEntry.reason), func.lower(words)) > 0, AuditEntry.subject_id == words)


def _without(find: Any, sides: list[Any], table: str, columns: Iterable[str]) -> ColumnElement[bool]:
    """Whether an entry is of another table, or at least holds none of the columns that are withheld."""
    free = [func.coalesce(find(side, f'"{column}"'), 0) == 0 for side in sides for column in columns]
    other = AuditEntry.subject != table
    return or_(other, and_(*free)) if free else other


def _cards(session: Session, rows: Sequence[AuditEntry], actor: Actor) -> list[EntryCard]:
    known = names(session, [row.person_id for row in rows])
    told = spoken(session, [{"login": row.login, "before": row.before, "after": row.after} for row in rows])
    return [_card(row, said, known, actor) for row, said in zip(rows, told, strict=True)]


def _card(row: AuditEntry, said: dict[str, Any], known: dict[int, str], actor: Actor) -> EntryCard:
    withheld = RESTRICTED.get(row.subject) if not actor.can(RESTRICTED_RIGHT) else None
    hidden = withheld is not None and not withheld
    place = PLACES.get(row.subject)
    return EntryCard(
        seq=row.seq, at=row.at, name=known.get(row.person_id or 0, said["login"]), login=said["login"], person_id=row.person_id,
        via=row.via, session_ref=row.session_ref, request_id=row.request_id, act=row.act, subject=row.subject,
        subject_id=row.subject_id, before=_cut(said["before"], withheld), after=_cut(said["after"], withheld),
        reason=row.reason, hash=row.hash, previous=row.previous, hidden=hidden,
        url=(place % row.subject_id if "%s" in place else place) if place else None)


def _cut(side: dict[str, Any] | None, withheld: frozenset[str] | None) -> dict[str, Any] | None:
    """One side of an entry without the words its reader may not see."""
    if side is None or withheld is None:
        return side
    return {name: WITHHELD if name in withheld else value for name, value in side.items()} if withheld else None
