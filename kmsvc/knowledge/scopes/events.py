"""What happens to the values."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ScopesMerged(Event):
    """A value is another one now; the articles that name it are found by that."""

    kind = "knowledge.scope.merged"
    value_id: int
    into_id: int
    dimension: str
