"""Making plans, putting people on them, approving, cancelling; `plan_for` is the door for what happens elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses.models import Course
from kmsvc.training.plans.events import SessionChanged
from kmsvc.training.plans.models import Plan, PlanParticipant, TrainingSession
from kmsvc.training.plans.permissions import APPROVE_PLANS, MAKE_PLANS
from kmsvc.training.plans.rules import PlanState, Purpose, SessionState

OVER = (PlanState.DONE, PlanState.CANCELLED)


def make_plan(work: Work, *, title: str, year: int, purpose: str, hours: int, cost: int, target: str, evaluation: str,
              course: str | None = None, because: str | None = None) -> Plan:
    """Make a draft. hours: per head; cost: yuan for everybody; course: its number."""
    work.permit(MAKE_PLANS)
    course_id = None
    if course:
        course_id = work.session.scalar(select(Course.id).where(Course.number == course.upper()))
        if course_id is None:
            raise InvalidInput({"course": [N_("There is no such course.")]})
    row = Plan(number=f"TP-{year}-{next_number(work.session, f'training-plan-{year}'):04d}", title=title, year=year, purpose=purpose,
               state=PlanState.DRAFT, course_id=course_id, minutes=hours * 60, cost=cost, target=target, evaluation=evaluation,
               because=because, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    return row


def plan_for(work: Work, people: Collection[int], *, title: str, because: str, year: int, purpose: str = Purpose.OTHER) -> Plan:
    """The draft for people something happened to: joined, changed post, a process published, a QA gap. because: names the event, one
    plan for each; called again it adds who is missing."""
    work.permit(MAKE_PLANS)
    row = work.session.scalars(select(Plan).where(Plan.because == because)).one_or_none()
    if row is None:
        row = make_plan(work, title=title, year=year, purpose=purpose, hours=1, cost=0, target=because, evaluation="", because=because)
    _add(work, row, people, because)
    return row


def opened(work: Work, plan_id: int, *, version: int | None = None) -> Plan:
    """The plan, locked, while something can be changed in it."""
    row = work.get(Plan, plan_id, lock=True, version=version)
    if row.state in OVER:
        raise RuleBroken("training.plan.over", N_("This plan is over."))
    return row


def _add(work: Work, row: Plan, people: Collection[int], because: str | None) -> None:
    held = set(work.session.scalars(select(PlanParticipant.person_id).where(PlanParticipant.plan_id == row.id)))
    work.session.add_all(PlanParticipant(plan_id=row.id, person_id=one, because=because, added_at=work.now)
                         for one in sorted(set(people) - held))
    work.session.flush()


def add_people(work: Work, plan_id: int, *, logins: Sequence[str] = (), role: str | None = None, unit: int | None = None,
               version: int | None = None) -> Plan:
    """Put people on a plan by account, role or unit (active people only). InvalidInput where nobody is meant."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    active = directory(work.session).active()
    known = {login: one.id for one in active for login in one.logins}
    missing = [one for one in logins if one not in known]
    if missing:
        raise InvalidInput({"people": [Filled(N_("Nobody here is called %(login)s."), login=missing[0][:60])]})
    found = {known[one] for one in logins}
    found |= {one.id for one in active if (role and role in one.role_names) or (unit and one.unit_id == unit)}
    if not found:
        raise InvalidInput({"people": [N_("Name accounts, a role or a unit with people in it.")]})
    _add(work, row, found, role or None)
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


def finish(work: Work, plan_id: int, *, version: int | None = None) -> Plan:
    """Say that a plan is done: no session waits any more."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    if row.state == PlanState.DRAFT:
        raise RuleBroken("training.plan.state", N_("A draft is approved first."))
    if work.session.scalar(select(TrainingSession.id).where(
            TrainingSession.plan_id == row.id, TrainingSession.state == SessionState.PLANNED).limit(1)) is not None:
        raise RuleBroken("training.plan.waits", N_("A session of this plan is still to be held."))
    row.state = PlanState.DONE
    return row


def cancel(work: Work, plan_id: int, *, reason: str, version: int | None = None) -> Plan:
    """Cancel a plan and its sessions to come; everybody concerned is told."""
    row = opened(work, plan_id, version=version)
    work.permit(MAKE_PLANS, row)
    work.because(reason)
    row.state, row.reason = PlanState.CANCELLED, reason
    for one in work.session.scalars(select(TrainingSession).where(
            TrainingSession.plan_id == row.id, TrainingSession.state == SessionState.PLANNED).order_by(TrainingSession.id)):
        one.state, one.reason = SessionState.CANCELLED, reason
        work.record(SessionChanged(one.id, one.version))
    return row
