"""What happens to bulletins."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class BulletinBegan(Event):
    """A bulletin runs from now on, or a correction asks everybody to read it anew. round: how often it has been asked."""

    kind = "knowledge.bulletin.began"
    bulletin_id: int
    round: int


@dataclass(frozen=True)
class BulletinReminded(Event):
    """Somebody asked those who have not read it once more."""

    kind = "knowledge.bulletin.reminded"
    bulletin_id: int
    reminder_id: int
    person_ids: list[int]


@dataclass(frozen=True)
class BulletinEnded(Event):
    """A bulletin is over: its time has come (early False) or somebody ended it."""

    kind = "knowledge.bulletin.ended"
    bulletin_id: int
    early: bool
    asked: int
    read: int
