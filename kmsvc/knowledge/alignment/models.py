"""Process alignment reviews, the contacts drawn for them, and what whoever was reviewed answered. What is signed no longer
changes: the database refuses it too. An answer may come later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Alignment(Base):
    """One review, of one person or of a unit with those below it. `seed` with `population` (keys of contacts) draws the same
    sample again; `content_hash`: of everything that was signed."""

    __tablename__ = "knowledge_alignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    state: Mapped[str] = mapped_column(Code)
    coach_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"), index=True)
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(Code)
    population: Mapped[list[Any]]
    drawn_at: Mapped[datetime]
    conclusion: Mapped[str | None] = mapped_column(Text)
    agreed: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(Code)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    signed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('running', 'signed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_at"),
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="person_or_unit"),
        CheckConstraint("begins_on <= ends_on", name="ends_after_it_begins"),
    )


class AlignmentItem(Base):
    """A contact drawn by lot. `facts`: what the service knew of it, without the customer's number, which stands with the contact
    and is forgotten there; the four answers: yes, no, na."""

    __tablename__ = "knowledge_alignment_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    alignment_id: Mapped[int] = mapped_column(ForeignKey("knowledge_alignment.id"))
    place: Mapped[int]
    key: Mapped[str] = mapped_column(Code)
    contact_id: Mapped[int | None] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    searched: Mapped[str | None] = mapped_column(Code)
    linked: Mapped[str | None] = mapped_column(Code)
    accurate: Mapped[str | None] = mapped_column(Code)
    improved: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    judged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (UniqueConstraint("alignment_id", "key", "person_id"),)


class AlignmentReply(Base):
    """What whoever was reviewed answered; nothing is taken away from it."""

    __tablename__ = "knowledge_alignment_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    alignment_id: Mapped[int] = mapped_column(ForeignKey("knowledge_alignment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
