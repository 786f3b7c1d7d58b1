"""What was proposed, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Proposal(Base):
    """A new article (`article_id` empty until it is published) or a correction of the text `base_version_id`. `content`: what an
    author writes beside title, summary and text; `level`: of the licence it was handed in with; `likeness`: how much of it was
    published, per cent; `version_id`: the version it became."""

    __tablename__ = "knowledge_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    base_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_proposal_base_version"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_category.id"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    confidentiality: Mapped[str] = mapped_column(Code)
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Code)
    author_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    sent_at: Mapped[datetime]
    due_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article_version.id"), index=True)
    likeness: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("kind IN ('article', 'correction')", name="kind"),
        CheckConstraint("state IN ('waiting', 'published', 'returned', 'withdrawn', 'unseen', 'seen', 'taken_back')", name="state"),
        CheckConstraint("kind <> 'correction' OR (article_id IS NOT NULL AND base_version_id IS NOT NULL)", name="corrects_a_text"),
        Index("ix_knowledge_proposal_state_due_on", "state", "due_on"),
    )
