"""The head of every process: what lists, steps and rights need beside its texts. Remembered until a process changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, remembered
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication

PROCESSES = Family("processes_epoch", frozenset({
    "process_definition", "process_version", "process_publication", "process_review"}))


@dataclass(frozen=True)
class ProcessHead:
    """A process without its texts; the names are those of `Process`. label and effective_on: of the version in force."""

    id: int
    number: str
    name: str
    owner_id: int | None
    audience_unit_id: int | None
    published_version_id: int | None
    superseded_by_id: int | None
    retired_at: datetime | None
    reviewed_on: date | None
    label: str | None = None
    effective_on: date | None = None


_PROCESS, _VERSION, _MOVE = Process.__table__, ProcessVersion.__table__, Publication.__table__
_MOVES = _MOVE.alias("moves")
_LAST = select(func.max(_MOVES.c.id)).where(
    _MOVES.c.new_version_id == _PROCESS.c.published_version_id, _MOVES.c.done_at.is_not(None)).correlate(_PROCESS).scalar_subquery()
_OWN = [name for name in ProcessHead.__dataclass_fields__ if name in _PROCESS.c]
_HEADS = select(*(_PROCESS.c[name] for name in _OWN), _VERSION.c.major, _VERSION.c.minor, _MOVE.c.effective_on).select_from(
    _PROCESS.outerjoin(_VERSION, _VERSION.c.id == _PROCESS.c.published_version_id).outerjoin(_MOVE, _MOVE.c.id == _LAST)
    ).order_by(_PROCESS.c.number)


def heads(session: Session) -> Mapping[int, ProcessHead]:
    """Process id -> head, by number, of all processes; who may see one is for the caller to ask."""
    return remembered(session, PROCESSES, "heads", _read)


def _read(session: Session) -> Mapping[int, ProcessHead]:
    found = (replace(ProcessHead(*own), label=None if major is None else f"{major}.{minor}", effective_on=effective_on)
             for *own, major, minor, effective_on in session.execute(_HEADS))
    return {head.id: head for head in found}
