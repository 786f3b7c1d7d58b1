"""The timetable of a class: its lines, written, changed, taken away, copied from a template or from an earlier class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingHour
from kmsvc.training.onboarding.queries import class_of
from kmsvc.training.onboarding.rules import OnboardingPhase, Programme
from kmsvc.training.onboarding.usecases import add_hour, check_hour, planned

MOST_LINES = 2_000
FOUR = (("09:00", "10:30"), ("10:45", "12:00"), ("13:30", "15:00"), ("15:15", "17:30"))
_FIRST = (N_("Welcome and a walk through the centre"), N_("HR and administration training"), N_("The company"), N_("The industry"))
_BUSINESS = (N_("Lecture on the business"), N_("Case analysis"), N_("Simulation drill"), N_("Listening in"))
_LATER = (N_("Lecture on the business"), N_("Practice in the systems"), N_("Sharing of recordings"), N_("Simulation drill"))
_RULES = (N_("Rules of the company"), N_("Information security and confidentiality"), N_("How performance is measured"),
          N_("Practice in the systems"))
_LIVE = (N_("Supervised live work"), N_("Supervised live work"), N_("Supervised live work"), N_("Talk with the mentor about the day"))


def template(exams: Sequence[int]) -> list[tuple[int, str, str, str]]:
    """(day, begins, ends, English source of the title) of a programme of forty days: entry, business, mentoring. Source: domain 5.1."""
    found = []
    for day in range(1, rules.LENGTH + 1):
        titles: Sequence[str] = (_FIRST if day == 1 else _RULES if day == 2 else _LIVE if day > rules.BUSINESS_TO
                                 else _BUSINESS if day % 2 else _LATER)
        for at, (begins, ends) in enumerate(FOUR):
            title = titles[at]
            if day in exams and at == 3:
                title = N_("Exam on the business")
            elif day == rules.BUSINESS_TO and at == 2:
                title = N_("Evaluation of the training")
            found.append((day, begins, ends, title))
    return found


def change_hour(work: Work, hour_id: int, *, day: int, begins: str, ends: str, title: str, place: str | None,
                speaker: str | None) -> OnboardingHour:
    """A line as it is now."""
    row = work.get(OnboardingHour, hour_id, lock=True)
    planned(work, row.class_id)
    check_hour(day, begins, ends)
    row.day, row.begins, row.ends, row.title, row.place, row.speaker = day, begins, ends, title, place, speaker
    work.session.flush()
    return row


def remove_hour(work: Work, hour_id: int) -> OnboardingHour:
    """Take a line away; what it was comes back, so that it can be written again."""
    row = work.get(OnboardingHour, hour_id, lock=True)
    planned(work, row.class_id)
    work.session.delete(row)
    work.session.flush()
    return row


def copy_hours(work: Work, class_id: int, *, from_class_id: int | None, titles: Sequence[tuple[int, str, str, str]] = (),
               replace: bool = False) -> int:
    """Copy the timetable of another class, or lines that are given, and say how many. Where lines stand already they are replaced
    only when that is said."""
    row = planned(work, class_id)
    there = list(work.session.scalars(select(OnboardingHour).where(OnboardingHour.class_id == row.id).order_by(OnboardingHour.id)))
    if there and not replace:
        raise InvalidInput({"replace": [N_("This class has a timetable already. Say that it is replaced.")]})
    lines: list[tuple[int, str, str, str, str | None, str | None]] = [(*one, None, None) for one in titles]
    if from_class_id is not None:
        if from_class_id == class_id:
            raise InvalidInput({"from_class": [N_("This cannot be chosen now.")]})
        class_of(work.session, work.actor, from_class_id)
        lines = [(one.day, one.begins, one.ends, one.title, one.place, one.speaker) for one in work.session.scalars(
            select(OnboardingHour).where(OnboardingHour.class_id == from_class_id).order_by(
                OnboardingHour.day, OnboardingHour.begins, OnboardingHour.id).limit(MOST_LINES))]
    if not lines:
        raise InvalidInput({"from_class": [N_("That class has no timetable.")]})
    for gone in there:
        work.session.delete(gone)
    work.session.flush()
    for day, begins, ends, title, place, speaker in lines:
        add_hour(work, class_id, day=day, begins=begins, ends=ends, title=title, place=place, speaker=speaker)
    return len(lines)


@dataclass(frozen=True)
class DayOfClass:
    """A numbered working day of the programme with its lines. made_up: a weekend that is worked instead of a holiday."""

    number: int
    on: date
    phases: tuple[OnboardingPhase, ...]
    hours: tuple[OnboardingHour, ...]
    exam: bool
    made_up: bool


def days_of(row: OnboardingClass, hours: Sequence[OnboardingHour]) -> list[DayOfClass]:
    """The forty working days on the calendar of the centre, and behind them those that have lines."""
    programme = Programme(row.starts_on, tuple(row.exams))
    last = max([rules.LENGTH, *(one.day for one in hours)])
    found = []
    for number in range(1, last + 1):
        on = rules.day_of(programme, number)
        found.append(DayOfClass(number, on, rules.phases_on(programme, number), tuple(one for one in hours if one.day == number),
                                number in row.exams, on.weekday() >= 5))
    return found
