"""The small interface between the gates of steps 9 to 13 and whoever records field work.

A source answers, for the rounds of some changes, how many rows of each noun it holds. This slice's own tables are the
first source; training and quality register theirs without the change request knowing of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, union_all
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


# a contact the process does not apply to says nothing about whether it is followed
_OF_ROUNDS = union_all(
    _per_round("lines", PlanLine), _per_round("sit_ins", SitIn),
    _per_round("samples", Sample, Sample.result != SampleResult.NOT_APPLICABLE),
    _per_round("set_aside", Sample, Sample.result == SampleResult.NOT_APPLICABLE))

_PLANNED = select(PlanLine.change_id, PlanLine.visit, PlanPerson.person_id).join(
    PlanLine, PlanLine.id == PlanPerson.line_id).where(PlanLine.change_id.in_(bindparam("ids", expanding=True)))
_FEEDBACK = select(FeedbackItem.change_id, FeedbackItem.route, FeedbackItem.answered_at).where(
    FeedbackItem.change_id.in_(bindparam("ids", expanding=True)))


def own_rows(session: Session, rounds: Mapping[int, int]) -> Mapping[int, FieldCounts]:
    """What this slice's own tables hold for the rounds of these changes."""
    held: dict[str, dict[int, int]] = {"lines": {}, "sit_ins": {}, "samples": {}, "set_aside": {}}
    for noun, change, visit, count in session.execute(_OF_ROUNDS, {"ids": list(rounds)}):
        if visit == rounds[change]:
            held[noun][change] = count
    lines, sit_ins, samples = held["lines"], held["sit_ins"], held["samples"]
    planned: dict[int, set[int]] = {}
    if lines:
        for change, visit, person in session.execute(_PLANNED, {"ids": list(lines)}):
            if visit == rounds[change]:
                planned.setdefault(change, set()).add(person)
    items: dict[int, list[tuple[bool, bool]]] = {}
    for change, route, answered_at in session.execute(_FEEDBACK, {"ids": list(rounds)}):
        items.setdefault(change, []).append((route is None, answered_at is None))
    return {change: FieldCounts(
        plan_lines=lines.get(change, 0), planned=frozenset(planned.get(change, ())), sit_ins=sit_ins.get(change, 0),
        samples=samples.get(change, 0), set_aside=held["set_aside"].get(change, 0), feedback_items=len(items.get(change, ())),
        unrouted=sum(one[0] for one in items.get(change, ())), unanswered=sum(one[1] for one in items.get(change, ())))
        for change in rounds}


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
