"""Files and what they belong to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code


class StoredFile(Base):
    """A file's bytes, named by their SHA-256; the same bytes are kept once."""

    __tablename__ = "files_file"

    sha256: Mapped[str] = mapped_column(Code, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(200))
    stored_at: Mapped[datetime]


class Attachment(Base):
    """That a thing (kind and id) has a file under a name. Removed: kept for the audit, no longer offered."""

    __tablename__ = "files_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("files_file.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    subject_kind: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_files_attachment_subject_kind_subject_id", "subject_kind", "subject_id"),)
