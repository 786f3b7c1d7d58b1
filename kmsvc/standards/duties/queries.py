"""Reads over duties: what falls due when, who answers for it, and what shows that it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can, require
from kmsvc.files.models import Attachment
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import unit_names
from kmsvc.standards.duties.models import ClauseDuty, DutyProof, DutyStep, Obligation
from kmsvc.standards.duties.permissions import SEE_DUTIES, SEE_OWN_DUTIES
from kmsvc.standards.duties.rules import DutyState

CLAUSE_MODEL = "cc-cmm-oc-2017"
AT_ONCE = 500


@dataclass(frozen=True)
class DutyLine:
    """One obligation as the contract shows it. records: {kind, number, url} of what fulfilled it."""

    model: str | None
    clause: str | None
    duty: str
    subject: str
    period: str
    due_on: date
    state: str
    owner: str | None
    done_on: date | None
    records: tuple[dict[str, Any], ...]
    id: int = 0


@dataclass(frozen=True)
class DutyFilters:
    """What a list is narrowed to. state: a state, or `late`; days: due within so many days from today, late ones with them."""

    q: str | None = None
    clause: str | None = None
    owner: int | None = None
    unit: int | None = None
    state: str | None = None
    days: int | None = None
    earliest: date | None = None
    latest: date | None = None
    rule: int | None = None


@dataclass(frozen=True)
class DutyCard:
    """An occurrence in a list. code: of its rule; names: of the clause, Chinese and English, empty where another part of the service
    made it; subject: what it is about in words, subject_url: its page; late: open after its day."""

    id: int
    number: str
    version: int
    code: str
    name_zh: str
    name_en: str
    model: str | None
    clause: str | None
    subject_kind: str
    subject_id: int
    subject: str
    subject_url: str
    period: str
    begins_on: date | None
    due_on: date
    planned_on: date | None
    state: str
    late: bool
    owner_id: int | None
    owner: str
    owner_login: str | None
    done_on: date | None
    rule_id: int | None
    minutes: int
    found_late: bool
    records: tuple[dict[str, Any], ...]

    @property
    def url(self) -> str:
        """Its page."""
        return f"/standards/duties/{self.id}"


@dataclass(frozen=True)
class StepLine:
    """A step of the history."""

    verb: str
    at: datetime
    by: str
    reason: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def duty_lines(session: Session, actor: Actor, *, earliest: date | None = None,
               latest: date | None = None) -> list[DutyLine]:
    """Obligations due within the days given, by day; subjects by their number, owners by their login."""
    require(actor, SEE_DUTIES)
    query = _visible(actor, DutyFilters(earliest=earliest, latest=latest), None).order_by(Obligation.due_on, Obligation.id)
    rows = list(session.scalars(query))
    logins = {row.person_id: row.login for row in session.execute(
        select(Account.person_id, Account.login).order_by(Account.id.desc()))}
    models = {one.id: one.model for one in session.scalars(select(ClauseDuty))}
    subjects, records = subjects_of(session, actor, rows), records_of(session, rows)
    return [_line(row, subjects, records, models, logins) for row in rows]


def _line(row: Obligation, subjects: Mapping[tuple[str, int], tuple[str, str, str]], records: Mapping[int, tuple[dict[str, Any], ...]],
          models: Mapping[int, str], logins: Mapping[int, str]) -> DutyLine:
    kept = records.get(row.id, ())
    subject = subjects.get((row.subject_kind, row.subject_id))
    if row.rule_id is None and subject and row.done_on:
        kept = ({"kind": row.subject_kind, "number": subject[0], "url": subject[2]},)
    model = models[row.rule_id] if row.rule_id is not None else CLAUSE_MODEL if row.clause else None
    return DutyLine(
        model=model, clause=row.clause, duty=row.rule, period=row.period, due_on=row.due_on,
        subject=subject[0] if subject else f"{row.subject_kind}:{row.subject_id}", state=row.state,
        owner=logins.get(row.owner_id) if row.owner_id else None, done_on=row.done_on, records=kept, id=row.id)


def subjects_of(session: Session, actor: Actor, rows: Iterable[Obligation]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """(kind, id) -> (number, words, address) of what duties are about, as far as the caller may see it."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    if "unit" in wanted:
        codes = {one.id: one.code for one in session.scalars(select(Unit))}
        found |= {("unit", one): (codes[one], name, "") for one, name in unit_names(session).items() if one in wanted["unit"]}
    if "person" in wanted:
        people = directory(session).people
        found |= {("person", one): (people[one].login or people[one].name, people[one].name, "")
                  for one in wanted["person"] if one in people}
    for kind, ids in wanted.items():
        if kind in cards.KINDS and kind not in ("unit", "person"):
            found |= {(kind, one): (card.number, f"{card.number} {card.title}".strip(), card.url)
                      for one, card in cards.KINDS[kind].cards(session, actor, sorted(ids)).items()}
    return found


