"""Papers: what an exam asks, picked by hand, composed once, or composed for each person."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.points import Points


class PaperRow(Base):
    """A paper. way: `picked` by hand, `fixed` composed once by blueprint and the same for all, `each` composed for each person.
    banks: ids of the banks it draws from, all when empty; blueprint: its cells and shares as JSON, None when picked; seed: with the
    bank as it was it composes the same again; tolerance: thousandths of difficulty two papers may lie apart."""

    __tablename__ = "training_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    banks: Mapped[list[Any]]
    blueprint: Mapped[dict[str, Any] | None]
    seed: Mapped[str] = mapped_column(Code)
    tolerance: Mapped[int | None]
    pass_percent: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Points)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"), index=True)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("way IN ('picked', 'fixed', 'each')", name="way"),
        CheckConstraint("state IN ('draft', 'ready', 'withdrawn')", name="state"),
        CheckConstraint("(way = 'picked') = (blueprint IS NULL)", name="blueprint"),
    )


class PaperQuestion(Base):
    """A question of a paper that is the same for all, at the version it was taken in."""

    __tablename__ = "training_paper_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("training_paper.id"))
    place: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("training_question.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("training_question_version.id"))
    points: Mapped[Decimal] = mapped_column(Points)

    __table_args__ = (UniqueConstraint("paper_id", "question_id"),)


class PersonPaper(Base):
    """The paper one person gets in an exam at one attempt, where everybody gets another one; written once, when the exam is announced,
    so that nobody waits for it. questions: [question, version, points as text] in their order; load: difficulty × hundredths of
    points; aim: the load all were brought to. It follows from the seed, so the trail leaves it out."""

    __tablename__ = "training_exam_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("training_exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    attempt: Mapped[int]
    questions: Mapped[list[Any]]
    load: Mapped[int]
    aim: Mapped[int]
    drawn_at: Mapped[datetime]

    audited = False

    __table_args__ = (UniqueConstraint("exam_id", "person_id", "attempt"),)
