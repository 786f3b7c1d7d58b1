"""Gaps, the searches in them by day and by person, how they stand, and how far the searches have been gone through."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Gap(Base):
    """Something people search for and do not find. `article_id` names the answer, `change_id` the request it led to,
    `merged_into_id` the gap it was joined to."""

    __tablename__ = "knowledge_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(Code)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    due_on: Mapped[date | None]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    change_id: Mapped[int | None] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_gap.id"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("state IN ('open', 'writing', 'changing', 'closed', 'dismissed', 'merged')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
        Index("ix_knowledge_gap_owner_id_state", "owner_id", "state"),
    )


class GapQuery(Base):
    """One search as it is kept: in normal form, without numbers that point to a person. `home_id`: the gap it came to first;
    `found_other`: it found things, and nobody wanted them. The last replay: when, how many were found, at which place the named
    answer, what stood first, whether that is a hit."""

    __tablename__ = "knowledge_gap_query"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    gap_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap.id"), index=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap.id"))
    query: Mapped[str] = mapped_column(String(200), unique=True)
    meaning: Mapped[list[Any]]
    first_on: Mapped[date]
    last_on: Mapped[date]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    found_other: Mapped[bool] = mapped_column(default=False)
    replayed_at: Mapped[datetime | None]
    found: Mapped[int | None]
    place: Mapped[int | None]
    top_kind: Mapped[str | None] = mapped_column(Code)
    top_id: Mapped[int | None]
    hit: Mapped[bool | None]


class GapDay(Base):
    """How often a query found nothing on a day, was found but not opened, was reported."""

    __tablename__ = "knowledge_gap_day"
    audited = False

    query_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap_query.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    zero: Mapped[int] = mapped_column(default=0)
    unopened: Mapped[int] = mapped_column(default=0)
    reported: Mapped[int] = mapped_column(default=0)


class GapAsker(Base):
    """Who searched for it, to be told what came of it; forgotten some time after. `reported_at`: said so by one key."""

    __tablename__ = "knowledge_gap_asker"
    audited = False

    query_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap_query.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    roles: Mapped[str] = mapped_column(String(200), default="")
    searches: Mapped[int] = mapped_column(default=0)
    filters: Mapped[dict[str, Any] | None]
    last_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_knowledge_gap_asker_last_at", "last_at"),)


class GapStanding(Base):
    """The sums of a gap over the last ninety days, worked out when something moved. `rank`: in the order of weight on any day;
    `hits` of `queries` were found in their last replay; `category`: of what comes nearest."""

    __tablename__ = "knowledge_gap_standing"
    audited = False

    gap_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap.id"), primary_key=True, autoincrement=False)
    queries: Mapped[int]
    hits: Mapped[int]
    zero: Mapped[int]
    unopened: Mapped[int]
    reported: Mapped[int]
    people: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    rank: Mapped[float]
    category: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_knowledge_gap_standing_rank_gap_id", "rank", "gap_id"),)


class GapProgress(Base):
    """How far the worker is: the last search it went through, the newest fact its last replay could know of."""

    __tablename__ = "knowledge_gap_progress"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Id)
    fact_id: Mapped[int] = mapped_column(Id)
