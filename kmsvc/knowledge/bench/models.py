"""Saved searches, runs of the bench, and the place of the article in each run that moved it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class SavedSearch(Base):
    """A search as an agent types it, and the article it must find. kind, category: the filters that were on."""

    __tablename__ = "knowledge_saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(400), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    kind: Mapped[str | None] = mapped_column(Code)
    category: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))


class BenchRun(Base):
    """All saved searches, asked once. index_build, index_commit: of which index; fact_id: the newest fact it could know of;
    after: what changed since the run before, as [{kind, article_id or term}]."""

    __tablename__ = "knowledge_bench_run"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    cause: Mapped[str] = mapped_column(Code)
    searches: Mapped[int]
    hit1: Mapped[int]
    hit5: Mapped[int]
    broken: Mapped[int]
    took_ms: Mapped[int]
    index_build: Mapped[str] = mapped_column(Code)
    index_commit: Mapped[int]
    fact_id: Mapped[int] = mapped_column(Id)
    after: Mapped[list[Any]]


class BenchRank(Base):
    """The place of the article from this run on; None: not among those looked at. No row where a run changed nothing."""

    __tablename__ = "knowledge_bench_rank"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bench_run.id"), index=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("knowledge_saved_search.id"))
    rank: Mapped[int | None]

    __table_args__ = (Index("ix_knowledge_bench_rank_search_id_id", "search_id", "id"),)


class BenchStanding(Base):
    """How a search stands since its last run. broken_at: since when what was found is not; None while it is, or never was."""

    __tablename__ = "knowledge_bench_standing"
    audited = False

    search_id: Mapped[int] = mapped_column(ForeignKey("knowledge_saved_search.id"), primary_key=True, autoincrement=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("knowledge_bench_run.id"))
    rank: Mapped[int | None]
    since: Mapped[datetime]
    broken_at: Mapped[datetime | None]
    broken_run_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_bench_run.id"))
