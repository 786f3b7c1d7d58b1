"""Duties of training plans: to hold one by its day, and to take part. Rules of the one engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.plans.arising_models import ArisingRule
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import PlanState

HOLD_PLAN, ATTEND_PLAN = "training.plan.hold", "training.plan.attend"
LIVE = (PlanState.DRAFT, PlanState.APPROVED, PlanState.RUNNING)
BEFORE = (14, 3)
"""days before the day on which everybody is to be trained"""


def _present(session: Session) -> set[tuple[int, int]]:
    return {(one.plan_id, one.person_id) for one in session.execute(select(TrainingSession.plan_id, SessionPerson.person_id).join(
        SessionPerson, SessionPerson.session_id == TrainingSession.id).where(was_there()))}


def missing(session: Session, *states: PlanState) -> Iterator[tuple[Plan, int]]:
    """(plan, person) of plans with a day whose person is here and was at no session yet."""
    there = _present(session)
    active = {one.id for one in directory(session).active()}
    for plan, person in session.execute(select(Plan, PlanParticipant.person_id).join(
            PlanParticipant, PlanParticipant.plan_id == Plan.id).where(
            Plan.state.in_(states), Plan.due_on.is_not(None)).order_by(Plan.id, PlanParticipant.person_id)):
        if (plan.id, person) not in there and person in active:
            yield plan, person


def holding(session: Session) -> Iterator[Any]:
    """Plans with somebody who is still missing, each with who answers for it."""
    seen = {plan.id: plan for plan, _ in missing(session, *LIVE)}
    able = {one.id: one for one in directory(session).active() if MAKE_PLANS.name in one.permissions and one.logins}
    for plan in seen.values():
        owner = next((one for one in (plan.made_by_id, *_from(session, plan.because), *able) if one in able), None)
        yield _Held(plan.id, plan, owner)


class _Held:
    def __init__(self, id: int, plan: Plan, owner: int | None) -> None:
        self.id, self.plan, self.owner = id, plan, owner


def _from(session: Session, because: str | None) -> Iterator[int | None]:
    kind, _, which = (because or "").partition(":")
    first = which.partition(":")[0]
    if kind == "rule" and first.isdecimal():
        yield session.scalar(select(ArisingRule.made_by_id).where(ArisingRule.id == int(first)))
    if kind == "change_line" and which.isdecimal():
        yield session.scalar(select(PlanLine.trainer_id).where(PlanLine.id == int(which)))


def due_holding(held: Any, today: date) -> Iterator[Wanted]:
    """By the day on which everybody is to be trained."""
    yield Wanted("training_plan", held.id, Due(held.plan.number, held.plan.due_on), held.owner)


def attending(session: Session) -> Iterator[Any]:
    """Whoever is on an approved plan and was at no session yet."""
    for plan, person in missing(session, PlanState.APPROVED, PlanState.RUNNING):
        yield _Held(plan.id, plan, person)


def due_attending(held: Any, today: date) -> Iterator[Wanted]:
    """By the day of the plan."""
    yield Wanted("training_plan", held.id, Due(f"person {held.owner}", held.plan.due_on), held.owner)


def done_on(session: Session, duty: Obligation) -> date | None:
    """When this person was at a session, or when the last one was who was missing; none where the plan was cancelled."""
    query = select(func.max(SessionPerson.present_at)).join(TrainingSession, TrainingSession.id == SessionPerson.session_id).join(
        Plan, Plan.id == TrainingSession.plan_id).where(Plan.id == duty.subject_id, Plan.state != PlanState.CANCELLED, was_there())
    if duty.rule == ATTEND_PLAN:
        query = query.where(SessionPerson.person_id == int(duty.period.removeprefix("person ")))
    at = session.scalar(query)
    return centre_day(session, at) if at is not None else None


register(DutyRule(HOLD_PLAN, N_("Holding a training plan by its day"), holding, due_holding, "training_plan", done_on, BEFORE,
                  again=True))
register(DutyRule(ATTEND_PLAN, N_("Taking part in a training"), attending, due_attending, "training_plan", done_on, BEFORE,
                  again=True))
