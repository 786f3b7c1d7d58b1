"""Exam plans with their rooms, candidates and markers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.points import Points


class Exam(Base):
    """An exam plan: paper × time × people. border: points beside the pass mark within which a second person marks, below zero for
    none; second_percent: of the others, by lot; limit: two marks further apart go to a third person; settling: which mark results of
    two that are near enough; drawn_at: the papers were composed, seconds_at: it was drawn what is marked twice; shows: what candidates
    see in the review: `score`, `marks` of each question, or `answers` with key and explanation; proves_id: the kind of certificate
    that passing gives, course_id: the course it belongs to (pointers, decision 0014); make_up_offered_at: who missed the exam was put
    into its make-up."""

    __tablename__ = "training_exam"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    template: Mapped[str | None] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    paper_id: Mapped[int] = mapped_column(ForeignKey("training_paper.id"), index=True)
    opens_at: Mapped[datetime] = mapped_column(index=True)
    closes_at: Mapped[datetime]
    duration_min: Mapped[int]
    grace_s: Mapped[int]
    attempts: Mapped[int]
    pass_percent: Mapped[int]
    make_up_opens_at: Mapped[datetime | None]
    make_up_closes_at: Mapped[datetime | None]
    release_at: Mapped[datetime]
    review_opens_at: Mapped[datetime]
    review_closes_at: Mapped[datetime]
    appeal_days: Mapped[int]
    most_appeals: Mapped[int] = mapped_column(default=3)
    border: Mapped[Decimal] = mapped_column(Points)
    second_percent: Mapped[int]
    limit: Mapped[Decimal] = mapped_column(Points)
    settling: Mapped[str] = mapped_column(Code)
    shows: Mapped[str] = mapped_column(Code)
    seed: Mapped[str] = mapped_column(Code)
    author_may_mark: Mapped[bool] = mapped_column(default=False)
    proves_id: Mapped[int | None]
    course_id: Mapped[int | None]
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]
    seconds_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    make_up_offered_at: Mapped[datetime | None]
    make_up_reminded_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'released', 'final', 'cancelled')", name="state"),
        CheckConstraint("shows IN ('score', 'marks', 'answers')", name="shows"),
        CheckConstraint("opens_at < closes_at", name="closes_after_it_opens"),
        Index("ix_training_exam_state_closes_at", "state", "closes_at"),
    )

    secret_columns = frozenset({"seed"})


class ExamRoom(Base):
    """A room of an exam with its seats."""

    __tablename__ = "training_exam_room"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    name: Mapped[str] = mapped_column(String(100))
    seats: Mapped[int]

    __table_args__ = (UniqueConstraint("exam_id", "name"),)


class ExamCandidate(Base):
    """Who is to sit it. made_up: in the make-up's window instead of the first; because: the rule by which this person came in."""

    __tablename__ = "training_exam_candidate"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    room: Mapped[str | None] = mapped_column(String(100))
    extra_percent: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    made_up: Mapped[bool] = mapped_column(default=False)
    because: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (UniqueConstraint("exam_id", "person_id"),)


class ExamMarker(Base):
    """Who marks answers of an exam, by what they may do: any part a person is fit for."""

    __tablename__ = "training_exam_marker"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)

    __table_args__ = (UniqueConstraint("exam_id", "person_id"),)
