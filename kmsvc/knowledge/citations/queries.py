"""Reads over citations: lists, one side by side with what it became, who cites a text, what a new text would touch. Nobody sees a
citation of a text they may not read, or by a thing they may not know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.citations.citing import CITING, CitingCard
from kmsvc.knowledge.citations.comparing import Text, judged
from kmsvc.knowledge.citations.following import STANDING
from kmsvc.knowledge.citations.models import Citation, CitationLook
from kmsvc.knowledge.citations.permissions import SEE_CITATIONS
from kmsvc.knowledge.citations.rules import CitationState, Verdict, offered
from kmsvc.knowledge.citations.texts import TEXTS, Seen
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.diff import BlockChange, diff_blocks
from kmsvc.markup.plain import quick_plain
from kmsvc.people.accounts.queries import names

VIEWS = ("mine",)
AT_ONCE = 5_000
"""rows that a list looks through at most; what waits to be looked at is far less"""
LONGEST_EXCERPT = 80


@dataclass(frozen=True)
class CitationLine:
    """A citation in a list. number, title: of the text; excerpt: how the paragraph begins, empty for the text as a whole."""

    id: int
    citing: CitingCard
    place: int
    text_kind: str
    text_id: int
    number: str
    title: str
    text_url: str
    block_id: str | None
    excerpt: str
    state: str
    change: str | None
    marked_at: datetime | None
    made_at: datetime
    version: int
    url: str


@dataclass(frozen=True)
class LookLine:
    """What somebody found of it."""

    verdict: str
    change: str | None
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class CitationCard:
    """A citation with what it said and what stands there now. old, new: the versions as this reader sees them, None where there
    is none for this reader; changes: of the cited paragraph, or of the whole text; hidden: the paragraph is not for this reader."""

    line: CitationLine
    row: Citation
    old: Seen | None
    new: Seen | None
    changes: tuple[BlockChange, ...]
    hidden: bool
    offered: tuple[Verdict, ...]
    choices: tuple[tuple[str, str], ...]
    looks: tuple[LookLine, ...]


@dataclass(frozen=True)
class Touch:
    """A citation that a text which is not in force yet would mark."""

    citing: CitingCard
    change: str
    excerpt: str
    block_id: str | None


class _Reader:
    """What one caller sees of texts, each read once."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self.known: dict[tuple[str, int, int | None], Seen | None] = {}

    def seen(self, kind: str, text_id: int, version_id: int | None = None) -> Seen | None:
        key = (kind, text_id, version_id)
        if key not in self.known:
            found = TEXTS.get(kind)
            self.known[key] = found.seen(self.session, self.actor, text_id, version_id) if found else None
        return self.known[key]


def citation_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, kind: str | None = None,
                   view: str | None = None, citation_id: int | None = None) -> list[CitationLine]:
    """Citations this caller may know of, those marked last first; state: left out, those to be looked at, `all`: any."""
    query = select(Citation)
    if citation_id is not None:
        query = query.where(Citation.id == citation_id)
    elif state != "all":
        query = query.where(Citation.state == (state or CitationState.MARKED))
    if kind:
        query = query.where(Citation.citing_kind == kind)
    lines = _lines(session, actor, query.order_by(Citation.marked_at.desc(), Citation.id.desc()).limit(AT_ONCE))
    sought = (q or "").casefold().strip()
    return [line for line in lines if (view != "mine" or (actor.person_id is not None and line.citing.keeper_id == actor.person_id))
            and (not sought or any(sought in word.casefold() for word in (
                line.citing.number, line.citing.title, line.number, line.title)))]


def _lines(session: Session, actor: Actor, query: Select[Any]) -> list[CitationLine]:
    rows = list(session.scalars(query))
    things = _things(session, actor, rows)
    reader = _Reader(session, actor)
    found = []
    for row in rows:
        citing = things.get((row.citing_kind, row.citing_id))
        seen = reader.seen(row.text_kind, row.text_id) if citing is not None else None
        if citing is None or seen is None:
            continue
        there = block_in(seen, row.block_id) or (
            block_in(reader.seen(row.text_kind, row.text_id, row.version_id), row.block_id) if row.block_id else None)
        found.append(CitationLine(
            row.id, citing, row.place, row.text_kind, row.text_id, seen.number, seen.title, seen.url, row.block_id,
            excerpt_of(there) if there is not None else "", row.state, row.change, row.marked_at, row.made_at, row.version,
            f"/knowledge/citations/{row.id}"))
    return found


def _things(session: Session, actor: Actor, rows: Iterable[Citation]) -> dict[tuple[str, int], CitingCard]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.citing_kind, set()).add(row.citing_id)
    return {(kind, card.id): card for kind, ids in wanted.items() if kind in CITING
            for card in CITING[kind].cards(session, actor, sorted(ids)).values()}


