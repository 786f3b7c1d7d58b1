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


def subjects(session: Session) -> Iterator[Process]:
    """The processes in force."""
    yield from session.scalars(select(Process).where(Process.published_version_id.is_not(None)).order_by(Process.id))


def wanted(process: Process, today: date) -> Iterator[Wanted]:
    """One open review, counted from the last review or release; owned by the business owner."""
    if process.reviewed_on is not None:
        due = rolling(process.reviewed_on, process.review_months, today)
        yield Wanted("process", process.id, due, process.owner_id, "42", process.reviewed_on)


def open_period(process: Process) -> str | None:
    """The period that runs since the last review or release."""
    if process.reviewed_on is None:
        return None
    return rolling(process.reviewed_on, process.review_months, process.reviewed_on).period


register(DutyRule(RULE, N_("Review of a process"), subjects, wanted, "process"))
