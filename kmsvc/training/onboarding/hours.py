"""Hours of newcomers: what the timetable of their class holds; counted as onboarding. Source: domain 5.6."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.gathering import gather
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingHour, Trainee
from kmsvc.training.plans.further import ONBOARDING, Span


def _time(word: str) -> time:
    return datetime.strptime(word, "%H:%M").time()  # noqa: DTZ007 (a clock on the wall)


def spans(session: Session, people: Collection[int], since: date, until: date) -> Iterator[Span]:
    """The lines of the timetable of each newcomer on days of the programme, to the end of their onboarding. Only newcomers whose class
    has days in the span are looked at."""
    rows = list(session.scalars(select(Trainee).join(OnboardingClass, OnboardingClass.id == Trainee.class_id).where(
        Trainee.person_id.in_(people), OnboardingClass.starts_on <= until,
        or_(Trainee.ended_on.is_(None), Trainee.ended_on >= since)).order_by(Trainee.id)))
    held: dict[int, dict[int, list[OnboardingHour]]] = {}
    for one in session.scalars(select(OnboardingHour).where(OnboardingHour.class_id.in_({row.class_id for row in rows})).order_by(
            OnboardingHour.id)):
        held.setdefault(one.class_id, {}).setdefault(one.day, []).append(one)
    for it in gather(session, rows) if rows else ():
        missed = {note.on for note in it.notes if note.kind == "absent"}
        last = min(until, it.row.ended_on or until)
        for number, day in enumerate(rules.days(it.programme), 1):
            if since <= day <= last:
                for one in held.get(it.its.id, {}).get(number, ()):
                    yield Span(it.row.person_id, day, _time(one.begins), _time(one.ends), day in missed)


ONBOARDING.append(spans)
