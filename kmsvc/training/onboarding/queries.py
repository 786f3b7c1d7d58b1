"""Reads over newcomers: the programme of one, the record, the board of trainees × weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.deciding import Record
from kmsvc.training.onboarding.gathering import Week, gather, programme_with, record, week_lines
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingHour, Trainee
from kmsvc.training.onboarding.permissions import SEE_ONBOARDING, SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.points import points_of
from kmsvc.training.onboarding.rules import Programme
from kmsvc.training.onboarding.weeks import Light, WeekSign

MOST_LINES = 500


def programme_of(session: Session, row: Trainee) -> Programme:
    """The programme of a newcomer as it stands."""
    return programme_with(session.get_one(OnboardingClass, row.class_id), row)


def record_of(session: Session, row: Trainee, today: date) -> Record:
    """What is on record before going live: points of the list, quality of the mentoring days or of the observation."""
    return record(gather(session, [row], today)[0])


@dataclass(frozen=True)
class BoardLine:
    """A newcomer on the board. day: number of today's working day; settled of points: of the list before going live; last: number
    of the last day of the programme."""

    id: int
    person_id: int
    person: str
    mentor: str
    state: str
    day: int
    weeks: tuple[Week, ...]
    version: int
    class_id: int = 0
    class_name: str = ""
    mentor_id: int | None = None
    unit_id: int | None = None
    settled: int = 0
    points: int = 0
    last: int = 0
    ended_on: date | None = None

    @property
    def week(self) -> int:
        """Number of the week that runs, at least 1, at most the last."""
        return max(1, min(-(-self.day // rules.WEEK), len(self.weeks)))

    @property
    def undecided(self) -> bool:
        """Whether a week is over and not decided."""
        return any({WeekSign.OPEN, WeekSign.UNDECIDED} & set(one.signs) for one in self.weeks)

    @property
    def stand(self) -> Light:
        """The worst of this week and the one before."""
        near = {one.light for one in self.weeks if self.week - 1 <= one.number <= self.week}
        return next((one for one in (Light.RED, Light.AMBER, Light.GREEN) if one in near), Light.GREY)


def visible(session: Session, actor: Actor, trainee_id: int) -> Trainee:
    """The newcomer, for themselves, the mentor, the class teacher and whoever sees all; NotFound for others."""
    row = session.get(Trainee, trainee_id)
    if row is None or not _sees(session, actor, row):
        raise NotFound()
    return row


def _sees(session: Session, actor: Actor, row: Trainee) -> bool:
    its = session.get_one(OnboardingClass, row.class_id)
    own = can(actor, SEE_OWN_ONBOARDING) and actor.person_id is not None and actor.person_id in (
        row.person_id, row.mentor_id, its.teacher_id, its.inspector_id)
    return own or can(actor, SEE_ONBOARDING)


def classes(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None,
            today: date | None = None) -> list[OnboardingClass]:
    """Classes this caller sees, newest first. q: in number or name; state: `open` while somebody is in the programme or none has
    begun, `over` for the others."""
    query = select(OnboardingClass).order_by(OnboardingClass.starts_on.desc(), OnboardingClass.id.desc())
    if not can(actor, SEE_ONBOARDING):
        me = actor.person_id or 0
        query = query.where(OnboardingClass.id.in_(select(Trainee.class_id).where(
            or_(Trainee.person_id == me, Trainee.mentor_id == me))) | (OnboardingClass.teacher_id == me) | (
                OnboardingClass.inspector_id == me))
    if q:
        query = query.where(or_(*(one.icontains(q, autoescape=True) for one in (OnboardingClass.name, OnboardingClass.number))))
    if state:
        runs = select(Trainee.class_id).where(Trainee.ended_on.is_(None))
        still = or_(OnboardingClass.id.in_(runs), OnboardingClass.starts_on >= (today or date.min))
        query = query.where(still if state == "open" else ~still)
    return list(session.scalars(query))


def counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """class -> (newcomers, of those still in the programme)."""
    found = dict.fromkeys(ids, (0, 0))
    for class_id, all_, open_ in session.execute(select(Trainee.class_id, func.count(), func.sum(
            case((Trainee.ended_on.is_(None), 1), else_=0))).where(Trainee.class_id.in_(found)).group_by(Trainee.class_id)).all():
        found[class_id] = (all_, int(open_ or 0))
    return found


def class_of(session: Session, actor: Actor, class_id: int) -> OnboardingClass:
    """One of them, or NotFound."""
    found = next((one for one in classes(session, actor) if one.id == class_id), None)
    if found is None:
        raise NotFound()
    return found


def timetable(session: Session, class_id: int, day: int | None = None) -> list[OnboardingHour]:
    """Its lines, by day and time; of one day or of all."""
    query = select(OnboardingHour).where(OnboardingHour.class_id == class_id).order_by(
        OnboardingHour.day, OnboardingHour.begins, OnboardingHour.id)
    return list(session.scalars(query.where(OnboardingHour.day == day) if day is not None else query))


def board(session: Session, actor: Actor, class_id: int, today: date) -> list[BoardLine]:
    """The newcomers of a class that this caller sees, by name, with their weeks as lights."""
    return lines_of(session, list(session.scalars(_seen(actor).where(Trainee.class_id == class_id))), today)


def lines_of(session: Session, rows: Sequence[Trainee], today: date) -> list[BoardLine]:
    """These newcomers as lines of the board, by name."""
    who = names(session, [one for row in rows for one in (row.person_id, row.mentor_id)])
    people = directory(session).people
    found = []
    for it in gather(session, rows, today):
        row, points = it.row, [one for one in points_of(it) if one.list == "golive"]
        unit = people[row.person_id].unit_id if row.person_id in people else None
        found.append(BoardLine(
            row.id, row.person_id, who.get(row.person_id, ""), who.get(row.mentor_id or 0, ""), row.state,
            rules.number_on(it.programme, today), tuple(week_lines(it, today)), row.version, row.class_id, it.its.name, row.mentor_id,
            unit, sum(one.is_settled for one in points), len(points), it.programme.last, row.ended_on))
    return sorted(found, key=lambda one: (one.person, one.id))


def _seen(actor: Actor) -> Select[Any]:
    """Newcomers this caller sees: themselves, those they mentor, teach or inspect, all of them for who sees all."""
    query = select(Trainee).join(OnboardingClass, OnboardingClass.id == Trainee.class_id).order_by(Trainee.id)
    if can(actor, SEE_ONBOARDING):
        return query
    me = actor.person_id if actor.person_id is not None and can(actor, SEE_OWN_ONBOARDING) else 0
    return query.where(or_(Trainee.person_id == me, Trainee.mentor_id == me, OnboardingClass.teacher_id == me,
                           OnboardingClass.inspector_id == me))


def rows_seen(session: Session, actor: Actor, class_id: int | None = None) -> list[Trainee]:
    """The newcomers this caller sees, of one class or of all."""
    query = _seen(actor)
    return list(session.scalars(query.where(Trainee.class_id == class_id) if class_id is not None else query))


def busy(session: Session) -> set[int]:
    """People who are in the programme now."""
    return set(session.scalars(select(Trainee.person_id).where(Trainee.ended_on.is_(None))))


def newcomers(session: Session, actor: Actor, today: date, *, class_id: int | None = None, mentor: int | None = None,
              unit: int | None = None, state: str | None = None, q: str | None = None) -> list[BoardLine]:
    """Lines of the board over all classes this caller sees. state: of OnboardingState, `open` for all that run, or `red`, `amber`
    for those that run and whose light is that."""
    query = _seen(actor)
    if class_id is not None:
        query = query.where(Trainee.class_id == class_id)
    if mentor is not None:
        query = query.where(Trainee.mentor_id == mentor)
    if state in ("open", "red", "amber"):
        query = query.where(Trainee.ended_on.is_(None))
    elif state:
        query = query.where(Trainee.state == state)
    lines = lines_of(session, list(session.scalars(query.limit(MOST_LINES))), today)
    low = (q or "").lower()
    return [one for one in lines if (unit is None or one.unit_id == unit) and (state not in ("red", "amber") or one.stand == state)
            and low in one.person.lower()]


def mine(session: Session, actor: Actor) -> tuple[list[Trainee], list[Trainee]]:
    """(the own onboarding, newcomers this person mentors), running ones."""
    me = actor.person_id or 0
    rows: Sequence[Trainee] = list(session.scalars(select(Trainee).where(
        or_(Trainee.person_id == me, Trainee.mentor_id == me), Trainee.ended_on.is_(None)).order_by(Trainee.id)))
    return [one for one in rows if one.person_id == me], [one for one in rows if one.mentor_id == me]
