"""Run the duty engine for a day, and note what is done. Rules are registered by the nouns that know the subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from kmsvc.core.work import Work
from kmsvc.standards.duties.events import ReminderDue
from kmsvc.standards.duties.making import make_clause_duties
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.permissions import COMPLETE_DUTY, RUN_DUTIES
from kmsvc.standards.duties.reminding import remind_of_clauses
from kmsvc.standards.duties.rules import REMIND_BEFORE, Due, further_up, next_rung_on, reminder_step


@dataclass(frozen=True)
class Wanted:
    """What a rule asks for: a subject, a period with its day, who answers for it. last_on: when it was last done."""

    subject_kind: str
    subject_id: int
    due: Due
    owner_id: int | None
    clause: str | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class DutyRule:
    """A rule of the engine. `subjects(session)` are the rows it looks at; `wanted(row, today)` yields every obligation of
    one that should exist by the end of today's year. A row that cannot be judged holds up no other. subject_kind: what the
    rows are, by the register of cards. done_on(session, obligation): when one that is not wanted any more was fulfilled, None
    when it was not; without it the day of its subject's last fulfilment tells. before: days before the due day on which is reminded.
    again: a period that was fulfilled can come to be asked for once more, and is open then."""

    name: str
    label: str
    subjects: Callable[[Session], Iterable[Any]]
    wanted: Callable[[Any, date], Iterable[Wanted]]
    subject_kind: str = ""
    done_on: Callable[[Session, Obligation], date | None] | None = None
    before: Sequence[int] = REMIND_BEFORE
    again: bool = False


class DutyRun(NamedTuple):
    """What a run did: obligations made, reminders told, and why a subject could not be judged, by its name. more: there is more to make,
    in a transaction of its own, so that others write meanwhile; nobody was reminded yet."""

    made: int
    reminders: int
    failed: dict[str, str]
    more: bool = False


RULES: dict[str, DutyRule] = {}


def register(rule: DutyRule) -> None:
    """Add a rule to the engine."""
    RULES[rule.name] = rule


def run_duties(work: Work, today: date, *, tell: bool = True, most: int | None = None) -> DutyRun:
    """Make the obligations that are missing and stand each open one on its rung.

    Running twice changes nothing: rows are unique by rule, subject and period, reminders by their rung.
    tell False: rungs are taken without a word, after a restore. most: beyond so many duties of clauses the rest waits for the next call.
    """
    work.permit(RUN_DUTIES)
    made = 0
    failed: dict[str, str] = {}
    for rule in RULES.values():
        made += _bring_level(work, rule, today, failed)
    of_clauses, more = make_clause_duties(work, today, failed, most)
    made += of_clauses
    work.session.flush()
    if more:
        return DutyRun(made, 0, failed, True)
    return DutyRun(made, _remind(work, today, tell) + remind_of_clauses(work, today, tell), failed)


def look_again(work: Work, rule: str, subject_id: int, today: date) -> None:
    """Bring the duties of one subject level at once, as the next run would: what was done on this day is closed, what was moved has its
    new day, what nobody asks for any more goes. Nobody is reminded."""
    work.permit(RUN_DUTIES)
    _bring_level(work, RULES[rule], today, {}, only=subject_id)
    work.session.flush()


def _bring_level(work: Work, rule: DutyRule, today: date, failed: dict[str, str], *, only: int | None = None) -> int:
    query = select(Obligation).where(Obligation.rule == rule.name).with_for_update()
    known = {(row.subject_kind, row.subject_id, row.period): row for row in work.session.scalars(
        query if only is None else query.where(Obligation.subject_id == only))}
    made, broken = 0, set()
    asked: set[tuple[str, int, str]] = set()
    last: dict[tuple[str, int], date | None] = {}
    for subject in rule.subjects(work.session):
        if only is not None and subject.id != only:
            continue
        try:
            wanted = list(rule.wanted(subject, today))
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
            failed[f"{rule.name}:{getattr(subject, 'id', subject)}"[:120]] = f"{type(error).__name__}: {error}"
            broken.add(getattr(subject, "id", None))
            continue
        for one in wanted:
            key = (one.subject_kind, one.subject_id, one.due.period)
            asked.add(key)
            last[key[:2]] = one.last_on
            row = known.get(key)
            if row is None:
                work.session.add(Obligation(
                    rule=rule.name, subject_kind=one.subject_kind, subject_id=one.subject_id, period=one.due.period,
                    clause=one.clause, owner_id=one.owner_id, due_on=one.due.due_on, created_at=work.now, state="open",
                    remind_on=next_rung_on(one.due.due_on, date.min, rule.before)))
                made += 1
            elif row.state in ("open", "moot") or rule.again:
                _ask_again(row, one, rule.before)
    for key, row in known.items():
        if row.state == "open" and key not in asked and key[1] not in broken:
            try:
                done_on = rule.done_on(work.session, row) if rule.done_on else _since(row, last.get(key[:2]))
            except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, NoResultFound) as error:
                failed[f"{rule.name}:{row.subject_id}"[:120]] = f"{type(error).__name__}: {error}"
                continue
            _close(row, today if only is not None and done_on is not None else done_on)
    return made


def _ask_again(row: Obligation, one: Wanted, before: Sequence[int]) -> None:
    """It stands already: its day, its owner, and whether it is needed follow what is asked for now. A new day is reminded of anew."""
    if row.owner_id != one.owner_id:
        row.owner_id = one.owner_id
    if row.due_on != one.due.due_on:
        row.due_on, row.reminded = one.due.due_on, None
    if row.state != "open":
        row.state, row.reminded, row.done_on, row.done_by_id = "open", None, None, None
    if row.reminded is None:
        row.remind_on = next_rung_on(row.due_on, date.min, before)


def _since(row: Obligation, last_on: date | None) -> date | None:
    return last_on if last_on is not None and row.created_at.date() <= last_on else None


def _close(row: Obligation, done_on: date | None) -> None:
    """Nobody asks for this period any more: it was fulfilled since it was made, or the rule or its subject changed."""
    if done_on is not None:
        row.state, row.done_on = "done", done_on
    else:
        row.state = "moot"


def _remind(work: Work, today: date, tell: bool) -> int:
    """Only rows on which another rung may be reached by today are looked at."""
    told = 0
    for row in work.session.scalars(select(Obligation).where(
            Obligation.state == "open", Obligation.rule_id.is_(None), Obligation.remind_on <= today).order_by(Obligation.id)):
        before = RULES[row.rule].before if row.rule in RULES else REMIND_BEFORE
        rung = reminder_step(row.due_on, today, before)
        row.remind_on = next_rung_on(row.due_on, today, before)
        if rung is not None and further_up(rung, row.reminded):
            row.reminded = rung
            if tell:
                work.record(ReminderDue(row.id, rung))
                told += 1
    return told


def complete(work: Work, *, rule: str, subject_kind: str, subject_id: int, done_on: date, person_id: int | None,
             but_period: str | None = None, period: str | None = None) -> int:
    """Note that the open obligations of a subject are done; returns how many. Twice changes nothing.

    but_period: the one that begins with this very fulfilment and stays open. period: this one alone.
    """
    work.permit(COMPLETE_DUTY)
    query = select(Obligation).where(
        Obligation.rule == rule, Obligation.subject_kind == subject_kind, Obligation.subject_id == subject_id,
        Obligation.state == "open", Obligation.period != (but_period or ""))
    rows = list(work.session.scalars((query.where(Obligation.period == period) if period else query).with_for_update()))
    for row in rows:
        row.state, row.done_on, row.done_by_id = "done", done_on, person_id
    return len(rows)


_OPEN_OF = select(Obligation).where(
    Obligation.state == "open", Obligation.owner_id == bindparam("person"), Obligation.due_on <= bindparam("until")).order_by(
    Obligation.due_on, Obligation.id)


def open_of(session: Session, person_id: int | None, until: date) -> list[Obligation]:
    """Open obligations a person answers for that are late or due by `until`, earliest first."""
    return list(session.scalars(_OPEN_OF, {"person": person_id, "until": until}))


def counts(session: Session, today: date) -> tuple[int, int]:
    """(open, late) over the whole centre."""
    open_count = session.scalar(select(func.count()).select_from(Obligation).where(Obligation.state == "open")) or 0
    late = session.scalar(select(func.count()).select_from(Obligation).where(
        Obligation.state == "open", Obligation.due_on < today)) or 0
    return open_count, late
