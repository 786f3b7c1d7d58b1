"""Who is at a session: taking a seat and giving it back, signing in by the code or by hand, letting somebody in, feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.naming import one_called
from kmsvc.training.plans.events import SignedIn, SignInTakenBack
from kmsvc.training.plans.holding import permit_holding, standing
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.people import free_seats, give_up, held_by, place_in, tell_of_seat
from kmsvc.training.plans.permissions import ATTEND, MAKE_PLANS
from kmsvc.training.plans.rules import FACTORS, How, Place, SessionState

EARLY, LATE = timedelta(minutes=30), timedelta(minutes=30)
"""From when before it begins until when after it ends one signs in by the code."""
_TIME = N_("One signs in from half an hour before until half an hour after the session.")


def on_plan(work: Work, plan: Plan, person_id: int | None) -> bool:
    """Whether somebody is on a plan."""
    return work.session.scalar(select(PlanParticipant.id).where(
        PlanParticipant.plan_id == plan.id, PlanParticipant.person_id == (person_id or 0))) is not None


def join(work: Work, session_id: int, *, version: int | None = None) -> TrainingSession:
    """Take a seat, or a place on the waiting list where none is free; only people of the plan."""
    row, plan = standing(work, session_id, version)
    work.permit(ATTEND)
    if not on_plan(work, plan, work.actor.person_id):
        raise NotFound()
    if work.now >= row.ends_at:
        raise RuleBroken("training.session.over", N_("This session is over."))
    held = held_by(work, row.id, work.actor.person_id)
    if held is not None and held.place != Place.LEFT:
        raise RuleBroken("training.session.joined", N_("You are on this list already."))
    place_in(work, row, work.actor.person_id or 0)
    return row


def leave(work: Work, session_id: int, *, version: int | None = None) -> TrainingSession:
    """Give the seat up; who waits longest moves up and is told."""
    row, _ = standing(work, session_id, version)
    work.permit(ATTEND)
    held = held_by(work, row.id, work.actor.person_id)
    if held is None or held.place == Place.LEFT:
        raise NotFound()
    if held.present_at is not None:
        raise RuleBroken("training.session.present", N_("Who has signed in does not leave the list."))
    give_up(work, row, held)
    return row


def take_out(work: Work, session_id: int, *, person: int, reason: str, version: int | None = None) -> TrainingSession:
    """The planner takes somebody out of a session; the seat goes to who waits longest. `let_in` puts them in again."""
    row, plan = standing(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    held = held_by(work, row.id, person)
    if held is None or held.place == Place.LEFT:
        raise NotFound()
    if held.present_at is not None:
        raise RuleBroken("training.session.present", N_("Who has signed in does not leave the list."))
    work.because(reason)
    give_up(work, row, held)
    return row


def put_again(work: Work, session_id: int, *, person: int, reason: str, version: int | None = None) -> TrainingSession:
    """The planner puts somebody in again who left the session or was taken out: a seat where one is free, else the waiting list."""
    row, plan = standing(work, session_id, version)
    work.permit(MAKE_PLANS, plan)
    held = held_by(work, row.id, person)
    if held is None or held.place != Place.LEFT:
        raise NotFound()
    if all(one.id != person for one in directory(work.session).active()):
        raise RuleBroken("training.session.gone", N_("This person does not work here any more."))
    work.because(reason)
    if place_in(work, row, person).place == Place.SEAT:
        tell_of_seat(work, row, person)
    return row


def _present(work: Work, row: TrainingSession, held: SessionPerson, how: How, reason: str | None) -> None:
    if held.present_at is not None:
        return
    held.present_at, held.how, held.reason = work.now, how, reason
    work.session.flush()
    work.record(SignedIn(row.id, row.plan_id, held.person_id))


def may_sign_in_now(work: Work, row: TrainingSession) -> bool:
    """Whether it is the time of signing in by the code."""
    return row.starts_at - EARLY <= work.now <= row.ends_at + LATE


def sign_in(work: Work, session_id: int, *, take_seat: bool = False) -> TrainingSession:
    """Sign oneself in, around the time of the session; the door has checked the code. take_seat: somebody of the plan without a seat
    takes one that is free. Twice does no harm. RuleBroken says what is missing."""
    row, plan = standing(work, session_id)
    work.permit(ATTEND)
    if not may_sign_in_now(work, row):
        raise RuleBroken("training.session.time", _TIME)
    me = work.actor.person_id or 0
    held = held_by(work, row.id, me)
    if held is None or held.place != Place.SEAT:
        if held is None and not on_plan(work, plan, me):
            raise RuleBroken("training.session.unlisted", N_("You are not on the list of this session. Ask the trainer to let you in."))
        if free_seats(work, row) < 1:
            raise RuleBroken("training.session.full", N_("You have no seat in this session, and none is free. Ask the trainer."))
        if not take_seat:
            raise RuleBroken("training.session.no_seat", N_("You have no seat in this session. One is free: take it and sign in."))
        held = _seat(work, row, me)
    _present(work, row, held, How.CODE, None)
    return row


def _seat(work: Work, row: TrainingSession, person_id: int) -> SessionPerson:
    """A free seat for somebody who stands there now: who waits is overtaken, for they are not there."""
    held = held_by(work, row.id, person_id)
    if held is None:
        held = SessionPerson(session_id=row.id, person_id=person_id, place=Place.SEAT, since=work.now)
        work.session.add(held)
    else:
        held.place, held.since, held.gone = Place.SEAT, work.now, None
    work.session.flush()
    return held


def sign_in_by_hand(work: Work, session_id: int, *, person: int, reason: str, version: int | None = None) -> TrainingSession:
    """The trainer says that somebody is there, with a reason, from half an hour before the session begins; also afterwards."""
    row, plan = standing(work, session_id, version, SessionState.PLANNED, SessionState.HELD)
    permit_holding(work, row)
    if work.now < row.starts_at - EARLY:
        raise RuleBroken("training.session.time", _TIME)
    work.because(reason)
    held = held_by(work, row.id, person)
    if held is None or held.place == Place.LEFT:
        raise RuleBroken("training.session.unlisted", N_("This person is not on the list of this session."))
    if held.place == Place.WAITING and _full(work, row):
        raise RuleBroken("training.session.full", N_("Every seat is taken by somebody who is there."))
    held.place = Place.SEAT
    _present(work, row, held, How.HAND, reason)
    return row


def _full(work: Work, row: TrainingSession) -> bool:
    """Whether as many are there as there are seats: a seat nobody sits on at the session is free for who stands there."""
    there = work.session.scalars(select(SessionPerson.id).where(
        SessionPerson.session_id == row.id, SessionPerson.present_at.is_not(None))).all()
    return len(there) >= row.seats


def let_in(work: Work, session_id: int, *, login: str, reason: str, version: int | None = None) -> TrainingSession:
    """Put somebody into a session who is not on its list, by account or name: a seat where one is free, else the waiting list. During
    the session they count as present, where there is room for one more."""
    row, plan = standing(work, session_id, version)
    permit_holding(work, row)
    person = one_called(work.session, login, field="login").id
    work.because(reason)
    held = held_by(work, row.id, person)
    if held is not None and held.place == Place.SEAT:
        raise RuleBroken("training.session.joined", N_("This person has a seat already."))
    if not may_sign_in_now(work, row):
        place_in(work, row, person)
        return row
    if _full(work, row):
        raise RuleBroken("training.session.full", N_("Every seat is taken by somebody who is there."))
    _present(work, row, _seat(work, row, person), How.HAND, reason)
    return row


def take_back_sign_in(work: Work, session_id: int, *, person: int, reason: str, version: int | None = None) -> TrainingSession:
    """Somebody was not there after all; who has given feedback was."""
    row, plan = standing(work, session_id, version, SessionState.PLANNED, SessionState.HELD)
    permit_holding(work, row)
    held = held_by(work, row.id, person)
    if held is None or held.present_at is None:
        raise NotFound()
    if held.rated_at is not None:
        raise RuleBroken("training.session.rated", N_("This person has given feedback on the session."))
    work.because(reason)
    work.record(SignInTakenBack(row.id, row.plan_id, held.person_id, held.present_at.isoformat()))
    held.present_at, held.how, held.reason = None, None, None
    return row


def rate(work: Work, session_id: int, *, marks: Mapping[str, int | None], said: str | None = None) -> TrainingSession:
    """Say what one thinks of a session one was present at, once: the six factors, 1 to 5, and words."""
    row = work.get(TrainingSession, session_id)
    work.permit(ATTEND)
    held = held_by(work, row.id, work.actor.person_id)
    if held is None or held.present_at is None:
        raise NotFound()
    if held.rated_at is not None:
        raise RuleBroken("training.session.rated", N_("You have said what you think already."))
    wrong = {name: [Filled(N_("A mark from %(low)d to %(high)d."), low=1, high=5)] for name in FACTORS
             if marks.get(name) not in range(1, 6)}
    if wrong:
        raise InvalidInput(wrong)
    held.marks, held.said, held.rated_at = {name: int(marks[name] or 0) for name in FACTORS}, said, work.now
    return row
