"""What the one engine of duties is asked about newcomers: the forms of each part, the daily forms of a class, the talks, and a decision
before mentoring or an observation period is over. Days are working days of the programme. Source: domain 5.1, N16, architecture 5.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, ThingCard
from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.gathering import Gathered, gather
from kmsvc.training.onboarding.models import (
    OnboardingDecision,
    OnboardingForm,
    OnboardingTalk,
    Trainee,
)
from kmsvc.training.onboarding.queries import classes
from kmsvc.training.onboarding.rules import FILLED_BY, NewcomerForm, NewcomerTalk

FORM, OWN, DAILY, TALK, DECIDE = (f"training.onboarding.{name}" for name in ("form", "own", "daily", "talk", "decide"))
NEWCOMER, CLASS = "newcomer", "newcomer_class"
TRAINING = "training"
BEFORE_FORM, BEFORE_DAILY, BEFORE_TALK, BEFORE_DECISION = (3, 1), (), (14, 7, 1), (5, 1)
"""days before the due day on which people are reminded; of the daily form only once it is late"""
RULES = (FORM, OWN, DAILY, TALK, DECIDE)


@dataclass(frozen=True)
class Running:
    """A newcomer in a class that runs."""

    id: int
    it: Gathered


@dataclass(frozen=True)
class RunningClass:
    """A class with those who are still in it."""

    id: int
    teacher_id: int
    trainees: tuple[Gathered, ...]


def running(session: Session) -> Iterator[Running]:
    """Newcomers in a class: nobody who has entered the team, was transferred, has left, or is suspended."""
    people = directory(session).people
    rows = [one for one in session.scalars(select(Trainee).where(Trainee.ended_on.is_(None)).order_by(Trainee.id))
            if one.person_id in people and people[one.person_id].is_active]
    yield from (Running(one.row.id, one) for one in gather(session, rows)) if rows else ()


def running_classes(session: Session) -> Iterator[RunningClass]:
    """Classes somebody is still in."""
    found: dict[int, list[Gathered]] = {}
    for one in running(session):
        found.setdefault(one.it.its.id, []).append(one.it)
    yield from (RunningClass(key, its[0].its.teacher_id, tuple(its)) for key, its in found.items())


def handed_in(it: Gathered) -> set[tuple[str, int, str]]:
    """(form, number of its day, part) of what was handed in."""
    return {(one.form, one.day, one.part) for one in it.forms}


def owner_of(it: Gathered, part: str) -> int | None:
    """Who answers for a part of a form: the class teacher where nobody is named."""
    return rules.answers_for(part, newcomer_id=it.row.person_id, mentor_id=it.row.mentor_id, inspector_id=it.its.inspector_id,
                             teacher_id=it.its.teacher_id)


def due_forms(one: Running, today: date) -> Iterator[Wanted]:
    """Each part of each form of one day that is not there, named so that an extension moves its day."""
    it, there, count = one.it, handed_in(one.it), dict[NewcomerForm, int]()
    for due in rules.forms(it.programme):
        if due.form == NewcomerForm.TRAINING:
            continue
        count[due.form] = count.get(due.form, 0) + 1
        for part in FILLED_BY[due.form]:
            if (due.form, due.number, part) not in there:
                yield Wanted(NEWCOMER, it.row.id, Due(f"{due.form.value} {count[due.form]} {part}", due.due_on), owner_of(it, part))


def due_own(one: Running, today: date) -> Iterator[Wanted]:
    """The newcomer's part of the daily forms: the oldest day on which it is missing, one after the other."""
    there = handed_in(one.it)
    day = next((due.due_on for due in rules.forms(one.it.programme)
                if due.form == NewcomerForm.TRAINING and (TRAINING, due.number, "newcomer") not in there), None)
    if day is not None:
        yield Wanted(NEWCOMER, one.id, Due(f"{TRAINING} newcomer", day), one.it.row.person_id)


def due_daily(one: RunningClass, today: date) -> Iterator[Wanted]:
    """The class teacher's part of the daily forms: the oldest day on which one is missing."""
    missing = [due.due_on for it in one.trainees for due in rules.forms(it.programme)
               if due.form == NewcomerForm.TRAINING and (TRAINING, due.number, "class_teacher") not in handed_in(it)]
    if missing:
        yield Wanted(CLASS, one.id, Due(f"{TRAINING} class_teacher", min(missing)), one.teacher_id)


