"""Citations, what was found of them, and works of other systems that cite."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Citation(Base):
    """That a thing cites a text or one paragraph of it. version_id: the version at which it was true; marked_version_id: the one
    that changed it, None where nothing is in force. block_id None: the text as a whole. place: where the thing cites it."""

    __tablename__ = "knowledge_citation"

    id: Mapped[int] = mapped_column(primary_key=True)
    citing_kind: Mapped[str] = mapped_column(Code)
    citing_id: Mapped[int]
    place: Mapped[int]
    text_kind: Mapped[str] = mapped_column(Code)
    text_id: Mapped[int]
    block_id: Mapped[str | None] = mapped_column(Code)
    version_id: Mapped[int]
    state: Mapped[str] = mapped_column(Code, default="true")
    change: Mapped[str | None] = mapped_column(Code)
    marked_at: Mapped[datetime | None]
    marked_version_id: Mapped[int | None]
    accepted_until: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("state IN ('true', 'marked', 'ended')", name="state"),
        CheckConstraint("(state = 'marked') = (change IS NOT NULL)", name="marked_says_why"),
        Index("ix_knowledge_citation_text", "text_kind", "text_id"),
        Index("ix_knowledge_citation_citing", "citing_kind", "citing_id"),
        Index("ix_knowledge_citation_state_marked_at", "state", "marked_at"),
    )


class CitationLook(Base):
    """What its keeper found of a marked citation. Never changed. block_id: the paragraph that is cited from then on."""

    __tablename__ = "knowledge_citation_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    citation_id: Mapped[int] = mapped_column(ForeignKey("knowledge_citation.id"), index=True)
    verdict: Mapped[str] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    change: Mapped[str | None] = mapped_column(Code)
    from_version_id: Mapped[int]
    to_version_id: Mapped[int | None]
    block_id: Mapped[str | None] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class OutsideWork(Base):
    """A course, question or other thing of another system that cites our texts. The keeper is told when one of them changes."""

    __tablename__ = "knowledge_outside_work"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(500))
    keeper_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("kind IN ('course', 'question', 'scorecard', 'template', 'other')", name="kind"),
    )
