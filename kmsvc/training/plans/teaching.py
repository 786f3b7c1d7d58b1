"""What plans tell the field work of changes (steps 9 and 10): who is on a plan, which sessions it has, who was there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.process.fieldwork import teaching
from kmsvc.process.fieldwork.teaching import Taught, TaughtSession
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.opening import OVER
from kmsvc.training.plans.rules import PlanState, SessionState
from kmsvc.training.plans.showing import PLAN_SHAPES, SESSION_SHAPES


def taught(session: Session, plans: Collection[int]) -> Mapping[int, Taught]:
    """These plans with their people and sessions; cancelled sessions are left out, and a cancelled plan teaches nobody."""
    rows = list(session.scalars(select(Plan).where(Plan.id.in_(plans), Plan.state != PlanState.CANCELLED).order_by(Plan.id)))
    people: dict[int, set[int]] = {row.id: set() for row in rows}
    for one in session.execute(select(PlanParticipant.plan_id, PlanParticipant.person_id).where(
            PlanParticipant.plan_id.in_(people)).order_by(PlanParticipant.id)):
        people[one.plan_id].add(one.person_id)
    sessions = list(session.scalars(select(TrainingSession).where(
        TrainingSession.plan_id.in_(people), TrainingSession.state != SessionState.CANCELLED).order_by(
        TrainingSession.starts_at, TrainingSession.id)))
    there: dict[int, set[int]] = {one.id: set() for one in sessions}
    for one in session.execute(select(SessionPerson.session_id, SessionPerson.person_id).where(
            SessionPerson.session_id.in_(there), SessionPerson.present_at.is_not(None)).order_by(SessionPerson.id)):
        there[one.session_id].add(one.person_id)
    found = {}
    for row in rows:
        its = [one for one in sessions if one.plan_id == row.id]
        found[row.id] = Taught(
            row.id, row.number, row.title, f"/training/plans/{row.id}", PLAN_SHAPES[row.state], PlanState(row.state).label,
            frozenset(people[row.id]), frozenset().union(*(there[one.id] for one in its)) if its else frozenset(),
            tuple(TaughtSession(one.id, one.number, f"/training/plans/sessions/{one.id}", one.starts_at, SESSION_SHAPES[one.state],
                                SessionState(one.state).label, len(there[one.id])) for one in its))
    return found


def open_plan(session: Session, number: str) -> int | None:
    """The id of a plan of this number that is not over."""
    return session.scalar(select(Plan.id).where(Plan.number == number.strip().upper(), Plan.state.not_in(OVER)))


teaching.READERS.append(taught)
teaching.FINDERS.append(open_plan)
