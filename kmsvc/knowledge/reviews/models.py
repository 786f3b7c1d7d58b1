"""Reviews of knowledge and the articles drawn for them. What is signed no longer changes: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Review(Base):
    """One review of a year. `categories`: names, none is all; `size`: articles drawn of each; `seed` with `population` (category
    -> numbers of articles) draws the same sample again; `record`: what the service knew of completeness when it was drawn, and
    at last when it was signed; `content_hash`: of everything that was signed."""

    __tablename__ = "knowledge_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Code)
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str | None] = mapped_column(Text)
    categories: Mapped[list[Any]]
    reviewer_ids: Mapped[list[Any]]
    population: Mapped[dict[str, Any] | None]
    record: Mapped[dict[str, Any] | None]
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    planned_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    complete: Mapped[str | None] = mapped_column(Code)
    fit: Mapped[str | None] = mapped_column(Code)
    conclusion: Mapped[str | None] = mapped_column(Text)
    actions: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(Code)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    signed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'running', 'signed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_at"),
        CheckConstraint("begins_on <= ends_on", name="ends_after_it_begins"),
    )


class ReviewItem(Base):
    """An article drawn by lot, in the text of that day. `facts`: what the service knew of it then; `needed` to `fit`: what the
    reviewer answered; `result`: keep, update or retire; `due_on`: by when its owner acts."""

    __tablename__ = "knowledge_review_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("knowledge_review.id"))
    place: Mapped[int]
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article_version.id"))
    category: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    needed: Mapped[bool | None]
    correct: Mapped[bool | None]
    complete: Mapped[bool | None]
    fit: Mapped[bool | None]
    findings: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Code)
    due_on: Mapped[date | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    judged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("review_id", "article_id"),
        CheckConstraint("result IN ('keep', 'update', 'retire')", name="result"),
        CheckConstraint("(result IS NULL) = (judged_at IS NULL)", name="judged_at"),
    )


class Checklist(Base):
    """What good content is, as the editors have written it down; the newest row counts, the earlier ones stay. `zh`, `en`: lines."""

    __tablename__ = "knowledge_checklist"

    id: Mapped[int] = mapped_column(primary_key=True)
    zh: Mapped[list[Any]]
    en: Mapped[list[Any]]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]
