"""What follows from sessions and trainers: everybody concerned is told of a move, who moves up is told of the seat, an authorisation
that ends is reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.events import PersonRightsChanged
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import rung_days
from kmsvc.training.plans.clashes import seated
from kmsvc.training.plans.events import SeatGiven, SessionChanged, SessionPlanned
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.plans.people import follow_person
from kmsvc.training.plans.rules import Place, SessionState
from kmsvc.training.trainers.duties import TELLS_FROM
from kmsvc.training.trainers.models import Authorisation, Trainer
from kmsvc.training.trainers.permissions import AUTHORISE_TRAINER

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_session_planned(work: Work, fact: SessionPlanned, around: Surroundings) -> None:
    """Who has a seat or waits, and the trainer, once each."""
    row = work.get(TrainingSession, fact.session_id)
    starts = row.starts_at.astimezone(ZoneInfo(around.zone))
    people = {one.person_id for one in seated(work.session, row.id)} | {work.get(Trainer, row.trainer_id).person_id}
    tell(work, sorted(people), "training.session.planned", url=f"/training/plans/sessions/{row.id}", dedup=f"session:{row.id}",
         params={"number": row.number, "title": work.get(Plan, row.plan_id).title, "when": f"{starts:%Y-%m-%d %H:%M}", "room": row.room})


def tell_session_changed(work: Work, fact: SessionChanged, around: Surroundings) -> None:
    """Who has a seat or waits, and the trainer."""
    row = work.get(TrainingSession, fact.session_id)
    people = {one.person_id for one in seated(work.session, row.id)} | {work.get(Trainer, row.trainer_id).person_id}
    kind = "training.session.cancelled" if row.state == SessionState.CANCELLED else "training.session.changed"
    starts = row.starts_at.astimezone(ZoneInfo(around.zone))
    tell(work, sorted(people), kind, url=f"/training/plans/sessions/{row.id}", dedup=f"session:{row.id}:{fact.turn}",
         params={"number": row.number, "title": work.get(Plan, row.plan_id).title, "reason": row.reason or "",
                 "when": f"{starts:%Y-%m-%d %H:%M}", "room": row.room})


def tell_seat_given(work: Work, fact: SeatGiven, around: Surroundings) -> None:
    """Who moved up, and still has the seat; each time it happens."""
    row = work.get(TrainingSession, fact.session_id)
    if row.state != SessionState.PLANNED or not any(
            one.person_id == fact.person_id and one.place == Place.SEAT for one in seated(work.session, row.id)):
        return
    starts = row.starts_at.astimezone(ZoneInfo(around.zone))
    tell(work, [fact.person_id], "training.session.seat_given", url=f"/training/plans/sessions/{row.id}",
         dedup=f"seat:{row.id}:{fact.person_id}:{fact.given_at}",
         params={"number": row.number, "title": work.get(Plan, row.plan_id).title, "when": f"{starts:%Y-%m-%d %H:%M}", "room": row.room})


def follow_places(work: Work, fact: PersonRightsChanged, around: Surroundings) -> None:
    """Who may not sign in any more gives the places in sessions to come up; who may again has them again."""
    follow_person(work, fact.person_id)


def remind_of_authorisation(work: Work, duty: Obligation, rung: str) -> None:
    """The trainer whose authorisation ends, by which proof it was given; in the last weeks whoever may authorise too, on the form that
    renews it."""
    row, held = work.get(Trainer, duty.subject_id), work.get(Authorisation, int(duty.period.removeprefix("authorisation ")))
    if duty.owner_id is None or held.withdrawn_on is not None:
        return
    people = directory(work.session)
    params = {"number": row.number, "due_on": duty.due_on.isoformat(), "proof": held.proof, "person": people.people[row.person_id].name}
    dedup = f"reminder:{duty.id}:{duty.due_on}:{rung}"
    tell(work, [duty.owner_id], "training.trainer.renew", url=f"/training/trainers/{row.id}", mail=True, dedup=dedup, params=params)
    days = rung_days(rung)
    if days is not None and days >= -TELLS_FROM:
        tell(work, [one.id for one in people.active() if AUTHORISE_TRAINER.name in one.permissions and one.logins and one.id !=
                    row.person_id], "training.trainer.renew_of", url=f"/training/trainers/{row.id}?renew={held.id}#do-renew", mail=True,
             dedup=f"{dedup}:copy", params=params)


REACTIONS: dict[type[Any], tuple[Any, ...]] = {
    SessionPlanned: (tell_session_planned,), SessionChanged: (tell_session_changed,), SeatGiven: (tell_seat_given,),
    PersonRightsChanged: (follow_places,)}
