"""Obligations and the rungs of reminders already stood on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Obligation(Base):
    """One duty for one subject and period. `created_at` after `due_on`: it was found late, and that is kept."""

    __tablename__ = "standards_obligation"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(Code)
    subject_kind: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[int]
    period: Mapped[str] = mapped_column(Code)
    clause: Mapped[str | None] = mapped_column(Code)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    state: Mapped[str] = mapped_column(Code, default="open")
    reminded: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        UniqueConstraint("rule", "subject_kind", "subject_id", "period"),
        CheckConstraint("state IN ('open', 'done', 'moot')", name="state"),
        Index("ix_standards_obligation_state_due_on", "state", "due_on"),
    )
