"""What periodic work could not do: one row for each subject that failed, until it succeeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class JobFailure(Base):
    """A subject a job failed for; it holds up no other, is tried again at `next_at` and gone once it succeeds (R-J6)."""

    __tablename__ = "operations_failure"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(String(120))
    error: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    next_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("job", "subject"),)
