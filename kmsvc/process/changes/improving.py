"""What people proposed to change, for whoever looks later whether knowledge was improved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.knowledge.alignment.evidence import PROPOSALS, Proposed
from kmsvc.process.changes.models import Change


def proposed(session: Session, people: Collection[int], start: datetime, end: datetime) -> Iterable[Proposed]:
    """Change requests these persons submitted within a time, oldest first."""
    return [(row.asker_id or 0, row.submitted_at, row.number) for row in session.execute(select(
        Change.asker_id, Change.submitted_at, Change.number).where(
        Change.asker_id.in_(people), Change.submitted_at >= start, Change.submitted_at <= end).order_by(Change.id))]


PROPOSALS[:] = [proposed]
