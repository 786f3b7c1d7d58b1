"""What happens to licences."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class LicenceMoved(Event):
    """A licence was granted, suspended, resumed or ended. turn: the version of its row, so that each is told once."""

    kind = "knowledge.licence.moved"
    licence_id: int
    what: str
    turn: int
