"""Rules by which training plans arise from what happens, and what each has caught."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

_PERSON, _PLAN = "people_person.id", "training_plan.id"


class ArisingRule(Base):
    """When this happens these people are trained. event: what happens; group, klass: which processes; words: what a QA gap is about;
    unit_id (with those below), post_id: who is meant; plan_id: the running plan they join, none: a draft is made; days: until when
    everybody is trained, after the event; on_since: it catches what happens from then on, none while it is off."""

    __tablename__ = "training_plan_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    event: Mapped[str] = mapped_column(Code)
    group: Mapped[str | None] = mapped_column("process_group", Code)
    klass: Mapped[str | None] = mapped_column("process_class", Code)
    words: Mapped[str | None] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("training_course.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey(_PLAN), index=True)
    hours: Mapped[int]
    days: Mapped[int]
    on_since: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("event IN ('joined', 'moved', 'published', 'gap')", name="event"),
        CheckConstraint("hours > 0 AND days >= 0", name="amounts"),
    )


class ArisingCatch(Base):
    """That a rule has caught an event, once: what it was, where it stands, whom it put on which plan."""

    __tablename__ = "training_plan_catch"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("training_plan_rule.id"))
    key: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(200))
    plan_id: Mapped[int] = mapped_column(ForeignKey(_PLAN), index=True)
    made: Mapped[bool]
    people: Mapped[list[Any]]
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("rule_id", "key"),)
