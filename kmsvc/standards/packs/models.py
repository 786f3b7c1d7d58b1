"""Every pack that was taken away. No pack holds any of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class ProofPack(Base):
    """One file: who took the proof of which clauses (names; none is all) and year, as of which day, with the digest of its bytes."""

    __tablename__ = "standards_pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    model: Mapped[str] = mapped_column(Code)
    edition: Mapped[str] = mapped_column(Code)
    year: Mapped[int]
    as_of: Mapped[date]
    clauses: Mapped[list[Any]]
    records: Mapped[int]
    sha256: Mapped[str] = mapped_column(Code)
