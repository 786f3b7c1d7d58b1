"""The secret by which a calendar program reads a person's own calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base


class CalendarLink(Base):
    """The link of a person, one at a time. digest: SHA-256 of the token, which itself is kept nowhere."""

    __tablename__ = "training_calendar_link"
    secret_columns = frozenset({"digest"})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
