"""Files of leave, shifts and peaks that were taken in, and what each of their rows did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base

_PERSON = "people_person.id"


class BusyImport(Base):
    """A file of busy times that was taken in; taken back it stays, with who did so and why."""

    __tablename__ = "training_busy_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    undone_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class BusyImportRow(Base):
    """What a row of a file did. busy_id: by number alone, since a time may be deleted; before, after: what it said, before none where
    the row made it."""

    __tablename__ = "training_busy_import_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("training_busy_import.id"), index=True)
    busy_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any]]
