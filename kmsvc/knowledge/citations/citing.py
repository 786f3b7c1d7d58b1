"""What cites, by a register: a slice that has lessons, questions or scorecard items gives one `CitingKind` and says what each of
them cites by `keeping.cites`. It hears of marks by `when_marked`, or asks `marked_among` before it uses one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.citations.rules import CitationState


@dataclass(frozen=True)
class CitingCard:
    """A thing that cites, as a caller who may know of it sees it. may_keep: this caller says what became of its citations;
    address: where it stands, of a thing of another system; note: what it is, in a word (English source)."""

    kind: str
    id: int
    number: str
    title: str
    url: str
    keeper_id: int | None
    keeper: str
    may_keep: bool
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class CitingKind:
    """One kind of thing that cites. label: English source; removed things are none of its cards.

    cards(session, actor, ids): of those this caller may know of. keepers(session, id): who is told and looks at a mark.
    when_marked(work, id, ids of the citations): what follows in this slice when some of them are marked, once for each new
    text, as the service itself and twice without harm; when_settled(work, id): when none of them is marked any more.
    """

    name: str
    label: str
    cards: Callable[[Session, Actor, Sequence[int]], Mapping[int, CitingCard]]
    keepers: Callable[[Session, int], Sequence[int]]
    when_marked: Callable[[Work, int, Sequence[int]], None] | None = None
    when_settled: Callable[[Work, int], None] | None = None


CITING: dict[str, CitingKind] = {}


def register(kind: CitingKind) -> None:
    """Add a kind; the last word wins."""
    CITING[kind.name] = kind


def card_of(session: Session, actor: Actor, kind: str, citing_id: int) -> CitingCard | None:
    """The card of one thing, where this caller may know of it."""
    found = CITING.get(kind)
    return found.cards(session, actor, [citing_id]).get(citing_id) if found else None


def marked_among(session: Session, kind: str, ids: Sequence[int]) -> frozenset[int]:
    """Those of these things that cite something which somebody has to look at first."""
    return frozenset(session.scalars(select(Citation.citing_id).where(
        Citation.citing_kind == kind, Citation.citing_id.in_(list(ids)), Citation.state == CitationState.MARKED)))
