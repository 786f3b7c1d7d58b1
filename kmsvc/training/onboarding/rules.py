"""The forty working days of a newcomer: phases, weeks, the four forms, the two talks, what stands ready before: pure functions.

Day 1 is the day of entry; only working days are numbered, weekends worked instead of a holiday too. An extension moves what lies
behind it. Leave does not pause them: a class is taught, examined and evaluated together on the same numbered days; what
somebody missed is seen on the week (WeekSign.ABSENT) and made good by an extension, which a person decides. Source: domain
5.1, N11, N12, N16, D2, D19, clause 74."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kmsvc.core.clock import add_months
from kmsvc.core.texts import N_, Labelled
from kmsvc.core.workdays import is_workday

Calendar = Callable[[date], bool]
LENGTH, BUSINESS_TO, WEEK = 40, 30, 5
MOST_EXTENSION, MOST_OBSERVATION = 20, 20
TALK_MONTHS = 2
SEARCHED_DAYS = 60
"""no holiday is longer"""


class OnboardingPhase(Labelled):
    """Where a newcomer stands in the programme."""

    BEFORE = "before", N_("Preparation before entry")
    ENTRY = "entry", N_("Day of entry")
    BUSINESS = "business", N_("Business training")
    MENTORING = "mentoring", N_("Mentoring")
    OBSERVATION = "observation", N_("Observation period")
    AFTER = "after", N_("Programme over")


class NewcomerForm(Labelled):
    """The four forms."""

    TRAINING = "training", N_("New-hire training form")
    EXAM = "exam", N_("New-hire exam form")
    EVALUATION = "evaluation", N_("Training evaluation form")
    MENTORING_EXAM = "mentoring_exam", N_("Mentoring exam form")


FILLED_BY: dict[NewcomerForm, tuple[str, ...]] = {
    NewcomerForm.TRAINING: ("newcomer", "class_teacher"), NewcomerForm.EXAM: ("trainer",),
    NewcomerForm.EVALUATION: ("newcomer",), NewcomerForm.MENTORING_EXAM: ("mentor", "qa_inspector")}
PARTS = tuple(dict.fromkeys(part for parts in FILLED_BY.values() for part in parts))


FACTORS: dict[str, str] = {
    "content": N_("Content of the training"), "trainer": N_("Trainer of the training"), "time": N_("Time of the training"),
    "method": N_("Way of teaching"), "environment": N_("Room and surroundings"), "rules": N_("Training rules")}
"""the six factors that the newcomer judges from 1 to 5 when business training ends. Source: domain 5.5"""
BEST = 5
SCORED = frozenset({NewcomerForm.EXAM, NewcomerForm.MENTORING_EXAM})


class NewcomerTalk(Labelled):
    """The two formal talks, with shortcomings and advice."""

    FIRST = "first", N_("Talk within the first two months")
    CONFIRMATION = "confirmation", N_("Talk before confirmation")


class Preparation(Labelled):
    """What stands ready before the day of entry."""

    LETTER = "letter", N_("Welcome letter")
    SUPPLIES = "supplies", N_("Office supplies")
    LOCAL = "local", N_("Where to eat and how to get here")
    TIMETABLE = "timetable", N_("Course timetable")
    MATERIAL = "material", N_("Training material")
    TEACHER = "teacher", N_("Class teacher assigned")
    MENTOR = "mentor", N_("Mentor assigned")


@dataclass(frozen=True)
class Extension:
    """So many working days more, decided on a day of the programme (number); what lies on or behind that day moves."""

    decided_on: int
    days: int


@dataclass(frozen=True)
class Programme:
    """The programme of one newcomer. exams: numbers of exam days as planned without extensions; observation_days: of the one second
    chance, 0 while there is none; confirmation_on: the end of probation, None while unknown."""

    starts_on: date
    exams: tuple[int, ...] = (10, 20, 30)
    extensions: tuple[Extension, ...] = ()
    observation_days: int = 0
    confirmation_on: date | None = None

    def moved(self, number: int) -> int:
        """Where a planned day lies after all extensions."""
        for one in sorted(self.extensions, key=lambda it: it.decided_on):
            number += one.days if one.decided_on <= number else 0
        return number

    @property
    def business_to(self) -> int:
        """The last day of business training, on which mentoring begins after exam and evaluation. Source: D2."""
        return self.moved(BUSINESS_TO)

    @property
    def mentoring_to(self) -> int:
        """The last day of mentoring."""
        return self.moved(LENGTH)

    @property
    def last(self) -> int:
        """The last day of all, with the observation period."""
        return self.mentoring_to + self.observation_days


def flaws(it: Programme, calendar: Calendar = is_workday) -> list[str]:
    """What is inconsistent in a programme: codes of SAID."""
    return [code for code, wrong in (
        ("start", not calendar(it.starts_on)),
        ("exams", any(not 1 <= one <= LENGTH for one in it.exams) or len(set(it.exams)) < len(it.exams)),
        ("last_exam", BUSINESS_TO not in it.exams),
        ("extension", any(one.days < 1 or one.decided_on < 1 for one in it.extensions)
         or sum(one.days for one in it.extensions) > MOST_EXTENSION),
        ("extension_late", _decided_late(it)),
        ("observation", not 0 <= it.observation_days <= MOST_OBSERVATION),
        ("confirmation", it.confirmation_on is not None and it.confirmation_on <= it.starts_on)) if wrong]


def _decided_late(it: Programme) -> bool:
    """Whether an extension was decided after the programme, as it stood then, was over. Source: domain 5.1."""
    end = LENGTH
    for one in sorted(it.extensions, key=lambda one: one.decided_on):
        if one.decided_on > end:
            return True
        end += one.days
    return False


SAID = {
    "start": N_("The day of entry is no working day."),
    "exams": N_("Exams are on different days from 1 to 40."),
    "last_exam": N_("Business training ends with an exam on day 30."),
    "extension": N_("Extensions are at least one day each and at most %(extension)s working days together."),
    "extension_late": N_("An extension is decided before the programme is over."),
    "observation": N_("An observation period has at most %(observation)s working days."),
    "confirmation": N_("Confirmation must come after the day of entry."),
}


def day_of(it: Programme, number: int, calendar: Calendar = is_workday) -> date:
    """The day that has this number, from 1 on; ValueError for a lower one, and for a calendar that never works."""
    if number < 1:
        raise ValueError("days of a programme count from 1")
    day, left, idle = it.starts_on, number - (1 if calendar(it.starts_on) else 0), 0
    while left > 0:
        day += timedelta(days=1)
        worked = calendar(day)
        left, idle = left - worked, 0 if worked else idle + 1
        if idle > SEARCHED_DAYS:
            raise ValueError("a calendar without working days")
    return day


def days(it: Programme, calendar: Calendar = is_workday) -> list[date]:
    """Every day of a programme, with its observation period; the first has number 1."""
    found = [day_of(it, 1, calendar)]
    while len(found) < it.last:
        found.append(day_of(Programme(found[-1]), 2, calendar))
    return found


def number_on(it: Programme, day: date, calendar: Calendar = is_workday) -> int:
    """How many working days of the programme have begun by a day: 0 before it; on a free day the number of the last one worked."""
    span = min((day - it.starts_on).days, 1000)
    return sum(calendar(it.starts_on + timedelta(days=number)) for number in range(span + 1))


def phases_on(it: Programme, number: int) -> tuple[OnboardingPhase, ...]:
    """The phase of a numbered day; two on the day business training ends and mentoring begins."""
    if number < 1:
        return (OnboardingPhase.BEFORE,)
    if number > it.last:
        return (OnboardingPhase.AFTER,)
    return tuple(phase for phase, holds in (
        (OnboardingPhase.ENTRY, number == 1), (OnboardingPhase.BUSINESS, 1 < number <= it.business_to),
        (OnboardingPhase.MENTORING, it.business_to <= number <= it.mentoring_to),
        (OnboardingPhase.OBSERVATION, number > it.mentoring_to)) if holds)


@dataclass(frozen=True)
class FormDue:
    """A form of one day of the programme; it is due on that day."""

    form: NewcomerForm
    number: int
    due_on: date


def forms(it: Programme, calendar: Calendar = is_workday) -> list[FormDue]:
    """Every form of a programme, by day: the training form each day, exam forms on exam days, the evaluation when business training
    ends, the mentoring exam on the last day of mentoring and, after an observation period, once more on its last day."""
    exams = {it.moved(one) for one in it.exams}
    ends = {it.mentoring_to, it.last}
    found = []
    for number, day in enumerate(days(it, calendar), 1):
        kinds = [NewcomerForm.TRAINING, *([NewcomerForm.EXAM] if number in exams else []),
                 *([NewcomerForm.EVALUATION] if number == it.business_to else []),
                 *([NewcomerForm.MENTORING_EXAM] if number in ends else [])]
        found += [FormDue(kind, number, day) for kind in kinds]
    return found


def missing_forms(due: Collection[FormDue], handed_in: Collection[tuple[str, int]], today: date) -> list[FormDue]:
    """Forms whose day is over and that are not there; handed_in: (form, number of its day). The day itself is still time."""
    return [one for one in due if one.due_on < today and (one.form, one.number) not in handed_in]


def talks(it: Programme, calendar: Calendar = is_workday) -> Iterator[tuple[NewcomerTalk, date]]:
    """The last day of each talk: of the first the last one within two months of entry, and before confirmation when that is earlier; of
    the second the last working day before confirmation, none while that day is unknown. Source: N16, D19."""
    within = add_months(it.starts_on, TALK_MONTHS) - timedelta(days=1)
    before = None
    if it.confirmation_on is not None:
        before = it.confirmation_on - timedelta(days=1)
        while not calendar(before) and before > it.starts_on:
            before -= timedelta(days=1)
    yield NewcomerTalk.FIRST, within if before is None else min(within, before)
    if before is not None:
        yield NewcomerTalk.CONFIRMATION, before


def prepare_by(it: Programme, calendar: Calendar = is_workday) -> date:
    """The last working day before entry, on which everything of Preparation stands ready."""
    day = it.starts_on - timedelta(days=1)
    for _ in range(SEARCHED_DAYS):
        if calendar(day):
            break
        day -= timedelta(days=1)
    return day


def answers_for(part: str, *, newcomer_id: int, mentor_id: int | None, inspector_id: int | None, teacher_id: int) -> int:
    """Who answers for a part of a form: whoever is named for it, else the class teacher, who may hand it in as well."""
    named = {"newcomer": newcomer_id, "mentor": mentor_id, "qa_inspector": inspector_id}
    return named.get(part) or teacher_id
