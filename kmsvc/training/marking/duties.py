"""The duty to decide a marking appeal by its day, in the one engine: of whoever it went to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.models import MarkAppeal

DECIDE, APPEAL = "training.marking.decide", "mark_appeal"


def open_appeals(session: Session) -> Iterator[Any]:
    """Appeals that wait for a decision."""
    yield from session.execute(select(MarkAppeal.id, MarkAppeal.decide_by, MarkAppeal.decider_id).where(
        MarkAppeal.state == AppealState.OPEN).order_by(MarkAppeal.id))


def wanted(row: Any, today: date) -> Iterator[Wanted]:
    """By the day the candidate was told."""
    yield Wanted(APPEAL, row.id, Due("once", row.decide_by), row.decider_id)


def decided_on(session: Session, duty: Obligation) -> date | None:
    """The day it was decided; one taken back asks nobody for anything."""
    row = session.get(MarkAppeal, duty.subject_id)
    if row is None or row.decided_at is None or row.state == AppealState.WITHDRAWN:
        return None
    return row.decided_at.date()


register(DutyRule(DECIDE, N_("Deciding a marking appeal"), open_appeals, wanted, APPEAL, decided_on))
