"""What is asked for and what was given."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Confirmation(Base):
    """That a person is asked to read a version, and when it was confirmed. Overtaken: a newer version took its place."""

    __tablename__ = "knowledge_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article_version.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    confirmed_at: Mapped[datetime | None]
    content_hash: Mapped[str | None] = mapped_column(Code)
    overtaken_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("version_id", "person_id"),
        Index("ix_knowledge_confirmation_person_id_confirmed_at", "person_id", "confirmed_at"),
    )
