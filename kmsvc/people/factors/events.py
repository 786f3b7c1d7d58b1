"""What happens to second factors."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class FactorReset(Event):
    """An administrator took away somebody's second factor. turn: the factor that went, so that another one is another fact."""

    kind = "people.factor.reset"
    person_id: int
    turn: int
