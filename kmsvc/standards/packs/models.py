"""Every pack that was taken away, and those that were ordered. No pack holds any of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, cast, literal
from sqlalchemy.ext.hybrid import hybrid_property
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


class PackOrder(Base):
    """A pack the worker makes: clauses by name, none is all. lang: zh or en. pack_id: the note of what was made; size in bytes;
    kept_until: the last day on which it can be downloaded; why: the reason where it could not be made."""

    __tablename__ = "standards_pack_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    ordered_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    model: Mapped[str] = mapped_column(Code)
    year: Mapped[int]
    as_of: Mapped[date]
    clauses: Mapped[list[Any]]
    lang: Mapped[str] = mapped_column(Code, default="zh", server_default="zh")
    state: Mapped[str] = mapped_column(Code, default="waiting", index=True)
    ended_at: Mapped[datetime | None]
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("standards_pack.id"))
    records: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Code)
    kept_until: Mapped[date | None]
    why: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('waiting', 'making', 'done', 'cancelled', 'failed', 'gone')", name="state"),)

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `PK-17`."""
        return f"PK-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("PK-") + cast(cls.id, String)


class PackProgress(Base):
    """How many clauses of an order are done; of no interest to anybody afterwards."""

    __tablename__ = "standards_pack_progress"
    audited = False

    order_id: Mapped[int] = mapped_column(ForeignKey("standards_pack_order.id", ondelete="CASCADE"), primary_key=True)
    done: Mapped[int]
    total: Mapped[int]
    at: Mapped[datetime]
