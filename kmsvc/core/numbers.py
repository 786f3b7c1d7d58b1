"""Readable numbers: `CR-2026-0017`. One counter row a name, locked for the length of the transaction."""

from __future__ import annotations

from sqlalchemy import select
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
    counter = session.execute(select(Counter).where(Counter.name == name).with_for_update()).scalar_one_or_none()
    if counter is None:
        counter = Counter(name=name, value=0)
        session.add(counter)
        session.flush()
    counter.value += 1
    session.flush()
    return counter.value
