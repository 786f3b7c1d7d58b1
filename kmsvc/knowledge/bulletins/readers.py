"""Who is to read a bulletin, who has, and how much of that a caller may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.bulletins.board import Standing
from kmsvc.knowledge.bulletins.models import BulletinReading
from kmsvc.knowledge.bulletins.permissions import SEE_READERS, SEE_TEAM, SEND_BULLETIN
from kmsvc.people.accounts.directory import Entry
from kmsvc.people.accounts.queries import active_people
from kmsvc.people.units.queries import downward, parents, unit_names

EVERYBODY = None
NOBODY: frozenset[int] = frozenset()
_READINGS = select(BulletinReading.person_id, BulletinReading.read_at).where(
    BulletinReading.bulletin_id == bindparam("bulletin"), BulletinReading.round == bindparam("round"))


@dataclass(frozen=True)
class Rate:
    """How far it is read. within: only the caller's own team is counted."""

    asked: int
    read: int
    within: bool = False

    @property
    def left(self) -> int:
        """How many have not read it."""
        return self.asked - self.read

    @property
    def percent(self) -> int:
        """Whole percents; all of nobody is everything."""
        return 100 if not self.asked else self.read * 100 // self.asked


@dataclass(frozen=True)
class Reader:
    """One person of the audience. read_at: None while it is unread."""

    person_id: int
    name: str
    login: str
    unit: str
    unit_id: int
    read_at: datetime | None


def reach(session: Session, actor: Actor) -> frozenset[int] | None:
    """Units whose people's reading this caller may know: EVERYBODY for senders and auditors, a leader's own team, or NOBODY."""
    if can(actor, SEE_READERS) or can(actor, SEND_BULLETIN):
        return EVERYBODY
    if can(actor, SEE_TEAM) and actor.unit_id is not None:
        return downward(parents(session), actor.unit_id)
    return NOBODY


def asked_people(session: Session, one: Standing, within: frozenset[int] | None = EVERYBODY) -> list[Entry]:
    """Active people with a sign-in who are to read it; without who wrote it."""
    units: frozenset[int] | None = None
    if one.unit_ids:
        tree = parents(session)
        units = frozenset().union(*(downward(tree, unit) for unit in one.unit_ids))
    if within is not None:
        units = within if units is None else units & within
    return [person for person in active_people(session, units) if person.logins and person.id not in one.writer_ids]


def readings(session: Session, one: Standing) -> dict[int, datetime]:
    """person id -> when it was read, in the round that counts."""
    return {row[0]: row[1] for row in session.execute(_READINGS, {"bulletin": one.id, "round": one.round})}


def rate_of(session: Session, actor: Actor, one: Standing) -> Rate | None:
    """How far it is read, among those the caller may know of; None where that is nobody."""
    within = reach(session, actor)
    people = asked_people(session, one, within) if within != NOBODY else []
    if not people:
        return None
    done = readings(session, one)
    return Rate(len(people), sum(person.id in done for person in people), within is not None)


def readers(session: Session, actor: Actor, one: Standing, *, q: str | None = None, state: str | None = None,
            unit_id: int | None = None) -> list[Reader]:
    """Who is to read it, as far as the caller may know: who has not read it first, by unit and name. state: read, unread."""
    within = reach(session, actor)
    if within == NOBODY:
        return []
    if unit_id is not None:
        below = downward(parents(session), unit_id)
        within = below if within is None else within & below
    done, names = readings(session, one), unit_names(session)
    found = [Reader(person.id, person.name, person.login, names.get(person.unit_id, ""), person.unit_id, done.get(person.id))
             for person in asked_people(session, one, within)]
    wanted = [one for one in found if (not q or q.lower() in f"{one.name} {one.login}".lower())
              and (state is None or (one.read_at is None) == (state == "unread"))]
    return sorted(wanted, key=lambda one: (one.read_at is not None, one.unit, one.name))
