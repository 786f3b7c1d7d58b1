"""Reads over running sessions and API tokens of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.models import Account
from kmsvc.people.sessions.browsers import known_as
from kmsvc.people.sessions.models import SignInSession, Token, TokenUse
from kmsvc.people.sessions.rules import is_live


@dataclass(frozen=True)
class SessionCard:
    """One signed-in browser. here: the one that asks."""

    id: int
    login: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str | None
    browser: str | None
    here: bool

    @property
    def known_as(self) -> tuple[str, str] | None:
        """Browser and system, where they are known."""
        return known_as(self.browser)


@dataclass(frozen=True)
class TokenCard:
    """One API token; its secret is nowhere. state: live, expired, revoked."""

    id: int
    login: str
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_at: datetime | None
    state: str


def sessions_of(session: Session, person_id: int, now: datetime, here: str | None = None) -> list[SessionCard]:
    """Running sessions of a person, the one last seen first. here: the caller's own `session_ref`."""
    rows = session.execute(select(SignInSession, Account.login).join(Account, Account.id == SignInSession.account_id)
                           .where(Account.person_id == person_id).order_by(SignInSession.seen_at.desc(), SignInSession.id))
    return [SessionCard(row.id, login, row.created_at, row.seen_at, row.ends_at, row.address, row.browser,
                        f"s{row.id}" == here)
            for row, login in rows if is_live(row.created_at, row.seen_at, row.ends_at, now)]


def tokens_of(session: Session, person_id: int, now: datetime) -> list[TokenCard]:
    """Every token a person ever had, live ones first, then the newest."""
    rows = session.execute(select(Token, Account.login, TokenUse.last_at).join(Account, Account.id == Token.account_id)
                           .outerjoin(TokenUse, TokenUse.token_id == Token.id)
                           .where(Token.person_id == person_id).order_by(Token.id.desc()))
    found = [TokenCard(row.id, login, row.name, row.created_at, row.expires_at, row.revoked_at, last_at,
                       "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "live")
             for row, login, last_at in rows]
    return sorted(found, key=lambda card: card.state != "live")