def records_of(session: Session, rows: Sequence[Obligation]) -> dict[int, tuple[dict[str, Any], ...]]:
    """The records of duties that count, as {kind, number, url}, in the order in which they were given."""
    found: dict[int, tuple[dict[str, Any], ...]] = {}
    ids = [row.id for row in rows if row.rule_id is not None]
    for first in range(0, len(ids), AT_ONCE):
        for one in session.scalars(select(DutyProof).where(
                DutyProof.obligation_id.in_(ids[first:first + AT_ONCE]), DutyProof.dropped_at.is_(None)).order_by(DutyProof.id)):
            found[one.obligation_id] = (*found.get(one.obligation_id, ()), {"kind": one.kind, "number": one.number, "url": one.url})
        for file in session.scalars(select(Attachment).where(
                Attachment.subject_kind == "duty", Attachment.subject_id.in_(ids[first:first + AT_ONCE]),
                Attachment.removed_at.is_(None)).order_by(Attachment.id)):
            found[file.subject_id] = (*found.get(file.subject_id, ()), {"kind": "file", "number": file.name, "url": f"/files/{file.id}"})
    return found


def _visible(actor: Actor, asked: DutyFilters, today: date | None) -> Select[Any]:
    """Duties this caller may see, narrowed."""
    query = select(Obligation)
    if not can(actor, SEE_DUTIES):
        own = actor.person_id is not None and can(actor, SEE_OWN_DUTIES)
        query = query.where(Obligation.owner_id == actor.person_id if own else false())
    if asked.earliest is not None:
        query = query.where(Obligation.due_on >= asked.earliest)
    if asked.latest is not None:
        query = query.where(Obligation.due_on <= asked.latest)
    if asked.clause:
        query = query.where(Obligation.clause == asked.clause.strip().lstrip("#"))
    if asked.owner is not None:
        query = query.where(Obligation.owner_id == asked.owner)
    if asked.rule is not None:
        query = query.where(Obligation.rule_id == asked.rule)
    if asked.unit is not None:
        query = query.where(Obligation.owner_id.in_(select(Person.id).where(Person.unit_id == asked.unit)))
    if asked.state == "late":
        query = query.where(Obligation.state == DutyState.OPEN, Obligation.due_on < (today or date.max))
    elif asked.state:
        query = query.where(Obligation.state == asked.state)
    if asked.days is not None and today is not None:
        query = query.where(Obligation.state == DutyState.OPEN, Obligation.due_on <= today + timedelta(days=asked.days))
    if asked.q:
        rules = select(ClauseDuty.id).where(or_(*(one.icontains(asked.q, autoescape=True) for one in (
            ClauseDuty.name_zh, ClauseDuty.name_en, ClauseDuty.code))))
        named = select(Person.id).where(Person.name.icontains(asked.q, autoescape=True))
        query = query.where(or_(Obligation.rule_id.in_(rules), Obligation.clause == asked.q, Obligation.owner_id.in_(named),
                                Obligation.period.icontains(asked.q, autoescape=True)))
    return query


def clauses_with_duties(session: Session) -> list[tuple[str, str]]:
    """The clauses that a rule stands on, with their numbers, in the order of the standard."""
    rows = session.execute(select(ClauseDuty.clause, func.min(ClauseDuty.clause_no)).group_by(ClauseDuty.clause).order_by(
        func.min(ClauseDuty.clause_no), ClauseDuty.clause))
    return [(clause, f"#{clause}") for clause, _ in rows]


def duty_cards(session: Session, actor: Actor, asked: DutyFilters, today: date, *, after: int | None = None,
               limit: int = 50) -> tuple[list[DutyCard], int | None]:
    """Duties by due day, and the id to go on from."""
    query = _visible(actor, asked, today)
    if after is not None:
        last = session.get(Obligation, after)
        if last is not None:
            query = query.where(tuple_(Obligation.due_on, Obligation.id) > (last.due_on, last.id))
    rows = list(session.scalars(query.order_by(Obligation.due_on, Obligation.id).limit(limit + 1)))
    return cards_of(session, actor, rows[:limit], today), rows[limit - 1].id if len(rows) > limit else None


def count_duties(session: Session, actor: Actor, asked: DutyFilters, today: date) -> int:
    """How many fit."""
    return session.scalar(select(func.count()).select_from(_visible(actor, asked, today).subquery())) or 0


