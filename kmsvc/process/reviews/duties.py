"""The rule that gives each process in force its next review date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.process.definitions.models import Process
from kmsvc.standards.duties.rules import rolling
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

RULE = "process.review"


def wanted(session: Session, today: date) -> Iterator[Wanted]:
    """One open review per process in force, counted from the last review or release; owned by the business owner."""
    for row in session.scalars(select(Process).where(Process.published_version_id.is_not(None)).order_by(Process.id)):
        if row.reviewed_on is not None:
            yield Wanted("process", row.id, rolling(row.reviewed_on, row.review_months, today), row.owner_id, "42")


register(DutyRule(RULE, N_("Review of a process"), wanted))
