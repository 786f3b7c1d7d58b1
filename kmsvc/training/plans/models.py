"""Plans, their people and sessions, who has a seat and who came, and when people have no time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

_PERSON, _PLAN, _SESSION = "people_person.id", "training_plan.id", "training_session.id"


class Plan(Base):
    """A training plan. minutes: per head; cost: yuan that are planned for the whole plan, spent: that it cost in the end; because: what
    made it (a change, a gap), none by hand; due_on: by when everybody was trained."""

    __tablename__ = "training_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("training_course.id"), index=True)
    minutes: Mapped[int]
    cost: Mapped[int]
    spent: Mapped[int | None]
    due_on: Mapped[date | None]
    target: Mapped[str] = mapped_column(Text)
    evaluation: Mapped[str] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(String(200), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("purpose IN ('onboarding', 'other')", name="purpose"),
        CheckConstraint("state IN ('draft', 'approved', 'running', 'done', 'cancelled')", name="state"),
    )


class PlanParticipant(Base):
    """Who is to be trained. because: by which role, unit, post, course (`role:agent`, `unit:7`) or event this person came in."""

    __tablename__ = "training_plan_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(_PLAN))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    because: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("plan_id", "person_id"),)


class PlanLeaver(Base):
    """Somebody who was taken off a plan, and why, as they were on it: what putting them back needs."""

    __tablename__ = "training_plan_leaver"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(_PLAN))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    because: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("plan_id", "person_id"),)


class TrainingSession(Base):
    """One session of a plan. all_the_same: why it was planned although something speaks against it; materials: Markdown with links to
    articles and files of this session."""

    __tablename__ = "training_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(_PLAN), index=True)
    state: Mapped[str] = mapped_column(Code)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(String(100))
    seats: Mapped[int]
    trainer_id: Mapped[int] = mapped_column(ForeignKey("training_trainer.id"), index=True)
    all_the_same: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[str | None] = mapped_column(Text)
    materials: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("seats > 0", name="seats"),
    )


class SessionPerson(Base):
    """A person in a session: seat or waiting list, when and how they signed in (by hand with a reason), what they thought of it.
    marks: factor -> 1 to 5; gone: why the place was taken from them, for who comes back has it again; none who left by themselves or
    was taken out."""

    __tablename__ = "training_session_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey(_SESSION))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    place: Mapped[str] = mapped_column(Code)
    gone: Mapped[str | None] = mapped_column(Code)
    since: Mapped[datetime]
    present_at: Mapped[datetime | None]
    how: Mapped[str | None] = mapped_column(Code)
    reason: Mapped[str | None] = mapped_column(Text)
    marks: Mapped[dict[str, Any] | None]
    said: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("session_id", "person_id"),
        CheckConstraint("place IN ('seat', 'waiting', 'left')", name="place"),
        CheckConstraint("(present_at IS NULL) = (how IS NULL)", name="how"),
        CheckConstraint("gone IS NULL OR (place = 'left' AND gone IN ('person', 'plan'))", name="gone"),
    )


class Busy(Base):
    """Leave or shift of a person, or a peak interval of everybody (person_id none); imported until a slice of scheduling exists.
    import_id: the file it came with, none by hand."""

    __tablename__ = "training_busy"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(String(200))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("training_busy_import.id"), index=True)

    __table_args__ = (
        Index("ix_training_busy_person_id_starts_at", "person_id", "starts_at"),
        Index("ix_training_busy_kind_starts_at", "kind", "starts_at"),
        CheckConstraint("kind IN ('leave', 'shift', 'peak')", name="kind"),
        CheckConstraint("(kind = 'peak') = (person_id IS NULL)", name="person_id"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
    )
