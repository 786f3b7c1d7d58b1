"""Readable numbers: `CR-2026-0017`. One counter row a name, locked for the length of the transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.db import Base, Code


class Counter(Base):
    """The last number given out under a name."""

    __tablename__ = "core_counter"
    audited = False

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[int]


def next_number(session: Session, name: str) -> int:
    """The next whole number under `name`, from 1; no gap survives a rollback, no number is given twice."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Counter).values(name=name, value=0).on_conflict_do_nothing())
    counter = session.execute(select(Counter).where(Counter.name == name).with_for_update()
                              .execution_options(populate_existing=True)).scalar_one()
    counter.value += 1
    session.flush()
    return counter.value
