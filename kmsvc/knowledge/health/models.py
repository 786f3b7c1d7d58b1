"""What the worker remembers of texts and signs, and what people decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class HealthText(Base):
    """What one version points to, and its sketch for finding texts that are nearly the same; read once."""

    __tablename__ = "knowledge_health_text"
    audited = False

    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article_version.id"), primary_key=True, autoincrement=False)
    links: Mapped[list[Any]]
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary)


class HealthSignRow(Base):
    """A sign on an article. `key`: what it was seen on; `rows`: where its figure comes from; `told_key`: the one its owner was
    told of, and `told_to_id` which owner; `gone_at`: it is not there any more, and is kept so that nobody is told twice."""

    __tablename__ = "knowledge_health_sign"
    audited = False

    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), primary_key=True, autoincrement=False)
    sign: Mapped[str] = mapped_column(Code, primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    figure: Mapped[int]
    rows: Mapped[list[Any]]
    since: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    told_key: Mapped[str | None] = mapped_column(String(120))
    told_to_id: Mapped[int | None]

    __table_args__ = (Index("ix_knowledge_health_sign_gone_at_sign", "gone_at", "sign"),)


class HealthPair(Base):
    """Two articles whose texts are nearly the same, the smaller id first; likeness in per cent."""

    __tablename__ = "knowledge_health_pair"
    audited = False

    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), primary_key=True, autoincrement=False, index=True)
    likeness: Mapped[int]
    since: Mapped[datetime]


class HealthWord(Base):
    """That somebody looked at a sign, or at two articles alike, and found it right as it is. `other_id`: the second of a pair;
    `key`: of the sign then, the word holds while it is the same."""

    __tablename__ = "knowledge_health_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    sign: Mapped[str] = mapped_column(Code)
    key: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(sign = 'duplicate') = (other_id IS NOT NULL)", name="pair_is_a_pair"),)


class HealthBatch(Base):
    """One act on many articles: what each had before, so that it can be taken back. `act`: review, category or owner."""

    __tablename__ = "knowledge_health_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(Code)
    value: Mapped[str | None] = mapped_column(String(200))
    before: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    __table_args__ = (CheckConstraint("act IN ('review', 'category', 'owner')", name="act"),)


class HealthUse(Base):
    """How often an article was opened from searches in the last thirty days, and how many of those who said something of the text in
    force found it helpful. Counted anew by the worker."""

    __tablename__ = "knowledge_health_use"
    audited = False

    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), primary_key=True, autoincrement=False)
    opened: Mapped[int]
    helpful: Mapped[int]
    said: Mapped[int]


class HealthLook(Base):
    """When the worker last looked at everything, at how many articles, and how long that took in milliseconds."""

    __tablename__ = "knowledge_health_look"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    articles: Mapped[int]
    took_ms: Mapped[int]
