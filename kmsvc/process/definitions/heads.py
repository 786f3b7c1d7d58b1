"""The head of every process: what lists, steps and rights need beside its texts. Remembered until a process changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, remembered
from kmsvc.process.definitions.models import Process

PROCESSES = Family("processes_epoch", frozenset({"process_definition", "process_version"}))


@dataclass(frozen=True)
class ProcessHead:
    """A process without its texts; the names are those of `Process`."""

    id: int
    number: str
    name: str
    owner_id: int | None
    audience_unit_id: int | None
    published_version_id: int | None
    superseded_by_id: int | None
    retired_at: datetime | None
    reviewed_on: date | None


_HEADS = select(*(Process.__table__.c[name] for name in ProcessHead.__dataclass_fields__)).order_by(Process.__table__.c.number)


def heads(session: Session) -> Mapping[int, ProcessHead]:
    """Process id -> head, by number, of all processes; who may see one is for the caller to ask."""
    return remembered(session, PROCESSES, "heads", _read)


def _read(session: Session) -> Mapping[int, ProcessHead]:
    return {row.id: ProcessHead(*row) for row in session.execute(_HEADS)}
