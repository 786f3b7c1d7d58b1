"""What waits for somebody in sessions: one to go to within two days, one to say something about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import Place, SessionState

AHEAD, AFTER = timedelta(days=2), timedelta(days=7)


@dataclass(frozen=True)
class Waits:
    """A session that waits for somebody. rate: they were there and have not said what they think."""

    id: int
    number: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    rate: bool

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return 2 if self.rate else int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def url(self) -> str:
        """Where it is done."""
        return f"/training/plans/sessions/{self.id}/{'feedback' if self.rate else 'mine'}"


def waits_for(session: Session, person_id: int | None, now: datetime) -> list[Waits]:
    """By time."""
    if person_id is None:
        return []
    ahead = and_(TrainingSession.state == SessionState.PLANNED, SessionPerson.present_at.is_(None), TrainingSession.ends_at > now,
                 TrainingSession.starts_at < now + AHEAD)
    said = and_(SessionPerson.present_at.is_not(None), SessionPerson.rated_at.is_(None), TrainingSession.ends_at <= now,
                TrainingSession.ends_at > now - AFTER)
    rows = session.execute(select(
        TrainingSession.id, TrainingSession.number, Plan.title, TrainingSession.starts_at, TrainingSession.ends_at, TrainingSession.room,
        SessionPerson.present_at).join(TrainingSession, TrainingSession.id == SessionPerson.session_id).join(
        Plan, Plan.id == TrainingSession.plan_id).where(
        SessionPerson.person_id == person_id, SessionPerson.place == Place.SEAT, TrainingSession.state != SessionState.CANCELLED,
        or_(ahead, said)).order_by(TrainingSession.starts_at, TrainingSession.id))
    return [Waits(*row[:6], row[6] is not None) for row in rows]
