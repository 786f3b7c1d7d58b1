"""Searches counted by day, and how far the counting is."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class FigureDay(Base):
    """How many searches ended so on a day. unit_id: that of who searched, 0 where
    none was known; took: from the first key to the answer, in
    tenths of a second and in steps, -1 where it was not measured. Nobody's name is in it, so it stays when searches are forgotten."""

    __tablename__ = "knowledge_figure_day"
    audited = False

    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(Code, primary_key=True)
    took: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    searches: Mapped[int]


class FigureProgress(Base):
    """Up to which note of a search they are counted: one row."""

    __tablename__ = "knowledge_figure_progress"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Id)
