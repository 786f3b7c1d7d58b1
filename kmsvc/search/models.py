"""What the index must still take in, and what people searched for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class DirtyMark(Base):
    """That a document may differ from the index. Cleared only when a look finds both equal."""

    __tablename__ = "search_dirty"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    ref_id: Mapped[int]
    marked_at: Mapped[datetime]
    mark: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("kind", "ref_id"),)


class SearchEvent(Base):
    """One finished search of a person: what was typed in normal form, how many were found, what was read and at which place.

    acted: whether the person chose it, or it only stood there; unit_id, roles: of the person then, `person_id` is forgotten first;
    took_ms: from the first key to the answer that was read; outcome: how it ended, judged by the figures when it came to rest.
    """

    __tablename__ = "search_event"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    query: Mapped[str] = mapped_column(String(500))
    filters: Mapped[dict | None]
    found: Mapped[int]
    opened_kind: Mapped[str | None] = mapped_column(Code)
    opened_id: Mapped[int | None]
    rank: Mapped[int | None]
    acted: Mapped[bool | None]
    unit_id: Mapped[int | None]
    roles: Mapped[str | None] = mapped_column(String(200))
    took_ms: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(Code)
    __table_args__ = (
        Index("ix_search_event_outcome_at_unit_id", "outcome", "at", "unit_id"),
        Index("ix_search_event_at", "at"),
        Index("ix_search_event_person_id_at", "person_id", "at"),
        Index("ix_search_event_opened_id_at", "opened_id", "at"),
        Index("ix_search_event_unit_id_at", "unit_id", "at"),
    )


class KeptFilter(Base):
    """What a person narrowed the search by last; it stays for their next search, in every window."""

    __tablename__ = "search_kept_filter"
    audited = False

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True, autoincrement=False)
    chosen: Mapped[dict]
    at: Mapped[datetime]


class UnitFilter(Base):
    """What the search of a unit is narrowed by, for those in it who have chosen nothing themselves."""

    __tablename__ = "search_unit_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"), unique=True)
    chosen: Mapped[dict]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
