"""Guided flows, their versions and what was published when, what they point to, and how people walked them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Flow(Base):
    """The thing that stays while versions come and go."""

    __tablename__ = "knowledge_flow"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    audience_unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    draft_version_id: Mapped[int | None]
    published_version_id: Mapped[int | None] = mapped_column(index=True)
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (CheckConstraint("retired_at IS NULL OR published_version_id IS NULL", name="retired_is_unpublished"),)


class FlowVersion(Base):
    """One immutable text. `body`: as it was written; `nodes`: what was read from it."""

    __tablename__ = "knowledge_flow_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow.id"))
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    nodes: Mapped[list]
    aliases: Mapped[list]
    language: Mapped[str] = mapped_column(Code)
    confidentiality: Mapped[str] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("flow_id", "ordinal"),
        CheckConstraint("confidentiality IN ('sayable', 'internal')", name="confidentiality"),
    )


class FlowPublication(Base):
    """One move of the published pointer."""

    __tablename__ = "knowledge_flow_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    old_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_flow_version.id", name="fk_knowledge_flow_publication_old_version"))
    new_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_flow_version.id", name="fk_knowledge_flow_publication_new_version"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("kind IN ('publish', 'revert', 'retire')", name="kind"),)


class FlowLink(Base):
    """That an outcome of a version points to an article or process."""

    __tablename__ = "knowledge_flow_link"

    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow_version.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    ref_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class FlowWalk(Base):
    """That somebody walked a version. `ended`: outcome or none, nothing while a question is open; `person_id` and `contact` are
    forgotten first."""

    __tablename__ = "knowledge_flow_walk"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow_version.id"))
    person_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ended: Mapped[str | None] = mapped_column(Code)
    last_node: Mapped[str] = mapped_column(Code)
    contact: Mapped[str | None] = mapped_column(Code)

    __table_args__ = (
        CheckConstraint("ended IN ('outcome', 'none')", name="ended"),
        Index("ix_knowledge_flow_walk_flow_id_began_at", "flow_id", "began_at"),
        Index("ix_knowledge_flow_walk_began_at", "began_at"),
        Index("ix_knowledge_flow_walk_version_id", "version_id"),
    )


class FlowStep(Base):
    """One choice of a walk. `position`: how many questions came before; `shown_at`, `at`: when the question was shown and
    answered; `taken_back`: somebody went back behind it."""

    __tablename__ = "knowledge_flow_step"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    walk_id: Mapped[int] = mapped_column(ForeignKey("knowledge_flow_walk.id"), index=True)
    position: Mapped[int]
    node: Mapped[str] = mapped_column(Code)
    choice: Mapped[int]
    shown_at: Mapped[datetime]
    at: Mapped[datetime]
    taken_back: Mapped[bool] = mapped_column(default=False)
