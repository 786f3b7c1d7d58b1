"""Reads over improvement plans; whoever only improves sees the own items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.standards.assessments.campaign_rules import ImprovementState
from kmsvc.standards.assessments.models import ClauseAnswer, Improvement, ImprovementStep, SelfAssessment
from kmsvc.standards.assessments.permissions import IMPROVE, SEE_ASSESSMENTS
from kmsvc.standards.assessments.queries import who_is

NOT_OVER = (ImprovementState.DONE.value, ImprovementState.DROPPED.value)


@dataclass(frozen=True)
class PlanLine:
    """An item of a plan. c, f: the marks that stood in the answer."""

    id: int
    number: str
    version: int
    assessment_id: int
    round: str
    name: str
    title: str
    c: int | None
    f: int | None
    aim_c: int
    aim_f: int
    effort_days: int | None
    owner: str
    owner_id: int
    due_on: date
    state: str
    done_on: date | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/standards/assessments/plans/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether it should be done."""
        return self.state not in NOT_OVER and self.due_on < today


@dataclass(frozen=True)
class PlanCard:
    """One item of a plan with its answer and what was done in each step, oldest first."""

    line: PlanLine
    row: Improvement
    answer: ClauseAnswer
    steps: Sequence[ImprovementStep]
    people: dict[int, str]


def plans_visible(actor: Actor) -> ColumnElement[bool]:
    """Which items of plans this person sees. Raises NotPermitted."""
    if can(actor, SEE_ASSESSMENTS):
        return Improvement.id.is_not(None)
    if can(actor, IMPROVE):
        return Improvement.owner_id == (actor.person_id or 0)
    raise NotPermitted()


def _plans(actor: Actor, assessment_id: int | None, q: str | None, state: str | None, own: bool) -> list[ColumnElement[bool]]:
    found = [plans_visible(actor)]
    if assessment_id is not None:
        found.append(Improvement.assessment_id == assessment_id)
    if q:
        found.append(or_(*(column.icontains(q.lstrip("#"), autoescape=True) for column in (
            Improvement.number, Improvement.title, Improvement.name))))
    if own:
        found.append(Improvement.owner_id == (actor.person_id or 0))
    if state == "open":
        found.append(Improvement.state.not_in(NOT_OVER))
    elif state:
        found.append(Improvement.state == state)
    return found


def plan_lines(session: Session, actor: Actor, assessment_id: int | None = None, *, q: str | None = None, state: str | None = None,
               own: bool = False, start: int = 0, limit: int = 50) -> tuple[list[PlanLine], int | None]:
    """Items of plans this person may see, the next day first, and where the list goes on. Raises NotPermitted."""
    rows = session.execute(select(Improvement, ClauseAnswer, SelfAssessment).join(
        ClauseAnswer, ClauseAnswer.id == Improvement.answer_id).join(
        SelfAssessment, SelfAssessment.id == Improvement.assessment_id).where(*_plans(actor, assessment_id, q, state, own)).order_by(
        Improvement.due_on, Improvement.id).offset(start).limit(limit + 1)).all()
    names = who_is(session)
    return [_plan_line(row[0], row[1], row[2], names) for row in rows[:limit]], start + limit if len(rows) > limit else None


def count_plans(session: Session, actor: Actor, assessment_id: int | None = None, *, q: str | None = None, state: str | None = None,
                own: bool = False) -> int:
    """How many fit."""
    return session.scalar(select(func.count(Improvement.id)).where(*_plans(actor, assessment_id, q, state, own))) or 0


def _plan_line(row: Improvement, answer: ClauseAnswer, held: SelfAssessment, names: dict[int | None, str]) -> PlanLine:
    return PlanLine(row.id, row.number, row.version, row.assessment_id, held.number, row.name, row.title, answer.c, answer.f, row.aim_c,
                    row.aim_f, row.effort_days, names.get(row.owner_id, ""), row.owner_id, row.due_on, row.state, row.done_on)


def plan_card(session: Session, actor: Actor, improvement_id: int) -> PlanCard:
    """One item of a plan. Raises NotPermitted, NotFound."""
    row = session.scalars(select(Improvement).where(plans_visible(actor), Improvement.id == improvement_id)).one_or_none()
    if row is None:
        raise NotFound()
    answer = session.get_one(ClauseAnswer, row.answer_id)
    names = who_is(session)
    return PlanCard(
        _plan_line(row, answer, session.get_one(SelfAssessment, row.assessment_id), names), row, answer,
        session.scalars(select(ImprovementStep).where(ImprovementStep.improvement_id == row.id).order_by(ImprovementStep.id)).all(),
        {one: name for one, name in names.items() if one is not None})
