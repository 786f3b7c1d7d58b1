"""A person's second factor. The secret is shown while it is set up and never again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class SecondFactor(Base):
    """The secret that a person's app holds too. confirmed_at: from when it is asked for; None while it is being set up."""

    __tablename__ = "people_factor"
    secret_columns = frozenset({"secret"})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str] = mapped_column(Code)
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class FactorStep(Base):
    """The last half minute whose code was taken; apart from the factor so that signing in is no audited change."""

    __tablename__ = "people_factor_step"
    audited = False

    factor_id: Mapped[int] = mapped_column(ForeignKey("people_factor.id", ondelete="CASCADE"), primary_key=True)
    last_step: Mapped[int]


class RecoveryCode(Base):
    """One code for the day the phone is gone: kept as SHA-256 only, and good for once."""

    __tablename__ = "people_recovery_code"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    factor_id: Mapped[int] = mapped_column(ForeignKey("people_factor.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(Code)
    used_at: Mapped[datetime | None]
