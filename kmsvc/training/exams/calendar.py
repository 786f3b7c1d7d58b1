"""Exams in the training calendar, and leave and shifts out of it: whom they keep from sitting an exam."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.training.exams import clashes
from kmsvc.training.exams.clashes import Clash
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.permissions import PLAN_EXAM, SEE_EXAMS
from kmsvc.training.exams.queries import rooms_of, window_for
from kmsvc.training.exams.rules import Window
from kmsvc.training.exams.states import ExamState
from kmsvc.training.plans.calendar import CalendarEntry, Making, register
from kmsvc.training.plans.calendar_queries import teams_of
from kmsvc.training.plans.clashes import NEAR_SHIFT, TAKING, Taken, unrostered
from kmsvc.training.plans.models import Busy, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import BusyKind, Place, SessionState

A_SHIFT = timedelta(hours=12)
"""in a longer window somebody on a shift finds another hour"""


def exams_between(session: Session, actor: Actor, begins: datetime, ends: datetime) -> Iterator[CalendarEntry]:
    """Exams with their make-ups: all for who sees them, else the own ones that were announced."""
    query = select(Exam).where(Exam.state != ExamState.CANCELLED, Exam.opens_at < ends).order_by(Exam.opens_at, Exam.id)
    if not can(actor, SEE_EXAMS):
        query = query.where(Exam.state != ExamState.DRAFT, Exam.id.in_(
            select(ExamCandidate.exam_id).where(ExamCandidate.person_id == actor.person_id)))
    rows = list(session.scalars(query))
    sitting: dict[int, list[int]] = {}
    for exam, person in session.execute(select(ExamCandidate.exam_id, ExamCandidate.person_id).where(
            ExamCandidate.exam_id.in_([row.id for row in rows]))):
        sitting.setdefault(exam, []).append(person)
    teams = teams_of(session, sitting if can(actor, SEE_EXAMS) else {})
    for row in rows:
        url = f"/training/exams/{row.id}" if can(actor, SEE_EXAMS) else "/training/exams/mine"
        rooms: list[str | None] = [one.name for one in rooms_of(session, row.id)]
        for opens_at, closes_at in ((row.opens_at, row.closes_at), (row.make_up_opens_at, row.make_up_closes_at)):
            if opens_at is not None and closes_at is not None and opens_at < ends and begins < closes_at:
                yield from (CalendarEntry(opens_at, closes_at, row.title, url, room=room, kind="exam", number=row.number,
                                         draft=row.state == ExamState.DRAFT, teams=teams.get(row.id, ())) for room in rooms or [None])


def away(session: Session, people: Collection[int], window: Window) -> Iterator[Clash]:
    """Who is on leave all the window long, or in a peak of a short one on shift or without any shift that is known."""
    near = list(session.scalars(select(Busy).where(
        Busy.starts_at < window.closes_at + NEAR_SHIFT, Busy.ends_at > window.opens_at - NEAR_SHIFT).order_by(Busy.id)))
    rows = [one for one in near if one.starts_at < window.closes_at and one.ends_at > window.opens_at]
    peaks = [one for one in rows if one.kind == BusyKind.PEAK]
    short, seen = window.closes_at - window.opens_at <= A_SHIFT, set[int]()
    for one in rows:
        if one.person_id is None or one.person_id not in people or one.person_id in seen:
            continue
        if one.kind == BusyKind.LEAVE and (short or (one.starts_at <= window.opens_at and one.ends_at >= window.closes_at)):
            seen.add(one.person_id)
            yield Clash(one.person_id, N_("on leave"))
        elif one.kind == BusyKind.SHIFT and short and any(
                max(one.starts_at, peak.starts_at, window.opens_at) < min(one.ends_at, peak.ends_at, window.closes_at)
                for peak in peaks):
            seen.add(one.person_id)
            yield Clash(one.person_id, N_("on shift in a peak"))
    if short and peaks:
        for person in sorted(unrostered(near, people, window.opens_at, window.closes_at)):
            yield Clash(person, N_("in a peak, and no shift is known"))


def in_session(session: Session, people: Collection[int], window: Window) -> Iterator[Clash]:
    """Who has a seat in a training session at the time of a short window; in a longer one they find another hour."""
    if window.closes_at - window.opens_at > A_SHIFT:
        return
    seen = set[int]()
    for person, number in session.execute(select(SessionPerson.person_id, TrainingSession.number).join(
            TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
            SessionPerson.place == Place.SEAT, TrainingSession.state != SessionState.CANCELLED,
            TrainingSession.starts_at < window.closes_at, TrainingSession.ends_at > window.opens_at).order_by(
            TrainingSession.id, SessionPerson.person_id)):
        if person in people and person not in seen:
            seen.add(person)
            yield Clash(person, N_("in training session %(number)s at that time"), {"number": number})


def taken(session: Session, begins: datetime, ends: datetime) -> Iterator[Taken]:
    """Candidates and rooms of exams with a short window at a time of a session, of drafts too: somebody plans with them."""
    over = (ExamState.CANCELLED, ExamState.RELEASED, ExamState.FINAL)
    for row in session.scalars(select(Exam).where(Exam.state.not_in(over), Exam.opens_at < ends).order_by(Exam.id)):
        for made_up in (False, True):
            if made_up and row.make_up_opens_at is None:
                continue
            window = window_for(row, made_up)
            if window.opens_at >= ends or window.closes_at <= begins or window.closes_at - window.opens_at > A_SHIFT:
                continue
            at = (window.opens_at, window.closes_at)
            yield from (Taken(row.number, *at, room=one.name) for one in rooms_of(session, row.id))
            yield from (Taken(row.number, *at, person) for person in session.scalars(select(ExamCandidate.person_id).where(
                ExamCandidate.exam_id == row.id, ExamCandidate.made_up == made_up).order_by(ExamCandidate.person_id)))


register("exam", exams_between, Making(N_("New exam"), "/training/exams/new?opens_at={day}T{at}", PLAN_EXAM.name, "E"))
clashes.register(away)
clashes.register(in_session)
TAKING.append(taken)
