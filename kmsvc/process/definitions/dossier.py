"""What is known of one process beside its texts: every version, every move of the published pointer, every review.
Remembered until a process changes, as the same few pages are read all day; texts are read when one of them is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.memory import remembered
from kmsvc.process.definitions.heads import PROCESSES
from kmsvc.process.definitions.models import ProcessReview, ProcessVersion, Publication

Row = TypeVar("Row")


@dataclass(frozen=True)
class VersionRow:
    """A version without its text; the names are those of `ProcessVersion`."""

    id: int
    ordinal: int
    major: int
    minor: int
    name: str
    content_hash: str
    author_id: int | None
    note: str | None
    change_id: int | None
    recorded_at: datetime

    @property
    def label(self) -> str:
        """`1.0`"""
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True)
class PublicationRow:
    """A move of the published pointer that was not called off; the names are those of `Publication`."""

    id: int
    kind: str
    old_version_id: int | None
    new_version_id: int | None
    change_id: int | None
    person_id: int | None
    reason: str | None
    effective_on: date
    effective_at: datetime
    recorded_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class ReviewRow:
    """A review without a change; the names are those of `ProcessReview`."""

    id: int
    version_id: int
    person_id: int | None
    reviewed_on: date
    reason: str
    at: datetime


@dataclass(frozen=True)
class Dossier:
    """Versions by descending ordinal, publications and reviews in the order they were recorded."""

    versions: tuple[VersionRow, ...]
    publications: tuple[PublicationRow, ...]
    reviews: tuple[ReviewRow, ...]

    @property
    def labels(self) -> dict[int, str]:
        """Version id -> label."""
        return {row.id: row.label for row in self.versions}

    @property
    def latest(self) -> dict[int, PublicationRow]:
        """Version id -> the last publication that puts it in force."""
        return {row.new_version_id: row for row in self.publications if row.new_version_id is not None}


def _rows(model: type[Any], shape: type[Any], *those: Any) -> Select[Any]:
    columns = model.__table__.c
    return select(*(columns[name] for name in shape.__dataclass_fields__)).where(
        columns.process_id == bindparam("process"), *those).order_by(columns.id)


_VERSIONS = _rows(ProcessVersion, VersionRow)
_PUBLICATIONS = _rows(Publication, PublicationRow, Publication.__table__.c.cancelled_at.is_(None))
_REVIEWS = _rows(ProcessReview, ReviewRow)


def dossier(session: Session, process_id: int) -> Dossier:
    """What is known of a process; who may see which part is for the caller to ask."""
    def read(session: Session) -> Dossier:
        versions = _read(session, _VERSIONS, VersionRow, process_id)
        return Dossier(tuple(sorted(versions, key=lambda row: -row.ordinal)),
                       _read(session, _PUBLICATIONS, PublicationRow, process_id),
                       _read(session, _REVIEWS, ReviewRow, process_id))
    return remembered(session, PROCESSES, f"dossier {process_id}", read)


def _read(session: Session, query: Select[Any], shape: type[Row], process_id: int) -> tuple[Row, ...]:
    return tuple(shape(*row) for row in session.execute(query, {"process": process_id}))
