"""Rounds of practice, what was answered in them, and mistake books. Personal, and nothing counts: the trail leaves them out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.training.points import Points


class PracticeRun(Base):
    """A round. items: [question, version, points as text] in their order; on_day: of the five questions of a day; left_out: files
    of a paper, which are not practised."""

    __tablename__ = "training_practice_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    mode: Mapped[str] = mapped_column(Code)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("training_paper.id"))
    on_day: Mapped[date | None]
    seed: Mapped[str] = mapped_column(Code)
    items: Mapped[list[Any]]
    left_out: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    audited = False

    __table_args__ = (
        UniqueConstraint("person_id", "on_day"),
        CheckConstraint("mode IN ('topic', 'daily', 'mistakes', 'mock')", name="mode"),
        CheckConstraint("(mode = 'daily') = (on_day IS NOT NULL)", name="on_day"),
        Index("ix_training_practice_run_person_id_begun_at", "person_id", "begun_at"),
    )


class PracticeAnswer(Base):
    """What somebody answered in a round; each question once."""

    __tablename__ = "training_practice_answer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("training_practice_run.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"))
    place: Mapped[int]
    value: Mapped[dict[str, Any]]
    verdict: Mapped[str] = mapped_column(Code)
    points: Mapped[Decimal] = mapped_column(Points)
    at: Mapped[datetime]

    audited = False

    __table_args__ = (UniqueConstraint("run_id", "place"),
                      Index("ix_training_practice_answer_person_id_question_id", "person_id", "question_id"))


class MistakeCard(Base):
    """A question somebody got wrong once. box: how often right since; due_on: when it comes back."""

    __tablename__ = "training_practice_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"))
    box: Mapped[int]
    due_on: Mapped[date]
    wrong: Mapped[int]
    last_at: Mapped[datetime]

    audited = False

    __table_args__ = (UniqueConstraint("person_id", "question_id"),
                      Index("ix_training_practice_card_person_id_due_on", "person_id", "due_on"))
