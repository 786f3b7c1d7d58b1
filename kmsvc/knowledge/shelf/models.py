"""Favourites, which are private, and pins."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base


class Favourite(Base):
    """That a person keeps an article at hand, and at which place. Nobody else's business: it leaves no audit entry."""

    __tablename__ = "knowledge_favourite"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"))
    place: Mapped[int]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "article_id"),)


class Pin(Base):
    """That an article stands first for a unit and those below it, or for everybody, to the end of a day."""

    __tablename__ = "knowledge_pin"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
