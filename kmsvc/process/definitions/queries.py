"""Reads over processes: the tree, one process, its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards as things_of
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Reading, ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.markup.blocks import visible_blocks
from kmsvc.markup.fences import visible
from kmsvc.markup.kept import keep, revive
from kmsvc.people.accounts.queries import names
from kmsvc.process.definitions.dossier import dossier
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.permissions import READ_PROCESS, may_see
from kmsvc.process.definitions.rules import review_due


@dataclass(frozen=True)
class ProcessLine:
    """One process in the tree or a list. `number` as people say it, `label` of the version in force."""

    id: int
    number: str
    name: str
    group: str
    klass: str
    owner: str
    owner_id: int | None
    label: str | None
    effective_on: date | None
    review_on: date | None
    state: str
    has_draft: bool
    version: int


@dataclass(frozen=True)
class VersionLine:
    """One version with its place in the log. `n`: its ordinal, the number in addresses."""

    id: int
    n: int
    label: str
    name: str
    content_hash: str
    author: str
    author_id: int | None
    note: str | None
    change_id: int | None
    recorded_at: datetime
    effective_on: date | None
    live_at: datetime | None
    is_live: bool
    planned: bool


@dataclass(frozen=True)
class VersionCard(VersionLine):
    """One version with its text, cut to the caller's level; the content hash is that of the whole text."""

    purpose: str
    body: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True)
class PublicationLine:
    """One line of the publication log."""

    id: int
    kind: str
    old_label: str | None
    new_label: str | None
    by: str
    reason: str | None
    effective_on: date
    effective_at: datetime
    recorded_at: datetime
    done_at: datetime | None
    change_id: int | None


@dataclass(frozen=True)
class ReviewLine:
    """That a version in force was confirmed as right."""

    id: int
    reviewed_on: date
    label: str
    by: str
    reason: str
    at: datetime


def state_of(process: Process) -> str:
    """published, retired or draft."""
    return "retired" if process.retired_at else "published" if process.published_version_id else "draft"


def visible_process(session: Session, actor: Actor, process_id: int) -> Process:
    """The process, or NotFound where it is missing or not for this caller."""
    process = session.get(Process, process_id)
    if process is None or not can(actor, READ_PROCESS, process):
        raise NotFound()
    return process


def process_lines(session: Session, actor: Actor, *, q: str | None = None, group: str | None = None,
                  klass: str | None = None, owner_id: int | None = None, state: str | None = None) -> list[ProcessLine]:
    """The processes this caller may see, with the filters of the tree page, by number."""
    query = select(Process).order_by(Process.number)
    if q:
        query = query.where(or_(Process.name.icontains(q, autoescape=True), Process.number.icontains(q, autoescape=True)))
    if group:
        query = query.where(Process.group == group)
    if klass:
        query = query.where(Process.klass == klass)
    if owner_id:
        query = query.where(Process.owner_id == owner_id)
    rows = [row for row in session.scalars(query) if may_see(actor, row) and (state is None or state_of(row) == state)]
    return lines_of(session, rows)


def lines_of(session: Session, rows: Sequence[Process]) -> list[ProcessLine]:
    """Lines for process rows."""
    known = heads(session)
    who = names(session, [row.owner_id for row in rows])
    return [ProcessLine(
        id=row.id, number=row.number, name=row.name, group=row.group, klass=row.klass, owner=who.get(row.owner_id or 0, ""),
        owner_id=row.owner_id, label=known[row.id].label, effective_on=known[row.id].effective_on,
        review_on=review_due(row.reviewed_on, row.review_months) if row.reviewed_on and row.published_version_id else None,
        state=state_of(row), has_draft=row.draft_version_id is not None and row.draft_version_id != row.published_version_id,
        version=row.version) for row in rows]


def version_lines(session: Session, actor: Actor, process: Process) -> list[VersionLine]:
    """The versions this caller may read, newest first: drafts only for owner, authors and managers."""
    sees_drafts = (actor.can("process.definition.read_drafts") or actor.can("process.change.author")
                   or actor.person_id == process.owner_id)
    known = dossier(session, process.id)
    logs = known.latest
    who = names(session, [row.author_id for row in known.versions])
    found = []
    for row in known.versions:
        log = logs.get(row.id)
        if not sees_drafts and (log is None or log.done_at is None):
            continue
        found.append(VersionLine(
            id=row.id, n=row.ordinal, label=row.label, name=row.name, content_hash=row.content_hash,
            author=who.get(row.author_id or 0, ""), author_id=row.author_id, note=row.note, change_id=row.change_id,
            recorded_at=row.recorded_at, effective_on=log.effective_on if log else None, live_at=log.done_at if log else None,
            is_live=process.published_version_id == row.id, planned=log is not None and log.done_at is None))
    return found


