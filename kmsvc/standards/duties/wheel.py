"""The yearly wheel: what falls due in each month of a year, how far it is, whose work it is; and the year levelled. Source: W16."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, and_, case, extract, func, select, type_coerce
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.standards.duties.life import plan
from kmsvc.standards.duties.making import make_clause_duties
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.permissions import KEEP_DUTIES, SEE_DUTIES
from kmsvc.standards.duties.queries import DutyCard
from kmsvc.standards.duties.rules import DutyScope, DutyState, Load, levelled

COUNTED = (DutyState.OPEN.value, DutyState.DONE.value, DutyState.WAIVED.value)


@dataclass
class Cell:
    """A month of a row. total: asked for; late: open after its day; near: open and due within thirty days; one: its duty where it is
    the only one."""

    total: int = 0
    done: int = 0
    late: int = 0
    near: int = 0
    waived: int = 0
    one: int | None = None

    @property
    def sign(self) -> str:
        """The mark of the month: ok, bad, warn, off, idle, or empty where nothing falls due."""
        if not self.total:
            return ""
        if self.late:
            return "bad"
        if self.done + self.waived == self.total:
            return "ok" if self.done else "off"
        return "warn" if self.near else "idle"


@dataclass
class WheelRow:
    """A rule over the year. rule_id None: another part of the service looks after it. each: how often, in months; None upon events."""

    code: str
    rule_id: int | None
    clause: str | None
    name_zh: str
    name_en: str
    each: int | None
    owner: str
    cells: list[Cell] = field(default_factory=lambda: [Cell() for _ in range(12)])

    @property
    def total(self) -> int:
        """Duties of the year."""
        return sum(cell.total for cell in self.cells)

    @property
    def done(self) -> int:
        """Of them done."""
        return sum(cell.done for cell in self.cells)


@dataclass
class LoadRow:
    """Whose work it is: minutes a month. of: person id or unit id."""

    of: int | None
    name: str
    minutes: list[int] = field(default_factory=lambda: [0] * 12)
    duties: list[int] = field(default_factory=lambda: [0] * 12)


@dataclass(frozen=True)
class Wheel:
    """A year. months: of all rows together."""

    year: int
    rows: list[WheelRow]
    months: list[Cell]
    people: list[LoadRow]
    units: list[LoadRow]

    @property
    def total(self) -> int:
        """Duties of the year."""
        return sum(cell.total for cell in self.months)

    @property
    def done(self) -> int:
        """Of them done."""
        return sum(cell.done for cell in self.months)

    @property
    def late(self) -> int:
        """Of them open after their day."""
        return sum(cell.late for cell in self.months)

    @property
    def near(self) -> int:
        """Of them open and due within thirty days."""
        return sum(cell.near for cell in self.months)


def wheel(session: Session, actor: Actor, year: int, today: date, *, owner: int | None = None, unit: int | None = None,
          then: Sequence[DutyCard] | None = None) -> Wheel:
    """The year, of everybody or of one person or unit; whoever sees only the own duties gets those. then: the duties as they stood on
    an earlier day, which today is."""
    if not can(actor, SEE_DUTIES):
        owner, unit = actor.person_id or 0, None
    people = directory(session).people
    rules = {one.id: one for one in session.scalars(select(ClauseDuty))}
    rows: dict[str, WheelRow] = {}
    months = [Cell() for _ in range(12)]
    persons: dict[int, LoadRow] = {}
    counted = _counted(session, year, today) if then is None else _counted_of(then, year, today)
    for rule_id, code, clause, owner_id, month, state, total, late, near, one in counted:
        who = people.get(owner_id or 0)
        if (owner is not None and owner_id != owner) or (unit is not None and (who is None or who.unit_id != unit)):
            continue
        rule = rules.get(rule_id)
        row = rows.setdefault(code, WheelRow(
            code, rule_id, clause, rule.name_zh if rule else "", rule.name_en if rule else "", rule.months if rule else None,
            who.name if who else ""))
        for cell in (row.cells[int(month) - 1], months[int(month) - 1]):
            cell.one = one if not cell.total and total == 1 else None
            cell.total += total
            cell.late += late
            cell.near += near
            cell.done += total if state == DutyState.DONE else 0
            cell.waived += total if state == DutyState.WAIVED else 0
        if owner_id is not None:
            load = persons.setdefault(owner_id, LoadRow(owner_id, who.name if who else ""))
            load.minutes[int(month) - 1] += total * (rule.minutes if rule else 0)
            load.duties[int(month) - 1] += total
    ordered = sorted(rows.values(), key=lambda row: (row.each is None, row.each or 0, _order(row.clause), row.code))
    return Wheel(year, ordered, months, sorted(persons.values(), key=lambda load: (-sum(load.minutes), load.name)),
                 _of_units(session, persons.values(), people))


def _order(clause: str | None) -> tuple[int, int]:
    first, _, second = (clause or "").partition(".")
    return (int(first) if first.isdecimal() else 9999, int(second) if second.isdecimal() else 0)


def _counted(session: Session, year: int, today: date) -> Iterable[Any]:
    day = type_coerce(func.coalesce(Obligation.planned_on, Obligation.due_on), Date)
    is_open = Obligation.state == DutyState.OPEN.value
    late = func.sum(case((and_(is_open, Obligation.due_on < today), 1), else_=0))
    soon = today + timedelta(days=30)
    near = func.sum(case((and_(is_open, Obligation.due_on >= today, Obligation.due_on <= soon), 1), else_=0))
    month = extract("month", day)
    by = (Obligation.rule_id, Obligation.rule, Obligation.owner_id, month, Obligation.state)
    rule_id, code, owner, when, state = by
    return session.execute(select(
        rule_id, code, func.min(Obligation.clause), owner, when, state, func.count(), late, near, func.min(Obligation.id)).where(
        Obligation.state.in_(COUNTED), Obligation.due_on >= date(year, 1, 1), day >= date(year, 1, 1),
        day <= date(year, 12, 31)).group_by(*by)).all()


def _counted_of(cards: Iterable[DutyCard], year: int, today: date) -> Iterable[Any]:
    """The same of cards of an earlier day."""
    found: dict[tuple[Any, ...], list[DutyCard]] = {}
    for one in cards:
        day = one.planned_on or one.due_on
        if one.state in COUNTED and one.due_on >= date(year, 1, 1) and day.year == year:
            found.setdefault((one.rule_id, one.code, one.owner_id, day.month, one.state), []).append(one)
    for (rule_id, code, owner_id, month, state), its in found.items():
        late = sum(one.state == DutyState.OPEN and one.due_on < today for one in its)
        near = sum(one.state == DutyState.OPEN and today <= one.due_on <= today + timedelta(days=30) for one in its)
        yield (rule_id, code, min((one.clause for one in its if one.clause), default=None), owner_id, month, state, len(its), late, near,
               min(one.id for one in its))


def _of_units(session: Session, loads: Iterable[LoadRow], people: Mapping[int, Any]) -> list[LoadRow]:
    names, found = unit_names(session), dict[int, LoadRow]()
    for load in loads:
        person = people.get(load.of or 0)
        if person is None:
            continue
        row = found.setdefault(person.unit_id, LoadRow(person.unit_id, names.get(person.unit_id, "")))
        row.minutes = [a + b for a, b in zip(row.minutes, load.minutes, strict=True)]
        row.duties = [a + b for a, b in zip(row.duties, load.duties, strict=True)]
    return sorted(found.values(), key=lambda row: (-sum(row.minutes), row.name))


def loads(session: Session, year: int) -> list[Load]:
    """What of a year can be levelled: open duties of the centre and of units that clauses ask for."""
    minutes = {one.id: one.minutes for one in session.scalars(select(ClauseDuty).where(ClauseDuty.scope != DutyScope.PEOPLE))}
    rows = session.scalars(select(Obligation).where(
        Obligation.rule_id.in_(minutes), Obligation.state == DutyState.OPEN, Obligation.begins_on.is_not(None),
        Obligation.due_on >= date(year, 1, 1), Obligation.begins_on <= date(year, 12, 31)).order_by(Obligation.id))
    return [Load(row.id, row.begins_on, row.due_on, minutes[row.rule_id], row.owner_id) for row in rows if row.begins_on and row.rule_id]


def level_year(work: Work, year: int, today: date) -> int:
    """Plan every open duty of a year into the emptiest month of whoever does it; returns how many days changed. By when each is due
    stays. Source: W16."""
    work.permit(KEEP_DUTIES)
    moved = 0
    for duty_id, day in sorted(levelled(loads(work.session, year), year, max(today, date(year, 1, 1))).items()):
        row = work.get(Obligation, duty_id, lock=True)
        if row.planned_on != day and day <= row.due_on:
            plan(work, duty_id, planned_on=day)
            moved += 1
    return moved


def unlevel_year(work: Work, year: int) -> int:
    """Take the planning of a year back: each open duty stands on its due day again; returns how many."""
    work.permit(KEEP_DUTIES)
    ids = [one.id for one in loads(work.session, year)]
    moved = 0
    for duty_id in ids:
        row = work.get(Obligation, duty_id, lock=True)
        if row.planned_on is not None:
            row.planned_on = None
            row.revision += 1
            moved += 1
    return moved


def make_year(work: Work, year: int) -> int:
    """Make what is missing to the end of a year, ahead of its time; what is there stays. Returns how many."""
    work.permit(KEEP_DUTIES)
    return make_clause_duties(work, date(year, 1, 1), {})[0]