def block_in(seen: Seen | None, block_id: str | None) -> IdentifiedBlock | None:
    """The paragraph with this id, where this reader sees it."""
    return next((one for one in seen.text.blocks if one.id == block_id), None) if seen is not None and block_id else None


def excerpt_of(block: IdentifiedBlock) -> str:
    """How a paragraph begins."""
    words = " ".join(quick_plain(block.text).split())
    return words if len(words) <= LONGEST_EXCERPT else words[:LONGEST_EXCERPT - 1] + "…"


def citation_card(session: Session, actor: Actor, citation_id: int) -> CitationCard:
    """One citation side by side, or NotFound where it is not for this caller."""
    line = next(iter(citation_lines(session, actor, citation_id=citation_id)), None)
    row = session.get(Citation, citation_id)
    if line is None or row is None:
        raise NotFound()
    kind = TEXTS[row.text_kind]
    face = kind.faces(session, [row.text_id]).get(row.text_id)
    old = kind.seen(session, actor, row.text_id, row.version_id)
    new = kind.seen(session, actor, row.text_id, face.version_id) if face is not None else None
    changes = _changes(row.block_id, old, new)
    looks = list(session.scalars(select(CitationLook).where(CitationLook.citation_id == row.id).order_by(CitationLook.id.desc())))
    who = names(session, [one.person_id for one in looks])
    return CitationCard(
        line, row, old, new, changes, hidden=row.block_id is not None and not changes,
        offered=offered(row.state, row.change) if line.citing.may_keep else (),
        choices=tuple((one.id, excerpt_of(one)) for one in new.text.blocks if one.kind != "rule") if new is not None else (),
        looks=tuple(LookLine(one.verdict, one.change, one.note, who.get(one.person_id or 0, ""), one.at) for one in looks))


def _changes(block_id: str | None, old: Seen | None, new: Seen | None) -> tuple[BlockChange, ...]:
    if old is None and new is None:
        return ()
    found = diff_blocks(old.text.blocks if old else (), new.text.blocks if new else ())
    return tuple(one for one in found if block_id is None or one.block_id == block_id)


def cited_by(session: Session, actor: Actor, text_kind: str, text_id: int) -> list[CitationLine]:
    """What cites a text now, as far as this caller may know; nothing for whoever does not see citations."""
    if not can(actor, SEE_CITATIONS):
        return []
    return _lines(session, actor, select(Citation).where(
        Citation.text_kind == text_kind, Citation.text_id == text_id, Citation.state.in_(STANDING))
        .order_by(Citation.citing_kind, Citation.citing_id, Citation.place, Citation.id).limit(AT_ONCE))


def count_citations(session: Session, actor: Actor, text_kind: str, text_id: int) -> int:
    """How many citations `cited_by` lists; without reading a text where there are none."""
    if not can(actor, SEE_CITATIONS) or session.scalar(select(Citation.id).where(
            Citation.text_kind == text_kind, Citation.text_id == text_id, Citation.state.in_(STANDING)).limit(1)) is None:
        return 0
    return len(cited_by(session, actor, text_kind, text_id))


def cites_of(session: Session, actor: Actor, citing_kind: str, citing_id: int) -> list[CitationLine]:
    """What a thing cites now, in its order, as far as this caller may read it."""
    return _lines(session, actor, select(Citation).where(
        Citation.citing_kind == citing_kind, Citation.citing_id == citing_id, Citation.state.in_(STANDING))
        .order_by(Citation.place, Citation.id))


def touched_by(session: Session, actor: Actor, text_kind: str, text_id: int, new: Text, today: date) -> list[Touch]:
    """What would be marked if this were the text in force; nothing for whoever does not see citations."""
    if not can(actor, SEE_CITATIONS):
        return []
    rows = list(session.scalars(select(Citation).where(
        Citation.text_kind == text_kind, Citation.text_id == text_id, Citation.state == CitationState.TRUE).order_by(Citation.id)))
    kind = TEXTS.get(text_kind)
    if not rows or kind is None:
        return []
    things = _things(session, actor, rows)
    olds = {one: kind.text(session, text_id, one) for one in sorted({row.version_id for row in rows})}
    now = kind.seen(session, actor, text_id, None)
    found = []
    for row in rows:
        old, citing = olds[row.version_id], things.get((row.citing_kind, row.citing_id))
        change = judged(row.block_id, old, new, today, row.accepted_until) if old is not None and citing is not None else None
        if change is not None and citing is not None:
            there = block_in(now, row.block_id)
            found.append(Touch(citing, change, excerpt_of(there) if there is not None else "", row.block_id))
    return found


def count_things(touches: Sequence[Touch]) -> int:
    """How many things these are: one may cite several paragraphs."""
    return len({(one.citing.kind, one.citing.id) for one in touches})
