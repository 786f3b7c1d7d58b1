"""Files and links as proof. What was shown once stays: each change is a revision or a step of its own, and neither is ever changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, cast, literal
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PERSON = "people_person.id"


class ProofPiece(Base):
    """A piece of proof as it stands now: who answers for it, its newest revision, whether somebody else looked at it, whether it was
    withdrawn. What it was on another day stands in its revisions and steps."""

    __tablename__ = "standards_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(Code)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    owner_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    title: Mapped[str] = mapped_column(String(200))
    revision_no: Mapped[int]
    valid_to: Mapped[date | None] = mapped_column(index=True)
    review: Mapped[str] = mapped_column(Code, default="open")
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("review IN ('open', 'accepted', 'refused')", name="review"),)

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `PF-17`."""
        return f"PF-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("PF-") + cast(cls.id, String)


class ProofRevision(Base):
    """What a piece of proof was from `added_at` on: appended, never changed. A file by its attachment and the SHA-256 of its bytes, or
    the address of a link. evidence_on: the day it speaks of, apart from the stamp of the upload."""

    __tablename__ = "standards_proof_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("standards_proof.id"), index=True)
    no: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    clauses: Mapped[list[Any]]
    evidence_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("files_attachment.id"))
    file_name: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(Code)
    url: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))

    __table_args__ = (UniqueConstraint("proof_id", "no"), CheckConstraint("(sha256 IS NULL) <> (url IS NULL)", name="what"),
                      CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="days"))


class ProofStep(Base):
    """What somebody did to a piece of proof: appended, never changed. on_revision: the newest one then."""

    __tablename__ = "standards_proof_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("standards_proof.id"), index=True)
    on_revision: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    reason: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
