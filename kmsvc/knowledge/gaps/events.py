"""What happens to gaps."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class GapAssigned(Event):
    """Somebody is to close a gap by a day. turn: its version then; person_id: who said so."""

    kind = "knowledge.gap.assigned"
    gap_id: int
    turn: int
    person_id: int | None


@dataclass(frozen=True)
class GapMoved(Event):
    """A gap came to another state: closed because every search in it is found, dismissed, joined, open again."""

    kind = "knowledge.gap.moved"
    gap_id: int
    state: str
    turn: int
    person_id: int | None
