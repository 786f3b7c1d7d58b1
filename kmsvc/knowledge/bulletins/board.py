"""The notice board: bulletins that have not ended, remembered behind an epoch, and who is known to have read them.

Every page of everybody asks it. While nothing hangs there, that costs nothing; who has read all of it costs nothing either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.memory import Family, remembered
from kmsvc.core.permissions import can
from kmsvc.core.work import kept_in
from kmsvc.knowledge.bulletins.models import Bulletin, BulletinReading, BulletinText, BulletinUnit
from kmsvc.knowledge.bulletins.permissions import CONFIRM_BULLETIN
from kmsvc.knowledge.bulletins.rules import LOUDNESS

BULLETINS = Family("bulletins_epoch", frozenset({
    "knowledge_bulletin", "knowledge_bulletin_text", "knowledge_bulletin_unit"}))
PLACES = {"article": "/knowledge/articles/%s", "process": "/process/definitions/%s"}
_READ = select(BulletinReading.bulletin_id, BulletinReading.round).where(
    BulletinReading.person_id == bindparam("person"), BulletinReading.bulletin_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Standing:
    """A bulletin with the text that stands now. writer_ids: who wrote it, and is not asked to read it; link: number and
    address of what it points to."""

    id: int
    number: str
    urgency: str
    must_read: bool
    begins_at: datetime
    ends_at: datetime
    round: int
    told_round: int
    text_id: int
    title: str
    body: str
    link: tuple[str, str] | None
    unit_ids: frozenset[int]
    writer_ids: frozenset[int]

    def runs(self, now: datetime) -> bool:
        """Whether it hangs on the board at this instant."""
        return self.begins_at <= now < self.ends_at

    def asks(self, actor: Actor) -> bool:
        """Whether this caller is one of those who are to read it."""
        return actor.person_id not in self.writer_ids and can(actor, CONFIRM_BULLETIN, self)


@dataclass(frozen=True)
class Board:
    """What has not ended. `read`: (bulletin, round, person) of readings that were seen in the database; more are added as
    they are met, none is ever untrue again."""

    standing: tuple[Standing, ...]
    read: set[tuple[int, int, int]] = field(default_factory=set)


def standing_of(row: Bulletin, text: BulletinText, unit_ids: Iterable[int]) -> Standing:
    """A bulletin as it hangs on the board."""
    link = (text.link_number or "", PLACES[text.link_kind] % text.link_id) if text.link_kind in PLACES else None
    return Standing(row.id, row.number, row.urgency, row.must_read, row.begins_at, row.ends_at, row.round, row.told_round,
                    text.id, text.title, text.body, link, frozenset(unit_ids),
                    frozenset(one for one in (row.sender_id, text.author_id) if one is not None))


def units_of(session: Session, ids: Iterable[int]) -> dict[int, set[int]]:
    """bulletin id -> ids of the units it is for."""
    found: dict[int, set[int]] = {one: set() for one in ids}
    for bulletin_id, unit_id in session.execute(select(BulletinUnit.bulletin_id, BulletinUnit.unit_id).where(
            BulletinUnit.bulletin_id.in_(list(found)))):
        found[bulletin_id].add(unit_id)
    return found


def board(session: Session) -> Board:
    """The board as this session sees it."""
    return remembered(session, BULLETINS, "board", _board)


def _board(session: Session) -> Board:
    rows = session.execute(select(Bulletin, BulletinText).join(BulletinText, BulletinText.id == Bulletin.text_id).where(
        Bulletin.ended_at.is_(None), Bulletin.expired_at.is_(None)).order_by(Bulletin.id)).all()
    units = units_of(session, [row.id for row, _ in rows]) if rows else {}
    found = [standing_of(row, text, units[row.id]) for row, text in rows]
    return Board(tuple(sorted(found, key=lambda one: (not one.must_read, LOUDNESS[one.urgency], -one.id))))


def unread(session: Session, actor: Actor, now: datetime) -> list[Standing]:
    """What runs now and this person has not read, what must be read and the loudest first. One question, and only while
    something may be unread."""
    held = board(session)
    person = actor.person_id
    if not held.standing or person is None:
        return []
    open_ones = [one for one in held.standing
                 if one.runs(now) and (one.id, one.round, person) not in held.read and one.asks(actor)]
    if open_ones:
        kept = kept_in(session, "bulletins read")  # the banner and the to-do number ask the same
        if person not in kept:
            kept[person] = {(row[0], row[1], person) for row in session.execute(
                _READ, {"person": person, "ids": [one.id for one in held.standing]})}
        found = kept[person]
        if "work" not in session.info:  # what a unit has not committed yet is nobody else's to know
            held.read.update(found)
        open_ones = [one for one in open_ones if (one.id, one.round, person) not in found]
    return open_ones


def must_read(session: Session, actor: Actor, now: datetime) -> list[Standing]:
    """What this person must still read before the next call."""
    return [one for one in unread(session, actor, now) if one.must_read]


def due(session: Session, now: datetime) -> list[int]:
    """Bulletins whose time has come to begin, to be told of anew, or to end."""
    return [one.id for one in board(session).standing
            if one.ends_at <= now or (one.begins_at <= now and one.told_round < one.round)]
