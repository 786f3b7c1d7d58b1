"""What a team leader needs to know of exams: who of the own unit has sat one, and who passed once results are released. No answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_, Labelled
from kmsvc.people.accounts.models import Person
from kmsvc.people.units.queries import downward, parents, unit_names
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import plan_of
from kmsvc.training.exams.states import ExamState, phase
from kmsvc.training.marking.changing import RELEASED
from kmsvc.training.marking.permissions import SEE_RESULTS, SEE_TEAM_RESULTS
from kmsvc.training.marking.settling import ENDED
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.timing import window_of

_HIDDEN = (ExamState.DRAFT, ExamState.CANCELLED)


class TeamStand(Labelled):
    """Where somebody stands in an exam, for who leads the team."""

    AHEAD = "ahead", N_("Not open yet")
    OPEN = "open", N_("Has not begun")
    SITTING = "sitting", N_("Sits it now")
    WAITING = "waiting", N_("Waits for the result")
    PASSED = "passed", N_("Passed")
    FAILED = "failed", N_("Not passed")
    MISSED = "missed", N_("Missed it")


@dataclass(frozen=True)
class TeamExam:
    """An exam with people of the team on its list. phase: what the clock makes of it; people: so many; begun, handed_in: of these;
    passed: once results are released."""

    id: int
    number: str
    title: str
    state: str
    phase: str | None
    opens_at: datetime
    closes_at: datetime
    released_at: datetime | None
    people: int
    begun: int
    handed_in: int
    passed: int | None


@dataclass(frozen=True)
class TeamLine:
    """Somebody of the team in one exam. score, most, passed: of the best sitting, only once results are released."""

    person_id: int
    name: str
    unit: str
    stand: TeamStand
    attempts: int
    ended_at: datetime | None
    score: Decimal | None
    most: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The score as per cent of the points."""
        return None if self.score is None or not self.most else 100 * self.score / self.most


def reach(session: Session, actor: Actor) -> frozenset[int] | None:
    """Units whose people's results this caller may know: None for all, those of a leader's own unit; NotPermitted for who leads none."""
    if can(actor, SEE_RESULTS):
        return None
    if can(actor, SEE_TEAM_RESULTS) and actor.unit_id is not None:
        return downward(parents(session), actor.unit_id)
    raise NotPermitted()


def _team(units: frozenset[int] | None) -> list[ColumnElement[bool]]:
    only = [Person.state == "active"]
    return only if units is None else [*only, Person.unit_id.in_(units)]


def team_exams(session: Session, actor: Actor, now: datetime, *, q: str | None = None, skip: int = 0,
               limit: int = 50) -> tuple[list[TeamExam], int]:
    """Announced exams with people of the team on their list, the latest first; and how many there are."""
    units = reach(session, actor)
    sat = and_(Sitting.exam_id == Exam.id, Sitting.person_id == ExamCandidate.person_id, Sitting.state != "void")

    def people(*such: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(distinct(case((and_(*such), Sitting.person_id))))
    query = select(
        Exam, func.count(distinct(ExamCandidate.person_id)), people(Sitting.id.is_not(None)), people(Sitting.state.in_(ENDED)),
        people(Sitting.passed.is_(True))).join(ExamCandidate, ExamCandidate.exam_id == Exam.id).join(
        Person, Person.id == ExamCandidate.person_id).outerjoin(Sitting, sat).where(
        Exam.published_at.is_not(None), Exam.state.not_in(_HIDDEN), *_team(units)).group_by(Exam.id)
    if q:
        query = query.where(or_(Exam.number.icontains(q, autoescape=True), Exam.title.icontains(q, autoescape=True)))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Exam.id).subquery())) or 0
    rows = session.execute(query.order_by(Exam.opens_at.desc(), Exam.id.desc()).offset(skip).limit(limit)).all()
    return [TeamExam(
        exam.id, exam.number, exam.title, exam.state, phase(plan_of(exam, (), ()), exam.state, now), exam.opens_at, exam.closes_at,
        exam.released_at, on_list, begun, ended,
        passed if exam.state in RELEASED else None) for exam, on_list, begun, ended, passed in rows], total


def team_exam(session: Session, actor: Actor, exam_id: int) -> Exam:
    """One of them; NotFound where nobody of the team is on its list."""
    units = reach(session, actor)
    exam = session.get(Exam, exam_id)
    if exam is None or exam.published_at is None or exam.state in _HIDDEN or not session.scalar(select(exists(
            select(ExamCandidate.id).join(Person, Person.id == ExamCandidate.person_id).where(
                ExamCandidate.exam_id == exam_id, *_team(units))))):
        raise NotFound()
    return exam


def team_lines(session: Session, actor: Actor, exam: Exam, now: datetime) -> list[TeamLine]:
    """The people of the team on the list of an exam, by name. Who shows them notes the look first."""
    candidates = session.execute(select(ExamCandidate, Person).join(Person, Person.id == ExamCandidate.person_id).where(
        ExamCandidate.exam_id == exam.id, *_team(reach(session, actor)))).all()
    sittings: dict[int, list[Sitting]] = {}
    for row in session.scalars(select(Sitting).where(
            Sitting.exam_id == exam.id, Sitting.state != "void",
            Sitting.person_id.in_([person.id for _, person in candidates])).order_by(Sitting.attempt)):
        sittings.setdefault(row.person_id, []).append(row)
    units = unit_names(session)
    found = [_line(exam, one, person, units.get(person.unit_id, ""), sittings.get(person.id, []), now) for one, person in candidates]
    return sorted(found, key=lambda line: (line.name, line.person_id))


def _line(exam: Exam, one: ExamCandidate, person: Person, unit: str, rows: Iterable[Sitting], now: datetime) -> TeamLine:
    held = list(rows)
    ended = [row for row in held if row.state in ENDED]
    released = exam.state in RELEASED
    best = max((row for row in ended if row.score is not None), key=lambda row: (bool(row.passed), row.score or 0), default=None)
    opens_at, closes_at = window_of(exam, one)
    if any(row.state == "running" for row in held):
        stand = TeamStand.SITTING
    elif ended:
        stand = TeamStand.WAITING if not released or best is None else TeamStand.PASSED if best.passed else TeamStand.FAILED
    else:
        stand = TeamStand.AHEAD if now < opens_at else TeamStand.OPEN if now < closes_at and not released else TeamStand.MISSED
    shown = best if released else None
    return TeamLine(person.id, person.name, unit, stand, len(held), ended[-1].ended_at if ended else None,
                    shown.score if shown is not None else None, shown.most if shown is not None else None)
