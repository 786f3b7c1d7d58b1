"""Terms of ours and what customers say for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Term(Base):
    """A term of ours. `key`: the form the search compares; `direction`: see rules."""

    __tablename__ = "knowledge_term"

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    direction: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("direction IN ('both', 'inward')", name="direction"),)


class Saying(Base):
    """What customers say for a term; the same may be said for several terms."""

    __tablename__ = "knowledge_saying"

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("knowledge_term.id"))
    text: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(200))

    __table_args__ = (UniqueConstraint("term_id", "key"), Index("ix_knowledge_saying_key", "key"))
