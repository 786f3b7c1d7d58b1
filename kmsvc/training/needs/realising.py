"""A line of the annual plan becomes a real training plan, and back: one act makes the draft with hours, cost, target and evaluation; how
far it is comes from the plan's own sessions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.needs.models import AnnualLine, DeliveryStep
from kmsvc.training.needs.permissions import PLAN_YEAR
from kmsvc.training.needs.plan_queries import PlanLineCard
from kmsvc.training.needs.planlinks import LINKS
from kmsvc.training.needs.planning import link_plan
from kmsvc.training.needs.rules import EvaluationMethod, LineState
from kmsvc.training.plans import usecases as plans
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import SEE_PLANS
from kmsvc.training.plans.queries import lines_of
from kmsvc.training.plans.rules import PlanState, Purpose

ENDS = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}


@dataclass(frozen=True)
class SoFar:
    """How far the plan of a line is. sessions: that were not cancelled; minutes: held, all heads together; spent: yuan, none while
    nobody has said."""

    plan_id: int
    number: str
    title: str
    state: str
    people: int
    present: int
    sessions: int
    held: int
    minutes: int
    cost: int
    spent: int | None

    @property
    def url(self) -> str:
        """Its page."""
        return f"/training/plans/{self.plan_id}"


def make_plan_of(work: Work, line_id: int, *, version: int | None = None) -> AnnualLine:
    """Make a draft plan of a line: its hours, cost, target and evaluation, everybody in its unit, trained by its quarter's end."""
    row = work.get(AnnualLine, line_id, lock=True, version=version)
    work.permit(PLAN_YEAR, row)
    if row.plan_id is not None:
        held = work.session.get(Plan, row.plan_id)
        if held is not None and held.state != PlanState.CANCELLED:
            raise RuleBroken("training.needs.planned", N_("This line has its training plan already."))
    made = plans.make_plan(
        work, title=row.subject, year=row.year, purpose=Purpose.OTHER, hours=max(1, -(-row.minutes // 60)), cost=-(-row.fen // 100),
        target=row.target or row.subject, evaluation=sentence(EvaluationMethod(row.evaluation).label),
        because=f"annual_line:{row.id}:{row.version}", due_on=date(row.year, *ENDS[row.quarter]))
    if row.unit_id is not None:
        with suppress(InvalidInput):  # a team nobody works in yet: its people come onto the plan later
            plans.add_people(work, made.id, unit=row.unit_id)
    return link_plan(work, line_id, made.id)


def unlink_plan(work: Work, line_id: int, *, reason: str, version: int | None = None) -> AnnualLine:
    """The line stands without its plan again. A draft that was made of it is cancelled; one that goes on stays for itself."""
    row = work.get(AnnualLine, line_id, lock=True, version=version)
    work.permit(PLAN_YEAR, row)
    if row.plan_id is None:
        raise RuleBroken("training.needs.unplanned", N_("This line has no training plan."))
    work.because(reason)
    plan = work.session.get(Plan, row.plan_id)
    row.plan_id = None
    begun = work.session.scalar(select(func.count(DeliveryStep.id)).where(DeliveryStep.line_id == row.id))
    if row.state == LineState.RUNNING and not begun:
        row.state = LineState.PLANNED
    if plan is not None and plan.state == PlanState.DRAFT and (plan.because or "").startswith(f"annual_line:{row.id}:"):
        plans.cancel(work, plan.id, reason=reason)
    work.session.flush()
    return row


def so_far(session: Session, line: PlanLineCard, now: datetime) -> SoFar | None:
    """How far the plan of a line is, none where it has none. Figures without names: who sees the line sees them."""
    row = session.get(Plan, line.plan_id) if line.plan_id is not None else None
    if row is None:
        return None
    one = lines_of(session, [row], now)[0]
    held = session.execute(select(TrainingSession.id, TrainingSession.starts_at, TrainingSession.ends_at).where(
        TrainingSession.plan_id == row.id, TrainingSession.state == "held").order_by(TrainingSession.id)).all()
    came = _present(session, [it.id for it in held])
    minutes = sum(int((it.ends_at - it.starts_at).total_seconds()) // 60 * came.get(it.id, 0) for it in held)
    return SoFar(row.id, one.number, one.title, one.state, one.people, one.present, one.sessions, one.held, minutes, one.cost, one.spent)


def _present(session: Session, sessions: list[int]) -> dict[int, int]:
    return dict(session.execute(select(SessionPerson.session_id, func.count()).where(
        SessionPerson.session_id.in_(sessions), SessionPerson.present_at.is_not(None)).group_by(SessionPerson.session_id)).all())


def _link(session: Session, actor: Actor, line: PlanLineCard) -> tuple[str, str] | None:
    row = session.get(Plan, line.plan_id) if line.plan_id is not None and can(actor, SEE_PLANS) else None
    return (row.number, f"/training/plans/{row.id}") if row is not None else None


LINKS.append(_link)
