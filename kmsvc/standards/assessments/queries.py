"""Reads over rounds and answers; whoever only answers sees the own clauses of rounds that are under way or closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.standards.assessments.campaign_rules import ASSESSED, RoundState
from kmsvc.standards.assessments.models import (
    AssessmentResult,
    ClauseAnswer,
    SelfAssessment,
)
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, RUN_ASSESSMENTS, SEE_ASSESSMENTS
from kmsvc.standards.assessments.standing import in_sections
from kmsvc.standards.models.models import Clause, StandardModel


@dataclass(frozen=True)
class RoundLine:
    """A round in a list. assessed, met of items; level: of its newest result; waiting: answers submitted and not judged."""

    id: int
    number: str
    version: int
    title: str
    model: str
    edition: str
    basis: str
    unit: str
    lead: str
    lead_id: int
    due_on: date
    state: str
    is_baseline: bool
    target: str | None
    items: int
    assessed: int
    met: int
    waiting: int
    level: str | None
    total: int | None
    closed_on: date | None
    made_at: datetime

    @property
    def url(self) -> str:
        """Its address."""
        return f"/standards/assessments/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether it should be closed."""
        return self.state in ("open", "review") and self.due_on < today


@dataclass(frozen=True)
class AnswerLine:
    """An answer in a list, with its clause."""

    id: int
    version: int
    assessment_id: int
    round: str
    round_state: str
    due_on: date
    name: str
    section: str
    title_zh: str
    title_en: str
    respondent: str
    respondent_id: int | None
    state: str
    c: int | None
    f: int | None
    target_c: int | None
    target_f: int | None
    proofs: int
    look_again: bool
    gaps: str | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/standards/assessments/answers/{self.id}"


@dataclass(frozen=True)
class AnswerFilters:
    """What answers are narrowed to. state: one of `AnswerState`, `gaps` (a mark below 10) or `unproven` (nothing shows it); section: a
    number, with those below it; respondent: a person, or 0 for nobody; mark: `c10`, `f5` …"""

    q: str | None = None
    state: str | None = None
    section: str | None = None
    respondent: int | None = None
    mark: str | None = None


