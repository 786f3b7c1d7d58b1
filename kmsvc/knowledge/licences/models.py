"""Licences that were granted; a new level is a new row, so that all of them stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Licence(Base):
    """What a person may write, in one category or (without one) in all, through the last day `valid_until`. `proof`: the figures
    as they stood when it was granted; `suspended_at`: it rests; `ended_at`: taken away, lowered, raised or renewed."""

    __tablename__ = "knowledge_licence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_category.id"))
    level: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text)
    proof: Mapped[dict[str, Any]]
    valid_until: Mapped[date]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    granted_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    suspend_reason: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("level IN ('candidate', 'contributor', 'publisher')", name="level"),
        CheckConstraint("(suspended_at IS NULL) = (suspend_reason IS NULL)", name="suspended_with_reason"),
        Index("ix_knowledge_licence_ended_at", "ended_at"),
    )
