"""The small interface between the gates of steps 9 to 13 and whoever records field work.

A source answers, for one change and one round, how many rows of each noun it holds. This slice's own tables are the first
source; training and quality register theirs without the change request knowing of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine, PlanPerson, Sample, SitIn


@dataclass(frozen=True)
class FieldCounts:
    """Rows of one round. planned: ids of persons planned for training; feedback counts leave nothing out."""

    plan_lines: int = 0
    planned: frozenset[int] = frozenset()
    sit_ins: int = 0
    samples: int = 0
    feedback_items: int = 0
    unrouted: int = 0
    unanswered: int = 0

    def __add__(self, other: FieldCounts) -> FieldCounts:
        return FieldCounts(self.plan_lines + other.plan_lines, self.planned | other.planned, self.sit_ins + other.sit_ins,
                           self.samples + other.samples, self.feedback_items + other.feedback_items,
                           self.unrouted + other.unrouted, self.unanswered + other.unanswered)


Source = Callable[[Session, int, int], FieldCounts]
SOURCES: list[Source] = []


def own_rows(session: Session, change_id: int, visit: int) -> FieldCounts:
    """What this slice's own tables hold for a round of a change."""
    def count(model: type[PlanLine] | type[SitIn] | type[Sample]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(
            model.change_id == change_id, model.visit == visit)) or 0

    planned = session.scalars(select(PlanPerson.person_id).join(PlanLine, PlanLine.id == PlanPerson.line_id)
                              .where(PlanLine.change_id == change_id, PlanLine.visit == visit))
    items = session.execute(select(FeedbackItem.route, FeedbackItem.answered_at).where(
        FeedbackItem.change_id == change_id)).all()
    return FieldCounts(plan_lines=count(PlanLine), planned=frozenset(planned), sit_ins=count(SitIn), samples=count(Sample),
                       feedback_items=len(items), unrouted=sum(item.route is None for item in items),
                       unanswered=sum(item.answered_at is None for item in items))


SOURCES.append(own_rows)


def counts(session: Session, change_id: int, visit: int) -> FieldCounts:
    """All sources together."""
    total = FieldCounts()
    for source in SOURCES:
        total = total + source(session, change_id, visit)
    return total
