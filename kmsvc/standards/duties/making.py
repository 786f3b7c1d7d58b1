"""Make what the rules of clauses ask for: every period once, for every subject, in the database and in bulk.

A run first asks each rule two numbers: to which day it is made, and for which state of the people. Where both fit nothing is looked at,
whatever the number of rows; what is asked of everybody is one INSERT from a SELECT for each period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Date, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kmsvc.core import memory
from kmsvc.core.clock import add_months
from kmsvc.core.work import Work, centre_day
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.family import PEOPLE
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import root_unit
from kmsvc.standards.duties.models import ClauseDuty, DutySpan, Obligation
from kmsvc.standards.duties.owners import leader_of, owner_of
from kmsvc.standards.duties.rules import (
    DutyMode,
    DutyOwner,
    DutyScope,
    DutyState,
    Span,
    next_rung_on,
    on_days,
    spans,
)

DUTY, PERSON = Obligation.__table__, Person.__table__
COLUMNS = ("rule", "subject_kind", "subject_id", "period", "clause", "owner_id", "due_on", "created_at", "state", "rule_id", "begins_on",
           "revision")


def make_clause_duties(work: Work, today: date, failed: dict[str, str], most: int | None = None) -> tuple[int, bool]:
    """Bring every rule of a clause level; returns how many duties were made, and whether some rules wait because it were more than
    `most`. One that cannot be judged holds up no other."""
    made = 0
    mark = memory.epoch(work.session, PEOPLE)
    for rule in work.session.scalars(select(ClauseDuty).where(ClauseDuty.is_on).order_by(ClauseDuty.id)):
        if most is not None and made >= most:
            return made, True
        try:
            made += level(work, rule, today, mark)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
            failed[f"{rule.code}:{rule.id}"[:120]] = f"{type(error).__name__}: {error}"
    return made, False


def level(work: Work, rule: ClauseDuty, today: date, mark: int) -> int:
    """Make what is missing of one rule to the end of today's year; returns how many."""
    until = date(today.year, 12, 31)
    is_new = rule.made_until is None or rule.made_until < until
    if not is_new and rule.people_mark == mark:
        return 0
    if rule.people_mark != mark:
        _follow_people(work, rule)
        rule.people_mark = mark
    if rule.made_until is None and rule.made_by_id is None:
        rule.since = min(rule.since, today)  # the first day anybody asked for is where use began
    made = 0
    if rule.mode == DutyMode.ROLLING and rule.months is not None:
        made = _roll(work, rule)
    else:
        known = {one.period: one for one in work.session.scalars(select(DutySpan).where(DutySpan.rule_id == rule.id))}
        for span in periods(rule, until):
            there = known.get(span.period)
            if there is None:
                there = DutySpan(rule_id=rule.id, period=span.period, begins_on=span.begins_on, due_on=span.due_on, made=0,
                                 made_at=work.now)
                work.session.add(there)
            elif rule.scope == DutyScope.CENTRE or span.due_on < today:
                continue  # the centre is there from the beginning; what is over is not asked of who came later
            more = _insert(work, rule, span)
            made += more
            if more:
                there.made += more
                there.remind_on = first_look(rule, span.due_on) if there.reminded is None else there.remind_on or today
    if is_new:
        rule.made_until = until
    return made


def periods(rule: ClauseDuty, until: date) -> Iterator[Span]:
    """What a rule asks for to a day, by the calendar."""
    if rule.on_days:
        yield from on_days(rule.since, rule.on_days, until)
    elif rule.months is not None:
        yield from spans(rule.since, rule.months, until)


def _insert(work: Work, rule: ClauseDuty, span: Span) -> int:
    """One row for each subject of a rule in a period, where it is not there yet; what had become moot is asked for again."""
    if rule.scope == DutyScope.PEOPLE:
        return _put_people(work, rule, span)
    known = {row.subject_id: row for row in work.session.scalars(select(Obligation).where(
        Obligation.rule == rule.code, Obligation.subject_kind == "unit", Obligation.period == span.period))}
    made = 0
    for unit_id, owner in _units(work.session, rule):
        row = known.get(unit_id)
        if row is None:
            work.session.add(Obligation(**_row(work, rule, "unit", unit_id, span, owner)))
        elif row.state == DutyState.MOOT:
            row.state, row.due_on, row.begins_on = DutyState.OPEN.value, span.due_on, span.begins_on
            row.owner_id, row.rule_id = owner, rule.id
        else:
            continue
        made += 1
    return made


def _row(work: Work, rule: ClauseDuty, kind: str, subject_id: int, span: Span, owner_id: int | None) -> dict[str, Any]:
    return {"rule": rule.code, "subject_kind": kind, "subject_id": subject_id, "period": span.period, "clause": rule.clause,
            "owner_id": owner_id, "due_on": span.due_on, "created_at": work.now, "state": DutyState.OPEN.value, "rule_id": rule.id,
            "begins_on": span.begins_on, "revision": 1}


def first_look(rule: ClauseDuty, due_on: date) -> date:
    """The first day on which somebody is reminded of a duty due on a day."""
    return next_rung_on(due_on, date.min, rule.before, rule.every)


