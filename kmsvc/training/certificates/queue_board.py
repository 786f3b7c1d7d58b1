"""Who may handle which queue on a day, and who of them can be put on it at an hour: the shift planner's view. Source: W11, clause 73."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_, Filled
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.queries import queue_requirements
from kmsvc.training.certificates.queues import QueueRight, queues_on
from kmsvc.training.certificates.reading import held_by, needs
from kmsvc.training.certificates.rules import Held
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import window_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.plans.models import Busy, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import BusyKind, Place, SessionState


@dataclass(frozen=True)
class QueueLine:
    """A person and a queue on a day. against: sentences of what keeps them from it at the hour; on_shift: of their shift then, None when
    no shift is known at all."""

    person_id: int
    person: str
    unit: str
    right: QueueRight
    against: tuple[str, ...] = ()
    on_shift: bool | None = None

    @property
    def fit(self) -> bool:
        """Whether this person can be put on it."""
        return self.right.may and not self.against


@dataclass(frozen=True)
class QueueBoard:
    """A queue on a day. asks: the kinds it asks for; lines: who can be put on it first, then who may and is away, then who may not."""

    queue: str
    on: date
    at: datetime | None
    asks: tuple[CertificateKind, ...]
    lines: tuple[QueueLine, ...]

    @property
    def fit(self) -> int:
        """How many can be put on it."""
        return sum(one.fit for one in self.lines)


@dataclass(frozen=True)
class QueueSum:
    """A queue with how many may handle it. may, people: of those seen; grace: of these, how many only by grace; soon: whose right ends
    within thirty days."""

    queue: str
    may: int
    people: int
    grace: int
    soon: int


def queue_names(session: Session, on: date) -> list[str]:
    """Queues that ask for something on a day."""
    return list(queue_requirements(needs(session), on))


def queue_sums(session: Session, on: date, units: frozenset[int] | None) -> list[QueueSum]:
    """Every queue with how many of these people may handle it on a day."""
    asked = queue_requirements(needs(session), on)
    rights = [right for _, its in _rights(session, on, units) for right in its]
    found = []
    for name in asked:
        its = [one for one in rights if one.queue == name]
        may = [one for one in its if one.may]
        found.append(QueueSum(name, len(may), len(its), sum(bool(one.in_grace) for one in may),
                              sum(one.last_on is not None and (one.last_on - on).days <= 30 for one in may)))
    return found


def _rights(session: Session, on: date, units: frozenset[int] | None) -> list[tuple[int, list[QueueRight]]]:
    asked = queue_requirements(needs(session), on)
    people = directory(session).active(units)
    held: dict[int, dict[str, Held]] = {}
    for (person_id, kind_id), (_, one) in held_by(session, [it.id for it in people], on).items():
        held.setdefault(person_id, {})[str(kind_id)] = one
    return [(one.id, queues_on(on, asked, held.get(one.id, {}))) for one in people]


def queue_board(session: Session, queue: str, on: date, units: frozenset[int] | None, at: datetime | None = None) -> QueueBoard:
    """Who may handle a queue on a day, why others may not, and at an instant who is away."""
    people, names = directory(session).people, unit_names(session)
    kinds = {str(one.id): one for one in session.scalars(select(CertificateKind))}
    asks = tuple(dict.fromkeys(one.certificate for one in queue_requirements(needs(session), on).get(queue, ())))
    rights = [(person_id, next((one for one in its if one.queue == queue), None)) for person_id, its in _rights(session, on, units)]
    may = [person_id for person_id, right in rights if right is not None and right.may]
    away, shifts = away_at(session, may, at) if at is not None else ({}, None)
    lines = [QueueLine(person_id, people[person_id].name, names.get(people[person_id].unit_id, ""), right,
                       tuple(away.get(person_id, ())), None if shifts is None or not right.may else person_id in shifts)
             for person_id, right in rights if right is not None]
    lines.sort(key=lambda one: (not one.fit, not one.right.may, one.on_shift is False, len(one.right.lacks), one.person, one.person_id))
    return QueueBoard(queue, on, at, tuple(kinds[one] for one in asks), tuple(lines))


def away_at(session: Session, people: Sequence[int], at: datetime) -> tuple[dict[int, list[str]], frozenset[int] | None]:
    """(person -> what keeps them at an instant: leave, a training, an exam; who is on shift then, None when no shift is
    known of anybody)."""
    found: dict[int, list[str]] = {}
    busy = list(session.scalars(select(Busy).where(Busy.starts_at <= at, Busy.ends_at > at).order_by(Busy.id)))
    for one in busy:
        if one.kind == BusyKind.LEAVE and one.person_id is not None and one.person_id in people:
            found.setdefault(one.person_id, []).append(N_("on leave"))
    seats = session.execute(select(SessionPerson.person_id, TrainingSession.number).join(
        TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
        TrainingSession.state != SessionState.CANCELLED, TrainingSession.starts_at <= at, TrainingSession.ends_at > at,
        SessionPerson.place == Place.SEAT, SessionPerson.person_id.in_(people)).order_by(TrainingSession.id))
    for person_id, number in seats:
        found.setdefault(person_id, []).append(Filled(N_("in training %(number)s"), number=number))
    exams = session.scalars(select(Exam).where(Exam.state == ExamState.PUBLISHED, Exam.opens_at <= at).order_by(Exam.id))
    for exam in exams:
        rows = session.execute(select(ExamCandidate.person_id, ExamCandidate.made_up).where(
            ExamCandidate.exam_id == exam.id, ExamCandidate.person_id.in_(people)).order_by(ExamCandidate.person_id))
        for person_id, made_up in rows:
            window = window_for(exam, made_up)
            if window.opens_at <= at < window.closes_at and (window.closes_at - window.opens_at).total_seconds() <= LONG_WINDOW:
                found.setdefault(person_id, []).append(Filled(N_("in exam %(number)s"), number=exam.number))
    known = session.scalar(select(Busy.id).where(Busy.kind == BusyKind.SHIFT).limit(1)) is not None
    return found, frozenset(one.person_id for one in busy if one.kind == BusyKind.SHIFT and one.person_id is not None) if known else None


def instant_of(on: date, at: str | None, zone: str) -> datetime | None:
    """A day and `14:00` of the centre as an instant; None without a time."""
    return None if not at else datetime.combine(on, time.fromisoformat(at), ZoneInfo(zone))


LONG_WINDOW = 12 * 3600
"""seconds; an exam that is open longer can be sat at any hour and keeps nobody from a queue"""
