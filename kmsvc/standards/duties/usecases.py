"""Run the duty engine for a day, and note what is done. Rules are registered by the nouns that know the subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.work import Work
from kmsvc.standards.duties.events import ReminderDue
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.permissions import COMPLETE_DUTY, RUN_DUTIES
from kmsvc.standards.duties.rules import Due, reminder_step


@dataclass(frozen=True)
class Wanted:
    """What a rule asks for: a subject, a period with its day, who answers for it."""

    subject_kind: str
    subject_id: int
    due: Due
    owner_id: int | None
    clause: str | None = None


@dataclass(frozen=True)
class DutyRule:
    """A rule of the engine: `wanted(session, today)` yields every obligation that should exist by the end of today's year."""

    name: str
    label: str
    wanted: Callable[[Session, date], Iterable[Wanted]]


RULES: dict[str, DutyRule] = {}


def register(rule: DutyRule) -> None:
    """Add a rule to the engine."""
    RULES[rule.name] = rule


def run_duties(work: Work, today: date) -> tuple[int, int]:
    """Make the obligations that are missing and stand each open one on its rung; returns (made, reminders).

    Running twice changes nothing: rows are unique by rule, subject and period, reminders by their rung.
    """
    work.permit(RUN_DUTIES)
    made = 0
    for rule in RULES.values():
        known = {(row.subject_kind, row.subject_id, row.period): row for row in work.session.scalars(
            select(Obligation).where(Obligation.rule == rule.name))}
        asked: set[tuple[str, int, str]] = set()
        for one in rule.wanted(work.session, today):
            key = (one.subject_kind, one.subject_id, one.due.period)
            asked.add(key)
            row = known.get(key)
            if row is None:
                work.session.add(Obligation(
                    rule=rule.name, subject_kind=one.subject_kind, subject_id=one.subject_id, period=one.due.period,
                    clause=one.clause, owner_id=one.owner_id, due_on=one.due.due_on, created_at=work.now))
                made += 1
            elif row.state == "open" and row.owner_id != one.owner_id:
                row.owner_id = one.owner_id
        for key, row in known.items():
            if row.state == "open" and key not in asked:
                row.state = "moot"
    work.session.flush()
    return made, _remind(work, today)


def _remind(work: Work, today: date) -> int:
    told = 0
    for row in work.session.scalars(select(Obligation).where(Obligation.state == "open")):
        rung = reminder_step(row.due_on, today)
        if rung is not None and rung != row.reminded:
            row.reminded = rung
            work.record(ReminderDue(row.id, rung))
            told += 1
    return told


def complete(work: Work, *, rule: str, subject_kind: str, subject_id: int, done_on: date, person_id: int | None) -> int:
    """Note that the open obligations of a subject are done; returns how many. Twice changes nothing."""
    work.permit(COMPLETE_DUTY)
    rows = list(work.session.scalars(select(Obligation).where(
        Obligation.rule == rule, Obligation.subject_kind == subject_kind, Obligation.subject_id == subject_id,
        Obligation.state == "open")))
    for row in rows:
        row.state, row.done_on, row.done_by_id = "done", done_on, person_id
    return len(rows)


def open_of(session: Session, person_id: int | None, until: date) -> list[Obligation]:
    """Open obligations a person answers for that are late or due by `until`, earliest first."""
    return list(session.scalars(select(Obligation).where(
        Obligation.state == "open", Obligation.owner_id == person_id, Obligation.due_on <= until)
        .order_by(Obligation.due_on, Obligation.id)))


def counts(session: Session, today: date) -> tuple[int, int]:
    """(open, late) over the whole centre."""
    open_count = session.scalar(select(func.count()).select_from(Obligation).where(Obligation.state == "open")) or 0
    late = session.scalar(select(func.count()).select_from(Obligation).where(
        Obligation.state == "open", Obligation.due_on < today)) or 0
    return open_count, late
