"""Rounds of self-assessment, an answer for each item, what a round gave when it was closed, and the plan to be better.

While a round is closed the database refuses to change its answers; results and steps of a plan are never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PERSON, ROUND, CLAUSE = "people_person.id", "standards_self_assessment.id", "standards_clause.id"


class SelfAssessment(Base):
    """One round against an edition of a standard. basis: how items are counted; sections: numbers that are in it, all where empty;
    target: the level aimed at; earlier_id: the round it is compared with; lead_id: who looks at the answers; unit_id: the site or unit
    it is about, the whole centre where empty."""

    __tablename__ = "standards_self_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(Text)
    model_id: Mapped[int] = mapped_column(ForeignKey("standards_model.id"), index=True)
    basis: Mapped[str] = mapped_column(Code)
    sections: Mapped[list[Any]]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    target: Mapped[str | None] = mapped_column(Code)
    is_baseline: Mapped[bool]
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey(ROUND))
    lead_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code, index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    conclusion: Mapped[str | None] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'review', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    )


class ClauseAnswer(Base):
    """What is said to one item. name: `N` or `N.sub`; c, f: marks of 10, 5 or 0; target_c, target_f: the marks aimed at; effort_days: of
    work to get there; proof: records that show it, as [{key, kind, number, title, on, url}]; carried: where the marks came from,
    {relation, from, model, round, look_again}; remark: why it was returned."""

    __tablename__ = "standards_clause_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(ROUND))
    clause_id: Mapped[int] = mapped_column(ForeignKey(CLAUSE), index=True)
    name: Mapped[str] = mapped_column(Code)
    place: Mapped[int]
    respondent_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON), index=True)
    state: Mapped[str] = mapped_column(Code)
    c: Mapped[int | None]
    f: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    strengths: Mapped[str | None] = mapped_column(Text)
    gaps: Mapped[str | None] = mapped_column(Text)
    target_c: Mapped[int | None]
    target_f: Mapped[int | None]
    due_on: Mapped[date | None]
    effort_days: Mapped[int | None]
    proof: Mapped[list[Any]]
    carried: Mapped[dict[str, Any] | None]
    remark: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    answered_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    judged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("assessment_id", "clause_id"),
        CheckConstraint("state IN ('open', 'answered', 'submitted', 'returned', 'accepted')", name="state"),
        CheckConstraint("c IN (0, 5, 10)", name="c"), CheckConstraint("f IN (0, 5, 10)", name="f"),
        CheckConstraint("target_c IN (0, 5, 10)", name="target_c"), CheckConstraint("target_f IN (0, 5, 10)", name="target_f"),
        CheckConstraint("state IN ('open', 'returned') OR (c IS NOT NULL AND f IS NOT NULL AND reason IS NOT NULL)", name="answered"),
    )


class AssessmentResult(Base):
    """What a round gave when it was closed: one row each time, never changed. level: one level at a time; body: marks, rates, checks,
    sections; digest: of conclusion and body."""

    __tablename__ = "standards_assessment_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(ROUND))
    no: Mapped[int]
    closed_on: Mapped[date]
    level: Mapped[str | None] = mapped_column(Code)
    conclusion: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Code)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("assessment_id", "no"),)


class Improvement(Base):
    """An item of the plan: a clause brought to higher marks in four steps. aim_c, aim_f: the marks aimed at. Source: domain 11.5."""

    __tablename__ = "standards_improvement"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey(ROUND), index=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("standards_clause_answer.id"))
    name: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    aim_c: Mapped[int]
    aim_f: Mapped[int]
    effort_days: Mapped[int | None]
    owner_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("assessment_id", "answer_id"),
        CheckConstraint("state IN ('compare', 'find', 'coach', 'raise', 'done', 'dropped')", name="state"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint("aim_c IN (0, 5, 10) AND aim_f IN (0, 5, 10)", name="aims"),
        Index("ix_standards_improvement_due_on", "due_on"),
    )


class ImprovementStep(Base):
    """What was done in a step of a plan, by whom; never changed. step: a state that is left, or an act that took the item elsewhere."""

    __tablename__ = "standards_improvement_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("standards_improvement.id"), index=True)
    step: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]
