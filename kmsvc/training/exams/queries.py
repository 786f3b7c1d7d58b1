"""Reads over exam plans: the plan as the rules see it, one and many as lists show them, who sits it, what hinders a verb."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Boolean, ColumnElement, Integer, Select, String, and_, column, func, or_, select, table
from sqlalchemy.orm import Session, object_session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.models import Exam, ExamCandidate, ExamMarker, ExamRoom
from kmsvc.training.exams.permissions import SEE_EXAMS, SEE_MY_EXAMS
from kmsvc.training.exams.rules import Candidate, ExamPlan, Extra, Room, Window, seconds_for
from kmsvc.training.exams.states import ExamPhase, ExamState, Scene, phase
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.points import Points

_PAUSE = table("training_exam_pause", column("id", Integer), column("exam_id", Integer), column("resumed_at"))
_PAUSED = select(_PAUSE.c.id).where(_PAUSE.c.exam_id == Exam.id, _PAUSE.c.resumed_at.is_(None)).exists()
_SAT = table("training_sitting", *(column(name, Integer) for name in ("id", "exam_id", "person_id", "attempt")), column("state", String),
             column("score", Points), column("most", Points), column("passed", Boolean))  # the noun above owns the class
NEAR = timedelta(hours=24)
"""so long before it opens people are reminded of an exam"""


@dataclass(frozen=True)
class Counts:
    """Sittings of an exam, counted. people: who has begun; running; over: handed in; unmarked: of these without a score;
    passed: people with a sitting that passed."""

    people: int = 0
    running: int = 0
    over: int = 0
    unmarked: int = 0
    passed: int = 0


@dataclass(frozen=True)
class ExamLine:
    """An exam in a list. phase: what the clock makes of it, None where it is not announced; candidates: how many are to sit it."""

    id: int
    number: str
    title: str
    template: str | None
    state: str
    phase: ExamPhase | None
    paper_id: int
    paper: str
    opens_at: datetime
    closes_at: datetime
    make_up_opens_at: datetime | None
    make_up_closes_at: datetime | None
    release_at: datetime
    duration_min: int
    pass_percent: int
    attempts: int
    owner_id: int | None
    owner: str
    candidates: int
    counts: Counts
    version: int
    url: str


@dataclass(frozen=True)
class CandidateCard:
    """Somebody who is to sit an exam. window: from when to when; length_s: with extra time; begun, score, passed: of the best
    sitting that counts, None before there is one."""

    exam_id: int
    person_id: int
    name: str
    room: str | None
    extra_percent: int
    extra_minutes: int
    made_up: bool
    because: str | None
    window: Window
    length_s: int
    sat: str | None = None
    attempts: int = 0
    score: Decimal | None = None
    passed: bool | None = None


def plan_of(row: Exam, candidates: Iterable[ExamCandidate] | None = None, rooms: Iterable[ExamRoom] | None = None) -> ExamPlan:
    """The plan as the rules see it; candidates and rooms are read where they are not given."""
    session = object_session(row)
    if candidates is None:
        candidates = _candidates(session, row.id) if session is not None else ()
    if rooms is None:
        rooms = rooms_of(session, row.id) if session is not None else ()
    make_up = (Window(row.make_up_opens_at, row.make_up_closes_at)
               if row.make_up_opens_at is not None and row.make_up_closes_at is not None else None)
    return ExamPlan(
        Window(row.opens_at, row.closes_at), row.duration_min, row.pass_percent,
        tuple(Candidate(one.person_id, one.room, Extra(one.extra_percent, one.extra_minutes), one.made_up) for one in candidates),
        row.release_at, Window(row.review_opens_at, row.review_closes_at), row.grace_s, row.attempts,
        tuple(Room(one.name, one.seats) for one in rooms), make_up, row.appeal_days)


def rooms_of(session: Session, exam_id: int) -> list[ExamRoom]:
    """The rooms of an exam, by name."""
    return list(session.scalars(select(ExamRoom).where(ExamRoom.exam_id == exam_id).order_by(ExamRoom.name)))


def markers_of(session: Session, exam_id: int) -> list[int]:
    """Who marks it: ids of persons."""
    return list(session.scalars(select(ExamMarker.person_id).where(ExamMarker.exam_id == exam_id).order_by(ExamMarker.person_id)))


def _candidates(session: Session, exam_id: int) -> list[ExamCandidate]:
    return list(session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == exam_id).order_by(ExamCandidate.person_id)))


def candidate_ids(session: Session, exam_id: int) -> list[int]:
    """Who is to sit it: ids of persons."""
    return list(session.scalars(select(ExamCandidate.person_id).where(ExamCandidate.exam_id == exam_id).order_by(
        ExamCandidate.person_id)))


def window_for(exam: Exam, made_up: bool) -> Window:
    """The window somebody sits in."""
    if made_up and exam.make_up_opens_at is not None and exam.make_up_closes_at is not None:
        return Window(exam.make_up_opens_at, exam.make_up_closes_at)
    return Window(exam.opens_at, exam.closes_at)


def candidate_of(session: Session, exam: Exam, person_id: int) -> CandidateCard | None:
    """Somebody as a candidate of an exam; None for who is none."""
    row = session.scalars(select(ExamCandidate).where(
        ExamCandidate.exam_id == exam.id, ExamCandidate.person_id == person_id)).one_or_none()
    return None if row is None else _cards(session, exam, [row])[0]


def candidates_of(session: Session, exam: Exam) -> list[CandidateCard]:
    """Everybody who is to sit it, with what is known of their sittings."""
    return _cards(session, exam, _candidates(session, exam.id))


def _cards(session: Session, exam: Exam, rows: Sequence[ExamCandidate]) -> list[CandidateCard]:
    who = names(session, [row.person_id for row in rows])
    query = select(_SAT.c.person_id, _SAT.c.state, _SAT.c.score, _SAT.c.passed).where(
        _SAT.c.exam_id == exam.id, _SAT.c.state != "void").order_by(_SAT.c.attempt)
    if len(rows) == 1:
        query = query.where(_SAT.c.person_id == rows[0].person_id)
    sat: dict[int, list[tuple[str, Decimal | None, bool | None]]] = {}
    for person, state, score, passed in session.execute(query):
        sat.setdefault(person, []).append((state, score, passed))
    found = []
    for row in rows:
        its = sat.get(row.person_id, [])
        scores = [score for _, score, _ in its if score is not None]
        judged = [passed for *_, passed in its if passed is not None]
        found.append(CandidateCard(
            exam.id, row.person_id, who.get(row.person_id, ""), row.room, row.extra_percent, row.extra_minutes, row.made_up, row.because,
            window_for(exam, row.made_up), seconds_for(exam.duration_min, Extra(row.extra_percent, row.extra_minutes)),
            its[-1][0] if its else None, len(its), max(scores) if scores else None, any(judged) if judged else None))
    return found


def counts_of(session: Session, exam_ids: Collection[int]) -> dict[int, Counts]:
    """exam -> its sittings, counted; those that are void count for nothing."""
    if not exam_ids:
        return {}
    running, over = _SAT.c.state == "running", _SAT.c.state.in_(("submitted", "timed_out"))
    rows = session.execute(select(
        _SAT.c.exam_id, func.count(_SAT.c.person_id.distinct()), func.count().filter(running), func.count().filter(over),
        func.count().filter(and_(over, _SAT.c.score.is_(None))),
        func.count(_SAT.c.person_id.distinct()).filter(_SAT.c.passed)).where(
        _SAT.c.exam_id.in_(list(exam_ids)), _SAT.c.state != "void").group_by(_SAT.c.exam_id))
    return {row[0]: Counts(*row[1:]) for row in rows}


@dataclass(frozen=True)
class ExamFilters:
    """What a list is narrowed to. state: a state, or a phase of an announced exam; begins, ends: instants it must overlap."""

    q: str | None = None
    state: str | None = None
    template: str | None = None
    person_id: int | None = None
    owner_id: int | None = None
    paper_id: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def _readable(actor: Actor) -> Select[Exam]:
    """Exams this person may see: all with the right, else those announced that are the own."""
    query = select(Exam)
    if can(actor, SEE_EXAMS):
        return query
    if not can(actor, SEE_MY_EXAMS):
        raise NotFound()
    return query.where(Exam.state != ExamState.DRAFT, Exam.published_at.is_not(None), Exam.id.in_(
        select(ExamCandidate.exam_id).where(ExamCandidate.person_id == actor.person_id)))


def _narrowed(query: Select[Exam], filters: ExamFilters, now: datetime) -> Select[Exam]:
    if filters.q:
        query = query.where(or_(*(one.icontains(filters.q, autoescape=True) for one in (Exam.number, Exam.title))))
    if filters.template:
        query = query.where(Exam.template == filters.template)
    if filters.owner_id:
        query = query.where(Exam.owner_id == filters.owner_id)
    if filters.paper_id:
        query = query.where(Exam.paper_id == filters.paper_id)
    if filters.person_id:
        query = query.where(Exam.id.in_(select(ExamCandidate.exam_id).where(ExamCandidate.person_id == filters.person_id)))
    if filters.begins is not None:
        query = query.where(func.coalesce(Exam.make_up_closes_at, Exam.closes_at) > filters.begins)
    if filters.ends is not None:
        query = query.where(Exam.opens_at < filters.ends)
    return query if filters.state is None else query.where(_standing(filters.state, now))


def _standing(state: str, now: datetime) -> ColumnElement[bool]:
    published = Exam.state == ExamState.PUBLISHED
    first = and_(Exam.opens_at <= now, now < Exam.closes_at)
    second = and_(Exam.make_up_opens_at.is_not(None), Exam.make_up_opens_at <= now, now < Exam.make_up_closes_at)
    conditions = {
        "ahead": and_(published, now < Exam.opens_at), "open": and_(published, or_(first, second)),
        "between": and_(published, Exam.closes_at <= now, Exam.make_up_opens_at > now),
        "closed": and_(published, func.coalesce(Exam.make_up_closes_at, Exam.closes_at) <= now),
        "review": and_(Exam.state.in_(("released", "final")), Exam.review_opens_at <= now, now < Exam.review_closes_at)}
    return conditions.get(state, Exam.state == state)


def exam_lines(session: Session, actor: Actor, now: datetime, filters: ExamFilters | None = None, *, skip: int = 0,
               limit: int | None = None) -> tuple[list[ExamLine], int]:
    """Exams this person may see, those that open last first, and how many there are."""
    query = _narrowed(_readable(actor), filters or ExamFilters(), now)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = list(session.scalars(query.order_by(Exam.opens_at.desc(), Exam.id.desc()).offset(skip).limit(limit)))
    return lines_of(session, rows, now), total


def lines_of(session: Session, rows: Sequence[Exam], now: datetime) -> list[ExamLine]:
    """Rows as lists show them."""
    ids = [row.id for row in rows]
    counts = counts_of(session, ids)
    many: Mapping[int, int] = dict(session.execute(select(ExamCandidate.exam_id, func.count()).where(
        ExamCandidate.exam_id.in_(ids)).group_by(ExamCandidate.exam_id)).all())
    papers: Mapping[int, str] = dict(session.execute(select(PaperRow.id, PaperRow.title).where(
        PaperRow.id.in_([row.paper_id for row in rows]))).all())
    who = names(session, [row.owner_id for row in rows])
    return [ExamLine(
        row.id, row.number, row.title, row.template, row.state, phase(plan_of(row, (), ()), row.state, now), row.paper_id,
        papers.get(row.paper_id, ""), row.opens_at, row.closes_at, row.make_up_opens_at, row.make_up_closes_at, row.release_at,
        row.duration_min, row.pass_percent, row.attempts, row.owner_id, who.get(row.owner_id or 0, ""), many.get(row.id, 0),
        counts.get(row.id, Counts()), row.version, f"/training/exams/{row.id}") for row in rows]


def exam_line(session: Session, actor: Actor, exam_id: int, now: datetime) -> ExamLine:
    """One of them, or NotFound."""
    return lines_of(session, [visible(session, actor, exam_id)], now)[0]


def visible(session: Session, actor: Actor, exam_id: int) -> Exam:
    """The row of an exam this person may see, or NotFound."""
    row = session.scalars(_readable(actor).where(Exam.id == exam_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def scene_counts(session: Session, row: Exam) -> Scene:
    """What sittings say of an exam, as the rules ask it."""
    held = counts_of(session, [row.id]).get(row.id, Counts())
    return Scene(begun=held.people, running=held.running, unmarked=held.unmarked, released_at=row.released_at)


def opening_within(session: Session, now: datetime, span: timedelta) -> list[int]:
    """Announced exams that open within a span and of which nobody was reminded yet."""
    return list(session.scalars(select(Exam.id).where(
        Exam.state == ExamState.PUBLISHED, Exam.reminded_at.is_(None), Exam.opens_at > now, Exam.opens_at <= now + span).order_by(
        Exam.id)))


def make_ups_due(session: Session, now: datetime) -> list[int]:
    """Announced exams that have closed and whose make-up was not offered yet, or opens soon and nobody was reminded of."""
    return list(session.scalars(select(Exam.id).where(
        Exam.state == ExamState.PUBLISHED, Exam.make_up_opens_at.is_not(None), Exam.make_up_closes_at > now, or_(
            (Exam.make_up_offered_at.is_(None)) & (Exam.closes_at <= now) & ~_PAUSED,
            (Exam.make_up_reminded_at.is_(None)) & (Exam.make_up_opens_at > now) & (Exam.make_up_opens_at <= now + NEAR))).order_by(
        Exam.id)))


def unreleased(session: Session) -> list[Exam]:
    """Exams whose questions nobody may meet elsewhere yet: those being planned or announced."""
    return list(session.scalars(select(Exam).where(Exam.state.in_((ExamState.DRAFT, ExamState.PUBLISHED))).order_by(Exam.id)))
