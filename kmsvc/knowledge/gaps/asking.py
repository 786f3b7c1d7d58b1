"""Asking the index what it finds for the searches of gaps: as those who searched, with their units and reader groups, without their
filters, and without what only few may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.knowledge.gaps.models import GapAsker, GapQuery
from kmsvc.people.accounts.directory import directory
from kmsvc.people.readers.queries import units_read
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import SearchFailure
from kmsvc.search.queries import NEAREST, ask

LOOKED_AT = 10
MOST_READERS = 8
"""of those who searched, the latest; most stand in the same unit and groups, and one of them is asked for"""
_READS = frozenset({"search.query", "knowledge.article.read", "process.definition.read"})


@dataclass(frozen=True)
class Reader:
    """Whom a text must be for to be found: a unit, and all that its reader belongs to, reader groups too."""

    unit_id: int | None
    units: frozenset[int]


@dataclass(frozen=True)
class Asked:
    """What the index finds for one search, by whoever of its readers finds least. keys: (kind, id), best first; shelf: the category of
    most of what comes nearest; others: what its other readers find, best first."""

    found: int
    keys: tuple[tuple[str, int], ...]
    shelf: str | None
    others: tuple[tuple[tuple[str, int], ...], ...] = ()

    def place_of(self, kind: str, ref_id: int | None) -> int | None:
        """The place of a thing, from 1, where it stands lowest; None where a reader does not find it."""
        places = [next((at for at, key in enumerate(keys, 1) if key == (kind, ref_id)), 0) for keys in (self.keys, *self.others)]
        return max(places) if all(places) else None


class Searcher(NamedTuple):
    """Who searched, as noted then; person_id None where that is forgotten."""

    person_id: int | None
    unit_id: int | None
    roles: str


def as_read_today(session: Session, searchers: Iterable[Searcher]) -> list[Reader]:
    """How the first eight different readers of these read today. Who left does not ask any more: only where nobody is left it is
    asked as somebody of their unit with their roles of then."""
    people = directory(session).people
    stay: dict[Reader, None] = {}
    gone: dict[tuple[int | None, str], None] = {}
    for one in searchers:
        person = people.get(one.person_id or 0)
        if person is None or not person.is_active:
            gone[one.unit_id, one.roles] = None
        elif len(stay) < MOST_READERS:
            stay[Reader(person.unit_id, units_read(session, person.unit_id, person.post_id, person.role_names))] = None
    return list(stay) or [Reader(unit_id, units_read(session, unit_id, None, [name for name in roles.split(",") if name]))
                          for unit_id, roles in list(gone)[:MOST_READERS]]


def readers_of(session: Session, gap_id: int) -> list[tuple[str, list[Reader]]]:
    """(query, those who searched for it, the latest first) of a gap; the unit alone where who searched is forgotten."""
    rows = session.execute(select(GapQuery.id, GapQuery.query, GapQuery.unit_id).where(
        GapQuery.gap_id == gap_id).order_by(GapQuery.id)).all()
    known: dict[int, list[Searcher]] = {}
    for row in session.execute(select(GapAsker.query_id, GapAsker.person_id, GapAsker.unit_id, GapAsker.roles).where(
            GapAsker.query_id.in_([one.id for one in rows])).order_by(GapAsker.last_at.desc(), GapAsker.person_id)):
        known.setdefault(row.query_id, []).append(Searcher(row.person_id, row.unit_id, row.roles))
    return [(row.query, as_read_today(session, known.get(row.id, [Searcher(None, row.unit_id, "")]))) for row in rows]


def ask_all(session: Session, engine: SearchEngine, wanted: Iterable[tuple[str, Iterable[Reader]]], today: date) -> Mapping[str, Asked]:
    """What the index finds for each (query, those who searched), or RuleBroken where the index cannot answer."""
    found = {}
    for query, readers in wanted:
        each = [_ask(session, engine, query, reader, today) for reader in readers]
        least = min(each, key=lambda one: one.found)
        found[query] = replace(least, others=tuple(one.keys for one in each if one is not least))
    return found


def _ask(session: Session, engine: SearchEngine, query: str, reader: Reader, today: date) -> Asked:
    actor = Actor(login="gaps", name="gaps", via="worker", permissions=_READS, unit_id=reader.unit_id, units=reader.units)
    answer = ask(session, engine, actor, text=query, on=today, lag_s=0.0, limit=LOOKED_AT, learned=False)
    if answer.degraded:
        raise no_index()
    near = [one.card for one in answer.items[:NEAREST]] or answer.nearest
    shelves = Counter(card.category for card in near if card.category)
    return Asked(answer.total, tuple((one.card.kind, one.card.id) for one in answer.items),
                 shelves.most_common(1)[0][0] if shelves else None)


def is_usable(engine: SearchEngine) -> bool:
    """Whether the index answers at all."""
    try:
        engine.seen()
    except SearchFailure:
        return False
    return True


def no_index() -> RuleBroken:
    """The refusal while there is no index."""
    return RuleBroken("knowledge.gap.no_index", N_("The search index is not usable now. Replay the searches when it is back."))
