"""Reads over evaluations: the list, one with its steps and figures, what I am asked, what I was told; adjustments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.reviews.rules import hash_of
from kmsvc.people.accounts.queries import names
from kmsvc.training.evaluations import rules
from kmsvc.training.evaluations.effects import levels_of, ratings_of
from kmsvc.training.evaluations.models import Adjustment, Evaluation, EvaluationStep, Participant
from kmsvc.training.evaluations.permissions import RATE_TRAINING, SEE_EVALUATIONS
from kmsvc.training.evaluations.rules import AdjustmentState, EvaluationState, FactorFigure, Level, Measured
from kmsvc.training.evaluations.usecases import content_of


@dataclass(frozen=True)
class EvaluationLine:
    """An evaluation in a list. people: who took part; answers: of those."""

    id: int
    number: str
    title: str
    subject_kind: str
    state: str
    held_on: date | None
    people: int
    answers: int
    made_by: str
    reported_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/evaluations/{self.id}"


@dataclass(frozen=True)
class StepLine:
    """What was done in which step."""

    step: int
    verb: str
    person: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class AdjustmentLine:
    """What is adjusted in a training."""

    id: int
    number: str
    evaluation_id: int | None
    course_id: int | None
    title: str
    part: str
    what: str
    why: str
    due_on: date
    owner_id: int
    owner: str
    state: str
    done_on: date | None
    result: str | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/evaluations/adjustments/{self.id}"


@dataclass(frozen=True)
class EvaluationCard:
    """One evaluation. figures: none where anonymous answers are too few; said: factor -> words, without an order of time."""

    line: EvaluationLine
    subject_id: int | None
    levels: tuple[str, ...]
    why: str | None
    strategy: str | None
    participants: tuple[tuple[str, bool], ...]
    tools: str | None
    factors: tuple[str, ...]
    anonymous: bool
    due_on: date | None
    figures: tuple[FactorFigure, ...] | None
    said: Mapping[str, tuple[str, ...]]
    known: Mapping[Level, list[Measured]]
    steps: tuple[StepLine, ...]
    conclusion: str | None
    told: Mapping[str, Any]
    reason: str | None
    content_hash: str | None
    is_whole: bool | None
    adjustments: tuple[AdjustmentLine, ...]


def _filtered(actor: Actor, *columns: Any, q: str | None, state: str | None, kind: str | None) -> Select[Any]:
    query = select(*columns).select_from(Evaluation).where(
        Evaluation.id.is_not(None) if can(actor, SEE_EVALUATIONS) else Evaluation.id.is_(None))
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Evaluation.number, Evaluation.title, Evaluation.conclusion))))
    if state:
        query = query.where(Evaluation.state == state)
    return query.where(Evaluation.subject_kind == kind) if kind else query


def evaluation_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, kind: str | None = None,
                     before: int | None = None, limit: int = 50) -> tuple[list[EvaluationLine], int | None]:
    """Evaluations, newest first, and the id to go on from."""
    query = _filtered(actor, Evaluation, q=q, state=state, kind=kind)
    if before:
        query = query.where(Evaluation.id < before)
    rows = list(session.scalars(query.order_by(Evaluation.id.desc()).limit(limit + 1)))
    return _lines(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_evaluations(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, kind: str | None = None) -> int:
    """How many fit."""
    return session.scalar(_filtered(actor, func.count(Evaluation.id), q=q, state=state, kind=kind)) or 0


def _lines(session: Session, rows: Sequence[Evaluation]) -> list[EvaluationLine]:
    counts = {one: (n, m) for one, n, m in session.execute(select(
        Participant.evaluation_id, func.count(), func.count(Participant.answered_on)).where(
        Participant.evaluation_id.in_([row.id for row in rows])).group_by(Participant.evaluation_id))}
    who = names(session, [row.made_by_id for row in rows])
    return [EvaluationLine(row.id, row.number, row.title, row.subject_kind, row.state, row.held_on, *counts.get(row.id, (0, 0)),
                           who.get(row.made_by_id or 0, ""), row.reported_at, row.version) for row in rows]


def visible(session: Session, actor: Actor, evaluation_id: int) -> Evaluation:
    """The evaluation, or NotFound where it is missing or not for this caller."""
    row = session.get(Evaluation, evaluation_id) if can(actor, SEE_EVALUATIONS) else None
    if row is None:
        raise NotFound()
    return row


def evaluation_card(session: Session, actor: Actor, evaluation_id: int) -> EvaluationCard:
    """One evaluation with its figures."""
    row = visible(session, actor, evaluation_id)
    parts = list(session.scalars(select(Participant).where(Participant.evaluation_id == row.id).order_by(Participant.person_id)))
    steps = list(session.scalars(select(EvaluationStep).where(EvaluationStep.evaluation_id == row.id).order_by(EvaluationStep.id)))
    who = names(session, [*(one.person_id for one in parts), *(one.person_id for one in steps)])
    ratings = ratings_of(session, row)
    over = row.state in (EvaluationState.ANALYSING, EvaluationState.REPORTED)
    figures = rules.counted(row.factors or (), (one.marks for one in ratings), anonymous=row.anonymous) if over else None
    known = {level: [one for one in its if over or level != Level.REACTION or one.id is not None]
             for level, its in levels_of(session, row).items()}
    said = {name: tuple(sorted(one.said[name] for one in ratings if name in one.said)) for name in row.factors or ()} if (
        figures is not None) else {}
    return EvaluationCard(
        line=_lines(session, [row])[0], subject_id=row.subject_id, levels=tuple(row.levels or ()), why=row.why, strategy=row.strategy,
        participants=tuple((who.get(one.person_id, ""), one.answered_on is not None) for one in parts), tools=row.tools,
        factors=tuple(row.factors or ()), anonymous=row.anonymous, due_on=row.due_on,
        figures=tuple(figures) if figures is not None else None, said=said, known=known,
        steps=tuple(StepLine(one.step, one.verb, who.get(one.person_id or 0, ""), one.at, one.facts) for one in steps),
        conclusion=row.conclusion, told=row.told or {}, reason=row.reason, content_hash=row.content_hash,
        is_whole=hash_of(content_of(row)) == row.content_hash if row.content_hash else None,
        adjustments=tuple(adjustment_lines(session, actor, evaluation_id=row.id, limit=200)[0]))


def told_to(session: Session, actor: Actor, evaluation_id: int) -> tuple[Evaluation, list[tuple[str, str]]]:
    """The evaluation and what this person was told, by audience; NotFound for whoever was told nothing."""
    row = session.get(Evaluation, evaluation_id)
    mine = [(name, one["text"]) for name, one in (row.told or {}).items() if actor.person_id in one["people"]] if row else []
    if row is None or not mine:
        raise NotFound()
    return row, mine


def to_rate(session: Session, actor: Actor) -> list[tuple[int, str, str, date | None]]:
    """(id, number, title, due) of evaluations that ask this person and have no answer yet."""
    if actor.person_id is None or not can(actor, RATE_TRAINING):
        return []
    rows = session.execute(select(Evaluation.id, Evaluation.number, Evaluation.title, Evaluation.due_on).join(
        Participant, Participant.evaluation_id == Evaluation.id).where(
        Participant.person_id == actor.person_id, Participant.answered_on.is_(None),
        Evaluation.state == EvaluationState.COLLECTING).order_by(Evaluation.id))
    return [(row.id, row.number, row.title, row.due_on) for row in rows]


def _adjustments(actor: Actor, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Adjustment)
    return query if can(actor, SEE_EVALUATIONS) else query.where(Adjustment.owner_id == (actor.person_id or 0))


def adjustment_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, part: str | None = None,
                     course_id: int | None = None, evaluation_id: int | None = None, before: int | None = None,
                     limit: int = 50) -> tuple[list[AdjustmentLine], int | None]:
    """Adjustments this person may see, newest first, and the id to go on from."""
    query = _adjustments(actor, Adjustment)
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Adjustment.number, Adjustment.title, Adjustment.what, Adjustment.why))))
    for column, wanted in ((Adjustment.state, state), (Adjustment.part, part), (Adjustment.course_id, course_id),
                           (Adjustment.evaluation_id, evaluation_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before:
        query = query.where(Adjustment.id < before)
    rows = list(session.scalars(query.order_by(Adjustment.id.desc()).limit(limit + 1)))
    who = names(session, [row.owner_id for row in rows])
    return [AdjustmentLine(row.id, row.number, row.evaluation_id, row.course_id, row.title, row.part, row.what, row.why, row.due_on,
                           row.owner_id, who.get(row.owner_id, ""), row.state, row.done_on, row.result, row.version)
            for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def adjustment_line(session: Session, actor: Actor, adjustment_id: int) -> AdjustmentLine:
    """One adjustment, or NotFound."""
    found = adjustment_lines(session, actor, before=adjustment_id + 1, limit=1)[0]
    if not found or found[0].id != adjustment_id:
        raise NotFound()
    return found[0]


def open_adjustments(session: Session, actor: Actor) -> list[AdjustmentLine]:
    """What this person is to adjust."""
    return [one for one in adjustment_lines(session, actor, state=AdjustmentState.OPEN, limit=200)[0] if one.owner_id == actor.person_id]


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_EVALUATIONS):
        return {}
    rows = session.execute(select(Evaluation.id, Evaluation.number, Evaluation.title, Evaluation.state).where(Evaluation.id.in_(ids)))
    return {row.id: ThingCard("evaluation", row.id, row.number, row.title, f"/training/evaluations/{row.id}", row.state) for row in rows}


def _asked(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    rows = session.execute(select(Evaluation.id, Evaluation.number, Evaluation.title, Evaluation.state).join(
        Participant, Participant.evaluation_id == Evaluation.id).where(
        Evaluation.id.in_(ids), Participant.person_id == (actor.person_id or 0)))
    return {row.id: ThingCard("evaluation_rating", row.id, row.number, row.title, f"/training/evaluations/{row.id}/rate", row.state)
            for row in rows}


def _to_adjust(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    rows = session.execute(_adjustments(actor, Adjustment.id, Adjustment.number, Adjustment.title, Adjustment.state).where(
        Adjustment.id.in_(ids)))
    return {row.id: ThingCard("adjustment", row.id, row.number, row.title, f"/training/evaluations/adjustments/{row.id}", row.state)
            for row in rows}


cards.register(cards.Kind("evaluation", EvaluationState.COLLECTING.label, _cards))
cards.register(cards.Kind("evaluation_rating", EvaluationState.COLLECTING.label, _asked))
cards.register(cards.Kind("adjustment", AdjustmentState.OPEN.label, _to_adjust))


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    rows, _ = evaluation_lines(session, actor, q=number, limit=limit)
    return [ThingCard("evaluation", row.id, row.number, row.title, row.url, row.state) for row in rows if row.number.startswith(number)]


cards.NUMBERED["TE"] = _numbered
