"""Sessions: planning, moving, cancelling and bringing back, seats and waiting list, signing in, minutes, feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.training.plans.clashes import Times, clashes_of, seated
from kmsvc.training.plans.events import SeatGiven, SessionChanged, SignedIn
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import ATTEND, MAKE_PLANS
from kmsvc.training.plans.rules import FACTORS, How, Place, PlanState, SessionState, clock_time
from kmsvc.training.plans.usecases import opened
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.usecases import is_authorised

EARLY, LATE = timedelta(minutes=30), timedelta(minutes=30)
"""From when before it begins until when after it ends one signs in by the code."""


def _instants(day: date, starts: str, ends: str, zone: str) -> tuple[datetime, datetime]:
    from zoneinfo import ZoneInfo

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
                 anyway: str | None = None, version: int | None = None) -> TrainingSession:
    """Add a session of a plan; everybody of the plan gets a seat, the rest the waiting list. starts, ends: `09:30` in the centre's
    zone. InvalidInput under `anyway` names what speaks against it, until a reason is given; under `trainer` who may not teach."""
    plan = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, plan)
    begins, over = _instants(day, starts, ends, zone)
    _judge(work, plan, Times(None, plan.id, begins, over, room, seats, trainer), zone, anyway)
    row = TrainingSession(number=f"TS-{work.now.year}-{next_number(work.session, f'training-session-{work.now.year}'):04d}",
                          plan_id=plan.id, state=SessionState.PLANNED, starts_at=begins, ends_at=over, room=room, seats=seats,
                          trainer_id=trainer, all_the_same=anyway, made_at=work.now)
    work.session.add(row)
    if plan.state == PlanState.APPROVED:
        plan.state = PlanState.RUNNING
    work.session.flush()
    for n, person in enumerate(work.session.scalars(select(PlanParticipant.person_id).where(
            PlanParticipant.plan_id == plan.id).order_by(PlanParticipant.id)).all()):
        work.session.add(SessionPerson(session_id=row.id, person_id=person, since=work.now,
                                       place=Place.SEAT if n < seats else Place.WAITING))
    work.session.flush()
    return row


def _open(work: Work, session_id: int, version: int | None = None, *states: SessionState) -> tuple[TrainingSession, Plan]:
    row = work.get(TrainingSession, session_id, lock=True, version=version)
    if row.state not in (states or (SessionState.PLANNED,)):
        raise RuleBroken("training.session.state", N_("This session does not stand where that can be done."))
    return row, work.get(Plan, row.plan_id)


def move(work: Work, session_id: int, *, day: date, starts: str, ends: str, room: str, reason: str, zone: str,
         anyway: str | None = None, version: int | None = None) -> TrainingSession:
    """Move a session; the same judging as a new one, everybody concerned is told."""
    row, plan = _open(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    begins, over = _instants(day, starts, ends, zone)
    _judge(work, plan, Times(row.id, plan.id, begins, over, room, row.seats, row.trainer_id), zone, anyway)
    work.because(reason)
    row.starts_at, row.ends_at, row.room, row.reason, row.all_the_same = begins, over, room, reason, anyway
    work.session.flush()
    work.record(SessionChanged(row.id, row.version))
    return row


def cancel_session(work: Work, session_id: int, *, reason: str, version: int | None = None) -> TrainingSession:
    """Cancel a session; everybody concerned is told. `bring_back` undoes it."""
    row, plan = _open(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    work.because(reason)
    row.state, row.reason = SessionState.CANCELLED, reason
    work.session.flush()
    work.record(SessionChanged(row.id, row.version))
    return row


def bring_back(work: Work, session_id: int, *, zone: str, version: int | None = None) -> TrainingSession:
    """Undo a cancellation, judged anew."""
    row, _ = _open(work, session_id, version, SessionState.CANCELLED)
    plan = opened(work, row.plan_id)
    work.permit(MAKE_PLANS, plan)
    _judge(work, plan, Times(row.id, plan.id, row.starts_at, row.ends_at, row.room, row.seats, row.trainer_id), zone, row.all_the_same)
    row.state = SessionState.PLANNED
    work.session.flush()
    work.record(SessionChanged(row.id, row.version))
    return row


def _mine(work: Work, session_id: int, person_id: int | None) -> SessionPerson | None:
    return work.session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session_id, SessionPerson.person_id == (person_id or 0))).one_or_none()


def join(work: Work, session_id: int, *, version: int | None = None) -> TrainingSession:
    """Take a seat, or a place on the waiting list where none is free; only people of the plan."""
    row, plan = _open(work, session_id, version)
    work.permit(ATTEND)
    if work.session.scalar(select(PlanParticipant.id).where(
            PlanParticipant.plan_id == plan.id, PlanParticipant.person_id == (work.actor.person_id or 0))) is None:
        raise NotFound()
    held = _mine(work, row.id, work.actor.person_id)
    if held is not None and held.place != Place.LEFT:
        raise RuleBroken("training.session.joined", N_("You are on this list already."))
    taken = sum(one.place == Place.SEAT for one in seated(work.session, row.id))
    place = Place.SEAT if taken < row.seats else Place.WAITING
    if held is None:
        work.session.add(SessionPerson(session_id=row.id, person_id=work.actor.person_id or 0, place=place, since=work.now))
    else:
        held.place, held.since = place, work.now
    work.session.flush()
    return row


def leave(work: Work, session_id: int, *, version: int | None = None) -> TrainingSession:
    """Give the seat up; who waits longest moves up and is told."""
    row, _ = _open(work, session_id, version)
    work.permit(ATTEND)
    held = _mine(work, row.id, work.actor.person_id)
    if held is None or held.place == Place.LEFT:
        raise NotFound()
    if held.present_at is not None:
        raise RuleBroken("training.session.present", N_("Who has signed in does not leave the list."))
    freed, held.place = held.place == Place.SEAT, Place.LEFT
    work.session.flush()
    following = next((one for one in seated(work.session, row.id) if one.place == Place.WAITING), None)
    if freed and following is not None:
        following.place = Place.SEAT
        work.record(SeatGiven(row.id, following.person_id))
    work.session.flush()
    return row


def _present(work: Work, row: TrainingSession, held: SessionPerson | None, how: How, reason: str | None) -> None:
    if held is None or held.place == Place.LEFT:
        raise RuleBroken("training.session.unlisted", N_("This person is not on the list of this session."))
    if held.present_at is not None:
        return
    held.present_at, held.how, held.reason = work.now, how, reason
    work.session.flush()
    work.record(SignedIn(row.id, row.plan_id, held.person_id))


def sign_in(work: Work, session_id: int) -> TrainingSession:
    """Sign oneself in, around the time of the session; the door has checked the code. Twice does no harm."""
    row, _ = _open(work, session_id)
    work.permit(ATTEND)
    if not row.starts_at - EARLY <= work.now <= row.ends_at + LATE:
        raise RuleBroken("training.session.time", N_("One signs in from half an hour before until half an hour after the session."))
    _present(work, row, _mine(work, row.id, work.actor.person_id), How.CODE, None)
    return row


def sign_in_by_hand(work: Work, session_id: int, *, person: int, reason: str, version: int | None = None) -> TrainingSession:
    """The trainer says that somebody is there, with a reason, once the session has begun."""
    row, plan = _open(work, session_id, version, SessionState.PLANNED, SessionState.HELD)
    work.permit(MAKE_PLANS, plan)
    if work.now < row.starts_at - EARLY:
        raise RuleBroken("training.session.time", N_("One signs in from half an hour before until half an hour after the session."))
    work.because(reason)
    _present(work, row, _mine(work, row.id, person), How.HAND, reason)
    return row


def hold(work: Work, session_id: int, *, minutes: str, version: int | None = None) -> TrainingSession:
    """Close a session that was held, with its minutes."""
    row, plan = _open(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    if work.now < row.starts_at:
        raise RuleBroken("training.session.ahead", N_("This session has not begun."))
    row.state, row.minutes = SessionState.HELD, minutes
    return row


def rate(work: Work, session_id: int, *, marks: Mapping[str, int], said: str | None = None) -> TrainingSession:
    """Say what one thinks of a session one was present at, once: the six factors, 1 to 5, and words."""
    row = work.get(TrainingSession, session_id)
    work.permit(ATTEND)
    held = _mine(work, row.id, work.actor.person_id)
    if held is None or held.present_at is None:
        raise NotFound()
    if held.rated_at is not None:
        raise RuleBroken("training.session.rated", N_("You have said what you think already."))
    wrong = {name: [Filled(N_("A mark from %(low)d to %(high)d."), low=1, high=5)] for name in FACTORS
             if marks.get(name) not in range(1, 6)}
    if wrong:
        raise InvalidInput(wrong)
    held.marks, held.said, held.rated_at = {name: int(marks[name]) for name in FACTORS}, said, work.now
    return row
