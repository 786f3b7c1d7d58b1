"""Making and changing plans, approving, finishing, cancelling and taking each of these back; `plan_for` is the door for what happens
elsewhere. Who is on a plan: `people.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.courses.models import Course
from kmsvc.training.plans.events import PlanFinished
from kmsvc.training.plans.holding import call_off
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.plans.opening import OVER, opened
from kmsvc.training.plans.people import add_people, locked, put_back, put_in, remove_people
from kmsvc.training.plans.permissions import APPROVE_PLANS, MAKE_PLANS
from kmsvc.training.plans.rules import PlanState, Purpose, SessionState

__all__ = ["OVER", "add_people", "approve", "cancel", "change_plan", "finish", "make_plan", "opened", "plan_for", "put_back",
           "remove_people",
           "reopen", "restore", "take_back"]


def _course_id(work: Work, number: str | None) -> int | None:
    if not number:
        return None
    found = work.session.scalar(select(Course.id).where(Course.number == number.upper()))
    if found is None:
        raise InvalidInput({"course": [N_("There is no such course.")]})
    return found


def make_plan(work: Work, *, title: str, year: int, purpose: str, hours: int, cost: int, target: str, evaluation: str,
              course: str | None = None, because: str | None = None, due_on: date | None = None) -> Plan:
    """Make a draft. hours: per head; cost: yuan for everybody; course: its number; due_on: by when everybody was trained."""
    work.permit(MAKE_PLANS)
    row = Plan(number=f"TP-{year}-{next_number(work.session, f'training-plan-{year}'):04d}", title=title, year=year, purpose=purpose,
               state=PlanState.DRAFT, course_id=_course_id(work, course), minutes=hours * 60, cost=cost, target=target,
               evaluation=evaluation, because=because, made_at=work.now, made_by_id=work.actor.person_id, due_on=due_on)
    work.session.add(row)
    work.session.flush()
    return row


def change_plan(work: Work, plan_id: int, fields: Mapping[str, Any], *, reason: str | None = None, version: int | None = None) -> Plan:
    """Change what is named: title, year, purpose, hours, cost, target, evaluation, course (number, none takes it off), due_on. Once it
    is approved a reason is needed."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    if row.state != PlanState.DRAFT and not reason:
        raise InvalidInput({"reason": [N_("This plan is approved: say why it changes.")]})
    work.because(reason)
    for name in ("title", "year", "purpose", "cost", "target", "evaluation", "due_on"):
        if name in fields:
            setattr(row, name, fields[name])
    if "hours" in fields:
        row.minutes = fields["hours"] * 60
    if "course" in fields:
        row.course_id = _course_id(work, fields["course"])
    work.session.flush()
    return row


def plan_for(work: Work, people: Collection[int], *, title: str, because: str, year: int, purpose: str = Purpose.OTHER) -> Plan:
    """The draft for people something happened to: joined, changed post, a process published, a QA gap. because: names the event, one
    plan for each; called again it adds who is missing."""
    work.permit(MAKE_PLANS)
    row = work.session.scalars(select(Plan).where(Plan.because == because)).one_or_none()
    if row is None:
        row = make_plan(work, title=title, year=year, purpose=purpose, hours=1, cost=0, target=title, evaluation="", because=because)
    put_in(work, row, dict.fromkeys(people, because))
    return row


def approve(work: Work, plan_id: int, *, version: int | None = None) -> Plan:
    """Approve a draft; not the own one."""
    row = opened(work, plan_id, version=version)
    work.permit(APPROVE_PLANS, row)
    if row.state != PlanState.DRAFT:
        raise RuleBroken("training.plan.state", N_("Only a draft is approved."))
    if row.made_by_id is not None and row.made_by_id == work.actor.person_id:
        raise RuleBroken("training.plan.own", N_("Nobody approves the own plan."))
    row.state, row.approved_by_id = PlanState.APPROVED, work.actor.person_id
    return row


def take_back(work: Work, plan_id: int, *, reason: str, version: int | None = None) -> Plan:
    """Take an approval back, while no session is planned or was held; one that was cancelled is none."""
    row = opened(work, plan_id, version=version)
    work.permit(APPROVE_PLANS, row)
    if row.state not in (PlanState.APPROVED, PlanState.RUNNING) or has_sessions(work.session, row):
        raise RuleBroken("training.plan.state", N_("Only an approval without sessions is taken back."))
    work.because(reason)
    row.state, row.approved_by_id = PlanState.DRAFT, None
    return row


def finish(work: Work, plan_id: int, *, spent: int | None = None, version: int | None = None) -> Plan:
    """Say that a plan is done: no session waits any more. spent: yuan that it cost in the end."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    if row.state == PlanState.DRAFT:
        raise RuleBroken("training.plan.state", N_("A draft is approved first."))
    if spent is not None and spent < 0:
        raise InvalidInput({"spent": [N_("Not less than nothing.")]})
    if _waits(work, row):
        raise RuleBroken("training.plan.waits", N_("A session of this plan is still to be held."))
    row.state, row.spent = PlanState.DONE, row.spent if spent is None else spent
    work.session.flush()
    work.record(PlanFinished(row.id, row.version))
    return row


def reopen(work: Work, plan_id: int, *, reason: str, version: int | None = None) -> Plan:
    """A plan that was said to be done goes on."""
    return _again(work, plan_id, PlanState.DONE, reason, version)


def restore(work: Work, plan_id: int, *, reason: str | None = None, version: int | None = None) -> Plan:
    """A cancelled plan stands again as it stood; its sessions are taken back one by one, for each is judged anew."""
    row = _again(work, plan_id, PlanState.CANCELLED, reason, version)
    row.reason = None
    return row


def _again(work: Work, plan_id: int, state: PlanState, reason: str | None, version: int | None) -> Plan:
    row = work.get(Plan, plan_id, lock=True, version=version)
    work.permit(MAKE_PLANS, row)
    if row.state != state:
        raise RuleBroken("training.plan.state", N_("This plan does not stand where that can be done."))
    work.because(reason)
    held = has_sessions(work.session, row)
    row.state = PlanState.DRAFT if row.approved_by_id is None else PlanState.RUNNING if held else PlanState.APPROVED
    return row


def cancel(work: Work, plan_id: int, *, reason: str, version: int | None = None) -> Plan:
    """Cancel a plan and its sessions to come; everybody concerned is told."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    work.because(reason)
    row.state, row.reason = PlanState.CANCELLED, reason
    for one in locked(work, TrainingSession.plan_id == row.id):
        call_off(work, one, reason)
    return row


def has_sessions(session: Session, row: Plan) -> bool:
    """Whether a session of this plan is to be held or was held."""
    return session.scalar(select(TrainingSession.id).where(
        TrainingSession.plan_id == row.id, TrainingSession.state != SessionState.CANCELLED).limit(1)) is not None


def _waits(work: Work, row: Plan) -> bool:
    return work.session.scalar(select(TrainingSession.id).where(
        TrainingSession.plan_id == row.id, TrainingSession.state == SessionState.PLANNED).limit(1)) is not None
