"""Rooms, who was invited, and what happened in them. Looks, samples, marks and words are appended and never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, cast, literal
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code

PERSON, ROOM = "people_person.id", "standards_room.id"


class Room(Base):
    """What an auditor may see: a model's clauses (names; none is all) in a year, from day to day.

    as_of: the day whose state is shown at the latest; None: that of today. keeper_id: who of the house answers for requests."""

    __tablename__ = "standards_room"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    model: Mapped[str] = mapped_column(Code)
    year: Mapped[int]
    clauses: Mapped[list[Any]]
    as_of: Mapped[date | None]
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code, default="open")
    keeper_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),
                      CheckConstraint("from_on <= until_on", name="days"))

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `AR-3`."""
        return f"AR-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("AR-") + cast(cls.id, String)


class RoomGuest(Base):
    """Somebody from outside in a room. token_hash: of the link that lets them choose a password, once and until token_until; only its
    SHA-256 is kept. entered_at: when they used it."""

    __tablename__ = "standards_room_guest"
    secret_columns = frozenset({"token_hash"})

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey(PERSON), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    invited_at: Mapped[datetime]
    token_hash: Mapped[str | None] = mapped_column(Code, unique=True)
    token_until: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("room_id", "person_id"),)


class RoomLook(Base):
    """One look of a guest: what, of which clause or thing, when."""

    __tablename__ = "standards_room_look"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Code)
    clause: Mapped[str | None] = mapped_column(Code)
    thing: Mapped[str | None] = mapped_column(String(200))
    as_of: Mapped[date | None]


class RoomSample(Base):
    """What was drawn of a clause's population, and by which seed: the rows are frozen as they were shown."""

    __tablename__ = "standards_room_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"))
    clause: Mapped[str] = mapped_column(Code)
    as_of: Mapped[date]
    seed: Mapped[str] = mapped_column(Code)
    size: Mapped[int]
    population: Mapped[int]
    population_hash: Mapped[str] = mapped_column(Code)
    rows: Mapped[list[Any]]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey(PERSON))
    drawn_at: Mapped[datetime]

    __table_args__ = (Index("ix_standards_room_sample_room_id_clause", "room_id", "clause"),)


class RoomMark(Base):
    """What somebody found of a thing of a clause, or of the clause itself (thing is empty), with a remark; the last word counts.
    thing_title: as it was called then."""

    __tablename__ = "standards_room_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"))
    clause: Mapped[str] = mapped_column(Code)
    thing: Mapped[str] = mapped_column(Code)
    mark: Mapped[str] = mapped_column(Code)
    thing_title: Mapped[str | None] = mapped_column(String(300))
    remark: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_standards_room_mark_room_id_clause", "room_id", "clause"),)


class RoomPack(Base):
    """A pack that was ordered in a room."""

    __tablename__ = "standards_room_pack"

    order_id: Mapped[int] = mapped_column(ForeignKey("standards_pack_order.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"), index=True)


class RoomRequest(Base):
    """What an auditor asks for. thing, thing_title: what of the clause it is about, empty for the clause itself."""

    __tablename__ = "standards_room_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(ROOM, ondelete="CASCADE"), index=True)
    clause: Mapped[str] = mapped_column(Code)
    thing: Mapped[str] = mapped_column(Code)
    thing_title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code, default="open")
    due_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    asked_at: Mapped[datetime]
    answered_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("state IN ('open', 'answered', 'accepted', 'withdrawn')", name="state"),)

    @hybrid_property
    def number(self) -> str:
        """What people call it by: `RQ-5`."""
        return f"RQ-{self.id}"

    @number.inplace.expression
    @classmethod
    def _number(cls) -> Any:
        return literal("RQ-") + cast(cls.id, String)


class RoomWord(Base):
    """One word in the thread of a request: an answer, a question back, why it was withdrawn."""

    __tablename__ = "standards_room_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("standards_room_request.id", ondelete="CASCADE"), index=True)
    verb: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(PERSON))
    at: Mapped[datetime]