def visible_duty(session: Session, actor: Actor, duty_id: int) -> Obligation:
    """One that the caller may see, or NotFound."""
    row = session.scalars(_visible(actor, DutyFilters(), None).where(Obligation.id == duty_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def duty_card(session: Session, actor: Actor, duty_id: int, today: date) -> DutyCard:
    """One duty, or NotFound."""
    return cards_of(session, actor, [visible_duty(session, actor, duty_id)], today)[0]


def cards_of(session: Session, actor: Actor, rows: Sequence[Obligation], today: date) -> list[DutyCard]:
    """Rows as cards, in their order."""
    rules = {one.id: one for one in session.scalars(select(ClauseDuty).where(
        ClauseDuty.id.in_({row.rule_id for row in rows if row.rule_id is not None})))}
    people, subjects, records = directory(session).people, subjects_of(session, actor, rows), records_of(session, rows)
    return [_card(row, rules.get(row.rule_id or 0), people, subjects.get((row.subject_kind, row.subject_id)), records.get(row.id, ()),
                  today) for row in rows]


def _card(row: Obligation, rule: ClauseDuty | None, people: Mapping[int, Entry], subject: tuple[str, str, str] | None,
          records: tuple[dict[str, Any], ...], today: date) -> DutyCard:
    owner = people.get(row.owner_id) if row.owner_id is not None else None
    return DutyCard(
        row.id, row.number, row.revision, row.rule, rule.name_zh if rule else "", rule.name_en if rule else "",
        rule.model if rule else CLAUSE_MODEL if row.clause else None, row.clause, row.subject_kind, row.subject_id,
        subject[1] if subject else "", subject[2] if subject else "", row.period, row.begins_on, row.due_on, row.planned_on, row.state,
        row.state == DutyState.OPEN and row.due_on < today, row.owner_id, owner.name if owner else "", owner.login if owner else None,
        row.done_on, row.rule_id, rule.minutes if rule else 0, row.created_at.date() > row.due_on, records)


def steps_of(session: Session, duty_id: int, cut: datetime | None = None) -> list[StepLine]:
    """The history of a duty, newest first; cut: only what was before."""
    people = directory(session).people
    return [StepLine(row.verb, row.at, people[row.by_id].name if row.by_id in people else "", row.reason, row.before, row.after)
            for row in session.scalars(select(DutyStep).where(
                DutyStep.obligation_id == duty_id, DutyStep.at < cut if cut is not None else true()).order_by(DutyStep.id.desc()))]


def beside(session: Session, row: Obligation) -> tuple[int, int]:
    """(done, asked for) of the same rule and subject in the year of a duty: 3 of 12."""
    if row.rule_id is None:
        return (0, 0)
    counted = session.execute(select(Obligation.state, func.count()).where(and_(
        Obligation.rule_id == row.rule_id, Obligation.subject_kind == row.subject_kind, Obligation.subject_id == row.subject_id,
        Obligation.due_on >= date(row.due_on.year, 1, 1), Obligation.due_on <= date(row.due_on.year, 12, 31),
        Obligation.state.not_in((DutyState.MOOT.value, DutyState.CANCELLED.value)))).group_by(Obligation.state))
    by_state: dict[str, int] = {row[0]: row[1] for row in counted}
    return by_state.get(DutyState.DONE.value, 0), sum(by_state.values())


@dataclass(frozen=True)
class NamedRule:
    """What a rule is called."""

    code: str
    name_zh: str
    name_en: str


def rule_of(session: Session, row: Obligation) -> ClauseDuty | None:
    """The rule that made a duty; None where another part of the service did."""
    return session.get(ClauseDuty, row.rule_id) if row.rule_id is not None else None


def rule_rows(session: Session, actor: Actor, q: str | None = None, stand: str | None = None) -> list[ClauseDuty]:
    """Rules by model and clause."""
    query = select(ClauseDuty).where(ClauseDuty.id.is_not(None) if can(actor, SEE_DUTIES) else false())
    if q:
        query = query.where(or_(ClauseDuty.clause == q, *(one.icontains(q, autoescape=True) for one in (
            ClauseDuty.name_zh, ClauseDuty.name_en, ClauseDuty.code))))
    if stand:
        query = query.where(ClauseDuty.is_on.is_(stand == "on"))
    return list(session.scalars(query.order_by(ClauseDuty.model, ClauseDuty.clause_no, ClauseDuty.id)))


def visible_rule(session: Session, actor: Actor, rule_id: int) -> ClauseDuty:
    """One that the caller may see, or NotFound."""
    row = session.get(ClauseDuty, rule_id) if can(actor, SEE_DUTIES) else None
    if row is None:
        raise NotFound()
    return row
