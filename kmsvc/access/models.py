"""The log: one row for each time secret text was shown, or was to be copied or printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class AccessEntry(Base):
    """Who did what with which secret text, when and by which way. blocks: lasting ids of the paragraphs; empty: the whole text.
    reason: why somebody looked, where that is asked for.

    Rows are added only; the database itself refuses to change one."""

    __tablename__ = "access_entry"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    login: Mapped[str] = mapped_column(Code)
    via: Mapped[str] = mapped_column(Code)
    request_id: Mapped[str | None] = mapped_column(Code)
    act: Mapped[str] = mapped_column(Code)
    place: Mapped[str | None] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    ref_id: Mapped[int]
    number: Mapped[str] = mapped_column(Code)
    version_id: Mapped[int]
    version_label: Mapped[str] = mapped_column(Code)
    blocks: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_access_entry_at", "at"),
        Index("ix_access_entry_person_id_id", "person_id", "id"),
        Index("ix_access_entry_kind_ref_id", "kind", "ref_id"),
    )
