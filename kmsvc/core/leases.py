"""A lease with a fence: one holder at a time, and a frozen former holder cannot write. Time comes from the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.db import Base, Code


class Lease(Base):
    """Who holds a piece of the worker's duty until when; `fence` rises with every change of holder."""

    __tablename__ = "core_lease"
    audited = False

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    owner: Mapped[str] = mapped_column(Code)
    until: Mapped[datetime]
    fence: Mapped[int]
    beat_at: Mapped[datetime | None]


def database_now(session: Session) -> datetime:
    """The database's own clock, UTC; several machines share it."""
    from datetime import UTC

    if session.get_bind().dialect.name == "sqlite":
        raw = session.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(raw).replace(tzinfo=UTC)
    return session.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)


def take(session: Session, name: str, owner: str, *, seconds: int) -> int | None:
    """Take or renew the lease inside the caller's transaction; the fence number, or None while another holds it."""
    now = database_now(session)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Lease).values(name=name, owner="", until=now - timedelta(days=1), fence=0)
                    .on_conflict_do_nothing())
    table = Lease.__table__
    got = session.connection().execute(
        update(table).where(table.c.name == name, or_(table.c.owner == owner, table.c.until < now))
        .values(owner=owner, until=now + timedelta(seconds=seconds), beat_at=now, fence=table.c.fence + 1)
        .returning(table.c.fence)).scalar_one_or_none()
    return got



