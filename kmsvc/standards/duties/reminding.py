"""Reminders of duties of clauses: those of a period stand on one rung, and everybody hears once of everything.

The owner hears of each rung; the superior of those that are late by some days, the managers of those later still, as the rule says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.standards.duties.events import DutiesDue
from kmsvc.standards.duties.models import ClauseDuty, DutySpan, Obligation
from kmsvc.standards.duties.owners import managers, superior_of
from kmsvc.standards.duties.rules import DutyState, further_up, next_rung_on, reminder_step, rung_days

MOST_NAMED = 20
"""duties a message names; of more it gives the number"""
@dataclass
class _Heap:
    """What one person hears of: (day, duty) and how many of it is late."""

    found: list[tuple[date, int]] = field(default_factory=list)
    late: int = 0


def remind_of_clauses(work: Work, today: date, tell: bool) -> int:
    """Stand every open duty of a clause on its rung; returns of how many somebody is told. What nobody moved stands on the rung of its
    period, one row for all of them."""
    session = work.session
    together = session.scalars(select(DutySpan).where(DutySpan.remind_on <= today).order_by(DutySpan.due_on, DutySpan.id)).all()
    alone = session.scalars(select(Obligation).where(
        Obligation.rule_id.is_not(None), Obligation.state == DutyState.OPEN, Obligation.remind_on <= today).order_by(
        Obligation.due_on, Obligation.id)).all()
    if not together and not alone:
        return 0
    rules = {one.id: one for one in session.scalars(select(ClauseDuty))}
    heaps: dict[tuple[int, str], _Heap] = {}
    above: dict[int, int | None] = {}
    told = 0
    for span in together:
        rows = session.execute(select(Obligation.id, Obligation.owner_id).where(
            Obligation.rule_id == span.rule_id, Obligation.period == span.period, Obligation.state == DutyState.OPEN,
            Obligation.remind_on.is_(None)).order_by(Obligation.id)).all()
        rung = _climb(rules[span.rule_id], span, today)
        if not rows:
            span.remind_on = None
        if rung is not None and tell:
            told += len(rows)
            _heap(work, heaps, rules[span.rule_id], rung, span.due_on, ((row.id, row.owner_id) for row in rows), above)
    for one in alone:
        assert one.rule_id is not None
        rung = _climb(rules[one.rule_id], one, today)
        if rung is not None and tell:
            told += 1
            _heap(work, heaps, rules[one.rule_id], rung, one.due_on, [(one.id, one.owner_id)], above)
    for (person_id, step), heap in sorted(heaps.items()):
        work.record(DutiesDue(person_id, step, [one for _, one in sorted(heap.found)[:MOST_NAMED]], len(heap.found), heap.late,
                              min(heap.found)[0].isoformat(), today.isoformat()))
    return told


def _climb(rule: ClauseDuty, row: DutySpan | Obligation, today: date) -> str | None:
    """The rung reached by today where it lies above the one reminded of last; the row stands on it, and says when to look again."""
    rung = reminder_step(row.due_on, today, rule.before, rule.every)
    row.remind_on = next_rung_on(row.due_on, today, rule.before, rule.every)
    if rung is None or not further_up(rung, row.reminded):
        return None
    row.reminded = rung
    return rung


def _hears(work: Work, rule: ClauseDuty, days: int, owner_id: int | None, above: dict[int, int | None]) -> list[tuple[int, str]]:
    """Who hears of a rung, and as what. days: since the due day; above: superiors known already."""
    hears: list[tuple[int, str]] = []
    if owner_id is not None:
        hears.append((owner_id, "owner"))
        if days >= 0 and rule.superior_after is not None and days >= rule.superior_after:
            if owner_id not in above:
                above[owner_id] = superior_of(work.session, owner_id)
            if (one := above[owner_id]) is not None:
                hears.append((one, "superior"))
    if days >= 0 and rule.manager_after is not None and days >= rule.manager_after:
        hears += [(one.id, "manager") for one in managers(work.session, but=owner_id) if (one.id, "superior") not in hears]
    return hears


def _heap(work: Work, heaps: dict[tuple[int, str], _Heap], rule: ClauseDuty, rung: str, due_on: date,
          rows: Iterable[tuple[int, int | None]], above: dict[int, int | None]) -> None:
    days = rung_days(rung)
    assert days is not None
    told: dict[int | None, list[tuple[int, str]]] = {}
    for duty_id, owner_id in rows:
        if owner_id not in told:
            told[owner_id] = _hears(work, rule, days, owner_id, above)
        for key in told[owner_id]:
            heap = heaps.setdefault(key, _Heap())
            heap.found.append((due_on, duty_id))
            heap.late += days >= 0
