"""Templates, and which article began with which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Template(Base):
    """A template. `body`: see rules; `strict`: what lacks a needed section is not published; `review_months`: after so many a new
    article is looked at again; `retired_at`: no longer offered, what began with it is still held to it."""

    __tablename__ = "knowledge_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(Code)
    case_kind: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(200), default="")
    confidentiality: Mapped[str] = mapped_column(Code)
    review_months: Mapped[int | None]
    strict: Mapped[bool]
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("language", "name"),
        CheckConstraint("confidentiality IN ('sayable', 'internal', 'secret')", name="confidentiality"),
    )


class TemplateUse(Base):
    """That an article began with a template."""

    __tablename__ = "knowledge_template_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), unique=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("knowledge_template.id"), index=True)
    at: Mapped[datetime]
