"""Reads over lessons: the list, one with its parts as this reader may read them, how long it takes, the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import KINDS, SecretText
from kmsvc.core.errors import NotFound
from kmsvc.knowledge.citations.following import STANDING
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.citations.texts import TEXTS, Seen
from kmsvc.knowledge.lessons.citing import LESSON, card
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.markup.blocks import IdentifiedBlock, join, visible_blocks
from kmsvc.markup.render import reading_seconds
from kmsvc.people.accounts.queries import names

_HEADING = re.compile(r"\s{0,3}#{1,2}\s+(?P<title>.+?)(?:\s+#+)?\s*\Z")
INTERNAL = 2


@dataclass(frozen=True)
class LessonLine:
    """A lesson in a list. parts, marked: texts and paragraphs, and how many of them somebody has to look at."""

    id: int
    number: str
    title: str
    summary: str
    language: str
    keeper_id: int
    keeper: str
    parts: int
    marked: int
    changed_at: datetime
    removed_at: datetime | None
    version: int
    may_keep: bool
    url: str


@dataclass(frozen=True)
class Part:
    """One text or paragraph of a lesson, or one chapter of a text, as this reader reads it now. secret: its secret words."""

    citation_id: int
    heading: str
    number: str
    title: str
    url: str
    label: str
    blocks: tuple[IdentifiedBlock, ...]
    marked: bool
    seconds: int
    secret: SecretText | None


def lesson_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None,
                 lesson_id: int | None = None) -> list[LessonLine]:
    """Lessons, changed last first. state: `marked` or `removed`; left out, all that were not removed."""
    joined = (Citation.citing_kind == LESSON) & (Citation.citing_id == Lesson.id) & Citation.state.in_(STANDING)
    query = select(Lesson, func.count(Citation.id), func.sum(case((Citation.state == "marked", 1), else_=0))).outerjoin(
        Citation, joined).group_by(Lesson.id).order_by(Lesson.changed_at.desc(), Lesson.id.desc())
    if lesson_id is not None:
        query = query.where(Lesson.id == lesson_id)
    else:
        query = query.where(Lesson.removed_at.is_not(None) if state == "removed" else Lesson.removed_at.is_(None))
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (Lesson.number, Lesson.title, Lesson.summary))))
    rows = list(session.execute(query))
    who = names(session, [row.keeper_id for row, *_ in rows])
    lines = [LessonLine(row.id, row.number, row.title, row.summary, row.language, row.keeper_id, who.get(row.keeper_id, ""), parts,
                        int(marked or 0), row.changed_at, row.removed_at, row.version, card(row, actor, "").may_keep,
                        f"/knowledge/lessons/{row.id}") for row, parts, marked in rows]
    return [line for line in lines if state != "marked" or line.marked]


def lesson_line(session: Session, actor: Actor, lesson_id: int) -> LessonLine:
    """One of them, or NotFound; a removed one is there for who keeps it."""
    found = lesson_lines(session, actor, lesson_id=lesson_id)
    if not found or (found[0].removed_at is not None and not found[0].may_keep):
        raise NotFound()
    return found[0]


def parts_of(session: Session, actor: Actor, lesson_id: int) -> list[Part]:
    """What this reader reads, in its order; what is not for this reader, or no longer there, is left out."""
    rows = session.scalars(select(Citation).where(Citation.citing_kind == LESSON, Citation.citing_id == lesson_id,
                                                  Citation.state.in_(STANDING)).order_by(Citation.place, Citation.id))
    found: list[Part] = []
    for row in rows:
        kind = TEXTS.get(row.text_kind)
        face = kind.faces(session, [row.text_id]).get(row.text_id) if kind is not None else None
        seen = kind.seen(session, actor, row.text_id, face.version_id) if kind is not None and face is not None else None
        if seen is not None:
            found += _parts(session, actor, row, seen)
    return found


def _parts(session: Session, actor: Actor, row: Citation, seen: Seen) -> Iterator[Part]:
    kind = KINDS.get(row.text_kind)
    secret = kind.secret(session, actor, row.text_id, seen.text.version_id) if kind is not None and kind.secret else None
    chapters = ([(seen.title, tuple(one for one in seen.text.blocks if one.id == row.block_id))] if row.block_id
                else list(chapters_of(seen.title, seen.text.blocks)))
    for heading, blocks in chapters:
        ids = {one.id for one in blocks}
        own = replace(secret, blocks=tuple(one for one in secret.blocks if one[0] in ids)) if secret is not None else None
        if blocks:
            yield Part(row.id, heading, seen.number, seen.title, seen.url, seen.label, blocks, row.state == "marked",
                       reading_seconds(join(blocks)), own if own is not None and (own.whole or own.blocks) else None)


def chapters_of(title: str, blocks: Sequence[IdentifiedBlock]) -> Iterator[tuple[str, tuple[IdentifiedBlock, ...]]]:
    """A text as (heading, paragraphs) by its headings of the first two levels; a heading with nothing under it joins the next."""
    heading, held = title, list[IdentifiedBlock]()
    for block in blocks:
        found = _HEADING.match(block.text) if block.kind == "heading" else None
        if found is not None and any(one.kind != "heading" for one in held):
            yield heading, tuple(held)
            held = []
        if found is not None and not held:
            heading = found["title"]
        held.append(block)
    if held:
        yield heading, tuple(held)


def minutes_of(parts: Sequence[Part]) -> int:
    """Whole minutes an ordinary reader needs, at least one."""
    return max(1, -(-sum(one.seconds for one in parts) // 60))


def as_markdown(line: LessonLine, parts: Sequence[Part]) -> str:
    """The lesson as a file to take away: secret paragraphs never leave by it, whoever takes it."""
    told = [f"# {line.title}", line.summary]
    for one in parts:
        blocks = () if one.secret is not None and one.secret.whole else visible_blocks(one.blocks, INTERNAL)
        if blocks:
            head = [] if blocks[0].kind == "heading" else [f"## {one.heading}"]
            told += [f"<!-- {one.number} V{one.label} -->", *head, join(blocks)]
    return "\n\n".join(filter(None, told)) + "\n"
