"""QA gaps as events that training plans arise from: each entry of QA errors, entered or imported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.training.needs.models import NeedEntry
from kmsvc.training.needs.rules import SourceKind
from kmsvc.training.plans.arising import Arises, Happening, register


def of_entry(row: NeedEntry) -> Happening | None:
    """A QA gap; None of another source, or one that was taken away."""
    if row.source != SourceKind.QA or row.removed_at is not None:
        return None
    return Happening(Arises.GAP, f"gap:{row.id}", row.entered_at, row.subject,
                     f"/training/needs/entries?year={row.year}&source={row.source}")


def _gaps(session: Session, since: datetime) -> Iterator[Happening]:
    for row in session.scalars(select(NeedEntry).where(NeedEntry.entered_at >= since).order_by(NeedEntry.id)):
        if (found := of_entry(row)) is not None:
            yield found


register(Arises.GAP, _gaps)
