"""Facts in the past tense, written to the outbox in the transaction that made them true; the worker delivers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

Id = BigInteger().with_variant(Integer, "sqlite")


@dataclass(frozen=True)
class Event:
    """A fact. Subclasses are frozen dataclasses of JSON-safe fields with a stable `kind`; fields are added, never renamed."""

    kind: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """The fields, JSON-safe."""
        return dict(vars(self))  # flat by rule, and a morning has ten thousand of them

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The fact again; keys this release does not know are passed over."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in payload.items() if name in known})


class Fact(Base):
    """One recorded fact. Kept as long as its deliveries; order is `id`."""

    __tablename__ = "core_fact"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    person_id: Mapped[int | None]


class Delivery(Base):
    """One (fact, reaction) pair. `state`: pending, done, dead. Done is committed together with the effect."""

    __tablename__ = "core_delivery"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("core_fact.id", ondelete="CASCADE"), index=True)
    reaction: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="pending")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("fact_id", "reaction"),
        Index("ix_core_delivery_state_next_at", "state", "next_at"),
    )
