"""Hours of newcomers: what the timetable of their class held on the days they were there; counted as onboarding. Source: domain 5.6."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.gathering import gather
from kmsvc.training.onboarding.models import OnboardingHour, Trainee
from kmsvc.training.plans.further import ONBOARDING


def minutes_of(begins: str, ends: str) -> int:
    """Between two times of a day as 09:30."""
    return int((datetime.strptime(ends, "%H:%M") - datetime.strptime(begins, "%H:%M")).total_seconds()) // 60  # noqa: DTZ007 (a clock)


def hours(session: Session, people: Collection[int], since: date, until: date) -> dict[int, int]:
    """Minutes of each newcomer in a span of days: the lines of the timetable on days of the programme that have come, without days
    missed and days after the end of their onboarding."""
    rows = list(session.scalars(select(Trainee).where(Trainee.person_id.in_(people)).order_by(Trainee.id)))
    held: dict[int, dict[int, int]] = {}
    for one in session.scalars(select(OnboardingHour).where(OnboardingHour.class_id.in_({row.class_id for row in rows})).order_by(
            OnboardingHour.id)):
        days = held.setdefault(one.class_id, {})
        days[one.day] = days.get(one.day, 0) + minutes_of(one.begins, one.ends)
    found: dict[int, int] = {}
    for it in gather(session, rows) if rows else ():
        missed = {note.on for note in it.notes if note.kind == "absent"}
        last = min(until, it.row.ended_on or until)
        for number, day in enumerate(rules.days(it.programme), 1):
            minutes = held.get(it.its.id, {}).get(number, 0)
            if minutes and since <= day <= last and day not in missed:
                found[it.row.person_id] = found.get(it.row.person_id, 0) + minutes
    return found


ONBOARDING.append(hours)
