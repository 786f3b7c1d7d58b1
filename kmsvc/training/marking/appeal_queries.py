"""Reads over marking appeals and corrected keys: one's own, those one may decide, what an upheld one would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can, require
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking import rubrics, wording
from kmsvc.training.marking.appealing import (
    Effect,
    check_new,
    effects_of,
    fit_deciders,
    involved_in,
    unfit_to_decide,
)
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.desk import key_of
from kmsvc.training.marking.models import AppealNote, MarkAppeal, Regrade
from kmsvc.training.marking.permissions import APPEAL, DECIDE, LEAD
from kmsvc.training.marking.regrading import Report
from kmsvc.training.marking.rekeying import digest_of, report_of
from kmsvc.training.marking.rules import Unfit
from kmsvc.training.marking.settling import by_person, live_marks
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of


@dataclass(frozen=True)
class AppealLine:
    """An appeal in a list; whose it is stays hidden from who decides. mine: the caller's own; to_me: it went to the caller."""

    id: int
    number: str
    exam_id: int
    exam_number: str
    title: str
    place: int
    sitting_id: int
    state: str
    filed_at: datetime
    decide_by: date
    decider: str
    old: Decimal
    new: Decimal | None
    worth: Decimal
    mine: bool
    to_me: bool
    late: bool
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/marking/appeals/{self.id}"


@dataclass(frozen=True)
class NoteLine:
    """What was said. by_candidate: by the appellant."""

    by_candidate: bool
    words: str
    at: datetime
    mine: bool


@dataclass(frozen=True)
class AppealCard:
    """One appeal with what was answered and given. marks: (part, points, comment), nobody by name; unfit: why this caller may not
    decide; deciders: to whom it may be handed; key, asked: for who decides."""

    line: AppealLine
    reason: str
    decision: str | None
    decided_at: datetime | None
    question: Question
    parts: tuple[tuple[Question, list[str], list[str]], ...]
    asked: tuple[rubrics.Asked, ...]
    marks: tuple[tuple[str, Decimal, str | None], ...]
    mark: Decimal
    notes: tuple[NoteLine, ...]
    decides: bool
    unfit: tuple[Unfit, ...]
    deciders: tuple[tuple[int, str], ...]


def _seen(actor: Actor) -> Select[Any]:
    query = select(MarkAppeal)
    if can(actor, DECIDE) or can(actor, LEAD):
        return query
    require(actor, APPEAL)
    return query.where(MarkAppeal.person_id == (actor.person_id or 0))


@dataclass(frozen=True)
class AppealFilters:
    """What a list of appeals is narrowed to. whose: mine, to_me."""

    q: str | None = None
    state: str | None = None
    whose: str | None = None
    exam_id: int | None = None


def appeal_lines(session: Session, actor: Actor, asked: AppealFilters, today: date, *, skip: int = 0,
                 limit: int = 50) -> tuple[list[AppealLine], int]:
    """Appeals this caller may see: open ones first, by their day; and how many there are."""
    query = _seen(actor).join(Exam, Exam.id == MarkAppeal.exam_id)
    if asked.q:
        query = query.where(or_(*(one.icontains(asked.q, autoescape=True) for one in (MarkAppeal.number, Exam.number, Exam.title))))
    if asked.state:
        query = query.where(MarkAppeal.state == asked.state)
    if asked.exam_id:
        query = query.where(MarkAppeal.exam_id == asked.exam_id)
    if asked.whose == "mine":
        query = query.where(MarkAppeal.person_id == (actor.person_id or 0))
    elif asked.whose == "to_me":
        query = query.where(MarkAppeal.decider_id == (actor.person_id or 0))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = list(session.scalars(query.order_by(MarkAppeal.state != AppealState.OPEN, MarkAppeal.decide_by.desc(),
                                               MarkAppeal.id.desc()).offset(skip).limit(limit)))
    return _lines(session, actor, rows, today), total


def _lines(session: Session, actor: Actor, rows: list[MarkAppeal], today: date) -> list[AppealLine]:
    exams = {one.id: one for one in session.scalars(select(Exam).where(Exam.id.in_([row.exam_id for row in rows])))}
    items = {one.id: one for one in session.scalars(select(SittingItem).where(SittingItem.id.in_([row.item_id for row in rows])))}
    who = names(session, [row.decider_id for row in rows])
    return [AppealLine(
        row.id, row.number, row.exam_id, exams[row.exam_id].number, exams[row.exam_id].title, items[row.item_id].place, row.sitting_id,
        row.state, row.filed_at, row.decide_by, "" if row.person_id == actor.person_id else who.get(row.decider_id or 0, ""), row.old,
        row.new, items[row.item_id].points, row.person_id == actor.person_id, row.decider_id == actor.person_id,
        row.state == AppealState.OPEN and row.decide_by < today, row.version) for row in rows]


