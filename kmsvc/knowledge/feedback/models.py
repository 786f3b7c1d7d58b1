"""What readers said of an answer, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Feedback(Base):
    """One reader's word on a version, or on one block of it. `once`: filled while the same word counts once; `change_id`
    points to the change request it led to, `result_version_id` to the version that took it up."""

    __tablename__ = "knowledge_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(Code, unique=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article_version.id"), index=True)
    block_id: Mapped[str | None] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Code)
    query: Mapped[str | None] = mapped_column(String(200))
    sender_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    sent_at: Mapped[datetime]
    due_on: Mapped[date | None]
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    taken_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    answered_at: Mapped[datetime | None]
    change_id: Mapped[int | None] = mapped_column(index=True)
    result_version_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article_version.id"))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_feedback.id"), index=True)
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("kind IN ('helpful', 'wrong', 'outdated', 'unclear', 'missing')", name="kind"),
        CheckConstraint("state NOT IN ('open', 'taken') OR due_on IS NOT NULL", name="waiting_has_a_day"),
        Index("ix_knowledge_feedback_state_due_on", "state", "due_on"),
    )