def _put_people(work: Work, rule: ClauseDuty, span: Span) -> int:
    """One INSERT for everybody who works here, owned by the person or by whom the rule names. The trail of these rows is their
    `DutySpan`; whatever becomes of one afterwards is in the trail by itself."""
    row = _row(work, rule, "person", 0, span, rule.owner_now_id)
    own: dict[str, Any] = {"subject_id": PERSON.c.id}
    if rule.owner_kind == DutyOwner.SUBJECT:
        own["owner_id"] = PERSON.c.id
    everybody = select(*(own.get(name, literal(row[name], DUTY.c[name].type)) for name in COLUMNS)).where(
        PERSON.c.state == PersonState.ACTIVE.value, PERSON.c.is_first.is_(False), PERSON.c.is_guest.is_(False),
        or_(PERSON.c.joined_on.is_(None), PERSON.c.joined_on <= literal(span.due_on, Date)))
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    work.session.flush()
    done = work.session.execute(dialect.insert(DUTY).from_select(COLUMNS, everybody).on_conflict_do_nothing())
    return max(int(getattr(done, "rowcount", 0)), 0)


def _units(session: Session, rule: ClauseDuty) -> list[tuple[int, int | None]]:
    """The units a rule means, each with who answers."""
    if rule.scope == DutyScope.CENTRE:
        root = root_unit(session)
        return [(root.id, rule.owner_now_id)] if root is not None else []
    found = session.scalars(select(Unit.id).where(
        Unit.parent_id.is_not(None), Unit.readers.is_(None), Unit.closed_at.is_(None)).order_by(Unit.id))
    return [(one, leader_of(session, one) if rule.owner_kind == DutyOwner.SUBJECT else rule.owner_now_id) for one in found]


def _roll(work: Work, rule: ClauseDuty) -> int:
    """Each subject has one open duty: counted from the day it was last done, from the day use began where it never was."""
    if rule.scope == DutyScope.PEOPLE:
        subjects = [("person", one, one if rule.owner_kind == DutyOwner.SUBJECT else rule.owner_now_id) for one in work.session.scalars(
            select(Person.id).where(
                Person.state == PersonState.ACTIVE, Person.is_first.is_(False), Person.is_guest.is_(False)).order_by(Person.id))]
    else:
        subjects = [("unit", one, owner) for one, owner in _units(work.session, rule)]
    known: dict[tuple[str, int], Obligation] = {}
    for row in work.session.scalars(select(Obligation).where(
            Obligation.rule_id == rule.id, Obligation.state != DutyState.MOOT).order_by(Obligation.due_on, Obligation.id)):
        before = known.get((row.subject_kind, row.subject_id))
        if before is None or before.state != DutyState.OPEN:
            known[row.subject_kind, row.subject_id] = row
    return sum(roll_on(work, rule, kind, one, owner, known.get((kind, one))) for kind, one, owner in subjects)


def roll_on(work: Work, rule: ClauseDuty, kind: str, subject_id: int, owner_id: int | None, last: Obligation | None) -> int:
    """The next duty of a subject in rolling mode, where none is open."""
    if last is not None and last.state == DutyState.OPEN:
        return 0
    assert rule.months is not None
    start = rule.since if last is None else (last.done_on or last.due_on)
    due = add_months(start, rule.months)
    row = work.session.scalars(select(Obligation).where(
        Obligation.rule == rule.code, Obligation.subject_kind == kind, Obligation.subject_id == subject_id,
        Obligation.period == due.isoformat())).first()
    if row is not None and row.state != DutyState.MOOT:
        return 0  # done twice on one day
    if row is None:
        row = Obligation(**_row(work, rule, kind, subject_id, Span(due.isoformat(), due, start), owner_id))
        work.session.add(row)
    row.state, row.remind_on = DutyState.OPEN.value, first_look(rule, due)
    return 1


def _follow_people(work: Work, rule: ClauseDuty) -> None:
    """Who answers may be somebody else now; nothing is asked any more of who left, and again of who came back."""
    session, before = work.session, rule.owner_now_id
    now = owner_of(session, rule)
    if now != before:
        rule.owner_now_id = now
        if before is not None and rule.owner_kind != DutyOwner.SUBJECT:
            for row in session.scalars(select(Obligation).where(
                    Obligation.rule_id == rule.id, Obligation.state == DutyState.OPEN, Obligation.owner_id == before)):
                row.owner_id = now
    if rule.scope != DutyScope.PEOPLE:
        return
    for state, wanted, become in ((DutyState.OPEN, PersonState.SUSPENDED, DutyState.MOOT),
                                  (DutyState.MOOT, PersonState.ACTIVE, DutyState.OPEN)):
        for row in _of(session, rule, state, wanted):
            if become == DutyState.MOOT or row.due_on >= centre_day(work.session, work.now):
                row.state = become.value


def _of(session: Session, rule: ClauseDuty, state: DutyState, person: PersonState) -> Iterable[Obligation]:
    return list(session.scalars(select(Obligation).join(Person, Person.id == Obligation.subject_id).where(
        Obligation.rule_id == rule.id, Obligation.subject_kind == "person", Obligation.state == state.value,
        Person.state == person.value)))
