"""What a search answers, as JSON; one shape for the API and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.search.keeping import Chosen, kept_for
from kmsvc.search.queries import Answer
from kmsvc.search.running import Running, running_json
from kmsvc.search.scopes import NOTHING, Register, register_of

NARROWED_BY_NOTHING = Chosen()


def result_json(answer: Answer, offset: int, limit: int, on: date | None = None, *, known: Register = NOTHING,
                narrowed: Chosen = NARROWED_BY_NOTHING, running: Sequence[Running] = ()) -> dict[str, Any]:
    """A page of results. on: the day that was asked for; narrowed: by what; running: what must be known of it now. Facets count
    what a choice would let through, of what this caller may see."""
    items = [{"kind": one.card.kind, "id": one.card.id, "number": one.card.number, "external_id": one.card.external_id,
              "title": one.card.title, "snippet": one.snippet, "category": one.card.category or None,
              "updated_on": one.card.updated_on, "url": one.card.url, "score": one.score, "moved_up": one.moved,
              "in_place_of": one.instead or None, "applies_to": named(known, one.card.scopes)} for one in answer.items]
    facets: dict[str, list[dict[str, Any]]] = {name: [] for name in known.labels}
    for mark, count in answer.scopes.items():
        if count:
            one = known.values[mark]
            facets[one.dimension].append({"id": one.id, "name": one.name, "count": count})
    following = offset + limit if answer.total > offset + limit else None
    return {"items": items, "next": str(following) if following is not None else None, "total": answer.total,
            "took_ms": round(answer.took_ms, 2), "index_lag_s": round(answer.lag_s, 2), "degraded": answer.degraded, "on": on,
            "narrowed": chosen_json(known, narrowed), "facets": {"kind": answer.kinds, "category": answer.categories, **facets},
            "expansions": {word: list(added) for word, added in answer.expansions.items()}, "running": running_json(running),
            "nearest": [{"kind": card.kind, "id": card.id, "number": card.number, "title": card.title, "url": card.url}
                        for card in answer.nearest]}


def named(known: Register, marks: Sequence[str]) -> dict[str, list[str]]:
    """Names by dimension; a dimension that is not there is all of it."""
    found: dict[str, list[str]] = {}
    for mark in known.settled(marks):
        found.setdefault(known.values[mark].dimension, []).append(known.values[mark].name)
    return found


def chosen_json(known: Register, chosen: Chosen) -> dict[str, Any]:
    """What a search is narrowed by."""
    return {"kind": chosen.kind, "category": chosen.category, **named(known, chosen.scopes)}


def kept_json(session: Session, actor: Actor) -> dict[str, Any]:
    """What this person's next search begins with. own: they chose it; unit, start: which unit starts with what."""
    kept, known = kept_for(session, actor), register_of(session)
    return {"chosen": chosen_json(known, kept.chosen), "own": kept.own, "unit": kept.unit, "start": chosen_json(known, kept.start)}
