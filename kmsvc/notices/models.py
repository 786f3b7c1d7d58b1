"""Notices and mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Notice(Base):
    """One line in a person's inbox. `dedup` makes that telling twice is telling once."""

    __tablename__ = "notices_notice"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    params: Mapped[dict]
    url: Mapped[str] = mapped_column(String(300))
    dedup: Mapped[str] = mapped_column(String(200), unique=True)
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_notices_notice_person_id_read_at", "person_id", "read_at"),)


class Mail(Base):
    """One message to one person. States: waiting, sent, dead, dropped (the right to it was lost meanwhile).

    `subject_kind` and `subject_id` name what it is about, so that rights are asked again at sending (R-M3).
    """

    __tablename__ = "notices_mail"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    params: Mapped[dict]
    url: Mapped[str] = mapped_column(String(300))
    subject_kind: Mapped[str | None] = mapped_column(Code)
    subject_id: Mapped[int | None]
    dedup: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(Code, default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
        Index("ix_notices_mail_state_next_at", "state", "next_at"),
    )
