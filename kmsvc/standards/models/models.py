"""Models of maturity and quality, each edition a row, with its sections, its clauses and how they map to those of others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

MODEL = "standards_model.id"
RELATIONS = ("kept", "split", "merged", "new", "withdrawn")


class StandardModel(Base):
    """One edition of a model. frame: everything but sections and clauses as frame.ModelFile describes it (bases, levels, modules,
    dimensions …) with `signs` and `before` (queries.OWN); digest: SHA-256 of the whole, by which the trail tells one text from another;
    is_packaged: it came with the product and follows it; newest: the edition that is meant when only the code is said."""

    __tablename__ = "standards_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code)
    edition: Mapped[str] = mapped_column(Code)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    frame: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Code)
    is_packaged: Mapped[bool]
    newest: Mapped[bool]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    secret_columns = frozenset({"frame"})  # the digest tells one text from another; what an import replaced may hold licensed texts

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (UniqueConstraint("code", "edition"),)


class Section(Base):
    """A chapter, section or subsection. number: `2.1.3`; place: its order in the model."""

    __tablename__ = "standards_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey(MODEL))
    number: Mapped[str] = mapped_column(Code)
    place: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))

    audited = False

    __table_args__ = (UniqueConstraint("model_id", "number"),)


class Clause(Base):
    """A clause in a short gist of our own, or one of its scored sub-items. sub: None for the clause itself.

    cycle: annual, biennial, quarterly, monthly, periodic, continuous, event; cycle_months: None where the text gives no length;
    at_least: that often or more; firm: stated, not only implied; triggers, min_contents: lists of {zh, en}; record: archive or
    document where one is demanded, weak_record: where the wording is weaker; gone: a later file of this edition has it no more."""

    __tablename__ = "standards_clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey(MODEL))
    no: Mapped[int]
    sub: Mapped[int | None]
    place: Mapped[int]
    section: Mapped[str] = mapped_column(Code)
    title_zh: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    module: Mapped[str] = mapped_column(Code)
    cycle: Mapped[str | None] = mapped_column(Code)
    cycle_months: Mapped[int | None]
    at_least: Mapped[bool]
    firm: Mapped[bool]
    triggers: Mapped[list[Any]]
    record: Mapped[str | None] = mapped_column(Code)
    weak_record: Mapped[str | None] = mapped_column(Code)
    min_contents: Mapped[list[Any]]
    gone: Mapped[bool] = mapped_column(default=False)

    audited = False

    __table_args__ = (
        UniqueConstraint("model_id", "no", "sub"), Index("ix_standards_clause_model_id_place", "model_id", "place"),
        Index("uq_standards_clause_whole", "model_id", "no", unique=True, sqlite_where=text("sub IS NULL"),
              postgresql_where=text("sub IS NULL")))

    @property
    def name(self) -> str:
        """`N` or `N.sub`."""
        return f"{self.no}" if self.sub is None else f"{self.no}.{self.sub}"


class LicensedText(Base):
    """The wording of a clause as the centre has licensed it. It stays in the house and is exported only to whoever asks for it."""

    __tablename__ = "standards_licensed_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("standards_clause.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]

    secret_columns = frozenset({"text"})  # the trail tells that it changed, not what a third party's text says


class ClauseMapping(Base):
    """How a clause of one model stands to one of another edition or model: kept, split, merged, new (no origin), withdrawn (no heir)."""

    __tablename__ = "standards_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_model_id: Mapped[int] = mapped_column(ForeignKey(MODEL))
    to_model_id: Mapped[int] = mapped_column(ForeignKey(MODEL))
    from_clause_id: Mapped[int | None] = mapped_column(ForeignKey("standards_clause.id"), index=True)
    to_clause_id: Mapped[int | None] = mapped_column(ForeignKey("standards_clause.id"), index=True)
    relation: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        UniqueConstraint("from_model_id", "to_model_id", "from_clause_id", "to_clause_id", name="uq_standards_mapping_pair"),
        CheckConstraint("relation IN ('kept', 'split', 'merged', 'new', 'withdrawn')", name="relation"),
        CheckConstraint("(from_clause_id IS NULL) = (relation = 'new')", name="new"),
        CheckConstraint("(to_clause_id IS NULL) = (relation = 'withdrawn')", name="withdrawn"),
    )
