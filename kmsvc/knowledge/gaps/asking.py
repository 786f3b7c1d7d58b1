"""Asking the index what it finds for the searches of gaps: as a reader of the unit that searched, without its filters, and
without what only few may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.people.units.queries import parents, upward
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import SearchFailure
from kmsvc.search.queries import NEAREST, ask

LOOKED_AT = 10
_READS = frozenset({"search.query", "knowledge.article.read", "process.definition.read"})


@dataclass(frozen=True)
class Asked:
    """What the index finds for one search. keys: (kind, id), best first; shelf: the category of most of what comes nearest."""

    found: int
    keys: tuple[tuple[str, int], ...]
    shelf: str | None

    def place_of(self, kind: str, ref_id: int | None) -> int | None:
        """The place of a thing, from 1."""
        return next((at for at, key in enumerate(self.keys, 1) if key == (kind, ref_id)), None)


def ask_all(session: Session, engine: SearchEngine, wanted: Iterable[tuple[str, int | None]], today: date) -> Mapping[str, Asked]:
    """What the index finds for each (query, unit of who searched), or RuleBroken where the index cannot answer."""
    tree = parents(session)
    found = {}
    for query, unit_id in wanted:
        reader = Actor(login="gaps", name="gaps", via="worker", permissions=_READS, unit_id=unit_id, units=upward(tree, unit_id))
        answer = ask(session, engine, reader, text=query, on=today, lag_s=0.0, limit=LOOKED_AT, learned=False)
        if answer.degraded:
            raise no_index()
        near = [one.card for one in answer.items[:NEAREST]] or answer.nearest
        shelves = Counter(card.category for card in near if card.category)
        found[query] = Asked(answer.total, tuple((one.card.kind, one.card.id) for one in answer.items),
                             shelves.most_common(1)[0][0] if shelves else None)
    return found


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
