"""Marks of answers, all kept, and every change of a score after it was released."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.training.points import Points


class Mark(Base):
    """What one person, or the machine, gave one answer. part: `auto` or a MarkingPart; lines: points by line of the rubric;
    behalf: everybody whose right was used; undone_at: taken back by who gave it. None is ever removed."""

    __tablename__ = "training_mark"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), index=True)
    part: Mapped[str] = mapped_column(Code)
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    behalf: Mapped[list[Any]]
    points: Mapped[Decimal] = mapped_column(Points)
    lines: Mapped[dict[str, Any]]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    audited = False

    __table_args__ = (CheckConstraint("part IN ('auto', 'mark', 'second', 'third')", name="part"),)


class ScoreChangeRow(Base):
    """One change of a released mark: who, why, old and new; append-only."""

    __tablename__ = "training_score_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"), index=True)
    who_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    old: Mapped[Decimal] = mapped_column(Points)
    new: Mapped[Decimal] = mapped_column(Points)
    appeal_id: Mapped[int | None]
