"""Reads over second factors: whether there is one, never its secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import require
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.factors.asked import must_have
from kmsvc.people.factors.models import RecoveryCode, SecondFactor


@dataclass(frozen=True)
class FactorCard:
    """What is told of a second factor. codes_left: recovery codes that still count; must: it cannot be taken away."""

    is_on: bool
    since: datetime | None = None
    codes_left: int = 0
    must: bool = False


def has_factor(session: Session, person_id: int) -> bool:
    """Whether a one-time code is asked of this person."""
    return session.scalar(select(SecondFactor.id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))) is not None


@dataclass(frozen=True)
class FactorLine:
    """Somebody active with a login, whether a code is asked of them, and whether it must be."""

    login: str
    name: str
    is_on: bool
    must: bool


def factor_lines(session: Session, actor: Actor) -> list[FactorLine]:
    """Everybody who signs in, by login. Raises NotPermitted for who does not keep accounts."""
    require(actor, MANAGE_ACCOUNTS)
    have = set(session.scalars(select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))))
    return sorted((FactorLine(one.login, one.name, one.id in have, must_have(session, guest=one.is_guest, roles=one.role_names))
                   for one in directory(session).people.values() if one.is_active and one.logins), key=lambda one: one.login)


def factor_card(session: Session, person_id: int, *, must: bool = False) -> FactorCard:
    """The second factor of a person. must: by their role, or from outside."""
    row = session.scalars(select(SecondFactor).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))).one_or_none()
    if row is None:
        return FactorCard(False, must=must)
    left = session.scalar(select(func.count()).select_from(RecoveryCode).where(
        RecoveryCode.factor_id == row.id, RecoveryCode.used_at.is_(None))) or 0
    return FactorCard(True, row.confirmed_at, left, must)
