"""What was learned, how it came and went, and what people said to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Learned(Base):
    """That an article stands `lift` places higher for a search. Worked out by the worker again and again from signals, so it is
    not audited: `LearnedChange` tells how it came and went. place, place_to: where a reader of the whole centre found it without
    and with it when it was worked out. people: how many different persons; opened, helpful, linked: of what sort their signals
    were."""

    __tablename__ = "knowledge_learned"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(500))
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    lift: Mapped[int]
    place: Mapped[int]
    place_to: Mapped[int]
    people: Mapped[int]
    opened: Mapped[int]
    helpful: Mapped[int]
    linked: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]

    __table_args__ = (UniqueConstraint("query", "article_id"), CheckConstraint("lift > 0", name="lift"))


class LearnedChange(Base):
    """One change of what was learned, kept as a log: from so many places to so many, why, and by whom where it was a person.
    reset_id: the reset that did it, from which it is brought back exactly."""

    __tablename__ = "knowledge_learned_change"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    query: Mapped[str] = mapped_column(String(500))
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"))
    cause: Mapped[str] = mapped_column(Code)
    old_lift: Mapped[int]
    new_lift: Mapped[int]
    place: Mapped[int | None]
    place_to: Mapped[int | None]
    people: Mapped[int]
    opened: Mapped[int]
    helpful: Mapped[int]
    linked: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None]
    reset_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_learned_reset.id"), index=True)

    __table_args__ = (Index("ix_knowledge_learned_change_at", "at"),)


class LearnedOff(Base):
    """That somebody does not want an article to be moved up for a search; withdrawn, it may be again."""

    __tablename__ = "knowledge_learned_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(500), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))


class LearnedReset(Base):
    """That all was forgotten: signals before this instant count no more, unless it is taken back."""

    __tablename__ = "knowledge_learned_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    reason: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
