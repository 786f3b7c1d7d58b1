"""Kinds of certificates, who needs them, who holds one, every passing. A passing never changes: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.training.points import Points

_PERSON = "people_person.id"


class CertificateKind(Base):
    """A kind of certificate. months: None for always; course_id, exam_id: what proves it, by id only; by_reading: so does having
    confirmed every process version in force; preset: which of the defaults it began as."""

    __tablename__ = "training_certificate_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Code)
    proves: Mapped[str | None] = mapped_column(Text)
    clause: Mapped[str | None] = mapped_column(Code)
    months: Mapped[int | None]
    counting: Mapped[str] = mapped_column(Code)
    roll_from: Mapped[str] = mapped_column(Code)
    early_days: Mapped[int]
    grace_days: Mapped[int]
    anchor: Mapped[date | None]
    course_id: Mapped[int | None] = mapped_column(Id, index=True)
    exam_id: Mapped[int | None] = mapped_column(Id, index=True)
    by_reading: Mapped[bool] = mapped_column(default=False)
    preset: Mapped[str | None] = mapped_column(Code, unique=True)
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (CheckConstraint("months IS NULL OR months BETWEEN 1 AND 120", name="months"),)


class CertificateNeed(Base):
    """Who needs a kind: everybody, a post, a role, a unit with those below it, or whoever handles a queue. since: from this day on;
    first_days: within which whoever is newly asked proves it; passed_since, due_on: the requirement changed, who passed earlier passes
    anew by a day (clause 81); ended_on: asked no more."""

    __tablename__ = "training_certificate_need"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("training_certificate_kind.id"), index=True)
    whom: Mapped[str] = mapped_column(Code)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    role: Mapped[str | None] = mapped_column(Code)
    queue: Mapped[str | None] = mapped_column(String(100))
    since: Mapped[date]
    first_days: Mapped[int] = mapped_column(default=30)
    passed_since: Mapped[date | None]
    due_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("whom IN ('everybody', 'post', 'unit', 'role', 'queue')", name="whom"),
        CheckConstraint("(passed_since IS NULL) = (due_on IS NULL)", name="changed"),
    )


class Certificate(Base):
    """A kind with a person: what duties and passings hang on. asked_on: since when this person is asked for it, None while nobody asks;
    revoked_on: counts no more from this day on; batch_id: the act on many that revoked it."""

    __tablename__ = "training_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("training_certificate_kind.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    revoked_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    asked_on: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("training_certificate_batch.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("kind_id", "person_id"),
        CheckConstraint("(revoked_on IS NULL) = (reason IS NULL)", name="reason"),
    )


class Passing(Base):
    """Somebody passed. source: exam, course, reading or manual; source_id: of the sitting, attempt or confirmation; proof: what shows
    it; batch_id: the act on many it came with."""

    __tablename__ = "training_certificate_passing"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("training_certificate.id"))
    passed_on: Mapped[date]
    source: Mapped[str] = mapped_column(Code)
    source_id: Mapped[int | None] = mapped_column(Id)
    proof: Mapped[str | None] = mapped_column(Text)
    score: Mapped[Decimal | None] = mapped_column(Points)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    noted_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("training_certificate_batch.id"), index=True)

    __table_args__ = (
        CheckConstraint("source IN ('exam', 'course', 'reading', 'manual')", name="source"),
        CheckConstraint("(source = 'manual') = (source_id IS NULL)", name="source_id"),
        UniqueConstraint("certificate_id", "source", "source_id"),
        Index(None, "certificate_id", "passed_on"),
    )


class PassingTurn(Base):
    """A passing counts no more from a day on, or counts again: the newest says. Never changed either."""

    __tablename__ = "training_certificate_turn"

    id: Mapped[int] = mapped_column(primary_key=True)
    passing_id: Mapped[int] = mapped_column(ForeignKey("training_certificate_passing.id"), index=True)
    counts: Mapped[bool]
    on_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    noted_at: Mapped[datetime]


class Extension(Base):
    """What a passing gives lasts longer, to a later last day. on_day: since when that is known; ended_on: taken back."""

    __tablename__ = "training_certificate_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    passing_id: Mapped[int] = mapped_column(ForeignKey("training_certificate_passing.id"), index=True)
    until_on: Mapped[date]
    on_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    noted_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("training_certificate_batch.id"), index=True)
    ended_on: Mapped[date | None]


class CertificateBatch(Base):
    """An act on many certificates at once: award, extend or revoke; people: how many it changed; undone_at: taken back as a whole."""

    __tablename__ = "training_certificate_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text)
    people: Mapped[int]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    noted_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (CheckConstraint("act IN ('award', 'extend', 'revoke')", name="act"),)
