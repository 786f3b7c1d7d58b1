"""Process audits with their processes, and themed optimisations. What is closed no longer changes: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PERSON, PROCESS = "people_person.id", "process_definition.id"


class ProcessAudit(Base):
    """The process audit of a year. part: 1, or of a later part that takes the closed audit of the year up again while its report stays
    as it is; started_on: the day whose processes in force it holds; report: all it found, with content_hash of it, once it is closed."""

    __tablename__ = "process_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int]
    part: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(Code)
    due_on: Mapped[date]
    purpose: Mapped[str | None] = mapped_column(Text)
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    planned_at: Mapped[datetime]
    started_on: Mapped[date | None]
    started_at: Mapped[datetime | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    actions: Mapped[str | None] = mapped_column(Text)
    report: Mapped[dict[str, Any] | None]
    content_hash: Mapped[str | None] = mapped_column(Code)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'running', 'closed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(state = 'closed') = (report IS NOT NULL)", name="report"),
        Index("uq_process_audit_one_a_year", "year", "part", unique=True, sqlite_where=text("state <> 'cancelled'"),
              postgresql_where=text("state <> 'cancelled'")),
    )


class ProcessAuditItem(Base):
    """A process of an audit, in the version that was in force then. proof: what shows the answers, as duties keep it; change_id: the
    request that its result opened; review_id: the record «confirmed, no change» that its signature wrote; added_at: it came into force
    after the audit began."""

    __tablename__ = "process_audit_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("process_audit.id"))
    place: Mapped[int]
    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    group: Mapped[str] = mapped_column("process_group", Code)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    auditor_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON), index=True)
    added_at: Mapped[datetime | None]
    needed: Mapped[bool | None]
    correct: Mapped[bool | None]
    followed: Mapped[bool | None]
    findings: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    proof: Mapped[dict[str, Any] | None]
    result: Mapped[str | None] = mapped_column(Code)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    judged_at: Mapped[datetime | None]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("process_change.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("process_review.id"))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    signed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("audit_id", "process_id"),
        CheckConstraint("result IN ('keep', 'update', 'withdraw')", name="result"),
        CheckConstraint("(result IS NULL) = (judged_at IS NULL)", name="judged_at"),
        CheckConstraint("(signed_at IS NULL) = (review_id IS NULL)", name="signed_at"),
        CheckConstraint("signed_at IS NULL OR result = 'keep'", name="signed_is_kept"),
        Index("ix_process_audit_item_audit_id_place", "audit_id", "place"),
    )


class Optimisation(Base):
    """A themed optimisation: one theme, 3 to 4 a year. why: what speaks for it, with figures; expected, measured: its effect."""

    __tablename__ = "process_theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int] = mapped_column(index=True)
    quarter: Mapped[int]
    theme: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    expected: Mapped[str] = mapped_column(Text)
    measured: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code)
    result: Mapped[str | None] = mapped_column(Code)
    conclusion: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'dropped')", name="state"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        CheckConstraint("(state = 'closed') = (result IS NOT NULL)", name="result"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    )


class OptimisationProcess(Base):
    """A process that a theme touches. change_id: the request that was opened for it from the theme."""

    __tablename__ = "process_theme_process"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("process_theme.id"))
    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), index=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("process_change.id"), index=True)

    __table_args__ = (UniqueConstraint("theme_id", "process_id"),)
