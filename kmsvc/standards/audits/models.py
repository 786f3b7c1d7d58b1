"""Programmes, audits with their checklists and samples, findings with their revisions and actions. What is published is frozen: the
database refuses to change a revision, a step of a finding or the report of an audit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PERSON, ENGAGEMENT, FINDING = "people_person.id", "standards_engagement.id", "standards_finding.id"


class AuditProgramme(Base):
    """The audits of a year. approved_by: another person than who wrote it."""

    __tablename__ = "standards_programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    goals: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    approved_at: Mapped[datetime | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (CheckConstraint("state IN ('draft', 'approved', 'active', 'completed')", name="state"),)


class Engagement(Base):
    """One audit of a programme. clauses: names in `model`; auditors: ids beside the lead; answerable_id: who answers for what is
    audited; unit_id: the audited unit, if it is one."""

    __tablename__ = "standards_engagement"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("standards_programme.id"), index=True)
    subject: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Code)
    clauses: Mapped[list[Any]]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON), index=True)
    auditors: Mapped[list[Any]]
    answerable_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'running', 'review', 'done', 'dropped')", name="state"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )


class CheckPoint(Base):
    """A point of the checklist: one minimum content of a clause, or the clause itself. text: {zh, en}."""

    __tablename__ = "standards_check_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey(ENGAGEMENT))
    place: Mapped[int]
    clause: Mapped[str] = mapped_column(Code)
    text: Mapped[dict[str, Any]]
    result: Mapped[str | None] = mapped_column(Code)
    note_kind: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        UniqueConstraint("engagement_id", "place"),
        CheckConstraint("result IN ('conforms', 'partly', 'fails', 'unseen')", name="result"),
        CheckConstraint("note_kind IN ('interview', 'document', 'observation')", name="note_kind"),
        CheckConstraint("(result IS NULL) = (at IS NULL)", name="at"),
    )


class AuditSample(Base):
    """What was drawn from the records of a clause: seed, size and the hash of the population say how; rows are frozen as they stood."""

    __tablename__ = "standards_audit_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey(ENGAGEMENT), index=True)
    clause: Mapped[str] = mapped_column(Code)
    first: Mapped[date]
    last: Mapped[date]
    as_of: Mapped[date]
    seed: Mapped[str] = mapped_column(Code)
    size: Mapped[int]
    population: Mapped[int]
    population_hash: Mapped[str] = mapped_column(Code)
    rows: Mapped[list[Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]


class EngagementReport(Base):
    """What an audit said when it was finished: one row each time, never changed. body: counts, points and findings; digest: of it."""

    __tablename__ = "standards_engagement_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey(ENGAGEMENT))
    no: Mapped[int]
    finished_on: Mapped[date]
    conclusion: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Code)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("engagement_id", "no"),)


class Finding(Base):
    """What an audit found. Its words stand in its revisions; revision: the newest one. respondent_id: who answers for the audited side;
    containment, root_cause: the response; effect_on: when its effect is looked at."""

    __tablename__ = "standards_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(Code, unique=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey(ENGAGEMENT), index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("standards_check_point.id"))
    clause: Mapped[str] = mapped_column(Code)
    grade: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code, index=True)
    respondent_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    revision: Mapped[int]
    published_at: Mapped[datetime | None]
    containment: Mapped[str | None] = mapped_column(Text)
    root_cause: Mapped[str | None] = mapped_column(Text)
    effect_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'answered', 'proposed', 'agreed', 'acted', 'verified', 'effective', 'closed', "
                        "'withdrawn')", name="state"),
        CheckConstraint("grade IN ('major', 'minor', 'hint')", name="grade"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_at"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    )


class FindingRevision(Base):
    """The words of a published finding; a correction is the next one. The database refuses any change of it. Source: E10."""

    __tablename__ = "standards_finding_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(FINDING))
    no: Mapped[int]
    clause: Mapped[str] = mapped_column(Code)
    grade: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Code)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("finding_id", "no"),)


class FindingAction(Base):
    """What is to be done about a finding: the newest one counts, and both sides accept it anew. proof: words; records: what shows
    that it was done, as it stood on that day: {kind, thing_id, number, url}, of a file its digest too. Source: E11."""

    __tablename__ = "standards_finding_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(FINDING))
    no: Mapped[int]
    correction: Mapped[str] = mapped_column(Text)
    prevention: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    due_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]
    audit_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    audit_at: Mapped[datetime | None]
    house_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    house_at: Mapped[datetime | None]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    proof: Mapped[str | None] = mapped_column(Text)
    records: Mapped[list[Any] | None]

    __table_args__ = (UniqueConstraint("finding_id", "no"), Index("ix_standards_finding_action_due_on", "due_on"))


class FindingStep(Base):
    """One act on a published finding: who, when, which, with which words; never changed."""

    __tablename__ = "standards_finding_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(FINDING), index=True)
    verb: Mapped[str] = mapped_column(Code)
    side: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    day: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]
