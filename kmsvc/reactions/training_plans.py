"""What follows from sessions and trainers: everybody concerned is told of a move, who moves up is told of the seat, an authorisation
that ends is reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.events import SeatGiven, SessionChanged
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.trainers.models import Trainer

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_session_changed(work: Work, fact: SessionChanged, around: Surroundings) -> None:
    """Who has a seat or waits, and the trainer."""
    row = work.get(TrainingSession, fact.session_id)
    people = {one.person_id for one in seated(work.session, row.id)} | {work.get(Trainer, row.trainer_id).person_id}
    tell(work, sorted(people), "training.session.changed", url="/training", dedup=f"session:{row.id}:{fact.turn}",
         params={"number": row.number, "title": work.get(Plan, row.plan_id).title, "reason": row.reason or ""})


def tell_seat_given(work: Work, fact: SeatGiven, around: Surroundings) -> None:
    """Who moved up."""
    row = work.get(TrainingSession, fact.session_id)
    tell(work, [fact.person_id], "training.session.seat", url="/training", dedup=f"seat:{row.id}:{fact.person_id}:{row.version}",
         params={"number": row.number, "title": work.get(Plan, row.plan_id).title})


def remind_of_authorisation(work: Work, duty: Obligation, rung: str) -> None:
    """The trainer whose authorisation ends."""
    if duty.owner_id is None:
        return
    row = work.get(Trainer, duty.subject_id)
    tell(work, [duty.owner_id], "training.trainer.renew", url=f"/training/trainers/{row.id}",
         dedup=f"reminder:{duty.id}:{duty.due_on}:{rung}", params={"number": row.number, "due_on": duty.due_on.isoformat()})


REACTIONS: dict[type[Any], tuple[Any, ...]] = {SessionChanged: (tell_session_changed,), SeatGiven: (tell_seat_given,)}
