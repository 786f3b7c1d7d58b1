"""Hooks, how they fare, and what is sent through them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Hook(Base):
    """An address of another system, the facts it wants, and the account with whose rights it is told. `secret` signs; it is kept
    as it is, for without it nothing can be signed."""

    __tablename__ = "hooks_hook"
    secret_columns = frozenset({"secret"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(500))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    kinds: Mapped[list[Any]]
    secret: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(Code, default="on")
    reason: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('on', 'paused', 'stopped')", name="state"),)


class HookStand(Base):
    """How a hook fares: failed attempts in a row, since when, and until when it rests after them."""

    __tablename__ = "hooks_stand"
    audited = False

    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks_hook.id"), primary_key=True)
    failing: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class HookDelivery(Base):
    """One fact for one hook. States: waiting, sent, dead (it can be tried again), dropped (not for the account it belongs to)."""

    __tablename__ = "hooks_delivery"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks_hook.id"))
    uid: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str] = mapped_column(Code)
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code, default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    status: Mapped[int | None]
    took_ms: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(300))
    answer: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
        Index("ix_hooks_delivery_state_next_at", "state", "next_at"),
        Index("ix_hooks_delivery_hook_id_id", "hook_id", "id"),
    )
