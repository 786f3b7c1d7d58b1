"""Marks of answers, all kept; who has an answer in hand; sample answers; substitutes; corrected keys; appeals; and every change of a
score after it was released."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.training.points import Points


class Mark(Base):
    """What one person, or the machine, gave one answer. part: `auto` or a MarkingPart; lines: points by line of the rubric;
    behalf: everybody whose right was used; undone_at: taken back by who gave it; flag: what a second person is asked to look at. None
    is ever removed."""

    __tablename__ = "training_mark"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), index=True)
    part: Mapped[str] = mapped_column(Code)
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    behalf: Mapped[list[Any]]
    points: Mapped[Decimal] = mapped_column(Points)
    lines: Mapped[dict[str, Any]]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    flag: Mapped[str | None] = mapped_column(Text)

    audited = False

    __table_args__ = (CheckConstraint("part IN ('auto', 'mark', 'second', 'third')", name="part"),)


class ScoreChangeRow(Base):
    """One change of a released mark: who, why, old and new; append-only."""

    __tablename__ = "training_score_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"), index=True)
    who_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    old: Mapped[Decimal] = mapped_column(Points)
    new: Mapped[Decimal] = mapped_column(Points)
    appeal_id: Mapped[int | None]


class MarkHold(Base):
    """Who has an answer in hand until when, so that no other is given it."""

    __tablename__ = "training_mark_hold"

    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    until: Mapped[datetime]

    audited = False


class MarkerSubstitute(Base):
    """Somebody who marks in place of a marker of an exam, with a reason; ended_at: no longer."""

    __tablename__ = "training_marker_substitute"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)
    for_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (CheckConstraint("for_id <> person_id", name="another"),)


class MarkSample(Base):
    """An answer with the marks it should get (lines, by line of the rubric) and why, to be marked before real ones. words: the answer
    as `{"answer": …}`."""

    __tablename__ = "training_mark_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    words: Mapped[dict[str, Any]]
    lines: Mapped[dict[str, Any]]
    points: Mapped[Decimal] = mapped_column(Points)
    why: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (Index("ix_training_mark_sample_exam_id_question_id", "exam_id", "question_id"),)

    secret_columns = frozenset({"words", "lines", "why"})


class SampleMark(Base):
    """What somebody gave a sample. set_aside_at: it no longer counts, because this person marks samples again; it stays on record."""

    __tablename__ = "training_sample_mark"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("training_mark_sample.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    points: Mapped[Decimal] = mapped_column(Points)
    lines: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    set_aside_at: Mapped[datetime | None]


class Regrade(Base):
    """A corrected key of a question of an exam: by_version_id is how answers are marked anew. never_lower: nobody loses points told
    already; lines: the report as it was confirmed."""

    __tablename__ = "training_regrade"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    by_version_id: Mapped[int] = mapped_column(ForeignKey("training_question_version.id"))
    state: Mapped[str] = mapped_column(Code)
    why: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    asked_at: Mapped[datetime]
    never_lower: Mapped[bool] = mapped_column(default=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    lines: Mapped[list[Any]]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("exam_id", "by_version_id"),
        CheckConstraint("state IN ('open', 'confirmed', 'dropped')", name="state"),
    )


class MarkAppeal(Base):
    """An appeal of a candidate against the mark of one question. decider_id: who is to decide; old, new: the mark before and after;
    behalf: everybody whose right the decision used."""

    __tablename__ = "training_mark_appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("training_sitting.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("training_sitting_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code)
    filed_at: Mapped[datetime]
    decide_by: Mapped[date]
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(Text)
    old: Mapped[Decimal] = mapped_column(Points)
    new: Mapped[Decimal | None] = mapped_column(Points)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
        Index("uq_training_mark_appeal_open", "item_id", unique=True, sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )


class AppealNote(Base):
    """What was said while an appeal was looked at; append-only. by_candidate: whether the appellant said it."""

    __tablename__ = "training_appeal_note"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("training_mark_appeal.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    by_candidate: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
