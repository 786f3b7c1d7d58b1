"""Reads over second factors: whether there is one, never its secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.people.factors.models import RecoveryCode, SecondFactor


@dataclass(frozen=True)
class FactorCard:
    """What is told of a second factor. codes_left: recovery codes that still count."""

    is_on: bool
    since: datetime | None = None
    codes_left: int = 0


def has_factor(session: Session, person_id: int) -> bool:
    """Whether a one-time code is asked of this person."""
    return session.scalar(select(SecondFactor.id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))) is not None


def factor_card(session: Session, person_id: int) -> FactorCard:
    """The second factor of a person."""
    row = session.scalars(select(SecondFactor).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))).one_or_none()
    if row is None:
        return FactorCard(False)
    left = session.scalar(select(func.count()).select_from(RecoveryCode).where(
        RecoveryCode.factor_id == row.id, RecoveryCode.used_at.is_(None))) or 0
    return FactorCard(True, row.confirmed_at, left)
