"""Sessions, tokens and counted failures. Only SHA-256 of what the client holds is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class SignInSession(Base):
    """One signed-in browser. `fresh_at`: when the password was last proved (signing asks for it again)."""

    __tablename__ = "people_session"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(Code, unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(Code)
    browser: Mapped[str | None] = mapped_column(String(200))


class Token(Base):
    """An API token of a person: named, expiring, revocable."""

    __tablename__ = "people_token"
    secret_columns = frozenset({"secret_hash"})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class TokenUse(Base):
    """When a token was last used; apart from the token so that reading it is no audited change."""

    __tablename__ = "people_token_use"
    audited = False

    token_id: Mapped[int] = mapped_column(ForeignKey("people_token.id", ondelete="CASCADE"), primary_key=True)
    last_at: Mapped[datetime]


class Guess(Base):
    """Failed sign-ins counted under a key (`login:x`, `address:y`); `until` is when the next try is heard."""

    __tablename__ = "people_guess"
    audited = False

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