def seen_appeal(session: Session, actor: Actor, appeal_id: int) -> MarkAppeal:
    """An appeal this caller may see, or NotFound."""
    row: MarkAppeal | None = session.scalars(_seen(actor).where(MarkAppeal.id == appeal_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def appeal_card(session: Session, actor: Actor, appeal_id: int, today: date) -> AppealCard:
    """One appeal: for its candidate what was said and decided, for who decides the answer with key, rubric and marks."""
    row = seen_appeal(session, actor, appeal_id)
    line = _lines(session, actor, [row], today)[0]
    exam, item, sitting = (session.get_one(Exam, row.exam_id), session.get_one(SittingItem, row.item_id),
                           session.get_one(Sitting, row.sitting_id))
    question = key_of(session, exam, item)
    kept = answers_of(session, [sitting.id]).get(item.id)
    answer = kept.value.get("answer") if kept is not None else None
    decides = not line.mine and can(actor, DECIDE)
    unfit = tuple(unfit_to_decide(session, exam.id, actor.person_id, involved_in(session, item, sitting))) if (
        decides and actor.person_id is not None) else ()
    shows_key = not line.mine or exam.shows == "answers"
    who = names(session, fit_deciders(session, exam, item, sitting)) if decides and row.state == AppealState.OPEN else {}
    marks = live_marks(session, [item.id])[item.id]
    return AppealCard(
        line, row.reason, row.decision, row.decided_at, question,
        tuple((one, wording.answer_words(one, given), wording.key_words(one) if shows_key else [])
              for _, one, given in wording.parts_of(question, answer)),
        rubrics.asked_of(question, item.points) if not line.mine else (),
        tuple((part, one.points, one.comment) for part, one in by_person(marks).items()) if not line.mine else (),
        item.mark or Decimal(0),
        tuple(NoteLine(one.by_candidate, one.words, one.at, one.person_id == actor.person_id) for one in session.scalars(
            select(AppealNote).where(AppealNote.appeal_id == row.id).order_by(AppealNote.id))),
        decides, unfit, tuple((one, name) for one, name in who.items() if one != row.decider_id))


def effect_of(session: Session, actor: Actor, appeal_id: int, points: Decimal) -> list[Effect]:
    """What upholding would change for whom; InvalidInput for a mark it cannot lead to."""
    require(actor, DECIDE)
    row = seen_appeal(session, actor, appeal_id)
    check_new(row, session.get_one(SittingItem, row.item_id), points)
    return effects_of(session, row, points)


@dataclass(frozen=True)
class RegradeCard:
    """A corrected key with what marking anew changes. lines: (line, name); digest: what is confirmed."""

    row: Regrade
    exam: Exam
    question_number: str
    head: str
    report: Report
    digest: str
    names: dict[int, str]


def regrade_card(session: Session, actor: Actor, regrade_id: int) -> RegradeCard:
    """One of them with its report as it would be now."""
    require(actor, LEAD)
    row = session.get(Regrade, regrade_id)
    if row is None:
        raise NotFound()
    question, found = session.get_one(QuestionRow, row.question_id), report_of(session, row)
    return RegradeCard(row, session.get_one(Exam, row.exam_id), question.number, question.head, found, digest_of(found),
                       dict(names(session, [one.person_id for one in found.lines])))


@dataclass(frozen=True)
class RegradeLine:
    """A corrected key in a list. changed: people whose score it changed, as confirmed."""

    id: int
    question_number: str
    head: str
    state: str
    why: str
    asked_at: datetime
    decided_at: datetime | None
    changed: int


def regrade_lines(session: Session, actor: Actor, exam_id: int) -> list[RegradeLine]:
    """Corrected keys of an exam, newest first."""
    require(actor, LEAD)
    rows = session.execute(select(Regrade, QuestionRow.number, QuestionRow.head).join(
        QuestionRow, QuestionRow.id == Regrade.question_id).where(Regrade.exam_id == exam_id).order_by(Regrade.id.desc()))
    return [RegradeLine(row.id, number, head, row.state, row.why, row.asked_at, row.decided_at, len(row.lines))
            for row, number, head in rows]


def newer_keys(session: Session, exam_id: int) -> list[tuple[int, str]]:
    """Questions of an exam that were written anew since and not looked at: (id, number and words)."""
    asked = select(SittingItem.version_id).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam_id, SittingItem.question_id == QuestionRow.id)
    known = select(Regrade.by_version_id).where(Regrade.exam_id == exam_id)
    rows = session.execute(select(QuestionRow.id, QuestionRow.number, QuestionRow.head).where(
        asked.exists(), QuestionRow.current_version_id.not_in(asked), QuestionRow.current_version_id.not_in(known)).order_by(
        QuestionRow.id))
    return [(row.id, f"{row.number} {row.head[:80]}") for row in rows]
