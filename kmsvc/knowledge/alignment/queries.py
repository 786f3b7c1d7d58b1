"""Reads over process alignment reviews: the list, one with its contacts as this caller may see them, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, defer

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.rates import Rate
from kmsvc.knowledge.alignment.models import Alignment, AlignmentItem, AlignmentReply
from kmsvc.knowledge.alignment.permissions import COACH, SEE_ALIGNMENT, SEE_ALL_ALIGNMENTS
from kmsvc.knowledge.alignment.rules import AlignmentState, Found, Question, known
from kmsvc.knowledge.alignment.usecases import judged_content, signed_content
from kmsvc.knowledge.contacts.models import Contact
from kmsvc.knowledge.contacts.queries import is_within, names_reach, numbers_reach
from kmsvc.knowledge.contacts.rules import masked
from kmsvc.knowledge.reviews.rules import drawn, hash_of
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import downward, parents, unit_names


@dataclass(frozen=True)
class Filters:
    """What a list of reviews is narrowed to. unit_id: with the units below it, their people's reviews too; since, until: days
    that the reviewed period touches."""

    q: str | None = None
    state: str | None = None
    unit_id: int | None = None
    person_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AlignmentLine:
    """A review in a list. whose: the person or the unit."""

    id: int
    number: str
    state: str
    whose: str
    is_unit: bool
    coach: str
    begins_on: date
    ends_on: date
    drawn: int
    judged: int
    drawn_at: datetime
    signed_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/alignment/{self.id}"


@dataclass(frozen=True)
class ItemLine:
    """A contact of the sample: what the service knew, what it answers itself (known), what the coach answered. number: of the
    contact, masked where it is not for this caller, empty where there is none or it was forgotten."""

    id: int
    alignment_id: int
    place: int
    key: str
    person_id: int
    person: str
    number: str
    at: datetime
    facts: Mapping[str, Any]
    known: Mapping[str, str | None]
    answers: Mapping[str, str | None]
    note: str | None
    judged_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/alignment/{self.alignment_id}/items/{self.id}"


@dataclass(frozen=True)
class ReplyLine:
    """What somebody answered."""

    person: str
    text: str
    at: datetime


@dataclass(frozen=True)
class AlignmentCard:
    """One review. whole: whether this caller sees all of it, or the own contacts alone; then conclusion and agreed are none where
    they speak of a unit. shown_hash: of what would be signed now; is_whole: what is kept still is what was signed; repeats: the seed
    draws the same contacts again."""

    line: AlignmentLine
    coach_id: int
    size: int
    seed: str
    population: int
    conclusion: str | None
    agreed: str | None
    reason: str | None
    content_hash: str | None
    shown_hash: str
    is_whole: bool | None
    repeats: bool
    whole: bool
    mine: bool
    items: tuple[ItemLine, ...]
    rates: Mapping[str, Rate]
    replies: tuple[ReplyLine, ...]


def rates_of(answers: Iterable[Mapping[str, str | None]]) -> dict[str, Rate]:
    """question -> how often «yes» out of «yes» and «no»; what does not apply or is open counts nowhere."""
    held = list(answers)
    return {name: Rate(sum(one[name] == Found.YES for one in held), sum(one[name] in (Found.YES, Found.NO) for one in held))
            for name in (one.value for one in Question)}


def _led(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The reviews this caller sees as a whole: drawn by this person, or of people within reach of a coach, or all."""
    mine = Alignment.coach_id == (actor.person_id or 0)
    if can(actor, SEE_ALL_ALIGNMENTS):
        return or_(mine, Alignment.state != AlignmentState.CANCELLED)
    held = names_reach(session, actor)
    if not can(actor, COACH) or held is None or not held:
        return mine
    people = select(Person.id).where(Person.unit_id.in_(held), Person.id != (actor.person_id or 0))
    return or_(mine, and_(Alignment.state == AlignmentState.SIGNED, or_(
        Alignment.unit_id.in_(held), Alignment.person_id.in_(people))))


