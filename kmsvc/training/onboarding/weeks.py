"""Red, amber, green: how a week of a trainee stands, and why, for the board of trainees × weeks. A colour is for a talk; it decides
nothing. Source: C16, ux 3.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kmsvc.core.texts import N_, Labelled
from kmsvc.core.workdays import is_workday
from kmsvc.training.onboarding.rules import WEEK, Calendar, Programme, days


class Light(Labelled):
    """How a week stands."""

    GREY = "grey", N_("Still to come")
    GREEN = "green", N_("On course")
    AMBER = "amber", N_("Look at this")
    RED = "red", N_("Act now")


class OnboardingStep(Labelled):
    """How a newcomer goes on: what is decided of a week."""

    GO_ON = "go_on", N_("Go on")
    EXTEND = "extend", N_("Extend")
    OBSERVE = "observe", N_("Observation period")
    ENTER_TEAM = "enter_team", N_("Enter the team")
    TRANSFER = "transfer", N_("Transfer")
    LEAVE = "leave", N_("Exit")


class WeekSign(Labelled):
    """Why a week is not green."""

    EXAM_FAILED = "exam_failed", N_("An exam was failed")
    QUALITY_BELOW = "quality_below", N_("Quality below the baseline")
    FORMS = "forms", N_("Several forms are missing")
    TALK_LATE = "talk_late", N_("A talk is overdue")
    UNDECIDED = "undecided", N_("The decision on the week is late")
    EXAM_CLOSE = "exam_close", N_("An exam was passed narrowly")
    QUALITY_CLOSE = "quality_close", N_("Quality just above the baseline")
    FORM = "form", N_("A form is missing")
    ABSENT = "absent", N_("Days were missed")
    NOTED = "noted", N_("Mentor or class teacher asks for attention")
    OPEN = "open", N_("The week is not decided yet")


RED = frozenset({WeekSign.EXAM_FAILED, WeekSign.QUALITY_BELOW, WeekSign.FORMS, WeekSign.TALK_LATE, WeekSign.UNDECIDED})


@dataclass(frozen=True)
class Limits:
    """many_forms: from how many missing forms on a week is red; close: points of a hundred above the mark that count as narrow;
    absent: days missed from which it is told; decide_days: working days after its end in which a week is decided."""

    many_forms: int = 3
    close: Decimal = Decimal(5)
    absent: int = 1
    decide_days: int = 3


@dataclass(frozen=True)
class TraineeWeek:
    """A week of the programme: number from 1, its working days."""

    number: int
    days: tuple[date, ...]


@dataclass(frozen=True)
class WeekFacts:
    """What is known of one week on a day. exams: (score, pass mark) of a hundred, of each exam its last attempt; quality: mean of the
    week's inspections, None of none; days_since_end: working days since its last day, below zero or 0 while it runs."""

    begun: bool = True
    missing_forms: int = 0
    exams: Sequence[tuple[Decimal, Decimal]] = field(default_factory=tuple)
    quality: Decimal | None = None
    baseline: Decimal = Decimal(80)
    talk_overdue: bool = False
    absent_days: int = 0
    noted: bool = False
    decided: bool = False
    days_since_end: int = 0


def weeks(it: Programme, calendar: Calendar = is_workday) -> list[TraineeWeek]:
    """The programme in fives of its working days, whatever weekends and holidays lie between; the last may be shorter."""
    found = days(it, calendar)
    return [TraineeWeek(at // WEEK + 1, tuple(found[at:at + WEEK])) for at in range(0, len(found), WEEK)]


def signs(it: WeekFacts, limits: Limits = Limits()) -> list[WeekSign]:
    """Everything that keeps a week from being green, the grave ones first. A grave sign stands for its mild one."""
    if not it.begun:
        return []
    lowest = min((score - mark for score, mark in it.exams), default=None)
    above = None if it.quality is None else it.quality - it.baseline
    waits = not it.decided and it.days_since_end > 0
    late = waits and it.days_since_end > limits.decide_days
    return [one for one, holds in (
        (WeekSign.EXAM_FAILED, lowest is not None and lowest < 0), (WeekSign.QUALITY_BELOW, above is not None and above < 0),
        (WeekSign.FORMS, it.missing_forms >= limits.many_forms), (WeekSign.TALK_LATE, it.talk_overdue), (WeekSign.UNDECIDED, late),
        (WeekSign.EXAM_CLOSE, lowest is not None and 0 <= lowest < limits.close),
        (WeekSign.QUALITY_CLOSE, above is not None and 0 <= above < limits.close),
        (WeekSign.FORM, 0 < it.missing_forms < limits.many_forms), (WeekSign.ABSENT, it.absent_days >= limits.absent),
        (WeekSign.NOTED, it.noted), (WeekSign.OPEN, waits and not late)) if holds]


def light(it: WeekFacts, limits: Limits = Limits()) -> Light:
    """The colour of a week."""
    if not it.begun:
        return Light.GREY
    found = signs(it, limits)
    return Light.RED if RED & set(found) else Light.AMBER if found else Light.GREEN
