"""Reads over the marking of an exam: how far each question is, what waits for whom, own figures beside the others', drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can, require
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.calibration import Comparison, DriftSign, drift, moved
from kmsvc.training.marking.changing import RELEASED
from kmsvc.training.marking.models import Mark, MarkAppeal, MarkerSubstitute, Regrade
from kmsvc.training.marking.permissions import LEAD, RELEASE, SEE_MARKING
from kmsvc.training.marking.releasing import gaps_of, open_appeals
from kmsvc.training.marking.rules import MarkStand
from kmsvc.training.marking.samples import Standing, limits_now, samples_of, standing
from kmsvc.training.marking.settling import ENDED, hand_of
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings.models import Sitting, SittingItem


@dataclass(frozen=True)
class QuestionLine:
    """A question of an exam that people mark. all: answers; done: those settled; waits: by what they wait for; own, others: mean share
    of the points this caller and all others gave, None of none; samples: how many there are; standing: the caller's own."""

    question_id: int
    number: str
    head: str
    all: int
    done: int
    waits: Mapping[str, int]
    own: Decimal | None
    own_count: int
    others: Decimal | None
    samples: int
    standing: Standing | None

    @property
    def waiting(self) -> int:
        """Answers that wait for anything."""
        return sum(self.waits.values())


@dataclass(frozen=True)
class MarkerLine:
    """Somebody who marks. given: marks; mean: mean share of the points, per cent; drift: what the last comparisons say; moved: how
    the last marks lie beside those before, per cent; for_names: in whose place."""

    person_id: int
    name: str
    given: int
    mean: Decimal | None
    drift: DriftSign | None
    moved: Decimal | None
    compared: int
    for_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubstituteLine:
    """Who stands in for whom, with the reason."""

    id: int
    person: str
    whose: str
    reason: str
    made_at: datetime


THREE = 3
"""people it takes to settle two marks that lie too far apart"""


@dataclass(frozen=True)
class Board:
    """The marking of an exam. gaps: what keeps the results from being released; markers: all for who leads, else the caller alone;
    leads, releases, marks: what the caller may do; lacks_third: marks lie too far apart and nobody is left to settle them."""

    exam: Exam
    questions: tuple[QuestionLine, ...]
    gaps: Mapping[str, int]
    markers: tuple[MarkerLine, ...]
    substitutes: tuple[SubstituteLine, ...]
    regrades: int
    appeals: int
    sat: int
    seconds: int
    leads: bool
    releases: bool
    marks: bool
    choices: tuple[tuple[int, str], ...] = field(default=())
    lacks_third: bool = False

    @property
    def waiting(self) -> int:
        """Answers that wait for anything."""
        return sum(one.waiting for one in self.questions)

    @property
    def all(self) -> int:
        """Answers that people mark."""
        return sum(one.all for one in self.questions)

    @property
    def done(self) -> int:
        """Those of them that are settled."""
        return sum(one.done for one in self.questions)


def seen_exam(session: Session, actor: Actor, exam_id: int) -> Exam:
    """An exam whose marking this caller may see; NotFound where there is none, or it was never announced."""
    require(actor, SEE_MARKING)
    row = session.get(Exam, exam_id)
    if row is None or row.state in (ExamState.DRAFT, ExamState.CANCELLED):
        raise NotFound()
    return row


def by_people(exam_id: int) -> ColumnElement[bool]:
    """The answers of an exam that people mark: they wait for one, or have a mark of one."""
    human = select(Mark.item_id).where(Mark.part != "auto", Mark.undone_at.is_(None), Mark.item_id == SittingItem.id).exists()
    return and_(Sitting.exam_id == exam_id, Sitting.state.in_(ENDED), or_(
        SittingItem.stand.in_([MarkStand.FIRST.value, MarkStand.SECOND.value, MarkStand.THIRD.value]), human))


