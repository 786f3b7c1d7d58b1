"""Units and posts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class Unit(Base):
    """A part of the centre. `code` is unique and readable; the root has no parent. A closed one is offered nowhere any more;
    what was recorded about it stays.

    readers: `{"posts": [id], "roles": [code]}` makes it a reader group (`people/readers`): nobody belongs to it, but whoever holds
    one of these inside the unit above it reads what is for it. None for a unit proper."""

    __tablename__ = "people_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"), index=True)
    readers: Mapped[dict | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Post(Base):
    """A post people hold (training and confirmation address posts)."""

    __tablename__ = "people_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