def due_talks(one: Running, today: date) -> Iterator[Wanted]:
    """Talks that were not held, by their last day. Source: N16."""
    held = {talk.talk for talk in one.it.talks}
    for talk, day in rules.talks(one.it.programme):
        if talk not in held:
            yield Wanted(NEWCOMER, one.id, Due(f"talk {talk.value}", day), one.it.its.teacher_id, "74")


def due_decision(one: Running, today: date) -> Iterator[Wanted]:
    """A decision by the last day of mentoring, and once more by the last day of an observation period; anew after one that was taken
    back. Source: 6.8, N07."""
    it = one.it
    period, number = ("observation", it.programme.last) if it.row.observation_days else ("mentoring", it.programme.mentoring_to)
    undone = sum(made.undone_at is not None and made.verb != "go_on" for made in it.decisions)
    yield Wanted(NEWCOMER, one.id, Due(f"decide {period} {undone}", rules.day_of(it.programme, number)), it.its.teacher_id)


def form_done_on(session: Session, duty: Obligation) -> date | None:
    """When a part was handed in; of the daily form when the last one was; None for one that is asked for no more."""
    words = duty.period.split(" ")
    query = select(OnboardingForm).where(OnboardingForm.trainee_id == duty.subject_id, OnboardingForm.form == words[0],
                                         OnboardingForm.part == words[-1]).order_by(OnboardingForm.day)
    found = list(session.scalars(query))
    if words[0] == TRAINING:
        row = session.get(Trainee, duty.subject_id)
        return centre_day(session, found[-1].at) if found and row is not None and row.ended_on is None else None
    place = int(words[1])
    return centre_day(session, found[place - 1].at) if len(found) >= place else None


def daily_done_on(session: Session, duty: Obligation) -> date | None:
    """When the last daily form of a class was handed in."""
    at = session.scalar(select(OnboardingForm.at).join(Trainee, Trainee.id == OnboardingForm.trainee_id).where(
        Trainee.class_id == duty.subject_id, OnboardingForm.form == TRAINING, OnboardingForm.part == "class_teacher").order_by(
        OnboardingForm.at.desc()).limit(1))
    return centre_day(session, at) if at is not None else None


def talk_held_on(session: Session, duty: Obligation) -> date | None:
    """When a talk was held."""
    return session.scalar(select(OnboardingTalk.held_on).where(
        OnboardingTalk.trainee_id == duty.subject_id, OnboardingTalk.talk == NewcomerTalk(duty.period.removeprefix("talk "))).order_by(
        OnboardingTalk.held_on).limit(1))


def decided_on(session: Session, duty: Obligation) -> date | None:
    """When it was decided: the end, or the beginning of an observation period."""
    row = session.get(Trainee, duty.subject_id)
    if row is None or row.ended_on is not None:
        return row.ended_on if row is not None else None
    at = session.scalar(select(OnboardingDecision.at).where(
        OnboardingDecision.trainee_id == row.id, OnboardingDecision.verb == "observe", OnboardingDecision.undone_at.is_(None)).order_by(
        OnboardingDecision.id.desc()).limit(1))
    return centre_day(session, at) if at is not None else None


register(DutyRule(FORM, N_("Forms of newcomers"), running, due_forms, NEWCOMER, form_done_on, BEFORE_FORM))
register(DutyRule(OWN, N_("Daily forms of newcomers"), running, due_own, NEWCOMER, form_done_on, BEFORE_DAILY))
register(DutyRule(DAILY, N_("Daily forms of a class of newcomers"), running_classes, due_daily, CLASS, daily_done_on, BEFORE_DAILY))
register(DutyRule(TALK, N_("Talks with newcomers"), running, due_talks, NEWCOMER, talk_held_on, BEFORE_TALK))
register(DutyRule(DECIDE, N_("Deciding on newcomers"), running, due_decision, NEWCOMER, decided_on, BEFORE_DECISION))


def _classes(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    return {one.id: ThingCard(CLASS, one.id, one.number, one.name, "/training/onboarding/today")
            for one in classes(session, actor) if one.id in set(ids)}


cards.register(Kind(CLASS, N_("Class of newcomers"), _classes))
