"""Duties of process audits in the one engine: closing the audit of a year by its day, closing a theme when its quarter is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits.models import Optimisation, ProcessAudit
from kmsvc.process.audits.permissions import KEEP_THEMES
from kmsvc.process.audits.rules import AUDIT_KIND, THEME_KIND, OptimisationState, ProcessAuditState
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

HOLD, THEME = "process.audit.hold", "process.theme.close"
BEFORE = (30, 7, 1)


def under_way(session: Session) -> Iterator[ProcessAudit]:
    """Process audits that are planned or running."""
    yield from session.scalars(select(ProcessAudit).where(ProcessAudit.state.in_([
        ProcessAuditState.PLANNED.value, ProcessAuditState.RUNNING.value])).order_by(ProcessAudit.id))


def due_audit(row: ProcessAudit, today: date) -> Iterator[Wanted]:
    """Closed by its day, by whoever planned it."""
    yield Wanted(AUDIT_KIND, row.id, Due("audit", row.due_on), row.planned_by_id)


def archived_on(session: Session, duty: Obligation) -> date | None:
    """The day on which it was closed; none where it was given up."""
    return session.scalar(select(ProcessAudit.closed_on).where(ProcessAudit.id == duty.subject_id))


class OpenTheme(NamedTuple):
    """A theme under way, who closes it, the last day of its quarter."""

    id: int
    person_id: int | None
    due_on: date


def open_themes(session: Session) -> Iterator[OpenTheme]:
    """Themed optimisations under way: whoever answers for one closes it where they may, else who noted it down."""
    people = directory(session).people
    for row in session.scalars(select(Optimisation).where(Optimisation.state == OptimisationState.OPEN.value).order_by(Optimisation.id)):
        after = date(row.year + row.quarter // 4, row.quarter % 4 * 3 + 1, 1)
        may = row.owner_id in people and KEEP_THEMES.name in people[row.owner_id].permissions
        yield OpenTheme(row.id, row.owner_id if may else row.made_by_id, after - timedelta(days=1))


def due_theme(row: OpenTheme, today: date) -> Iterator[Wanted]:
    """Closed with its measured effect by the last day of its quarter."""
    yield Wanted(THEME_KIND, row.id, Due("theme", row.due_on), row.person_id)


def settled_on(session: Session, duty: Obligation) -> date | None:
    """The day on which it was closed; none where it was dropped."""
    row = session.get(Optimisation, duty.subject_id)
    return row.closed_on if row is not None and row.state == OptimisationState.CLOSED else None


register(DutyRule(HOLD, N_("Closing the process audit of a year"), under_way, due_audit, AUDIT_KIND, archived_on, BEFORE, again=True))
register(DutyRule(THEME, N_("Closing a themed optimisation"), open_themes, due_theme, THEME_KIND, settled_on, BEFORE, again=True))
