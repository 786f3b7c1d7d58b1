"""Readable numbers: `CR-2026-0017`. One counter row a name, locked for the length of the transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.db import Base, Code


class Counter(Base):
    """The last number given out under a name."""

    __tablename__ = "core_counter"
    audited = False

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[int]


def _one_more(dialect: Any) -> Any:
    """Take the next number and hold the row, in one statement. Made once: building it costs as much as asking."""
    table = Counter.__table__
    return dialect.insert(table).on_conflict_do_update(
        index_elements=["name"], set_={"value": table.c.value + 1}).returning(table.c.value)


_NEXT = {"sqlite": _one_more(sqlite), "postgresql": _one_more(postgresql)}


def next_number(session: Session, name: str) -> int:
    """The next whole number under `name`, from 1; no gap survives a rollback, no number is given twice."""
    connection = session.connection()
    found: int = connection.execute(_NEXT[connection.dialect.name], {"name": name, "value": 1}).scalar_one()
    return found


def number_of_year(session: Session, prefix: str, name: str, year: int) -> str:
    """A readable number that begins anew each year: `CR-2026-0017`. year: of the centre's calendar; name: of the counter."""
    return f"{prefix}-{year}-{next_number(session, f'{name}-{year}'):04d}"
