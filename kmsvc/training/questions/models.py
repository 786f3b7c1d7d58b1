"""Banks, topics, questions and their versions. What a version says never changes: the database refuses it too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Bank(Base):
    """A collection of questions with somebody who keeps it."""

    __tablename__ = "training_bank"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    about: Mapped[str] = mapped_column(Text, default="")
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class Topic(Base):
    """What questions are about. A question of a topic counts for those above it too."""

    __tablename__ = "training_topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"), index=True)
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class QuestionRow(Base):
    """A question as it is found and drawn; its words stand in its versions. band: easy, middle, hard as its author says;
    difficulty: thousandths as measured, 0 everybody solves it, None before it is measured; discrimination: thousandths, -1000 to
    1000; flagged_why: a code that tells why it left the pool; tags: words."""

    __tablename__ = "training_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("training_bank.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    band: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    flagged_why: Mapped[str | None] = mapped_column(Code)
    language: Mapped[str] = mapped_column(Code)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    head: Mapped[str] = mapped_column(String(300))
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"), index=True)
    process_step: Mapped[str | None] = mapped_column(String(200))
    current_version_id: Mapped[int | None] = mapped_column()
    difficulty: Mapped[int | None]
    discrimination: Mapped[int | None]
    answered: Mapped[int] = mapped_column(default=0)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("bank_id", "external_id"),
        CheckConstraint("state IN ('draft', 'active', 'flagged', 'withdrawn')", name="state"),
        CheckConstraint("band IN ('easy', 'middle', 'hard')", name="band"),
        CheckConstraint("(state = 'flagged') = (flagged_why IS NOT NULL)", name="flagged_why"),
        Index("ix_training_question_bank_id_state", "bank_id", "state"),
    )

    secret_columns = frozenset({"head"})


class QuestionVersion(Base):
    """The words, options, key and explanation of a question, as `storing` writes them; append-only. reason: why it was written
    anew."""

    __tablename__ = "training_question_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"))
    no: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("question_id", "no"),)

    secret_columns = frozenset({"content", "reason"})


class QuestionFlag(Base):
    """That a question left the pool and why, and who put it back. params: the figures; answered: how many answers they rest on."""

    __tablename__ = "training_question_flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("training_question_version.id"))
    why: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text, default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered: Mapped[int] = mapped_column(default=0)
    raised_at: Mapped[datetime]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ended_note: Mapped[str] = mapped_column(Text, default="")

    secret_columns = frozenset({"note", "ended_note"})


class QuestionUse(Base):
    """That an announced exam asks a question: each exam counts once for its exposure, however many papers hold it. It follows from the
    papers, so the trail leaves it out."""

    __tablename__ = "training_question_use"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)

    audited = False

    __table_args__ = (UniqueConstraint("question_id", "exam_id"),)


class QuestionMeasure(Base):
    """How a version measured in one exam. figures: those of `statistics.ItemFigures`; options: those of each option; paper: those of
    all its questions together. Written anew when the exam is released or marked again; it follows from the marks, so the trail leaves
    it out."""

    __tablename__ = "training_question_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("training_question_version.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"), index=True)
    asked: Mapped[int]
    figures: Mapped[dict[str, Any]]
    options: Mapped[list[Any]]
    paper: Mapped[dict[str, Any]]
    measured_at: Mapped[datetime]

    audited = False

    __table_args__ = (UniqueConstraint("version_id", "exam_id"),)
