"""The day of somebody in the onboarding: the newcomer's own, those whom a mentor or an inspector looks after, the classes of a
class teacher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from kmsvc.core.work import Work
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingHour, Trainee
from kmsvc.training.onboarding.one import NewcomerCard, cards_of
from kmsvc.training.onboarding.queries import timetable
from kmsvc.training.onboarding.rules import Programme


@dataclass(frozen=True)
class ClassDay:
    """A class on one day, for its teacher. day: number of the working day; working: whether today is one; hours: its lines."""

    row: OnboardingClass
    day: int
    on: date
    working: bool
    hours: tuple[OnboardingHour, ...]
    cards: tuple[NewcomerCard, ...]

    @property
    def silent(self) -> list[NewcomerCard]:
        """Newcomers whose training form of the day has no word of the class teacher yet."""
        return [one for one in self.cards if any(
            it.form == "training" and it.number == self.day and "class_teacher" in it.waits_for for it in one.forms)]

    @property
    def undecided(self) -> list[NewcomerCard]:
        """Newcomers with a week that is over and not decided."""
        return [one for one in self.cards if one.line.undecided]

    @property
    def absent(self) -> set[int]:
        """Newcomers noted as missing today."""
        return {one.row.id for one in self.cards if one.absence(self.on) is not None}


@dataclass(frozen=True)
class PersonDay:
    """What concerns one person today. mentored: whom they mentor; inspected: newcomers in mentoring of classes they inspect."""

    on: date
    own: tuple[NewcomerCard, ...] = ()
    mentored: tuple[NewcomerCard, ...] = ()
    inspected: tuple[NewcomerCard, ...] = ()
    classes: tuple[ClassDay, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody's onboarding concerns them."""
        return not (self.own or self.mentored or self.inspected or self.classes)


def day_of_person(work: Work, today: date) -> PersonDay:
    """The day of the caller."""
    me = work.actor.person_id
    if me is None:
        return PersonDay(today)
    rows = list(work.session.scalars(select(Trainee).join(OnboardingClass, OnboardingClass.id == Trainee.class_id).where(
        Trainee.ended_on.is_(None), or_(Trainee.person_id == me, Trainee.mentor_id == me, OnboardingClass.teacher_id == me,
                                        OnboardingClass.inspector_id == me)).order_by(Trainee.id)))
    cards = sorted(cards_of(work, rows, today), key=lambda one: (one.line.person, one.row.id))
    taught = list(work.session.scalars(select(OnboardingClass).where(OnboardingClass.teacher_id == me).order_by(
        OnboardingClass.starts_on, OnboardingClass.id)))
    return PersonDay(
        today, tuple(one for one in cards if one.row.person_id == me), tuple(one for one in cards if one.row.mentor_id == me),
        tuple(one for one in cards if one.its.inspector_id == me and "mentoring" in {phase.value for phase in one.phases}
              or one.its.inspector_id == me and "observation" in {phase.value for phase in one.phases}),
        tuple(found for one in taught if (found := _class_day(work, one, cards, today)) is not None))


def _class_day(work: Work, row: OnboardingClass, cards: list[NewcomerCard], today: date) -> ClassDay | None:
    mine = tuple(one for one in cards if one.its.id == row.id)
    programme = Programme(row.starts_on, tuple(row.exams))
    number = rules.number_on(programme, today)
    if not mine and number > rules.LENGTH:
        return None
    working = number > 0 and rules.day_of(programme, number) == today
    return ClassDay(row, number, today, working, tuple(timetable(work.session, row.id, number)) if working else (), mine)