def board(session: Session, actor: Actor, exam_id: int, now: datetime) -> Board:
    """How far the marking of an exam is, for who may see that."""
    exam = seen_exam(session, actor, exam_id)
    leads, hand = can(actor, LEAD), hand_of(session, actor, exam_id)
    substitutes = list(session.scalars(select(MarkerSubstitute).where(
        MarkerSubstitute.exam_id == exam_id, MarkerSubstitute.ended_at.is_(None)).order_by(MarkerSubstitute.id)))
    markers = marker_lines(session, exam, substitutes)
    who = names(session, [one for row in substitutes for one in (row.person_id, row.for_id)])
    return Board(
        exam, tuple(question_lines(session, actor, exam, hand is not None)), gaps_of(session, exam),
        tuple(one for one in markers if leads or one.person_id == actor.person_id),
        tuple(SubstituteLine(row.id, who.get(row.person_id, ""), who.get(row.for_id, ""), row.reason, row.made_at) for row in substitutes
              if leads or actor.person_id in (row.person_id, row.for_id)),
        session.scalar(select(func.count()).select_from(Regrade).where(Regrade.exam_id == exam_id, Regrade.state == "open")) or 0,
        open_appeals(session, exam_id),
        session.scalar(select(func.count()).select_from(Sitting).where(Sitting.exam_id == exam_id, Sitting.state.in_(ENDED))) or 0,
        session.scalar(select(func.count()).select_from(Sitting).where(
            Sitting.exam_id == exam_id, Sitting.state.in_(ENDED), Sitting.second_why.is_not(None))) or 0,
        leads, can(actor, RELEASE), hand is not None and exam.state == ExamState.PUBLISHED,
        lacks_third=bool(gaps_of(session, exam).get("third")) and len({one.person_id for one in markers}) < THREE)


def question_lines(session: Session, actor: Actor, exam: Exam, marks: bool) -> list[QuestionLine]:
    """The questions of an exam that people mark, in the order of their numbers."""
    waits: dict[int, dict[str, int]] = {}
    for question_id, stand, count in session.execute(select(SittingItem.question_id, SittingItem.stand, func.count()).join(
            Sitting, Sitting.id == SittingItem.sitting_id).where(by_people(exam.id)).group_by(
            SittingItem.question_id, SittingItem.stand)):
        waits.setdefault(question_id, {})[stand] = count
    shares: dict[tuple[int, bool], list[Decimal]] = {}
    for question_id, marker, points, worth in session.execute(select(
            SittingItem.question_id, Mark.marker_id, Mark.points, SittingItem.points).join(
            SittingItem, SittingItem.id == Mark.item_id).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
            Sitting.exam_id == exam.id, Mark.part != "auto", Mark.undone_at.is_(None))):
        shares.setdefault((question_id, marker == actor.person_id), []).append(points / worth)
    samples = samples_of(session, exam.id)
    lines = []
    for row in session.execute(select(QuestionRow.id, QuestionRow.number, QuestionRow.head).where(
            QuestionRow.id.in_(sorted(waits))).order_by(QuestionRow.id)):
        its = waits[row.id]
        own, others = shares.get((row.id, True), []), shares.get((row.id, False), [])
        has = sum(one.question_id == row.id for one in samples)
        lines.append(QuestionLine(
            row.id, row.number, row.head, sum(its.values()), its.get(MarkStand.SETTLED.value, 0),
            {stand: count for stand, count in its.items() if stand != MarkStand.SETTLED}, _mean(own), len(own), _mean(others), has,
            standing(session, exam.id, row.id, actor.person_id) if marks and has and actor.person_id is not None else None))
    return lines


def _mean(shares: Sequence[Decimal]) -> Decimal | None:
    return 100 * sum(shares, Decimal(0)) / len(shares) if shares else None


def marker_lines(session: Session, exam: Exam, substitutes: Sequence[MarkerSubstitute]) -> list[MarkerLine]:
    """Everybody who marks an exam or has marked in it, with how their marks lie beside those agreed on. A comparison: a mark of an
    answer that two or three marked, beside what they came to."""
    people = set(session.scalars(select(ExamMarker.person_id).where(ExamMarker.exam_id == exam.id))) | {
        one.person_id for one in substitutes}
    given: dict[int, list[tuple[Decimal, Decimal, Decimal | None]]] = {}
    twice = set(session.scalars(select(Mark.item_id).join(SittingItem, SittingItem.id == Mark.item_id).join(
        Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam.id, Mark.part == "second", Mark.undone_at.is_(None))))
    for item_id, marker, points, worth, mark in session.execute(select(
            Mark.item_id, Mark.marker_id, Mark.points, SittingItem.points, SittingItem.mark).join(
            SittingItem, SittingItem.id == Mark.item_id).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
            Sitting.exam_id == exam.id, Mark.part != "auto", Mark.undone_at.is_(None)).order_by(Mark.id)):
        given.setdefault(marker or 0, []).append((points, worth, mark if item_id in twice else None))
    who = names(session, sorted(people | set(given)) + [one.for_id for one in substitutes])
    limits, lines = limits_now(session), []
    for person in sorted(people | set(given), key=lambda one: (who.get(one, ""), one)):
        its = given.get(person, [])
        pairs = [Comparison(points, agreed, worth) for points, worth, agreed in its if agreed is not None]
        shares = [points / worth for points, worth, _ in its]
        lines.append(MarkerLine(person, who.get(person, ""), len(its), _mean(shares), drift(pairs, limits), moved(shares, limits),
                                len(pairs), tuple(who.get(one.for_id, "") for one in substitutes if one.person_id == person)))
    return lines


