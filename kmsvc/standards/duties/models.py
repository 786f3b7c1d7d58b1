"""Obligations with the rungs of reminders already stood on; the rules that clauses make; what became of each, and what proves it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, cast, literal, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PEOPLE = "people_person.id"


class ClauseDuty(Base):
    """A rule that a clause makes: what, for whom, how often or upon what, who answers, when is reminded, what proves it.

    months or on_days (`["03-31"]`): its cycle; trigger: what opens it instead. since: from when its periods are counted; made_until:
    to which day they are made, None before the first run; people_mark: the state of the people they were made for. made_by_id: None for
    those that `kmsvc init` switched on. minutes: what one takes. superior_after, manager_after: days after the due day.
    """

    __tablename__ = "standards_duty_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    model: Mapped[str] = mapped_column(Code)
    clause: Mapped[str] = mapped_column(Code)
    clause_no: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(Code)
    mode: Mapped[str] = mapped_column(Code)
    months: Mapped[int | None]
    on_days: Mapped[list | None]
    trigger: Mapped[str | None] = mapped_column(Code)
    days: Mapped[int]
    owner_kind: Mapped[str] = mapped_column(Code)
    owner_role: Mapped[str | None] = mapped_column(Code)
    owner_unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    owner_person_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    owner_now_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    before: Mapped[list]
    every: Mapped[int]
    superior_after: Mapped[int | None]
    manager_after: Mapped[int | None]
    record: Mapped[str | None] = mapped_column(Code)
    needs_record: Mapped[bool]
    proof: Mapped[str | None] = mapped_column(Text)
    archive: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int]
    since: Mapped[date]
    made_until: Mapped[date | None]
    people_mark: Mapped[int | None]
    is_on: Mapped[bool] = mapped_column(default=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("months IS NULL OR months BETWEEN 1 AND 120", name="months"),
        CheckConstraint("months IS NOT NULL OR on_days IS NOT NULL OR trigger IS NOT NULL", name="cycle"),
        Index("ix_standards_duty_rule_model_clause_no", "model", "clause_no"),
    )

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `DR-17`."""
        return f"DR-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("DR-") + cast(cls.id, String)


class DutySpan(Base):
    """That the duties of a rule were made for a period, for how many subjects: the trail of what is made in bulk.

    They stand on the ladder together: `reminded` is their rung, `remind_on` the first day on which somebody needs to look again, None
    when nobody does any more. An occurrence with a `remind_on` of its own was moved and stands alone."""

    __tablename__ = "standards_duty_span"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("standards_duty_rule.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(Code)
    begins_on: Mapped[date]
    due_on: Mapped[date]
    made: Mapped[int]
    made_at: Mapped[datetime]
    reminded: Mapped[str | None] = mapped_column(String(20))
    remind_on: Mapped[date | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("rule_id", "period"),)


class Obligation(Base):
    """One duty for one subject and period. `created_at` after `due_on`: it was found late, and that is kept.

    rule_id: of those that clauses make. begins_on: of its period; planned_on: when in it it is best done; remind_on: the first day on
    which somebody needs to look for a rung; None: that of its `DutySpan`. revision: how often people changed it.
    """

    __tablename__ = "standards_obligation"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(Code)
    subject_kind: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[int]
    period: Mapped[str] = mapped_column(Code)
    clause: Mapped[str | None] = mapped_column(Code)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE), index=True)
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    state: Mapped[str] = mapped_column(Code, default="open")
    reminded: Mapped[str | None] = mapped_column(String(20))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("standards_duty_rule.id"))
    begins_on: Mapped[date | None]
    planned_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        UniqueConstraint("rule", "subject_kind", "subject_id", "period"),
        CheckConstraint("state IN ('open', 'done', 'moot', 'waived', 'cancelled')", name="state"),
        Index("ix_standards_obligation_state_due_on", "state", "due_on"),
        Index("ix_standards_obligation_state_remind_on", "state", "remind_on", sqlite_where=text("remind_on IS NOT NULL"),
              postgresql_where=text("remind_on IS NOT NULL")),
        Index("ix_standards_obligation_rule_id_due_on", "rule_id", "due_on"),
    )

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `DU-17`."""
        return f"DU-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("DU-") + cast(cls.id, String)


class DutyStep(Base):
    """What somebody did to an occurrence: appended, never changed. before, after: the values that moved."""

    __tablename__ = "standards_duty_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("standards_obligation.id", ondelete="CASCADE"), index=True)
    verb: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    reason: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict]
    after: Mapped[dict]


class DutyProof(Base):
    """What shows that an occurrence was fulfilled: a thing by the register of cards, or an address. Taken back ones stay, struck out."""

    __tablename__ = "standards_duty_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("standards_obligation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    thing_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PEOPLE))
    dropped_at: Mapped[datetime | None]
