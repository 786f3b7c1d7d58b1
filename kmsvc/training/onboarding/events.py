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


@dataclass(frozen=True)
class DecisionUndone(Event):
    """A decision on a newcomer was taken back."""

    kind = "training.onboarding.undone"
    trainee_id: int
    decision_id: int


@dataclass(frozen=True)
class FormHandedIn(Event):
    """Somebody gave their part of a form of a day. day: number of the working day."""

    kind = "training.onboarding.form"
    trainee_id: int
    form: str
    day: int
    part: str


@dataclass(frozen=True)
class TalkHeld(Event):
    """A formal talk with a newcomer was held."""

    kind = "training.onboarding.talk"
    trainee_id: int
    talk_id: int
