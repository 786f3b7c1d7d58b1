"""Bulletins, their texts, whom they are for, who has read them and who was reminded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Bulletin(Base):
    """One bulletin. `text_id`: the text that stands now; `round`: how often it was asked to be read; `told_round`: how often
    its audience was told; `asked` and `read`: how far it was read when it ended."""

    __tablename__ = "knowledge_bulletin"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    urgency: Mapped[str] = mapped_column(Code)
    must_read: Mapped[bool]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    expired_at: Mapped[datetime | None]
    text_id: Mapped[int | None]
    round: Mapped[int] = mapped_column(default=1)
    told_round: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int | None]
    read: Mapped[int | None]
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    sent_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("urgency IN ('urgent', 'important', 'normal')", name="urgency"),
        CheckConstraint("ends_at > begins_at", name="ends_after_it_begins"),
        Index("ix_knowledge_bulletin_ends_at", "ends_at"),
    )


class BulletinText(Base):
    """One immutable text of a bulletin. `round`: the round of reading it belongs to; a correction that need not be read again
    stays in the round before. `link_kind`, `link_id`, `link_number`: the article or process it points to."""

    __tablename__ = "knowledge_bulletin_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bulletin.id"))
    ordinal: Mapped[int]
    round: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link_kind: Mapped[str | None] = mapped_column(Code)
    link_id: Mapped[int | None]
    link_number: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("bulletin_id", "ordinal"),)


class BulletinUnit(Base):
    """A unit a bulletin is for, with all units below it; a bulletin without any is for the whole centre."""

    __tablename__ = "knowledge_bulletin_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bulletin.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"))

    __table_args__ = (UniqueConstraint("bulletin_id", "unit_id"),)


class BulletinReading(Base):
    """That a person has read a bulletin, in which round and which text."""

    __tablename__ = "knowledge_bulletin_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bulletin.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    round: Mapped[int]
    text_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bulletin_text.id"))
    read_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("bulletin_id", "round", "person_id"),)


class BulletinReminder(Base):
    """That somebody reminded those who had not read it. `told`: how many they were."""

    __tablename__ = "knowledge_bulletin_reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bulletin.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    told: Mapped[int]
