"""Evaluations, who took part, what they said, the proof of each step, what was measured, adjustments. A result that was told no
longer changes: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.evaluations.rules import AdjustmentState, EvaluationState, Level, Part, SubjectKind

_PERSON, _EVALUATION = "people_person.id", "training_evaluation.id"


def _one_of(column: str, codes: type[Any]) -> str:
    return f"{column} IN ({', '.join(repr(str(one.value)) for one in codes)})"


class Evaluation(Base):
    """One evaluation of a course, plan, session or another training. `levels`: which of the four are looked at; `factors`: which
    of the six are asked; `record`: figures as they were told; `told`: audience -> what it was told."""

    __tablename__ = "training_evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    state: Mapped[str] = mapped_column(Code)
    subject_kind: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date | None]
    levels: Mapped[list[Any] | None]
    why: Mapped[str | None] = mapped_column(Text)
    strategy: Mapped[str | None] = mapped_column(Text)
    tools: Mapped[str | None] = mapped_column(Text)
    factors: Mapped[list[Any] | None]
    anonymous: Mapped[bool] = mapped_column(default=True)
    due_on: Mapped[date | None]
    record: Mapped[dict[str, Any] | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    told: Mapped[dict[str, Any] | None]
    content_hash: Mapped[str | None] = mapped_column(Code)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    made_at: Mapped[datetime]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    reported_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("state", EvaluationState), name="state"),
        CheckConstraint(_one_of("subject_kind", SubjectKind), name="subject_kind"),
        CheckConstraint("(state = 'reported') = (reported_at IS NOT NULL)", name="reported_at"),
    )


class Participant(Base):
    """Who took part and is asked. `answered_on`: that something was said, never what."""

    __tablename__ = "training_evaluation_participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(_EVALUATION))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    answered_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("evaluation_id", "person_id"),)


class Rating(Base):
    """What one participant said: `marks` by factor, `said` by factor. Anonymous: `participant_id` is none, the key is drawn by lot
    and the rows keep no order; it has no entry in the trail, that somebody answered has one (`Participant`)."""

    __tablename__ = "training_evaluation_rating"
    audited = False

    key: Mapped[str] = mapped_column(Code, primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(_EVALUATION), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("training_evaluation_participant.id"), unique=True)
    marks: Mapped[dict[str, Any]]
    said: Mapped[dict[str, Any]]

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy's own form)


class EvaluationStep(Base):
    """The proof of a step: who did what, when. Only ever added to."""

    __tablename__ = "training_evaluation_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(_EVALUATION), index=True)
    step: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


class Measure(Base):
    """A figure of a level that a person entered or imported. A wrong one is taken back, never overwritten."""

    __tablename__ = "training_evaluation_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(_EVALUATION), index=True)
    level: Mapped[str] = mapped_column(Code)
    indicator: Mapped[str] = mapped_column(String(200))
    before: Mapped[float | None] = mapped_column(Float)
    after: Mapped[float | None] = mapped_column(Float)
    unit: Mapped[str | None] = mapped_column(String(20))
    cases: Mapped[int | None]
    source: Mapped[str | None] = mapped_column(String(200))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    entered_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint(_one_of("level", Level), name="level"),)


class Adjustment(Base):
    """What is changed in a training, and why. `course_id`: the course, where it is one of ours."""

    __tablename__ = "training_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey(_EVALUATION), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("training_course.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    part: Mapped[str] = mapped_column(Code)
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    state: Mapped[str] = mapped_column(Code)
    done_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("part", Part), name="part"),
        CheckConstraint(_one_of("state", AdjustmentState), name="state"),
        CheckConstraint("(state = 'open') = (done_on IS NULL)", name="done_on"),
    )
