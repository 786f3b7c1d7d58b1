"""Sessions: planning, moving, cancelling and bringing back, holding with minutes, materials. Seats and who came: `attending.py`."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.markup.fences import secret_parts
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans.clashes import Times, clashes_of, has_seat, seated
from kmsvc.training.plans.events import SessionChanged, SessionPlanned, SignedIn, SignInTakenBack
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.opening import opened
from kmsvc.training.plans.people import free_seats, give_up, move_up
from kmsvc.training.plans.permissions import MAKE_PLANS, TEACH
from kmsvc.training.plans.rules import LONGEST, Gone, Place, PlanState, SessionState, clock_time
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.usecases import is_authorised


def instants(day: date, starts: str, ends: str, zone: str) -> tuple[datetime, datetime]:
    """From when to when, UTC, of a day and two times of the centre's zone. InvalidInput names the field."""
    found = [datetime.combine(day, clock_time(word, field), ZoneInfo(zone)).astimezone(start_of_day(day, zone).tzinfo)
             for word, field in ((starts, "starts"), (ends, "ends"))]
    if found[1] <= found[0]:
        raise InvalidInput({"ends": [N_("It may not end before it begins.")]})
    return found[0], found[1]


def _judge(work: Work, plan: Plan, it: Times, zone: str, anyway: str | None) -> None:
    """Refuse what may not be (#79), and what speaks against it while nobody said why it is planned all the same."""
    trainer = work.session.get(Trainer, it.trainer_id)
    if trainer is None:
        raise InvalidInput({"trainer": [N_("There is no such trainer.")]})
    if not is_authorised(work.session, trainer.person_id, plan.course_id, local_date(it.starts_at, zone)):
        raise InvalidInput({"trainer": [N_("This trainer is not authorised for this course on this day (#79).")]})
    if it.seats < 1:
        raise InvalidInput({"seats": [N_("At least one seat.")]})
    against = clashes_of(work.session, it)
    if against and not anyway:
        raise InvalidInput({"anyway": against})


def plan_session(work: Work, plan_id: int, *, day: date, starts: str, ends: str, room: str, seats: int, trainer: int, zone: str,
                 anyway: str | None = None, unseated: bool = False, version: int | None = None) -> TrainingSession:
    """Add a session of an approved plan; everybody of the plan gets a seat, the rest the waiting list, all are told. starts, ends:
    `09:30` in the centre's zone; unseated: only for who has no seat in another session of it and was at none. InvalidInput under
    `anyway` names what speaks against it, until a reason is given; under `trainer` who may not teach."""
    plan = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, plan)
    if plan.state == PlanState.DRAFT:
        raise RuleBroken("training.plan.state", N_("The plan is approved before its sessions are planned."))
    begins, over = instants(day, starts, ends, zone)
    here = {one.id for one in directory(work.session).active()}
    people = [one for one in work.session.scalars(select(PlanParticipant.person_id).where(
        PlanParticipant.plan_id == plan.id).order_by(PlanParticipant.id)) if one in here]
    if unseated:
        there = seated_elsewhere(work, plan.id)
        people = [one for one in people if one not in there]
    _judge(work, plan, Times(None, plan.id, begins, over, room, seats, trainer, tuple(people)), zone, anyway)
    year = local_date(work.now, zone).year
    row = TrainingSession(number=f"TS-{year}-{next_number(work.session, f'training-session-{year}'):04d}",
                          plan_id=plan.id, state=SessionState.PLANNED, starts_at=begins, ends_at=over, room=room, seats=seats,
                          trainer_id=trainer, all_the_same=anyway, made_at=work.now)
    work.session.add(row)
    plan.state = PlanState.RUNNING
    work.session.flush()
    for n, person in enumerate(people):
        work.session.add(SessionPerson(session_id=row.id, person_id=person, since=work.now,
                                       place=Place.SEAT if n < seats else Place.WAITING))
    work.session.flush()
    work.record(SessionPlanned(row.id))
    return row


def seated_elsewhere(work: Work, plan_id: int) -> set[int]:
    """Who has a seat in a session of this plan, or was at one."""
    return set(work.session.scalars(select(SessionPerson.person_id).join(
        TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
        TrainingSession.plan_id == plan_id, has_seat())))


def standing(work: Work, session_id: int, version: int | None = None, *states: SessionState) -> tuple[TrainingSession, Plan]:
    """The session, locked, that stands in one of these states (planned unless told), and its plan."""
    row = work.get(TrainingSession, session_id, lock=True, version=version)
    if row.state not in (states or (SessionState.PLANNED,)):
        raise RuleBroken("training.session.state", N_("This session does not stand where that can be done."))
    return row, work.get(Plan, row.plan_id)


