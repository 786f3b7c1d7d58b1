"""Processes, their versions and the log of what was published."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Process(Base):
    """The thing that stays while its versions come and go. Standing data only; the text is in the versions."""

    __tablename__ = "process_definition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    group: Mapped[str] = mapped_column("process_group", Code)
    klass: Mapped[str] = mapped_column("process_class", Code)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    audience_unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    draft_version_id: Mapped[int | None] = mapped_column()
    published_version_id: Mapped[int | None] = mapped_column()
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    retired_at: Mapped[datetime | None]
    review_months: Mapped[int] = mapped_column(default=12)
    reviewed_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("retired_at IS NULL OR published_version_id IS NULL", name="retired_is_unpublished"),
        Index("ix_process_definition_process_group", "process_group"),
    )


class ProcessVersion(Base):
    """One immutable text of a process. `blocks`: [{id, kind, text}], ids stable across versions."""

    __tablename__ = "process_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    change_id: Mapped[int | None] = mapped_column(index=True)
    ordinal: Mapped[int]
    major: Mapped[int]
    minor: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list]
    content_hash: Mapped[str] = mapped_column(Code)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("process_id", "ordinal"),)

    @property
    def label(self) -> str:
        """`1.0`"""
        return f"{self.major}.{self.minor}"


class Publication(Base):
    """One move of the published pointer: planned when recorded, live from `effective_at`, `done_at` when it happened.

    audience_unit_id: for whom the process is once it happened; None leaves that as it is."""

    __tablename__ = "process_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    old_version_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    new_version_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    change_id: Mapped[int | None] = mapped_column(index=True)
    release_round: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    audience_unit_id: Mapped[int | None]
    effective_on: Mapped[date]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_process_publication_done_at_effective_at", "done_at", "effective_at"),)


class ProcessReview(Base):
    """That somebody looked at a process in force and found it right as it stands. Never changed. Source: clause 42."""

    __tablename__ = "process_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    reviewed_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
