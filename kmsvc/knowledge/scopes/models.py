"""The values of each dimension."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class ScopeValue(Base):
    """One product, region, channel or kind of customer. `key`: the form names are compared in; `place`: its order among those of
    its dimension; `unused_at`: no article takes it any more; `merged_into_id`: it is another one now, and stays for old texts."""

    __tablename__ = "knowledge_scope"

    id: Mapped[int] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    key: Mapped[str] = mapped_column(String(100))
    place: Mapped[int]
    unused_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_scope.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        UniqueConstraint("dimension", "key"),
        CheckConstraint("dimension IN ('product', 'region', 'channel', 'customer')", name="dimension"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
    )
