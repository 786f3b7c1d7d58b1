"""Persons, role grants and accounts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmsvc.core.db import Base, Code


class Person(Base):
    """A human being of the centre. `is_first`: the one `kmsvc init` made; never offered for duties. `erased_at`: since when only a
    pseudonym stands for the name. `is_guest`: from outside; sees only what the invitation names, whatever roles say."""

    __tablename__ = "people_person"
    personal_columns = frozenset({"name", "email"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"), index=True)
    language: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="active")
    joined_on: Mapped[date | None]
    is_first: Mapped[bool] = mapped_column(default=False)
    is_guest: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    roles: Mapped[list[RoleGrant]] = relationship(cascade="all, delete-orphan", lazy="selectin", order_by="RoleGrant.role")
    accounts: Mapped[list[Account]] = relationship(lazy="selectin", order_by="Account.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('active', 'suspended')", name="state"),)

    @property
    def role_names(self) -> frozenset[str]:
        """Codes of the roles held."""
        return frozenset(grant.role for grant in self.roles)

    @property
    def login(self) -> str:
        """The first account's login, or an empty text for a person without one."""
        return self.accounts[0].login if self.accounts else ""


class RoleGrant(Base):
    """That a person holds a role."""

    __tablename__ = "people_role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(Code, index=True)

    __table_args__ = (UniqueConstraint("person_id", "role"),)


class Account(Base):
    """A way to sign in; several may belong to one person."""

    __tablename__ = "people_account"
    secret_columns = frozenset({"password_hash"})
    personal_columns = frozenset({"login"})
    personal_key = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    login: Mapped[str] = mapped_column(Code, unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(300))
    must_change: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship(viewonly=True)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
