"""Categories, articles, their versions and what was published when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Category(Base):
    """A shelf of the knowledge base."""

    __tablename__ = "knowledge_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_category.id"))


class Article(Base):
    """The thing that stays while versions come and go. `process_id`: it follows that process and is edited through it."""

    __tablename__ = "knowledge_article"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    external_id: Mapped[str | None] = mapped_column(String(400), unique=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_category.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    audience_unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    process_id: Mapped[int | None] = mapped_column(unique=True)
    draft_version_id: Mapped[int | None] = mapped_column()
    published_version_id: Mapped[int | None] = mapped_column()
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"))
    retired_at: Mapped[datetime | None]
    review_on: Mapped[date | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("retired_at IS NULL OR published_version_id IS NULL", name="retired_is_unpublished"),
        Index("ix_knowledge_article_published_version_id", "published_version_id"),
    )


class ArticleVersion(Base):
    """One immutable text. `blocks`: [{id, kind, text, level}], ids stable across versions. `scopes`: where it applies, as
    `search/scopes.py` writes it."""

    __tablename__ = "knowledge_article_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    ordinal: Mapped[int]
    label: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list]
    tags: Mapped[list]
    aliases: Mapped[list]
    scopes: Mapped[str] = mapped_column(Text, default="", server_default="")
    language: Mapped[str] = mapped_column(Code)
    confidentiality: Mapped[str] = mapped_column(Code)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(Code)
    process_version_id: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("article_id", "ordinal"),
        CheckConstraint("confidentiality IN ('sayable', 'internal', 'secret')", name="confidentiality"),
    )


class ArticlePublication(Base):
    """One move of the published pointer."""

    __tablename__ = "knowledge_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    old_version_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article_version.id"))
    new_version_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article_version.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