@dataclass(frozen=True)
class ExamLine:
    """An exam in the list of what is marked. waiting: answers that wait for anybody; appeals: open ones; mine: whether the caller
    marks it; over: whether nobody can sit it any more, the make-up included."""

    id: int
    number: str
    title: str
    state: str
    closes_at: datetime
    release_at: datetime
    released_at: datetime | None
    sat: int
    all: int
    waiting: int
    appeals: int
    mine: bool
    over: bool
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/marking/{self.id}"


_LAST_CLOSES_AT = func.coalesce(Exam.make_up_closes_at, Exam.closes_at)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. state: waiting, ready, released, final; mine: what the caller marks."""

    q: str | None = None
    state: str | None = None
    mine: bool = False


def exam_lines(session: Session, actor: Actor, asked: Filters, now: datetime, *, skip: int = 0,
               limit: int = 50) -> tuple[list[ExamLine], int]:
    """Exams somebody has sat, those that closed last first, and how many there are."""
    require(actor, SEE_MARKING)
    sat = select(Sitting.exam_id).where(Sitting.state.in_(ENDED))
    query = select(Exam).where(Exam.id.in_(sat), Exam.state.not_in((ExamState.DRAFT, ExamState.CANCELLED)))
    if asked.q:
        query = query.where(or_(Exam.number.icontains(asked.q, autoescape=True), Exam.title.icontains(asked.q, autoescape=True)))
    mine = _mine(session, actor)
    if asked.mine:
        query = query.where(Exam.id.in_(mine))
    stands = select(Sitting.exam_id).join(SittingItem, SittingItem.sitting_id == Sitting.id).where(
        Sitting.state.in_(ENDED), SittingItem.stand != MarkStand.SETTLED)
    if asked.state in ("waiting", "ready"):
        query = query.where(Exam.state == ExamState.PUBLISHED)
        query = query.where(Exam.id.in_(stands) if asked.state == "waiting" else Exam.id.not_in(stands) & (now >= _LAST_CLOSES_AT))
    elif asked.state == "appeals":
        query = query.where(Exam.id.in_(select(MarkAppeal.exam_id).where(MarkAppeal.state == AppealState.OPEN)))
    elif asked.state:
        query = query.where(Exam.state == asked.state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = list(session.scalars(query.order_by(Exam.closes_at.desc(), Exam.id.desc()).offset(skip).limit(limit)))
    ids = [one.id for one in rows]
    sums = _counted(session, ids)
    appeals = {row[0]: row[1] for row in session.execute(select(MarkAppeal.exam_id, func.count()).where(
        MarkAppeal.exam_id.in_(ids), MarkAppeal.state == AppealState.OPEN).group_by(MarkAppeal.exam_id))}
    return [ExamLine(one.id, one.number, one.title, one.state, one.closes_at, one.release_at, one.released_at,
                     *sums.get(one.id, (0, 0, 0)), appeals.get(one.id, 0), one.id in mine,
                     (one.make_up_closes_at or one.closes_at) <= now, one.version) for one in rows], total


def _mine(session: Session, actor: Actor) -> set[int]:
    """Exams this caller marks, in the own right or in place of somebody."""
    own = set(session.scalars(select(ExamMarker.exam_id).where(ExamMarker.person_id == (actor.person_id or 0))))
    others = session.scalars(select(MarkerSubstitute.exam_id).where(
        MarkerSubstitute.person_id == (actor.person_id or 0), MarkerSubstitute.ended_at.is_(None)))
    return own | {one for one in set(others) if hand_of(session, actor, one) is not None}


def _counted(session: Session, exam_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """exam -> (sittings handed in, answers, those of them that wait)."""
    rows = session.execute(select(
        Sitting.exam_id, func.count(Sitting.id.distinct()), func.count(SittingItem.id),
        func.count(SittingItem.id).filter(SittingItem.stand != MarkStand.SETTLED)).join(
        SittingItem, SittingItem.sitting_id == Sitting.id).where(
        Sitting.exam_id.in_(exam_ids), Sitting.state.in_(ENDED)).group_by(Sitting.exam_id))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def is_released(exam: Exam) -> bool:
    """Whether candidates may see their results."""
    return exam.state in RELEASED
