"""The rules of duties as people keep them: made, changed with a reason after a look at the year, switched off and on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core import memory
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.family import PEOPLE
from kmsvc.people.units.models import Unit
from kmsvc.standards.duties.making import level, periods
from kmsvc.standards.duties.models import ClauseDuty, DutySpan, Obligation
from kmsvc.standards.duties.owners import owner_of
from kmsvc.standards.duties.permissions import KEEP_DUTY_RULES
from kmsvc.standards.duties.rules import DutyMode, DutyOwner, DutyScope, DutyState, Span, spans

MONTHS = (1, 2, 3, 4, 6, 12, 24, 36)
TIMED = ("scope", "mode", "months")
"""what decides on the periods, with the days of the year: a change of it makes those that have not begun anew"""


@dataclass(frozen=True)
class RuleText:
    """What a rule says; the fields are those of `ClauseDuty`. owner_role, owner_unit_id, owner_person_id: the one its kind names."""

    name_zh: str
    name_en: str
    scope: str
    mode: str
    months: int | None
    on_days: tuple[str, ...]
    trigger: str | None
    days: int
    owner_kind: str
    owner_role: str | None
    owner_unit_id: int | None
    owner_person_id: int | None
    before: tuple[int, ...]
    every: int
    superior_after: int | None
    manager_after: int | None
    needs_record: bool
    proof: str | None
    archive: str | None
    minutes: int


def check(work: Work, text: RuleText) -> None:
    """Raise InvalidInput for a rule that says too little or what cannot be."""
    wrong: dict[str, list[str]] = {}
    if text.trigger is None and text.months is None and not text.on_days:
        wrong["months"] = [N_("Say how often, on which days, or upon what.")]
    if text.mode == DutyMode.ROLLING and text.months is None:
        wrong["mode"] = [N_("Counted from the last time needs a number of months.")]
    for one in text.on_days:
        try:
            date(2028, int(one[:2]), int(one[3:]))
            good = len(one) == 5 and one[2] == "-"
        except ValueError:
            good = False
        if not good:
            wrong["on_days"] = [N_("Write days as month and day, like 03-31, 09-30.")]
    held = directory(work.session)
    if text.owner_kind == DutyOwner.ROLE and not text.owner_role:
        wrong["owner_role"] = [N_("Choose the role that answers.")]
    if text.owner_kind == DutyOwner.UNIT and (text.owner_unit_id is None or work.session.get(Unit, text.owner_unit_id) is None):
        wrong["owner_unit_id"] = [N_("Choose the unit that answers.")]
    person = held.people.get(text.owner_person_id or 0)
    if text.owner_kind == DutyOwner.PERSON and (person is None or not person.is_active):
        wrong["owner_person_id"] = [N_("Choose somebody who works here.")]
    if text.owner_kind == DutyOwner.SUBJECT and text.scope == DutyScope.CENTRE:
        wrong["owner_kind"] = [N_("For the centre name a role, a unit or a person.")]
    if wrong:
        raise InvalidInput(wrong)


def write_rule(work: Work, rule_id: int, text: RuleText, *, reason: str, today: date, version: int | None = None) -> ClauseDuty:
    """Put a rule as given. What has begun stays as it is; periods that have not begun are made anew, so that none is missing and none
    is there twice. Raises InvalidInput."""
    row = work.get(ClauseDuty, rule_id, lock=True, version=version)
    work.permit(KEEP_DUTY_RULES, row)
    check(work, text)
    timed = list(text.on_days) != (row.on_days or []) or any(getattr(text, name) != getattr(row, name) for name in TIMED)
    work.because(reason)
    for name in RuleText.__dataclass_fields__:
        value = getattr(text, name)
        setattr(row, name, (list(value) or None) if name == "on_days" else list(value) if name == "before" else value)
    row.people_mark = None  # who answers may be somebody else now
    if timed:
        _begin_anew(work, row, today)
    if row.is_on and row.made_until is not None:
        _make(work, row, today)
    return row


def _make(work: Work, row: ClauseDuty, today: date) -> None:
    work.session.flush()
    row.made_until = date(today.year - 1, 12, 31)
    level(work, row, today, memory.epoch(work.session, PEOPLE))


def _begin_anew(work: Work, row: ClauseDuty, today: date) -> None:
    """What has not begun is asked for no more; the new periods begin after the last one that has."""
    session = work.session
    last: date | None = None
    for span in session.scalars(select(DutySpan).where(DutySpan.rule_id == row.id).order_by(DutySpan.due_on)).all():
        if span.begins_on <= today:
            last = span.due_on
            continue
        for duty in session.scalars(select(Obligation).where(
                Obligation.rule_id == row.id, Obligation.period == span.period, Obligation.state == DutyState.OPEN)):
            duty.state = DutyState.MOOT.value
        session.delete(span)
    if last is not None or row.made_until is not None:
        row.since = max(row.since, last + timedelta(days=1) if last is not None else today)
    session.flush()


def switch(work: Work, rule_id: int, on: bool, *, reason: str | None, today: date, version: int | None = None) -> ClauseDuty:
    """Switch a rule off, with a reason: what has not begun is asked for no more, what has begun stays; or on: from today."""
    row = work.get(ClauseDuty, rule_id, lock=True, version=version)
    work.permit(KEEP_DUTY_RULES, row)
    if row.is_on == on:
        raise RuleBroken("standards.duty_rule.switched", N_("It is so already."))
    work.because(reason)
    row.is_on = on
    if not on:
        _begin_anew(work, row, today)
    elif row.made_until is not None:
        row.since = max(row.since, today)
        _make(work, row, today)
    return row


def preview(session: Session, rule: ClauseDuty, text: RuleText, today: date) -> list[Span]:
    """The periods of this year and the next as a rule would make them, from what has begun on."""
    shown = ClauseDuty(months=text.months, on_days=list(text.on_days) or None, since=date(today.year, 1, 1), mode=text.mode)
    until = date(today.year + 1, 12, 31)
    if text.mode == DutyMode.ROLLING and text.months is not None:
        return list(_rolled(today, text.months, until))
    return [one for one in periods(shown, until) if one.due_on >= date(today.year, 1, 1)]


def _rolled(today: date, months: int, until: date) -> Iterator[Span]:
    for one in spans(today, months, until):
        yield Span(one.due_on.isoformat(), one.due_on, one.begins_on)


def heads(session: Session, row: ClauseDuty | RuleText) -> int:
    """For how many a rule makes a duty each period."""
    if row.scope == DutyScope.PEOPLE:
        return len(directory(session).active())
    if row.scope == DutyScope.UNITS:
        return session.scalar(select(func.count()).select_from(Unit).where(
            Unit.parent_id.is_not(None), Unit.readers.is_(None), Unit.closed_at.is_(None))) or 0
    return 1


def answers(session: Session, row: ClauseDuty) -> str:
    """The name of who answers for what a rule makes now; empty for each subject's own."""
    person_id = None if row.owner_kind == DutyOwner.SUBJECT else owner_of(session, row)
    return directory(session).people[person_id].name if person_id is not None else ""
