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
    """Somebody has a seat who had none: moved up from the waiting list, or put onto the plan. given_at: the instant, RFC 3339, for
    it may happen twice."""

    kind = "training.session.seat_given"
    session_id: int
    person_id: int
    given_at: str = ""


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


@dataclass(frozen=True)
class SignInTakenBack(Event):
    """Somebody does not count as present at a session any more: the sign-in was taken back, or the session cancelled. present_at: the
    instant of the sign-in, RFC 3339."""

    kind = "training.session.sign_in_taken_back"
    session_id: int
    plan_id: int
    person_id: int
    present_at: str
