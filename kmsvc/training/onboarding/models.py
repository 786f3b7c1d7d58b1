"""Classes of newcomers: timetable, lists, trainees, forms and their drafts, talks, quality results, days missed, notes, decisions on
the weeks, signatures. Talks, decisions and signatures never change but for a decision taken back: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.points import Points

_PERSON = "people_person.id"
_CLASS = "training_onboarding_class.id"
_TRAINEE = "training_onboarding_trainee.id"


class OnboardingClass(Base):
    """People who begin together. exams: numbers of the exam days; material: what is taught from; inspector_id: who inspects the
    quality of their mentoring days."""

    __tablename__ = "training_onboarding_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    teacher_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON), index=True)
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
    class_id: Mapped[int] = mapped_column(ForeignKey(_CLASS))
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
    class_id: Mapped[int] = mapped_column(ForeignKey(_CLASS))
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


class OnboardingItem(Base):
    """A point of a list of a class. list: welcome or golive; code: of a point every class begins with, whose words are those of the
    code while there is no title; removed_why: why this class does without it."""

    __tablename__ = "training_onboarding_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey(_CLASS), index=True)
    list: Mapped[str] = mapped_column(Code)
    code: Mapped[str | None] = mapped_column(Code)
    title: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[int]
    removed_why: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("class_id", "code"),
        CheckConstraint("list IN ('welcome', 'golive')", name="list"),
        CheckConstraint("code IS NOT NULL OR title IS NOT NULL", name="title"),
    )


class OnboardingTick(Base):
    """A point of a list is settled for a newcomer: it stands ready, it is proven, or it is left out. item: the code of the point, or
    item-7 of one of the class's own; reason: why it was left out, or why it was ticked by hand though the service knows it."""

    __tablename__ = "training_onboarding_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    item: Mapped[str] = mapped_column(Code)
    proof: Mapped[str | None] = mapped_column(Text)
    left_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("trainee_id", "item"),
                      CheckConstraint("NOT left_out OR reason IS NOT NULL", name="reason"))


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


class OnboardingDraft(Base):
    """What somebody has written of their part of a form and not handed in: theirs alone."""

    __tablename__ = "training_onboarding_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    form: Mapped[str] = mapped_column(Code)
    day: Mapped[int]
    part: Mapped[str] = mapped_column(Code)
    answers: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("trainee_id", "form", "day", "part", "by_id"),)


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


class OnboardingImport(Base):
    """A file of quality results that was taken in; taken back it stays, with who did so and why."""

    __tablename__ = "training_onboarding_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    undone_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class OnboardingImportRow(Base):
    """What a row of a file changed. note_id: the result, by number alone since a result may be taken out; before, after: what it said,
    before none where the row made it."""

    __tablename__ = "training_onboarding_import_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("training_onboarding_import.id"), index=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    note_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any]]


class OnboardingNote(Base):
    """What was noted of a day. kind: quality (with score), absent, attention or note. Of a quality result, reference: the number of the
    inspection where it has one; import_id, line: the file it came with, and which of the day's it was in there."""

    __tablename__ = "training_onboarding_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE))
    kind: Mapped[str] = mapped_column(Code)
    on: Mapped[date]
    text: Mapped[str | None] = mapped_column(Text)
    score: Mapped[Decimal | None] = mapped_column(Points)
    reference: Mapped[str | None] = mapped_column(String(100))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("training_onboarding_import.id"), index=True)
    line: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
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


class OnboardingSignature(Base):
    """The newcomer has read what was said in a talk, or a decision, and signed it; word: what they add in their own words."""

    __tablename__ = "training_onboarding_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey(_TRAINEE), index=True)
    talk_id: Mapped[int | None] = mapped_column(ForeignKey("training_onboarding_talk.id"), unique=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("training_onboarding_decision.id"), unique=True)
    word: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("(talk_id IS NULL) <> (decision_id IS NULL)", name="one"),)
