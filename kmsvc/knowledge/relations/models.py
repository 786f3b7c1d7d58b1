"""Relations between two articles, and when twins were last found equal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


def _standing(name: str, *columns: str, twins: bool = False) -> Index:
    """One row at most for these columns among relations that were not taken away."""
    where = text("removed_at IS NULL AND kind = 'twin'" if twins else "removed_at IS NULL")
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Relation(Base):
    """That an article stands in a relation to another: `from` replaces `to`, is part of it. Where both directions say the
    same, `from` is the one with the smaller id."""

    __tablename__ = "knowledge_relation"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    from_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('twin', 'replaces', 'part_of', 'see_also')", name="kind"),
        CheckConstraint("from_id <> to_id", name="two_articles"),
        _standing("uq_knowledge_relation_pair", "from_id", "to_id"),
        _standing("uq_knowledge_relation_twin_from", "from_id", twins=True),
        _standing("uq_knowledge_relation_twin_to", "to_id", twins=True),
    )


class TwinCheck(Base):
    """That somebody found two versions of twins to say the same; `from_version_id` is of the relation's `from`. `withdrawn_at`:
    it was taken back, and what was found before counts again."""

    __tablename__ = "knowledge_twin_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    relation_id: Mapped[int] = mapped_column(ForeignKey("knowledge_relation.id"))
    from_version_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_twin_check_from_version"))
    to_version_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_twin_check_to_version"))
    ordinal: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("relation_id", "ordinal"),)
