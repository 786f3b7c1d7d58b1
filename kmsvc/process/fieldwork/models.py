"""The rows of steps 9 to 12. `visit` is the round of step 9 they belong to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmsvc.core.db import Base, Code


class PlanLine(Base):
    """One training that goes with a change: what, until when, by whom, for whom. plan_id: the real training plan made of it or linked to
    it (a pointer, decision 0014), a moment after the line; by_hand: there is to be none, what is known is what is entered here."""

    __tablename__ = "process_plan_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    course: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    trainer_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    material: Mapped[str | None] = mapped_column(String(200))
    exam: Mapped[str | None] = mapped_column(String(200))
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]
    plan_id: Mapped[int | None] = mapped_column(index=True)
    by_hand: Mapped[bool] = mapped_column(default=False)

    people: Mapped[list[PlanPerson]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PlanPerson(Base):
    """That a person is planned for a session."""

    __tablename__ = "process_plan_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("process_plan_line.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    __table_args__ = (UniqueConstraint("line_id", "person_id"),)


class SitIn(Base):
    """What the author or an assistant saw while sitting in on a session. session_id: the real session, where the line has a plan.
    Never changed."""

    __tablename__ = "process_sit_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    line_id: Mapped[int] = mapped_column(ForeignKey("process_plan_line.id"))
    held_on: Mapped[date]
    verdict: Mapped[str] = mapped_column(Code)
    questions: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]
    session_id: Mapped[int | None]


class Sample(Base):
    """One real contact looked at: was the process followed? Never changed."""

    __tablename__ = "process_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    contact: Mapped[str] = mapped_column(String(200))
    contacted_on: Mapped[date]
    result: Mapped[str] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]


class FeedbackItem(Base):
    """One thing QA or a test says about the new process; it gets a route, then the author's answer."""

    __tablename__ = "process_feedback_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    source: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(Text)
    route: Mapped[str | None] = mapped_column(Code)
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("process_sample.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
