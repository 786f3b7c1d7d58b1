"""Courses: what they are made of, to whom they are assigned, and how far everybody is.

What was published never changes, and what was learned is never overwritten: the database refuses both too (migration 0034)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class CourseCategory(Base):
    """What courses are sorted by. A closed one is offered no longer."""

    __tablename__ = "training_course_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class Course(Base):
    """A course. Readers follow `published_version_id`, editors `draft_version_id`. elective: whoever may learn finds it in the
    catalogue; without it only those it is assigned to."""

    __tablename__ = "training_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    state: Mapped[str] = mapped_column(Code)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("training_course_category.id"), index=True)
    elective: Mapped[bool] = mapped_column(default=False)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    draft_version_id: Mapped[int | None]
    published_version_id: Mapped[int | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
        CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name="retired_at"),
    )


class CourseVersion(Base):
    """A course as it is written or was published. label: 1, 2, 3 …; minutes: of learning; outline: chapters in their order,
    `{"title", "texts": [id of CourseText]}`; note: what is new in it."""

    __tablename__ = "training_course_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"))
    label: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int]
    outline: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    __table_args__ = (UniqueConstraint("course_id", "label"),)


class CourseLesson(Base):
    """A lesson through all versions of its course: what citations, progress and records point to."""

    __tablename__ = "training_course_lesson"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"), index=True)
    made_at: Mapped[datetime]


class CourseText(Base):
    """What a lesson holds in one version or several that follow each other; frozen once one of them is published."""

    __tablename__ = "training_course_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("training_course_lesson.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    required: Mapped[bool]
    minutes: Mapped[int]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]


class CoursePackage(Base):
    """A package of SCORM or cmi5 that was looked through. items: what can be launched, `{"id", "title", "href", …}`."""

    __tablename__ = "training_course_package"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"), index=True)
    standard: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("files_file.sha256"), index=True)
    items: Mapped[list[Any]]
    files: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    __table_args__ = (CheckConstraint("standard IN ('scorm12', 'scorm2004', 'cmi5')", name="standard"),)


class CourseAssignment(Base):
    """That a course is to be taken: by whom, until a day or within days of being concerned. It stands until it is ended: who comes
    to belong later is concerned too. again: also after each release of a process it shows."""

    __tablename__ = "training_course_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"), index=True)
    target: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"), index=True)
    role: Mapped[str | None] = mapped_column(Code)
    due_on: Mapped[date | None]
    days: Mapped[int | None]
    again: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Code)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint(
        "(target = 'person') = (person_id IS NOT NULL) AND (target = 'unit') = (unit_id IS NOT NULL) AND "
        "(target = 'post') = (post_id IS NOT NULL) AND (target = 'role') = (role IS NOT NULL)", name="one_target"),)


class CourseAssignee(Base):
    """One person an assignment concerns, in one round of it. done_at and attempt_id: how it was fulfilled; ended_at: it concerns
    them no longer."""

    __tablename__ = "training_course_assignee"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("training_course_assignment.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    round: Mapped[int]
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    attempt_id: Mapped[int | None]

    __table_args__ = (UniqueConstraint("assignment_id", "person_id", "round"),)


class CourseAttempt(Base):
    """One person takes one version of a course. Taking it again is another row; what is done is frozen."""

    __tablename__ = "training_course_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("training_course_version.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    number: Mapped[int]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    """given up for a newer version"""

    __table_args__ = (UniqueConstraint("course_id", "person_id", "number"),)


class CourseProgress(Base):
    """How far an attempt is in one lesson. seconds: looked at; place: where to go on, in the words of the lesson's kind; score in
    hundredths of a percent; data: what a package keeps."""

    __tablename__ = "training_course_progress"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("training_course_attempt.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("training_course_lesson.id"))
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    seconds: Mapped[int]
    place: Mapped[str | None] = mapped_column(Code)
    score: Mapped[int | None]
    data: Mapped[dict | None]

    __table_args__ = (UniqueConstraint("attempt_id", "lesson_id"),)


class CourseRecord(Base):
    """The learning history: begun, lesson done, done, left. Rows are added, never changed."""

    __tablename__ = "training_course_record"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("training_course_attempt.id"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("training_course_lesson.id"))
    what: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    seconds: Mapped[int | None]
    score: Mapped[int | None]


class CourseStatement(Base):
    """An xAPI statement of a package, as it came. Rows are added, never changed."""

    __tablename__ = "training_course_statement"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("training_course_attempt.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("training_course_lesson.id"))
    statement_id: Mapped[str] = mapped_column(Code)
    verb: Mapped[str] = mapped_column(String(300))
    statement: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "statement_id"),)


class CourseDocument(Base):
    """A document of the xAPI state or profile resource, of one attempt and lesson."""

    __tablename__ = "training_course_document"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("training_course_attempt.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("training_course_lesson.id"))
    resource: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "lesson_id", "resource", "name"),)


class CourseLaunch(Base):
    """A launch of a cmi5 lesson: its token is given out once and works for this attempt and lesson only."""

    __tablename__ = "training_course_launch"
    audited = False
    secret_columns = frozenset({"fetch_hash", "token_hash"})

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("training_course_attempt.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("training_course_lesson.id"))
    item: Mapped[str] = mapped_column(String(300))
    fetch_hash: Mapped[str] = mapped_column(Code, unique=True)
    token_hash: Mapped[str | None] = mapped_column(Code, unique=True)
    made_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    ends_at: Mapped[datetime]

    __table_args__ = (Index("ix_training_course_launch_attempt_id_lesson_id", "attempt_id", "lesson_id"),)
