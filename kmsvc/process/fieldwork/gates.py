"""The small interface between the gates of steps 9 to 13 and whoever records field work.

A source answers, for the rounds of some changes, how many rows of each noun it holds. This slice's own tables are the
first source; training and quality register theirs without the change request knowing of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine, PlanPerson, Sample, SitIn
from kmsvc.process.fieldwork.rules import SampleResult


@dataclass(frozen=True)
class FieldCounts:
    """Rows of one round. planned: ids of persons planned for training; feedback counts leave nothing out.

    samples: contacts that say whether the process is followed; set_aside: those it does not apply to.
    """

    plan_lines: int = 0
    planned: frozenset[int] = frozenset()
    sit_ins: int = 0
    samples: int = 0
    feedback_items: int = 0
    unrouted: int = 0
    unanswered: int = 0
    set_aside: int = 0

    def __add__(self, other: FieldCounts) -> FieldCounts:
        return FieldCounts(self.plan_lines + other.plan_lines, self.planned | other.planned, self.sit_ins + other.sit_ins,
                           self.samples + other.samples, self.feedback_items + other.feedback_items,
                           self.unrouted + other.unrouted, self.unanswered + other.unanswered,
                           self.set_aside + other.set_aside)


Source = Callable[[Session, Mapping[int, int]], Mapping[int, FieldCounts]]
"""(session, {change id: round}) -> {change id: counts}; changes without rows may be left out."""

SOURCES: list[Source] = []


def _per_round(noun: str, model: type[PlanLine] | type[SitIn] | type[Sample],
               *those: ColumnElement[bool]) -> Select[str, int, int, int]:
    return select(literal(noun), model.change_id, model.visit, func.count()).where(
        model.change_id.in_(bindparam("ids", expanding=True)), *those).group_by(model.change_id, model.visit)


def _items(noun: str, *those: ColumnElement[bool]) -> Select[str, int, int, int]:
    return select(literal(noun), FeedbackItem.change_id, cast(null(), Integer), func.count()).where(
        FeedbackItem.change_id.in_(bindparam("ids", expanding=True)), *those).group_by(FeedbackItem.change_id)


_PLANNED = select(literal("planned"), PlanLine.change_id, PlanLine.visit, PlanPerson.person_id).join(
    PlanPerson, PlanLine.id == PlanPerson.line_id).where(PlanLine.change_id.in_(bindparam("ids", expanding=True)))

# noun, change, round (feedback has none), and how many, or for «planned» whom; a contact the process does not apply to says
# nothing about whether it is followed
_ROWS: CompoundSelect[Any] = union_all(
    _per_round("plan_lines", PlanLine), _per_round("sit_ins", SitIn),
    _per_round("samples", Sample, Sample.result != SampleResult.NOT_APPLICABLE),
    _per_round("set_aside", Sample, Sample.result == SampleResult.NOT_APPLICABLE),
    _items("feedback_items"), _items("unrouted", FeedbackItem.route.is_(None)),
    _items("unanswered", FeedbackItem.answered_at.is_(None)), _PLANNED)


def own_rows(session: Session, rounds: Mapping[int, int]) -> Mapping[int, FieldCounts]:
    """What this slice's own tables hold for the rounds of these changes."""
    counted: dict[int, dict[str, int]] = {change: {} for change in rounds}
    planned: dict[int, set[int]] = {change: set() for change in rounds}
    for noun, change, visit, number in session.execute(_ROWS, {"ids": list(rounds)}):
        if noun == "planned":
            if visit == rounds[change]:
                planned[change].add(number)
        elif visit is None or visit == rounds[change]:
            counted[change][noun] = number
    return {change: FieldCounts(planned=frozenset(planned[change]), **counted[change]) for change in rounds}


SOURCES.append(own_rows)


def counts_of(session: Session, rounds: Mapping[int, int]) -> dict[int, FieldCounts]:
    """All sources together, for several changes: {change id: round} -> {change id: counts}."""
    totals = {change: FieldCounts() for change in rounds}
    if rounds:
        for source in SOURCES:
            for change, found in source(session, rounds).items():
                totals[change] = totals[change] + found
    return totals


def counts(session: Session, change_id: int, visit: int) -> FieldCounts:
    """All sources together, for one round of one change."""
    return counts_of(session, {change_id: visit})[change_id]
