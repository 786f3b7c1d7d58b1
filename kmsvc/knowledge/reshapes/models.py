"""Plans to make one article of several, or several of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Reshape(Base):
    """A merge into `article_id`, or its split. `old_version_id`: in force when it was planned; `draft_version_id`: the text that is
    to take its place (none: it retires); `moved`: what was moved at the publication, as it was before; `remaining`: what somebody
    has to look at."""

    __tablename__ = "knowledge_reshape"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    old_version_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_reshape_old_version"))
    draft_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_reshape_draft_version"))
    new_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_reshape_new_version"))
    reason: Mapped[str] = mapped_column(Text)
    moved: Mapped[list[Any]]
    remaining: Mapped[list[Any]]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    made_at: Mapped[datetime]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    done_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint("kind IN ('merge', 'split')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'cancelled', 'undone')", name="state"),
    )


class ReshapePart(Base):
    """An article that goes up in another, or one that is made of paragraphs of another. `old_version_id`: of a merge, its text in
    force when it was planned; `block_ids`: the paragraphs it gives or gets."""

    __tablename__ = "knowledge_reshape_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    reshape_id: Mapped[int] = mapped_column(ForeignKey("knowledge_reshape.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    old_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_article_version.id", name="fk_knowledge_reshape_part_old_version"))
    block_ids: Mapped[list[Any]]

    __table_args__ = (UniqueConstraint("reshape_id", "article_id"),)
