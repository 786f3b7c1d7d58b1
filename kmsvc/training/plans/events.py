"""What happens to sessions."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class SessionPlanned(Event):
    """A session stands in the calendar; who is on its list is told."""

    kind = "training.session.planned"
    session_id: int


@dataclass(frozen=True)
class SessionChanged(Event):
    """A session was moved or cancelled. turn: its version."""

    kind = "training.session.changed"
    session_id: int
    turn: int


@dataclass(frozen=True)
class SeatGiven(Event):
    """Somebody moved up from the waiting list."""

    kind = "training.session.seat_given"
    session_id: int
    person_id: int


@dataclass(frozen=True)
class PlanFinished(Event):
    """A plan is done. turn: its version."""

    kind = "training.plan.finished"
    plan_id: int
    turn: int


@dataclass(frozen=True)
class SignedIn(Event):
    """Somebody was present at a session."""

    kind = "training.session.signed_in"
    session_id: int
    plan_id: int
    person_id: int