def _own(actor: Actor) -> ColumnElement[bool]:
    """Signed reviews in which this caller's own contacts are."""
    return and_(Alignment.state == AlignmentState.SIGNED, Alignment.id.in_(
        select(AlignmentItem.alignment_id).where(AlignmentItem.person_id == (actor.person_id or 0))))


def _seen(session: Session, actor: Actor, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Alignment)
    return query.where(or_(_led(session, actor), _own(actor))) if can(actor, SEE_ALIGNMENT) else query.where(false())


def _filtered(session: Session, actor: Actor, query: Select[Any], asked: Filters) -> Select[Any]:
    if asked.q:
        read = or_(_led(session, actor), Alignment.person_id == (actor.person_id or 0))
        query = query.where(or_(Alignment.number.icontains(asked.q, autoescape=True),
                                and_(read, Alignment.conclusion.icontains(asked.q, autoescape=True))))
    if asked.state:
        query = query.where(Alignment.state == asked.state)
    if asked.unit_id:
        units = downward(parents(session), asked.unit_id)
        query = query.where(or_(Alignment.unit_id.in_(units), Alignment.person_id.in_(
            select(Person.id).where(Person.unit_id.in_(units)))))
    if asked.person_id:
        query = query.where(Alignment.person_id == asked.person_id)
    if asked.since:
        query = query.where(Alignment.ends_on >= asked.since)
    if asked.until:
        query = query.where(Alignment.begins_on <= asked.until)
    return query