def version_card(session: Session, actor: Actor, process: Process, n: int) -> VersionCard:
    """The version with this ordinal, or NotFound."""
    line = next((line for line in version_lines(session, actor, process) if line.n == n), None)
    if line is None:
        raise NotFound()
    return with_text(session, actor, line)


def with_text(session: Session, actor: Actor, line: VersionLine) -> VersionCard:
    """A version the caller may read, with its words."""
    level = level_of(actor)
    purpose, body, blocks = session.execute(_TEXT, {"id": line.id}).one()
    return VersionCard(**vars(line), purpose=visible(purpose or "", level).strip(), body=visible(body, level),
                       blocks=keep(visible_blocks(revive(blocks), level)))


_TEXT = select(*(ProcessVersion.__table__.c[name] for name in ("purpose", "body", "blocks"))).where(
    ProcessVersion.__table__.c.id == bindparam("id"))


def publication_lines(session: Session, process: Process) -> list[PublicationLine]:
    """The publication log of a process, newest first."""
    known = dossier(session, process.id)
    labels = known.labels
    who = names(session, [row.person_id for row in known.publications])
    return [PublicationLine(row.id, row.kind, labels.get(row.old_version_id or 0), labels.get(row.new_version_id or 0),
                            who.get(row.person_id or 0, ""), row.reason, row.effective_on, row.effective_at, row.recorded_at,
                            row.done_at, row.change_id) for row in reversed(known.publications)]


def review_lines(session: Session, process: Process) -> list[ReviewLine]:
    """The confirmed reviews of a process, newest first."""
    known = dossier(session, process.id)
    labels = known.labels
    who = names(session, [row.person_id for row in known.reviews])
    return [ReviewLine(row.id, row.reviewed_on, labels[row.version_id], who.get(row.person_id or 0, ""), row.reason, row.at)
            for row in reversed(known.reviews)]


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of published processes this caller may see; the full text is found through the article that follows it."""
    if not ids:
        return {}
    rows = session.execute(select(Process, ProcessVersion).join(
        ProcessVersion, ProcessVersion.id == Process.published_version_id).where(Process.id.in_(list(ids)))).all()
    return {process.id: ThingCard(
        kind="process", id=process.id, number=process.number, title=version.name,
        url=f"/process/definitions/{process.id}", state="published", category=process.group, updated_on=process.reviewed_on,
        summary=visible(version.purpose or "", level_of(actor)).strip(), body="", level=2)
        for process, version in rows if may_see(actor, process)}


def whole_things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of all processes whose pages this caller may open, those without a text and retired ones too."""
    live = things(session, actor, ids)
    rows = session.scalars(select(Process).where(Process.id.in_([one for one in ids if one not in live])))
    return {**live, **{row.id: ThingCard(
        kind="process", id=row.id, number=row.number, title=row.name, url=f"/process/definitions/{row.id}", state=state_of(row),
        category=row.group, updated_on=row.reviewed_on, level=2) for row in rows if may_see(actor, row)}}


def readable_texts(session: Session, actor: Actor, process_id: int) -> list[str]:
    """Every text of a process this caller may read, cut to the caller's level; files shown in them may be fetched."""
    process = session.get(Process, process_id)
    if process is None or not can(actor, READ_PROCESS, process):
        return []
    level = level_of(actor)
    bodies = session.scalars(select(ProcessVersion.body).where(
        ProcessVersion.id.in_([line.id for line in version_lines(session, actor, process)])))
    return [visible(body, level) for body in bodies]


def reading(session: Session, actor: Actor, process_id: int, today: date) -> Reading | None:
    """A process in force as an agent reads it beside the results."""
    thing = things(session, actor, [process_id]).get(process_id)
    process = session.get(Process, process_id)
    if thing is None or process is None:
        return None
    live = with_text(session, actor, next(line for line in version_lines(session, actor, process) if line.is_live))
    line = lines_of(session, [process])[0]
    return Reading(card=thing, version_label=f"V{live.label}", effective_on=line.effective_on, review_on=line.review_on,
                   owner=line.owner, confidentiality="internal", summary=live.purpose, body=live.body,
                   file_of=address_of(session, actor), version_id=live.id)


def successor_numbers(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """Process id -> number of what took its place, where this caller may see that."""
    known = heads(session)
    heirs = {one: known.get(known[one].superseded_by_id or 0) for one in ids if one in known}
    return {one: heir.number for one, heir in heirs.items() if heir is not None and may_see(actor, heir)}


def article_link(session: Session, actor: Actor, process_id: int) -> ThingCard | None:
    """The article that follows this process, if this caller may see it."""
    ref = session.scalar(select(Article.id).where(Article.process_id == process_id))
    return things_of.card(session, actor, "article", ref) if ref is not None else None
