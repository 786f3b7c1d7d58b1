"""What happens on the bench."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class SearchesBroke(Event):
    """Saved searches that found their article do so no longer. person_ids: who changed something since, who saved them."""

    kind = "knowledge.bench.broke"
    run_id: int
    search_ids: list[int]
    person_ids: list[int]
