"""The own exams of a person: which are open, to come, waiting for results, past; and as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Integer, column, or_, select, table
from sqlalchemy.orm import Session

from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import window_for
from kmsvc.training.exams.rules import Extra, Window, seconds_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.points import Points

GROUPS = ("open", "ahead", "waiting", "past")
_SAT = table("training_sitting", *(column(name, Integer) for name in ("id", "exam_id", "person_id", "attempt")), column("state"),
             column("score", Points), column("most", Points), column("passed"), column("ended_at", DateTime))


@dataclass(frozen=True)
class MyExam:
    """An own exam. score, most, passed: only once results are released; running: a sitting that is open; left: attempts one may still
    begin; missed: it is over and nothing was handed in; review: whether one may look at it now."""

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
        not sat and now >= window.closes_at, released and exam.review_opens_at <= now < exam.review_closes_at, exam.review_closes_at)


def _group(card: MyExam, now: datetime) -> str:
    if card.state == ExamState.CANCELLED or card.released:
        return "past"
    if card.running is not None or (card.window.opens_at <= now < card.window.closes_at and card.left > 0):
        return "open"
    if now < card.window.opens_at:
        return "ahead"
    return "past" if card.missed else "waiting"


def ical(cards: Sequence[MyExam], base_url: str, name: str, now: datetime) -> str:
    """A calendar of exams; each keeps its uid, so that a moved one moves."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kmsvc//exams//EN", f"X-WR-CALNAME:{_text(name)}"]
    for one in cards:
        lines += ["BEGIN:VEVENT", f"UID:exam-{one.id}@kmsvc", f"DTSTAMP:{_instant(now)}", f"DTSTART:{_instant(one.window.opens_at)}",
                  f"DTEND:{_instant(one.window.closes_at)}", f"SUMMARY:{_text(f'{one.number} {one.title}')}",
                  f"URL:{base_url.rstrip('/')}/training/exams/mine"]
        lines += [f"LOCATION:{_text(one.room)}"] if one.room else []
        lines.append("END:VEVENT")
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)) + "\r\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for mark, kept in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(mark, kept)
    return words


def _folded(line: str) -> list[str]:
    """Lines of 75 bytes at most, the next begin with a space (RFC 5545 3.1); no character is cut."""
    found, held = [], ""
    for mark in line:
        if len((held + mark).encode()) > 74:
            found.append(held)
            held = " "
        held += mark
    return [*found, held]
