"""Classes of newcomers: timetable, trainees, forms, talks, quality results, days missed, notes, decisions on the weeks. Talks and
decisions never change but for a decision taken back: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.points import Points

_PERSON = "people_person.id"
_TRAINEE = "training_onboarding_trainee.id"


class OnboardingClass(Base):
    """People who begin together. exams: numbers of the exam days; material: what is taught from."""

    __tablename__ = "training_onboarding_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    teacher_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    starts_on: Mapped[date]
    exams: Mapped[list[Any]]
    material: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class OnboardingHour(Base):
    """A line of the timetable. day: number of the working day; begins, ends: as 09:30."""

    __tablename__ = "training_onboarding_hour"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_onboarding_class.id"))
    day: Mapped[int]
    begins: Mapped[str] = mapped_column(Code)
    ends: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    speaker: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "class_id", "day"),)


class Trainee(Base):
    """A newcomer in a class. extensions: [[day decided on, days], …]; observation_days: of the one second chance, 0 while there is none;
    confidential: gets access to confidential information; confirmation_on: end of probation."""

    __tablename__ = "training_onboarding_trainee"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_onboarding_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON), index=True)
    state: Mapped[str] = mapped_column(Code)
    confidential: Mapped[bool]
    extensions: Mapped[list[Any]]
    observation_days: Mapped[int]
    confirmation_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("class_id", "person_id"),
        CheckConstraint("state IN ('planned', 'running', 'observed', 'in_team', 'transferred', 'left')", name="state"),
        CheckConstraint("(state IN ('in_team', 'transferred', 'left')) = (ended_on IS NOT NULL)", name="ended_on"),
    )


class OnboardingTick(Base):
    """Something stands ready or is proven: of the welcome pack, or of what must be there before going live."""

    __tablename__ = "training_onboarding_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    item: Mapped[str] = mapped_column(Code)
    proof: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("trainee_id", "item"),)


class OnboardingForm(Base):
    """One part of a form of one day, filled by one who is asked to. answers: by name; score, mark: of a hundred, of exam forms."""

    __tablename__ = "training_onboarding_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    form: Mapped[str] = mapped_column(Code)
    day: Mapped[int]
    part: Mapped[str] = mapped_column(Code)
    answers: Mapped[dict[str, Any]]
    score: Mapped[Decimal | None] = mapped_column(Points)
    mark: Mapped[Decimal | None] = mapped_column(Points)
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("trainee_id", "form", "day", "part"),)


class OnboardingTalk(Base):
    """A formal talk with shortcomings and advice. Source: N16."""

    __tablename__ = "training_onboarding_talk"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE), index=True)
    talk: Mapped[str] = mapped_column(Code)
    held_on: Mapped[date]
    shortcomings: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]


class OnboardingNote(Base):
    """What was noted of a day. kind: quality (with score), absent, attention or note."""

    __tablename__ = "training_onboarding_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    kind: Mapped[str] = mapped_column(Code)
    on: Mapped[date]
    text: Mapped[str | None] = mapped_column(Text)
    score: Mapped[Decimal | None] = mapped_column(Points)
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("kind IN ('quality', 'absent', 'attention', 'note')", name="kind"),
        CheckConstraint("(kind = 'quality') = (score IS NOT NULL)", name="score"),
        Index(None, "trainee_id", "on"),
    )


class OnboardingDecision(Base):
    """What was decided of a week and why, signed by whoever decided; taken back it stays, with who did so."""

    __tablename__ = "training_onboarding_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE), index=True)
    week: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    days: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    state_before: Mapped[str] = mapped_column(Code)
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    undone_at: Mapped[datetime | None]
