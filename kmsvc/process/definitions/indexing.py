"""Processes as search documents: name, number and purpose. The whole text is found through the article that follows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import NUMBERED, Kind, OnDay, ThingCard, register
from kmsvc.core.texts import N_
from kmsvc.markup.fences import visible
from kmsvc.process.definitions import days
from kmsvc.process.definitions.heads import PROCESSES
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.queries import reading, things, whole_things
from kmsvc.process.definitions.rules import ProcessGroup
from kmsvc.process.definitions.secrets import secret
from kmsvc.search.documents import SearchDocument


def documents(session: Session, ids: Iterable[int] | None) -> Iterator[SearchDocument]:
    """Search documents of processes in force, of these ids or of all."""
    query = select(Process, ProcessVersion).join(ProcessVersion, ProcessVersion.id == Process.published_version_id)
    if ids is not None:
        query = query.where(Process.id.in_(list(ids)))
    for process, version in session.execute(query.order_by(Process.id)):
        yield SearchDocument(
            kind="process", id=process.id, number=process.number, title=version.name, body="",
            summary=visible(version.purpose or "", 2).strip(),
            aliases=(), tags=(process.group, process.klass), category=process.group, language="zh", level=2,
            unit=process.audience_unit_id or 0, valid_from=None, valid_to=None, version=process.version,
            updated_on=process.reviewed_on or process.created_at.date())


def _numbered(session: Session, actor: Actor, typed: str, limit: int) -> Sequence[ThingCard]:
    ids = session.scalars(select(Process.id).where(Process.number.startswith(typed)).order_by(Process.id).limit(limit))
    return list(things(session, actor, list(ids)).values())


NUMBERED["P"] = _numbered
register(Kind("process", N_("Processes"), things, documents, whole=whole_things, reading=reading,
              categories={group.value: group.label for group in ProcessGroup}, family=PROCESSES,
              secret=secret, on_day=OnDay(days.cards_on, days.reading_on, days.gone_since)))
