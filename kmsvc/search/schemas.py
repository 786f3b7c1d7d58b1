"""What a search answers, as JSON; one shape for the API and the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

from kmsvc.search.queries import Answer


def result_json(answer: Answer, offset: int, limit: int, on: date | None = None) -> dict[str, Any]:
    """A page of results. on: the day that was asked for."""
    items = [{"kind": one.card.kind, "id": one.card.id, "number": one.card.number, "external_id": one.card.external_id,
              "title": one.card.title, "snippet": one.snippet, "category": one.card.category or None,
              "updated_on": one.card.updated_on, "url": one.card.url, "score": one.score, "moved_up": one.moved} for one in answer.items]
    following = offset + limit if answer.total > offset + limit else None
    return {"items": items, "next": str(following) if following is not None else None, "total": answer.total,
            "took_ms": round(answer.took_ms, 2), "index_lag_s": round(answer.lag_s, 2), "degraded": answer.degraded, "on": on,
            "expansions": {word: list(added) for word, added in answer.expansions.items()}}