def alignment_lines(session: Session, actor: Actor, asked: Filters, *, before: int | None = None,
                    limit: int = 50) -> tuple[list[AlignmentLine], int | None]:
    """Reviews this caller may see, newest first, and the id to go on from."""
    query = _filtered(session, actor, _seen(session, actor, Alignment), asked)
    if before:
        query = query.where(Alignment.id < before)
    rows = list(session.scalars(query.options(defer(Alignment.population)).order_by(Alignment.id.desc()).limit(limit + 1)))
    return _lines(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_alignments(session: Session, actor: Actor, asked: Filters) -> int:
    """How many fit these filters."""
    return session.scalar(_filtered(session, actor, _seen(session, actor, func.count(Alignment.id)), asked)) or 0


def _lines(session: Session, rows: Sequence[Alignment]) -> list[AlignmentLine]:
    who = names(session, [one for row in rows for one in (row.coach_id, row.person_id)])
    units = unit_names(session)
    sums = {row[0]: (row[1], row[2]) for row in session.execute(select(
        AlignmentItem.alignment_id, func.count(), func.count(AlignmentItem.judged_at)).where(
        AlignmentItem.alignment_id.in_([row.id for row in rows])).group_by(AlignmentItem.alignment_id))}
    return [AlignmentLine(
        row.id, row.number, row.state, who.get(row.person_id or 0, "") or units.get(row.unit_id or 0, ""), row.unit_id is not None,
        who.get(row.coach_id, ""), row.begins_on, row.ends_on, *sums.get(row.id, (0, 0)), row.drawn_at, row.signed_at, row.version)
        for row in rows]


def summary(session: Session, actor: Actor, asked: Filters) -> dict[str, Rate]:
    """What signed reviews that fit come to together, as far as this caller sees them as a whole; contacts that several drew
    count once for each."""
    keys = [one.value for one in Question]
    sums: list[Any] = [func.count(case((getattr(AlignmentItem, name).in_(found), 1))) for name in keys for found in (
        (Found.YES,), (Found.YES, Found.NO))]
    query: Any = select(*sums).select_from(Alignment).join(AlignmentItem, AlignmentItem.alignment_id == Alignment.id).where(
        Alignment.state == AlignmentState.SIGNED, _led(session, actor))
    row = session.execute(_filtered(session, actor, query, asked)).one()
    return {name: Rate(hits, n) for name, hits, n in zip(keys, row[::2], row[1::2], strict=True)}


def visible(session: Session, actor: Actor, alignment_id: int) -> tuple[Alignment, bool]:
    """The review, and whether this caller sees all of it; NotFound where it is missing or not for this caller."""
    row = session.scalars(_seen(session, actor, Alignment).where(Alignment.id == alignment_id)).one_or_none()
    if row is None:
        raise NotFound()
    whole = session.scalar(select(Alignment.id).where(Alignment.id == alignment_id, _led(session, actor))) is not None
    return row, whole


def alignment_card(session: Session, actor: Actor, alignment_id: int) -> AlignmentCard:
    """One review with the contacts this caller may see."""
    row, whole = visible(session, actor, alignment_id)
    items = list(session.scalars(select(AlignmentItem).where(AlignmentItem.alignment_id == row.id).order_by(AlignmentItem.place)))
    mine = any(one.person_id == actor.person_id for one in items) and row.state == AlignmentState.SIGNED
    shown = items_shown(session, actor, [one for one in items if whole or one.person_id == actor.person_id])
    replies = session.scalars(select(AlignmentReply).where(AlignmentReply.alignment_id == row.id, *(
        () if whole else (AlignmentReply.person_id == actor.person_id,))).order_by(AlignmentReply.id)).all()
    who = names(session, [one.person_id for one in replies])
    concerns = whole or row.person_id == actor.person_id
    return AlignmentCard(
        line=_lines(session, [row])[0], coach_id=row.coach_id, size=row.size, seed=row.seed, population=len(row.population),
        conclusion=row.conclusion if concerns else None, agreed=row.agreed if concerns else None, reason=row.reason,
        content_hash=row.content_hash,
        shown_hash=hash_of(judged_content(row, items)),
        is_whole=hash_of(signed_content(row, items)) == row.content_hash if row.content_hash else None,
        repeats=drawn(row.population, row.seed, row.size) == [f"{one.key}:{one.person_id}" for one in items], whole=whole, mine=mine,
        items=tuple(shown), rates=rates_of(one.answers for one in shown),
        replies=tuple(ReplyLine(who.get(one.person_id, ""), one.text, one.at) for one in replies))


def items_shown(session: Session, actor: Actor, items: Iterable[AlignmentItem]) -> list[ItemLine]:
    """Contacts of a sample as this caller may see them."""
    held = list(items)
    who = names(session, [one.person_id for one in held])
    ids = [one.contact_id for one in held if one.contact_id is not None]
    numbers: dict[int, str | None] = {row[0]: row[1] for row in session.execute(
        select(Contact.id, Contact.number).where(Contact.id.in_(ids)))}
    units, people = numbers_reach(session, actor), directory(session).people
    found = []
    for one in held:
        number, whose = numbers.get(one.contact_id or 0) or "", people.get(one.person_id)
        sees = one.person_id == actor.person_id or is_within(whose.unit_id if whose else None, units)
        found.append(ItemLine(
            one.id, one.alignment_id, one.place, one.key, one.person_id, who.get(one.person_id, ""),
            number if sees or not number else masked(number), one.at, one.facts, known(one.facts),
            {name.value: getattr(one, name.value) for name in Question}, one.note, one.judged_at, one.version))
    return found


def item_of(session: Session, actor: Actor, alignment_id: int, item_id: int) -> tuple[Alignment, ItemLine]:
    """The review and one contact of it, for who may see that."""
    row, whole = visible(session, actor, alignment_id)
    item = session.get(AlignmentItem, item_id)
    if item is None or item.alignment_id != row.id or not (whole or item.person_id == actor.person_id):
        raise NotFound()
    return row, items_shown(session, actor, [item])[0]


def next_of(session: Session, alignment_id: int, after: int) -> int | None:
    """The contact to judge next: those behind `after` before those in front of it."""
    rows = session.execute(select(AlignmentItem.id, AlignmentItem.place).where(
        AlignmentItem.alignment_id == alignment_id, AlignmentItem.judged_at.is_(None)).order_by(AlignmentItem.place)).all()
    return min(rows, key=lambda one: (one.place <= after, one.place)).id if rows else None
