"""A lease with a fence: one holder at a time, and a frozen former holder cannot write. Time comes from the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
    if session.get_bind().dialect.name == "sqlite":
        raw = session.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(raw).replace(tzinfo=UTC)
    told: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)


def take(session: Session, name: str, owner: str, *, seconds: int) -> int | None:
    """Take or renew the lease inside the caller's transaction; the fence number, or None while another holds it.

    A lease that ends further ahead than it can have been taken for was taken before the clock was set back: it is free.
    """
    now = database_now(session)
    _make(session, name, now)
    free = or_(Lease.owner == owner, Lease.until < now, Lease.until > now + timedelta(seconds=2 * seconds + 5))
    got: int | None = session.connection().execute(
        update(Lease).where(Lease.name == name, free)
        .values(owner=owner, until=now + timedelta(seconds=seconds), beat_at=now, fence=Lease.fence + 1)
        .returning(Lease.fence)).scalar_one_or_none()
    return got


def wait_turn(session: Session, name: str) -> None:
    """Lock the lease's row to the end of the transaction, whoever holds the lease: a command beside the worker."""
    _make(session, name, database_now(session))
    session.execute(select(Lease.name).where(Lease.name == name).with_for_update())


def _make(session: Session, name: str, now: datetime) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Lease).values(name=name, owner="", until=now - timedelta(days=1), fence=0)
                    .on_conflict_do_nothing())
