"""Sittings: one person in front of one paper, frozen question by question, and every answer as it was given."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.training.points import Points


class Sitting(Base):
    """One attempt. begun_steady_s and boot: the steady clock at its begin; latest_at: the latest instant that counted; length_s,
    grace_s, window_ends_at, more_s: what this person was given; score: as it counts now, None until everything has its mark;
    second_why: why a second person marks it, `border` or `lot`; void ones count for nothing; was: the state before one was taken out;
    paused_at: where its clock stands still while the exam is paused."""

    __tablename__ = "training_sitting"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(Code)
    seed: Mapped[str] = mapped_column(Code)
    begun_at: Mapped[datetime]
    begun_steady_s: Mapped[float]
    boot: Mapped[str] = mapped_column(Code)
    latest_at: Mapped[datetime]
    length_s: Mapped[int]
    window_ends_at: Mapped[datetime]
    grace_s: Mapped[int]
    more_s: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    most: Mapped[Decimal] = mapped_column(Points)
    score: Mapped[Decimal | None] = mapped_column(Points)
    passed: Mapped[bool | None]
    second_why: Mapped[str | None] = mapped_column(Code)
    was: Mapped[str | None] = mapped_column(Code)
    paused_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("exam_id", "person_id", "attempt"),
        CheckConstraint("state IN ('running', 'submitted', 'timed_out', 'void')", name="state"),
        CheckConstraint("state = 'void' OR (state = 'running') = (ended_at IS NULL)", name="ended_at"),
        Index("uq_training_sitting_running", "exam_id", "person_id", unique=True, sqlite_where=text("state = 'running'"),
              postgresql_where=text("state = 'running'")),
        Index("ix_training_sitting_state_window_ends_at", "state", "window_ends_at"),
    )

    secret_columns = frozenset({"seed", "score", "passed", "second_why"})  # who looks after the trail need not know results


class ExamPause(Base):
    """An exam stood still: every clock of it, and nobody began. resumed_at: None while it lasts, one such row an exam."""

    __tablename__ = "training_exam_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)
    paused_at: Mapped[datetime]
    resumed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_training_exam_pause_open", "exam_id", unique=True, sqlite_where=text("resumed_at IS NULL"),
              postgresql_where=text("resumed_at IS NULL")),
        CheckConstraint("resumed_at IS NULL OR resumed_at >= paused_at", name="resumed_at"),
    )


class SittingItem(Base):
    """A question of a sitting at the version it was asked in. verdict: how the machine judged it; stand: what it waits for;
    mark: the points that count now."""

    __tablename__ = "training_sitting_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"))
    place: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("training_question_version.id"), index=True)
    points: Mapped[Decimal] = mapped_column(Points)
    verdict: Mapped[str | None] = mapped_column(Code)
    stand: Mapped[str] = mapped_column(Code)
    mark: Mapped[Decimal | None] = mapped_column(Points)

    audited = False

    __table_args__ = (
        UniqueConstraint("sitting_id", "place"),
        UniqueConstraint("sitting_id", "question_id"),
        CheckConstraint("stand IN ('running', 'first', 'second', 'third', 'settled')", name="stand"),
    )


class Answer(Base):
    """An answer as it was given; append-only, the one with the highest number counts. value: {"answer": …, "flag": …}, answer None
    where it was taken back or the question is only flagged to be looked at later; number: rises through the sitting; given: whether
    something is answered; device: which window sent it. The trail leaves it out: these rows are their own trail, nobody reads answers
    there."""

    __tablename__ = "training_answer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"), index=True)
    number: Mapped[int]
    given: Mapped[bool]
    digest: Mapped[str] = mapped_column(Code)
    value: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(String(64))

    audited = False

    __table_args__ = (UniqueConstraint("item_id", "number"),)


class SittingDevice(Base):
    """A window in which a sitting was open, and when the server last heard of it without an answer."""

    __tablename__ = "training_sitting_device"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"))
    device: Mapped[str] = mapped_column(String(64))
    first_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    audited = False

    __table_args__ = (UniqueConstraint("sitting_id", "device"),)


class FocusLossRow(Base):
    """The page of a sitting was left, or something was copied on it (back_at is left_at then). It is shown to who watches and
    decides nothing."""

    __tablename__ = "training_focus_loss"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"), index=True)
    act: Mapped[str] = mapped_column(Code)
    left_at: Mapped[datetime]
    back_at: Mapped[datetime | None]
    device: Mapped[str | None] = mapped_column(String(64))

    audited = False

    __table_args__ = (CheckConstraint("act IN ('left', 'copied', 'printed')", name="act"),)