def move(work: Work, session_id: int, *, day: date, starts: str, ends: str, room: str, reason: str, zone: str,
         seats: int | None = None, trainer: int | None = None, anyway: str | None = None, version: int | None = None) -> TrainingSession:
    """Move or change a session; the same judging as a new one, everybody concerned is told. Not fewer seats than are taken; new ones go
    to who waits longest."""
    row, plan = standing(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    begins, over = instants(day, starts, ends, zone)
    seats = row.seats if seats is None else seats
    taken = row.seats - free_seats(work, row)
    if seats < taken:
        raise InvalidInput({"seats": [Filled(N_("%(number)d people have a seat: not fewer seats."), number=taken)]})
    it = Times(row.id, plan.id, begins, over, room, seats, row.trainer_id if trainer is None else trainer, _listed(work, row))
    _judge(work, plan, it, zone, anyway)
    work.because(reason)
    row.starts_at, row.ends_at, row.room, row.reason, row.all_the_same = begins, over, room, reason, anyway
    row.seats, row.trainer_id = it.seats, it.trainer_id
    work.session.flush()
    move_up(work, row)
    work.record(SessionChanged(row.id, row.version))
    return row


def _listed(work: Work, row: TrainingSession) -> tuple[int, ...]:
    return tuple(work.session.scalars(select(SessionPerson.person_id).where(
        SessionPerson.session_id == row.id, SessionPerson.place != Place.LEFT).order_by(SessionPerson.person_id)))


def holds(session: Session, actor: Actor, row: TrainingSession) -> bool:
    """Whether somebody may hold a session: plans sessions, or teaches this one."""
    return can(actor, MAKE_PLANS, row) or can(actor, TEACH, session.get_one(Trainer, row.trainer_id).person_id)


def permit_holding(work: Work, row: TrainingSession) -> None:
    """Who plans sessions, and who teaches this one."""
    if can(work.actor, MAKE_PLANS, row):
        work.permit(MAKE_PLANS, row)
    else:
        work.permit(TEACH, work.session.get_one(Trainer, row.trainer_id).person_id)


def call_off(work: Work, row: TrainingSession, reason: str) -> None:
    """A session is cancelled: everybody concerned is told, and whoever had signed in was taught nothing by it."""
    row.state, row.reason = SessionState.CANCELLED, reason
    work.session.flush()  # the fact names the row as it is now
    for one in seated(work.session, row.id):
        if one.present_at is not None:
            work.record(SignInTakenBack(row.id, row.plan_id, one.person_id, one.present_at.isoformat()))
    work.record(SessionChanged(row.id, row.version))


def cancel_session(work: Work, session_id: int, *, reason: str, version: int | None = None) -> TrainingSession:
    """Cancel a session; everybody concerned is told. `bring_back` undoes it."""
    row, plan = standing(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    work.because(reason)
    call_off(work, row, reason)
    return row


def bring_back(work: Work, session_id: int, *, zone: str, anyway: str | None = None, version: int | None = None) -> TrainingSession:
    """Undo a cancellation, judged anew; whoever had signed in was there again, whoever left the centre gives the place up."""
    plan = opened(work, work.get(TrainingSession, session_id).plan_id)  # a plan is locked before its sessions
    row, _ = standing(work, session_id, version, SessionState.CANCELLED)
    work.permit(MAKE_PLANS, plan)
    if plan.state == PlanState.DRAFT:
        raise RuleBroken("training.plan.state", N_("The plan is approved before its sessions are planned."))
    anyway = anyway or row.all_the_same
    _judge(work, plan, Times(row.id, plan.id, row.starts_at, row.ends_at, row.room, row.seats, row.trainer_id, _listed(work, row)), zone,
           anyway)
    row.state, row.reason, row.all_the_same, plan.state = SessionState.PLANNED, None, anyway, PlanState.RUNNING
    work.session.flush()
    here = {one.id for one in directory(work.session).active()}
    for one in seated(work.session, row.id):
        if one.present_at is not None:
            work.record(SignedIn(row.id, row.plan_id, one.person_id))
        elif one.person_id not in here:
            give_up(work, row, one, Gone.PERSON)
    work.record(SessionChanged(row.id, row.version))
    return row


def hold(work: Work, session_id: int, *, minutes: str, version: int | None = None) -> TrainingSession:
    """Close a session that was held, with its minutes."""
    row, plan = standing(work, session_id, version)
    permit_holding(work, row)
    if work.now < row.starts_at:
        raise RuleBroken("training.session.ahead", N_("This session has not begun."))
    row.state, row.minutes = SessionState.HELD, minutes
    return row


def change_minutes(work: Work, session_id: int, *, minutes: str, version: int | None = None) -> TrainingSession:
    """Write the minutes of a session that was held anew."""
    row, plan = standing(work, session_id, version, SessionState.HELD)
    permit_holding(work, row)
    row.minutes = minutes
    return row


def unhold(work: Work, session_id: int, *, reason: str, version: int | None = None) -> TrainingSession:
    """A session that was closed by mistake is still to be held; its minutes stay as they are."""
    plan = opened(work, work.get(TrainingSession, session_id).plan_id)
    row, _ = standing(work, session_id, version, SessionState.HELD)
    work.permit(MAKE_PLANS, plan)
    work.because(reason)
    row.state = SessionState.PLANNED
    return row


def set_materials(work: Work, session_id: int, *, materials: str | None, version: int | None = None) -> TrainingSession:
    """What there is to read before and after: Markdown with links to articles and to files of this session."""
    row = work.get(TrainingSession, session_id, lock=True, version=version)
    permit_holding(work, row)
    if materials is not None and len(materials) > LONGEST["minutes"]:
        raise InvalidInput({"materials": [Filled(N_("At most %(number)d characters."), number=LONGEST["minutes"])]})
    if materials and secret_parts(materials):
        raise InvalidInput({"materials": [N_("Everybody on the list reads this: put secret text into an article and link that.")]})
    row.materials = materials
    return row
