"""Which two texts a change sets side by side, and their difference cut to what this reader may see.

The older text is the version that was in force when the request came, from step 13 on the one in force now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.markup.blocks import IdentifiedBlock, visible_blocks
from kmsvc.markup.diff import BlockChange, count_changes, diff_blocks
from kmsvc.markup.kept import revive
from kmsvc.process.changes import scenes
from kmsvc.process.changes.holding import SEES_ALL
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.rules import BY_STATE
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import READ_DRAFTS
from kmsvc.process.definitions.rules import next_final


@dataclass(frozen=True)
class VersionNote:
    """A version of the process that this change compares with or has written."""

    id: int
    n: int
    label: str
    name: str
    author_id: int | None
    note: str | None
    recorded_at: object
    own: bool
    was_live: bool
    is_live: bool


@dataclass(frozen=True)
class Comparison:
    """Two versions and what changed; `old` is None for a first text."""

    old: VersionNote | None
    new: VersionNote
    blocks: tuple[BlockChange, ...]
    counts: dict[str, int]
    renamed: tuple[str, str] | None

    @property
    def total(self) -> int:
        """How many paragraphs are not as they were."""
        return self.counts["added"] + self.counts["removed"] + self.counts["changed"]


def sees_draft(session: Session, actor: Actor, change: Change) -> bool:
    """Whether a text that is not released yet may be shown: to whoever works on the change and to readers of drafts."""
    return (can(actor, READ_DRAFTS) or any(actor.can(name) for name in SEES_ALL)
            or (actor.person_id is not None and actor.person_id in scenes.involved(session, change)))


def version_notes(session: Session, actor: Actor, change: Change) -> list[VersionNote]:
    """The versions of the process up to the newest of this change that this caller may see, oldest first."""
    if change.process_id is None:
        return []
    rows = list(session.scalars(select(ProcessVersion).where(ProcessVersion.process_id == change.process_id)
                                .order_by(ProcessVersion.ordinal)))
    live = set(session.scalars(select(Publication.new_version_id).where(
        Publication.process_id == change.process_id, Publication.done_at.is_not(None))))
    process = session.get(Process, change.process_id)
    now_live = process.published_version_id if process else None
    drafts = sees_draft(session, actor, change)
    own = [row.ordinal for row in rows if row.change_id == change.id]
    last = own[-1] if own else 0
    return [VersionNote(row.id, row.ordinal, row.label, row.name, row.author_id, row.note, row.recorded_at,
                        row.change_id == change.id, row.id in live, row.id == now_live)
            for row in rows if row.ordinal <= last and (row.id in live or (drafts and row.change_id == change.id))]


def signed_becomes(session: Session, change: Change) -> str:
    """The label under which the text that is signed now will be published."""
    rows = session.execute(select(ProcessVersion.major, ProcessVersion.minor).where(
        ProcessVersion.process_id == change.process_id))
    major, minor = next_final([(row.major, row.minor) for row in rows])
    return f"{major}.{minor}"


def compare(session: Session, actor: Actor, change: Change, notes: list[VersionNote], *, old: int | None = None,
            new: int | None = None) -> Comparison | None:
    """The difference between two of the notes (by their n; the usual pair when none is named), or None without a text."""
    by_n = {note.n: note for note in notes}
    own = [note for note in notes if note.own]
    if not own:
        return None
    target = by_n.get(new or 0) or next((note for note in own if note.id == change.candidate_id), own[-1])
    base = by_n.get(old or 0) or _usual_base(session, change, notes, target)
    level = level_of(actor)
    texts = {row.id: row for row in session.scalars(select(ProcessVersion).where(
        ProcessVersion.id.in_([target.id] + ([base.id] if base else []))))}
    blocks = tuple(diff_blocks(_blocks(texts.get(base.id) if base else None, level), _blocks(texts[target.id], level)))
    renamed = (base.name, target.name) if base and base.name != target.name else None
    return Comparison(base, target, blocks, count_changes(blocks), renamed)


def _blocks(version: ProcessVersion | None, level: int) -> list[IdentifiedBlock]:
    return visible_blocks(revive(version.blocks), level) if version is not None else []


def _usual_base(session: Session, change: Change, notes: list[VersionNote], target: VersionNote) -> VersionNote | None:
    process = session.get(Process, change.process_id) if change.process_id else None
    step = BY_STATE.get(change.state)
    published = process.published_version_id if process else None
    if step is not None and step.number >= 13 and published is not None and published != target.id:
        return next((note for note in notes if note.id == published), None)
    before = [note for note in notes if not note.own and note.was_live and note.n < target.n]
    return before[-1] if before else None


def paragraph(session: Session, actor: Actor, change: Change, block_id: str | None) -> str | None:
    """The text of one paragraph of the version that is worked on, as far as this caller may read it."""
    version = session.get(ProcessVersion, change.candidate_id) if change.candidate_id and block_id else None
    if version is None or not any(note.id == version.id for note in version_notes(session, actor, change)):
        return None
    return next((block.text for block in _blocks(version, level_of(actor)) if block.id == block_id), None)
