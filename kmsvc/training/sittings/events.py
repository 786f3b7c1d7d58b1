"""What happens to sittings."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class SittingBegun(Event):
    """Somebody has begun; the paper is frozen."""

    kind = "training.sitting.begun"
    sitting_id: int
    exam_id: int


@dataclass(frozen=True)
class SittingHandedIn(Event):
    """A sitting is over, by its candidate (`submitted`) or by the clock (`timed_out`); its answers can be marked."""

    kind = "training.sitting.handed_in"
    sitting_id: int
    exam_id: int
    how: str


@dataclass(frozen=True)
class SittingReopened(Event):
    """Somebody may go on after having handed in; what was marked waits for the next time."""

    kind = "training.sitting.reopened"
    sitting_id: int
    exam_id: int


@dataclass(frozen=True)
class SittingAnnulled(Event):
    """A sitting counts for nothing."""

    kind = "training.sitting.annulled"
    sitting_id: int
    exam_id: int


@dataclass(frozen=True)
class SittingRestored(Event):
    """A sitting that was taken out of the count counts again."""

    kind = "training.sitting.restored"
    sitting_id: int
    exam_id: int
