"""Reads over newcomers: the programme of one, the record, the board of trainees × weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.workdays import workdays_between
from kmsvc.people.accounts.queries import names
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.deciding import GoLive, Record
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingForm,
    OnboardingHour,
    OnboardingNote,
    OnboardingTalk,
    OnboardingTick,
    Trainee,
)
from kmsvc.training.onboarding.permissions import SEE_ONBOARDING, SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.rules import FILLED_BY, Extension, NewcomerForm, Programme
from kmsvc.training.onboarding.weeks import Light, WeekFacts, WeekSign, light, signs, weeks

BASELINE = Decimal(80)


def programme_of(session: Session, row: Trainee) -> Programme:
    """The programme of a newcomer as it stands."""
    its = session.get_one(OnboardingClass, row.class_id)
    return Programme(its.starts_on, tuple(its.exams), tuple(Extension(*one) for one in row.extensions), row.observation_days,
                     row.confirmation_on)


def record_of(session: Session, row: Trainee) -> Record:
    """What is on record before going live: ticks, exams passed, the evaluation, quality of the mentoring days or of the observation."""
    ticks = set(session.scalars(select(OnboardingTick.item).where(OnboardingTick.trainee_id == row.id)))
    programme = programme_of(session, row)
    forms = list(session.scalars(select(OnboardingForm).where(OnboardingForm.trainee_id == row.id).order_by(OnboardingForm.day)))
    done = {one for one in GoLive if one.value in ticks}
    for one in forms:
        passed = one.score is not None and one.mark is not None and one.score >= one.mark
        if one.form == NewcomerForm.EXAM and one.day == programme.business_to and passed:
            done.add(GoLive.BUSINESS_EXAM)
        if one.form == NewcomerForm.EVALUATION:
            done.add(GoLive.EVALUATION)
    ends = [one for one in forms if one.form == NewcomerForm.MENTORING_EXAM and one.day == programme.last]
    if {one.part for one in ends} >= set(FILLED_BY[NewcomerForm.MENTORING_EXAM]) and all(
            one.score is not None and one.mark is not None and one.score >= one.mark for one in ends):
        done.add(GoLive.MENTORING_EXAM)
    since = rules.day_of(programme, programme.mentoring_to + 1 if row.observation_days else programme.business_to)
    scores = list(session.scalars(select(OnboardingNote.score).where(
        OnboardingNote.trainee_id == row.id, OnboardingNote.kind == "quality", OnboardingNote.on >= since)))
    held = [one for one in scores if one is not None]
    return Record(frozenset(done), row.confidential, sum(held, Decimal(0)) / len(held) if held else None, BASELINE,
                  1 if row.observation_days else 0)


@dataclass(frozen=True)
class Week:
    """A week on the board."""

    number: int
    begins_on: date
    light: Light
    signs: tuple[WeekSign, ...]


@dataclass(frozen=True)
class BoardLine:
    """A newcomer on the board. day: number of today's working day."""

    id: int
    person_id: int
    person: str
    mentor: str
    state: str
    day: int
    weeks: tuple[Week, ...]
    version: int


def visible(session: Session, actor: Actor, trainee_id: int) -> Trainee:
    """The newcomer, for themselves, the mentor, the class teacher and whoever sees all; NotFound for others."""
    row = session.get(Trainee, trainee_id)
    if row is None or not _sees(session, actor, row):
        raise NotFound()
    return row


def _sees(session: Session, actor: Actor, row: Trainee) -> bool:
    own = can(actor, SEE_OWN_ONBOARDING) and actor.person_id is not None and actor.person_id in (
        row.person_id, row.mentor_id, session.get_one(OnboardingClass, row.class_id).teacher_id)
    return own or can(actor, SEE_ONBOARDING)


def classes(session: Session, actor: Actor) -> list[OnboardingClass]:
    """Classes this caller sees, newest first."""
    query = select(OnboardingClass).order_by(OnboardingClass.starts_on.desc(), OnboardingClass.id.desc())
    if not can(actor, SEE_ONBOARDING):
        me = actor.person_id or 0
        query = query.where(OnboardingClass.id.in_(select(Trainee.class_id).where(
            or_(Trainee.person_id == me, Trainee.mentor_id == me))) | (OnboardingClass.teacher_id == me))
    return list(session.scalars(query))


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
    rows = [one for one in session.scalars(select(Trainee).where(Trainee.class_id == class_id).order_by(Trainee.id))
            if _sees(session, actor, one)]
    who = names(session, [one for row in rows for one in (row.person_id, row.mentor_id)])
    found = [BoardLine(row.id, row.person_id, who.get(row.person_id, ""), who.get(row.mentor_id or 0, ""), row.state,
                       rules.number_on(programme_of(session, row), today), tuple(weeks_of(session, row, today)), row.version)
             for row in rows]
    return sorted(found, key=lambda one: (one.person, one.id))


def weeks_of(session: Session, row: Trainee, today: date) -> list[Week]:
    """The weeks of one newcomer, each with its light and why."""
    programme = programme_of(session, row)
    until = min(today, row.ended_on or today)
    forms = list(session.scalars(select(OnboardingForm).where(OnboardingForm.trainee_id == row.id).order_by(OnboardingForm.id)))
    parts: dict[tuple[str, int], set[str]] = {}
    for one in forms:
        parts.setdefault((one.form, one.day), set()).add(one.part)
    whole = {key for key, its in parts.items() if its >= set(FILLED_BY[NewcomerForm(key[0])])}
    missing = rules.missing_forms(rules.forms(programme), whole, until)
    notes = list(session.scalars(select(OnboardingNote).where(OnboardingNote.trainee_id == row.id).order_by(OnboardingNote.id)))
    decided = set(session.scalars(select(OnboardingDecision.week).where(
        OnboardingDecision.trainee_id == row.id, OnboardingDecision.undone_at.is_(None))))
    talked = set(session.scalars(select(OnboardingTalk.talk).where(OnboardingTalk.trainee_id == row.id)))
    late = {day for talk, day in rules.talks(programme) if talk not in talked and day < until}
    found = []
    for week in weeks(programme):
        first, last = week.days[0], week.days[-1]
        its = [one for one in notes if first <= one.on <= last]
        numbers = range((week.number - 1) * rules.WEEK + 1, week.number * rules.WEEK + 1)
        scores = [one.score for one in its if one.score is not None]
        facts = WeekFacts(
            begun=first <= until, missing_forms=sum(first <= one.due_on <= last for one in missing),
            exams=tuple((one.score, one.mark) for one in forms if one.day in numbers and one.score is not None and one.mark is not None),
            quality=sum(scores, Decimal(0)) / len(scores) if scores else None, baseline=BASELINE,
            talk_overdue=any(first <= day < last + timedelta(days=3) for day in late),
            absent_days=sum(one.kind == "absent" for one in its), noted=any(one.kind == "attention" for one in its),
            decided=week.number in decided or row.ended_on is not None, days_since_end=workdays_between(last, until))
        found.append(Week(week.number, first, light(facts), tuple(signs(facts))))
    return found


def mine(session: Session, actor: Actor) -> tuple[list[Trainee], list[Trainee]]:
    """(the own onboarding, newcomers this person mentors), running ones."""
    me = actor.person_id or 0
    rows: Sequence[Trainee] = list(session.scalars(select(Trainee).where(
        or_(Trainee.person_id == me, Trainee.mentor_id == me), Trainee.ended_on.is_(None)).order_by(Trainee.id)))
    return [one for one in rows if one.person_id == me], [one for one in rows if one.mentor_id == me]
