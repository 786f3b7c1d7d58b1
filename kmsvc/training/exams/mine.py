"""The own exams of a person: which are open, to come, waiting for results, past; and as entries of the own calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Integer, column, or_, select, table
from sqlalchemy.orm import Session

from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import window_for
from kmsvc.training.exams.rules import Extra, Window, seconds_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.plans.ical import BACK, Event, register
from kmsvc.training.points import Points

GROUPS = ("open", "ahead", "waiting", "past")
_SAT = table("training_sitting", *(column(name, Integer) for name in ("id", "exam_id", "person_id", "attempt")), column("state"),
             column("score", Points), column("most", Points), column("passed"), column("ended_at", DateTime))


@dataclass(frozen=True)
class MyExam:
    """An own exam. score, most, passed: only once results are released; running: a sitting that is open; left: attempts one may still
    begin; missed: it is over and nothing was handed in; review: whether one may look at it now;
    changed: how often the exam was changed, for calendars."""

    id: int
    number: str
    title: str
    state: str
    window: Window
    minutes: int
    pass_percent: int
    room: str | None
    running: int | None
    last: int | None
    left: int
    begun: int
    release_at: datetime
    released: bool
    score: Decimal | None
    most: Decimal | None
    passed: bool | None
    missed: bool
    review: bool
    review_until: datetime
    changed: int = 0


def mine(session: Session, person_id: int, now: datetime, *only: ColumnElement[bool]) -> dict[str, list[MyExam]]:
    """The own announced exams: open now, to come (soonest first), waiting for results, past (latest first)."""
    rows = session.execute(select(Exam, ExamCandidate).join(ExamCandidate, ExamCandidate.exam_id == Exam.id).where(
        ExamCandidate.person_id == person_id, Exam.published_at.is_not(None), Exam.state != ExamState.DRAFT, *only).order_by(
        Exam.opens_at, Exam.id)).all()
    sat: dict[int, list[Any]] = {}
    if not rows:
        return {name: [] for name in GROUPS}
    for one in session.execute(select(_SAT).where(_SAT.c.person_id == person_id, _SAT.c.state != "void").order_by(_SAT.c.attempt)):
        sat.setdefault(one.exam_id, []).append(one)
    found: dict[str, list[MyExam]] = {name: [] for name in GROUPS}
    for exam, candidate in rows:
        card = _card(exam, candidate, sat.get(exam.id, []), now)
        found[_group(card, now)].append(card)
    found["past"].reverse()
    return found


def to_sit(session: Session, person_id: int, now: datetime, days: int = 7) -> list[MyExam]:
    """The own exams one can sit now, then those that open within so many days."""
    found = mine(session, person_id, now, or_(Exam.closes_at > now, Exam.make_up_closes_at > now))
    return [*found["open"], *(one for one in found["ahead"] if one.window.opens_at <= now + timedelta(days=days))]


def _card(exam: Exam, candidate: ExamCandidate, sat: Sequence[Any], now: datetime) -> MyExam:
    released = exam.state in (ExamState.RELEASED, ExamState.FINAL)
    running = next((one.id for one in sat if one.state == "running"), None)
    best = max((one for one in sat if one.score is not None), key=lambda one: one.score, default=None) if released else None
    window = window_for(exam, candidate.made_up)
    return MyExam(
        exam.id, exam.number, exam.title, exam.state, window,
        -(-seconds_for(exam.duration_min, Extra(candidate.extra_percent, candidate.extra_minutes)) // 60), exam.pass_percent,
        candidate.room, running, sat[-1].id if sat else None, exam.attempts - len(sat), len(sat), exam.release_at, released,
        best.score if best else None, best.most if best else None, None if best is None else any(one.passed for one in sat),
        not sat and now >= window.closes_at, released and exam.review_opens_at <= now < exam.review_closes_at, exam.review_closes_at,
        exam.version)


def _group(card: MyExam, now: datetime) -> str:
    if card.state == ExamState.CANCELLED or card.released:
        return "past"
    if card.running is not None or (card.window.opens_at <= now < card.window.closes_at and card.left > 0):
        return "open"
    if now < card.window.opens_at:
        return "ahead"
    return "past" if card.missed else "waiting"


def calendar_events(cards: Sequence[MyExam]) -> list[Event]:
    """Exams as they stand in a calendar."""
    return [Event(f"exam-{one.id}@kmsvc", one.window.opens_at, one.window.closes_at, f"{one.number} {one.title}", "/training/exams/mine",
                  one.room, one.state == ExamState.CANCELLED, one.changed) for one in cards]


def _events(session: Session, person_id: int, now: datetime) -> list[Event]:
    held = mine(session, person_id, now, or_(Exam.closes_at > now - BACK, Exam.make_up_closes_at > now - BACK))
    return calendar_events([one for name in GROUPS for one in held[name]])


register("exam", _events)
