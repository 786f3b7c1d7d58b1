"""Change requests and what is recorded on their way."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.process.changes.rules import State

_STATES = ", ".join(f"'{state}'" for state in State)


class Change(Base):
    """One request. `visits`: how often each step was entered, so that rows of an earlier round stop counting.

    place: the page of this site it was asked from."""

    __tablename__ = "process_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Code)
    urgency: Mapped[str] = mapped_column(Code)
    wanted_on: Mapped[date | None]
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"), index=True)
    new_process: Mapped[dict | None]
    place: Mapped[str | None] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(Code, index=True)
    visits: Mapped[dict]
    asked_back: Mapped[bool] = mapped_column(default=False)
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    draft: Mapped[dict | None]
    draft_saved_at: Mapped[datetime | None]
    step_since: Mapped[datetime]
    submitted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("process_id IS NOT NULL OR new_process IS NOT NULL", name="concerns"),
        CheckConstraint("(closed_at IS NULL) = (state NOT IN ('released2','rejected','withdrawn','closed_no_need'))",
                        name="closed"),
    )

    def visit(self, step: int) -> int:
        """How often this step was entered."""
        return int((self.visits or {}).get(str(step), 0))


class HistoryEntry(Base):
    """One verb done: who, when, at which step, leading where, with which comment. Never changed."""

    __tablename__ = "process_change_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    step: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    from_state: Mapped[str] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    comment: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    record_kind: Mapped[str | None] = mapped_column(Code)
    record_id: Mapped[int | None]


class Research(Base):
    """The note of step 2: parties, present state, gap, risk; the units it affects are rows of their own."""

    __tablename__ = "process_research"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    parties: Mapped[str | None] = mapped_column(Text)
    present_state: Mapped[str] = mapped_column(Text)
    gap: Mapped[str | None] = mapped_column(Text)
    risk: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]


class AffectedUnit(Base):
    """A unit the change touches: it names an assistant and its people are trained."""

    __tablename__ = "process_affected_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"))
    __table_args__ = (UniqueConstraint("change_id", "unit_id"),)


class Assistant(Base):
    """A process assistant of an affected unit. States: named, accepted, declined, replaced."""

    __tablename__ = "process_assistant"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    state: Mapped[str] = mapped_column(Code)
    named_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('named', 'accepted', 'declined', 'replaced')", name="state"),)


class Verdict(Base):
    """What one reviewer said of one draft. Never changed."""

    __tablename__ = "process_verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    visit: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    verdict: Mapped[str] = mapped_column(Code)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("change_id", "visit", "person_id"),)


class Comment(Base):
    """A remark on a draft, perhaps on one paragraph; from step 5 on it waits for the author's answer."""

    __tablename__ = "process_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("process_version.id"))
    block_id: Mapped[str | None] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    wants_answer: Mapped[bool]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Signature(Base):
    """An approval, bound to the hash of what was shown. It counts only for its version. Never changed."""

    __tablename__ = "process_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    step: Mapped[int]
    visit: Mapped[int]
    capacity: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    content_hash: Mapped[str] = mapped_column(Code)
    meaning: Mapped[str] = mapped_column(Code, default="approved")
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("change_id", "step", "visit", "capacity"),
        UniqueConstraint("change_id", "step", "visit", "person_id"),
        Index("ix_process_signature_version_id", "version_id"),
    )


class ReleaseRecord(Base):
    """One of the two acts of a release: mail to the audience, or the knowledge base. Never changed."""

    __tablename__ = "process_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("process_change.id"), index=True)
    step: Mapped[int]
    visit: Mapped[int]
    act: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    effective_on: Mapped[date | None]
    audience_unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("change_id", "step", "visit", "act"),)
