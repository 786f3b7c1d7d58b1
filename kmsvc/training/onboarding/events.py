"""What happens to newcomers."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class TraineeDecided(Event):
    """It was decided how a newcomer goes on; verb: enter_team and the other steps."""

    kind = "training.onboarding.decided"
    trainee_id: int
    decision_id: int
    verb: str
