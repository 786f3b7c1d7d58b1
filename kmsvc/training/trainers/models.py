"""Trainers, what they are authorised to teach, what observers saw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

_PERSON, _TRAINER = "people_person.id", "training_trainer.id"


class Trainer(Base):
    """The file of a person who teaches."""

    __tablename__ = "training_trainer"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), unique=True)
    qualification: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class Authorisation(Base):
    """What a trainer may teach, from when to when (both days count), by which proof, and who said so. course_id: none stands for
    every course; given_on: the day of the centre on which it was given. One that ends early is withdrawn, never deleted."""

    __tablename__ = "training_trainer_authorisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey(_TRAINER), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("training_course.id"), index=True)
    topic: Mapped[str | None] = mapped_column(String(200))
    from_on: Mapped[date]
    until_on: Mapped[date]
    proof: Mapped[str] = mapped_column(Text)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    given_at: Mapped[datetime]
    given_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("from_on <= until_on", name="until_on"),)


class Observation(Base):
    """What somebody who sat in saw: 0 to 100 points and a note. marks: criterion -> 1 to 5, from which the points are computed; course:
    what was taught."""

    __tablename__ = "training_trainer_observation"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey(_TRAINER), index=True)
    seen_on: Mapped[date]
    score: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    marks: Mapped[dict[str, Any] | None]
    course: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)