@dataclass(frozen=True)
class RoundCard:
    """One round with its model, what its people have still to answer and its results, newest first. people: names by id."""

    line: RoundLine
    row: SelfAssessment
    model: StandardModel
    results: Sequence[AssessmentResult]
    by_person: Sequence[tuple[int | None, str, Counter[str]]]
    people: dict[int, str] = field(default_factory=dict)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which rounds this person sees: all, or those under way or closed in which a clause is theirs. Raises NotPermitted."""
    if can(actor, SEE_ASSESSMENTS):
        return SelfAssessment.id.is_not(None)
    if can(actor, ANSWER_CLAUSES):
        own = select(ClauseAnswer.assessment_id).where(ClauseAnswer.respondent_id == (actor.person_id or 0))
        return and_(SelfAssessment.state != RoundState.DRAFT.value, SelfAssessment.id.in_(own))
    raise NotPermitted()


def answers_visible(actor: Actor) -> ColumnElement[bool]:
    """Which answers this person sees. Raises NotPermitted."""
    if can(actor, SEE_ASSESSMENTS):
        return ClauseAnswer.id.is_not(None)
    return and_(visible(actor), ClauseAnswer.respondent_id == (actor.person_id or 0))


def who_is(session: Session) -> dict[int | None, str]:
    """Person -> name."""
    return {one.id: one.name for one in directory(session).people.values()}


def _rounds(session: Session, actor: Actor, q: str | None, state: str | None, year: int | None, model: str | None
            ) -> list[ColumnElement[bool]]:
    found = [visible(actor)]
    if q:
        found.append(or_(SelfAssessment.number.icontains(q, autoescape=True), SelfAssessment.title.icontains(q, autoescape=True)))
    if state:
        found.append(SelfAssessment.state == state)
    if year:
        found.append(SelfAssessment.due_on.between(date(year, 1, 1), date(year, 12, 31)))
    if model:
        found.append(SelfAssessment.model_id.in_(select(StandardModel.id).where(StandardModel.code == model)))
    return found


def round_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, year: int | None = None,
                model: str | None = None, start: int = 0, limit: int = 50) -> tuple[list[RoundLine], int | None]:
    """Rounds this person may see, newest first, and where the list goes on. Raises NotPermitted."""
    rows = session.scalars(select(SelfAssessment).where(*_rounds(session, actor, q, state, year, model)).order_by(
        SelfAssessment.id.desc()).offset(start).limit(limit + 1)).all()
    return _round_lines(session, rows[:limit]), start + limit if len(rows) > limit else None


def count_rounds(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, year: int | None = None,
                 model: str | None = None) -> int:
    """How many fit."""
    return session.scalar(select(func.count(SelfAssessment.id)).where(*_rounds(session, actor, q, state, year, model))) or 0


def _round_lines(session: Session, rows: Sequence[SelfAssessment]) -> list[RoundLine]:
    ids = [row.id for row in rows]
    names, units = who_is(session), unit_names(session)
    models = {one.id: one for one in session.scalars(select(StandardModel).where(StandardModel.id.in_({row.model_id for row in rows})))}
    assessed = ClauseAnswer.state.in_(sorted(one.value for one in ASSESSED))
    counted = session.execute(select(
        ClauseAnswer.assessment_id, func.count(), func.count().filter(assessed),
        func.count().filter(and_(assessed, ClauseAnswer.c == 10, ClauseAnswer.f == 10)),
        func.count().filter(ClauseAnswer.state == "submitted")).where(ClauseAnswer.assessment_id.in_(ids)).group_by(
        ClauseAnswer.assessment_id))
    counts: dict[int, tuple[int, int, int, int]] = {one: (items, given, met, left) for one, items, given, met, left in counted}
    results = {one.assessment_id: one for one in session.scalars(select(AssessmentResult).where(
        AssessmentResult.assessment_id.in_(ids)).order_by(AssessmentResult.no))}

    def line(row: SelfAssessment) -> RoundLine:
        result, model = results.get(row.id), models[row.model_id]
        return RoundLine(
            row.id, row.number, row.version, row.title, model.code, model.edition, row.basis, units.get(row.unit_id or 0, ""),
            names.get(row.lead_id, ""), row.lead_id, row.due_on, row.state, row.is_baseline, row.target,
            *counts.get(row.id, (0, 0, 0, 0)), result.level if result else None, result.body["total"] if result else None,
            result.closed_on if result else None, row.made_at)
    return [line(row) for row in rows]


def round_card(session: Session, actor: Actor, assessment_id: int) -> RoundCard:
    """One round. Raises NotPermitted, NotFound."""
    row = session.scalars(select(SelfAssessment).where(visible(actor), SelfAssessment.id == assessment_id)).one_or_none()
    if row is None:
        raise NotFound()
    names = who_is(session)
    by: dict[int | None, Counter[str]] = {}
    for person, state, count in session.execute(select(ClauseAnswer.respondent_id, ClauseAnswer.state, func.count()).where(
            ClauseAnswer.assessment_id == row.id).group_by(ClauseAnswer.respondent_id, ClauseAnswer.state)):
        by.setdefault(person, Counter())[state] += count
    return RoundCard(
        _round_lines(session, [row])[0], row, session.get_one(StandardModel, row.model_id),
        session.scalars(select(AssessmentResult).where(AssessmentResult.assessment_id == row.id).order_by(
            AssessmentResult.no.desc())).all(),
        sorted(((person, names.get(person, ""), held) for person, held in by.items()), key=lambda one: (one[0] is not None, one[1])),
        {one: name for one, name in names.items() if one is not None})


def _answers(actor: Actor, assessment_id: int | None, asked: AnswerFilters) -> list[ColumnElement[bool]]:
    found = [answers_visible(actor)]
    if assessment_id is not None:
        found.append(ClauseAnswer.assessment_id == assessment_id)
    if asked.q:
        words = asked.q.strip().lstrip("#\uff03")
        found.append(or_(ClauseAnswer.name == words, *(column.icontains(words, autoescape=True) for column in (
            Clause.title_zh, Clause.title_en, ClauseAnswer.reason, ClauseAnswer.gaps, ClauseAnswer.strengths))))
    if asked.state == "gaps":
        found.append(or_(ClauseAnswer.c < 10, ClauseAnswer.f < 10))
    elif asked.state == "unproven":
        found.append(cast(ClauseAnswer.proof, String) == "[]")
    elif asked.state:
        found.append(ClauseAnswer.state == asked.state)
    if asked.respondent is not None:
        found.append(ClauseAnswer.respondent_id == asked.respondent if asked.respondent else ClauseAnswer.respondent_id.is_(None))
    if asked.mark:
        found.append((ClauseAnswer.c if asked.mark[0] == "c" else ClauseAnswer.f) == int(asked.mark[1:]))
    return found


def answer_lines(session: Session, actor: Actor, assessment_id: int | None, asked: AnswerFilters, *, own: bool = False,
                 start: int = 0, limit: int | None = 50) -> tuple[list[AnswerLine], int | None]:
    """Answers this person may see in the order of the standard, and where the list goes on. own: those given to them in rounds that are
    being answered. Raises NotPermitted."""
    query = select(ClauseAnswer, SelfAssessment, Clause).join(
        SelfAssessment, SelfAssessment.id == ClauseAnswer.assessment_id).join(Clause, Clause.id == ClauseAnswer.clause_id).where(
        *_answers(actor, assessment_id, asked))
    if own:
        query = query.where(ClauseAnswer.respondent_id == (actor.person_id or 0), SelfAssessment.state == RoundState.OPEN.value)
    rows = [row for row in session.execute(query.order_by(SelfAssessment.due_on, SelfAssessment.id, ClauseAnswer.place))
            if asked.section is None or in_sections(row[2].section, [asked.section])]
    names = who_is(session)
    shown = rows[start:] if limit is None else rows[start:start + limit]
    return [AnswerLine(
        one.id, one.version, held.id, held.number, held.state, held.due_on, one.name, clause.section, clause.title_zh, clause.title_en,
        names.get(one.respondent_id, ""), one.respondent_id, one.state, one.c, one.f, one.target_c, one.target_f, len(one.proof),
        bool(one.carried and one.carried["look_again"]), one.gaps) for one, held, clause in shown], (
        start + limit if limit is not None and len(rows) > start + limit else None)


def answer_line(session: Session, actor: Actor, row: ClauseAnswer) -> AnswerLine:
    """One answer as a list has it. Raises NotFound."""
    lines, _ = answer_lines(session, actor, row.assessment_id, AnswerFilters(q=row.name), limit=None)
    found = next((one for one in lines if one.id == row.id), None)
    if found is None:
        raise NotFound()
    return found


def answer_of(session: Session, actor: Actor, answer_id: int) -> tuple[ClauseAnswer, SelfAssessment, Clause]:
    """One answer. Raises NotPermitted, NotFound."""
    found = session.execute(select(ClauseAnswer, SelfAssessment, Clause).join(
        SelfAssessment, SelfAssessment.id == ClauseAnswer.assessment_id).join(Clause, Clause.id == ClauseAnswer.clause_id).where(
        answers_visible(actor), ClauseAnswer.id == answer_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1], found[2]


def closed_rounds(session: Session, actor: Actor) -> list[RoundLine]:
    """Closed rounds one can compare with, newest first. Raises NotPermitted."""
    if not can(actor, SEE_ASSESSMENTS):
        raise NotPermitted()
    return round_lines(session, actor, state=RoundState.CLOSED.value, limit=200)[0]


def runs(actor: Actor) -> bool:
    """Whether this person runs rounds."""
    return can(actor, RUN_ASSESSMENTS)
