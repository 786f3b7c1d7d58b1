"""Every file of articles that was taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class ArticleExport(Base):
    """One file: who took what, when, with which filter, and the digest of its bytes. Rows are added, never changed."""

    __tablename__ = "knowledge_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    form: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Code)
    secret: Mapped[bool] = mapped_column(Boolean)
    articles: Mapped[int]
    left_out: Mapped[int]
    sha256: Mapped[str] = mapped_column(Code)

    __table_args__ = (CheckConstraint("form IN ('jsonl', 'xlsx', 'csv')", name="form"),)
