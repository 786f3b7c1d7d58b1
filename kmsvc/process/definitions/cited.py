"""Processes as texts cite them: the knowledge half asks which version is in force and since when (`health/sources.py`), and what
stands in one that a lesson or a question cites (`citations/texts.py`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations import texts
from kmsvc.knowledge.citations.comparing import Text
from kmsvc.knowledge.health.sources import Source, register
from kmsvc.markup.kept import revive
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.permissions import READ_PROCESS, may_see
from kmsvc.process.definitions.queries import version_lines, with_text


def cited(session: Session) -> Mapping[int, Source]:
    """Process id -> what a text that cites it must keep up with."""
    return {one.id: Source(one.id, one.number, one.label, one.effective_on, one.retired_at is not None)
            for one in heads(session).values()}


def faces(session: Session, ids: Collection[int]) -> Mapping[int, texts.Face]:
    """Process id -> its version in force."""
    rows = session.execute(select(Process.id, Process.published_version_id).where(
        Process.id.in_(list(ids)), Process.published_version_id.is_not(None)))
    return {process_id: texts.Face(version_id) for process_id, version_id in rows if version_id}


def text(session: Session, process_id: int, version_id: int) -> Text | None:
    """The whole words of one version."""
    row = session.get(ProcessVersion, version_id)
    return text_of(row) if row is not None else None


def text_of(row: ProcessVersion) -> Text:
    """A version as citations compare it."""
    return Text(row.id, row.name, row.purpose or "", tuple(revive(row.blocks)))


def seen(session: Session, actor: Actor, process_id: int, version_id: int | None) -> texts.Seen | None:
    """A version as this reader sees it; without one what is in force, else the last that was."""
    process = session.get(Process, process_id)
    if process is None or not can(actor, READ_PROCESS, process):
        return None
    lines = version_lines(session, actor, process)
    wanted = version_id or process.published_version_id or next((one.id for one in lines if one.live_at), None)
    line = next((one for one in lines if one.id == wanted), None)
    if line is None:
        return None
    card = with_text(session, actor, line)
    return texts.Seen(process.number, card.name, f"/process/definitions/{process.id}", card.label,
                      Text(card.id, card.name, card.purpose, tuple(revive(card.blocks))))


def numbered(session: Session, actor: Actor, number: str) -> int | None:
    """Id of the process with this number, if this caller may see it."""
    row = session.scalar(select(Process).where(Process.number == number.strip().upper()))
    return row.id if row is not None and can(actor, READ_PROCESS, row) and may_see(actor, row) else None


register(cited)
texts.register(texts.TextKind("process", N_("Process"), faces, text, seen, numbered))
