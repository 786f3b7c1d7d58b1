"""What is on record of newcomers, read for many at once, and what follows from it: the weeks as lights, the record before going live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.workdays import workdays_between
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.deciding import GoLive, Record
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingForm,
    OnboardingHour,
    OnboardingItem,
    OnboardingNote,
    OnboardingSignature,
    OnboardingTalk,
    OnboardingTick,
    Trainee,
)
from kmsvc.training.onboarding.proofs import Proof, proofs
from kmsvc.training.onboarding.rules import FILLED_BY, Extension, FormDue, NewcomerForm, Programme
from kmsvc.training.onboarding.weeks import Light, TraineeWeek, WeekFacts, WeekSign, light, signs, weeks

BASELINE = Decimal(80)
LEAST = timedelta(days=3)
"""so long behind its last day a week still answers for a talk that fell due at its end"""


@dataclass
class Gathered:
    """One newcomer with everything on record, in the order it was noted. known: what the service knows by itself, by code."""

    row: Trainee
    its: OnboardingClass
    programme: Programme
    forms: list[OnboardingForm] = field(default_factory=list)
    notes: list[OnboardingNote] = field(default_factory=list)
    talks: list[OnboardingTalk] = field(default_factory=list)
    decisions: list[OnboardingDecision] = field(default_factory=list)
    ticks: list[OnboardingTick] = field(default_factory=list)
    signatures: list[OnboardingSignature] = field(default_factory=list)
    items: list[OnboardingItem] = field(default_factory=list)
    known: dict[str, Proof] = field(default_factory=dict)
    has_timetable: bool = False

    def whole(self) -> set[tuple[str, int]]:
        """(form, number of its day) of the forms to which everybody has given their part."""
        parts: dict[tuple[str, int], set[str]] = {}
        for one in self.forms:
            parts.setdefault((one.form, one.day), set()).add(one.part)
        return {key for key, its in parts.items() if its >= set(FILLED_BY[NewcomerForm(key[0])])}

    def missing(self, today: date) -> list[FormDue]:
        """Forms whose day is over and that are not whole."""
        return rules.missing_forms(rules.forms(self.programme), self.whole(), min(today, self.row.ended_on or today))

    def late_talks(self, today: date) -> dict[str, date]:
        """Talks not held whose last day is over, with that day."""
        held, until = {one.talk for one in self.talks}, min(today, self.row.ended_on or today)
        return {talk: day for talk, day in rules.talks(self.programme) if talk not in held and day < until}


def programme_with(its: OnboardingClass, row: Trainee) -> Programme:
    """The programme of a newcomer as it stands."""
    return Programme(its.starts_on, tuple(its.exams), tuple(Extension(*one) for one in row.extensions), row.observation_days,
                     row.confirmation_on)


def gather(session: Session, rows: Sequence[Trainee], today: date | None = None) -> list[Gathered]:
    """Everything on record of these newcomers, in their order. today: with what the service knows by itself on that day."""
    its = {one.id: one for one in session.scalars(select(OnboardingClass).where(
        OnboardingClass.id.in_({row.class_id for row in rows})).order_by(OnboardingClass.id))}
    found = {row.id: Gathered(row, its[row.class_id], programme_with(its[row.class_id], row)) for row in rows}
    kinds: tuple[tuple[str, Any], ...] = (
        ("forms", OnboardingForm), ("notes", OnboardingNote), ("talks", OnboardingTalk), ("decisions", OnboardingDecision),
        ("ticks", OnboardingTick), ("signatures", OnboardingSignature))
    for name, kind in kinds:
        for one in session.scalars(select(kind).where(kind.trainee_id.in_(found)).order_by(kind.id)):
            getattr(found[one.trainee_id], name).append(one)
    for item in session.scalars(select(OnboardingItem).where(OnboardingItem.class_id.in_(its)).order_by(
            OnboardingItem.list.desc(), OnboardingItem.place, OnboardingItem.id)):
        for held in found.values():
            if held.its.id == item.class_id:
                held.items.append(item)
    written = set(session.scalars(select(OnboardingHour.class_id).where(OnboardingHour.class_id.in_(its)).distinct()))
    for held in found.values():
        held.has_timetable = held.its.id in written
    if today is not None and found:
        outside = proofs(session, {row.person_id for row in rows}, today)
        for held in found.values():
            held.known = outside.get(held.row.person_id, {})
    return list(found.values())


def said(one: OnboardingForm) -> str:
    """Score and pass mark of an exam form: 86.5 / 80."""
    return " / ".join(f"{figure.normalize():f}" for figure in (one.score, one.mark) if figure is not None)


def own_proofs(it: Gathered) -> dict[str, Proof]:
    """What of the list before going live the records of the onboarding themselves prove."""
    found: dict[str, Proof] = {}
    url = f"/training/onboarding/trainees/{it.row.id}"
    for one in it.forms:
        passed = one.score is not None and one.mark is not None and one.score >= one.mark
        if one.form == NewcomerForm.EXAM and one.day == it.programme.business_to and passed:
            found[GoLive.BUSINESS_EXAM] = Proof(said(one), one.at.date(), f"{url}/forms/exam/{one.day}")
        if one.form == NewcomerForm.EVALUATION:
            found[GoLive.EVALUATION] = Proof("", one.at.date(), f"{url}/forms/evaluation/{one.day}")
    ends = [one for one in it.forms if one.form == NewcomerForm.MENTORING_EXAM and one.day == it.programme.last]
    if {one.part for one in ends} >= set(FILLED_BY[NewcomerForm.MENTORING_EXAM]) and all(
            one.score is not None and one.mark is not None and one.score >= one.mark for one in ends):
        found[GoLive.MENTORING_EXAM] = Proof(" · ".join(said(one) for one in ends),
                                             max(one.at for one in ends).date(), f"{url}/forms/mentoring_exam/{it.programme.last}")
    scores = quality_scores(it)
    if scores and mean(one.score for one in scores) >= BASELINE:
        found[GoLive.QUALITY] = Proof(f"{mean(one.score for one in scores):.1f}", max(one.on for one in scores), f"{url}#results")
    return found


def quality_scores(it: Gathered) -> list[OnboardingNote]:
    """The inspections that count for team entry: of the mentoring days, or of the observation period once it runs."""
    number = it.programme.mentoring_to + 1 if it.row.observation_days else it.programme.business_to
    since = rules.day_of(it.programme, number)
    return [one for one in it.notes if one.kind == "quality" and one.on >= since]


def mean(scores: Iterable[Decimal | None]) -> Decimal:
    """The mean of those that are there; 0 of none."""
    held = [one for one in scores if one is not None]
    return sum(held, Decimal(0)) / len(held) if held else Decimal(0)


def record(it: Gathered) -> Record:
    """What is on record before going live: what proves itself, what was ticked or left out, what the class does without."""
    settled = {one.item for one in it.ticks} | {one.code for one in it.items if one.removed_why is not None and one.code}
    settled |= set(own_proofs(it)) | set(it.known)
    own = {f"item-{one.id}" for one in it.items if one.code is None and one.list == "golive" and one.removed_why is None}
    scores = quality_scores(it)
    return Record(frozenset(one for one in GoLive if one.value in settled), it.row.confidential,
                  mean(one.score for one in scores) if scores else None, BASELINE, 1 if it.row.observation_days else 0,
                  len(own - settled))


@dataclass(frozen=True)
class Week:
    """A week on the board, and what its light comes from. exams: (score, pass mark); quality: mean of its inspections; due: what
    of note lies in it, codes of forms; decision: the verb that stands."""

    number: int
    begins_on: date
    light: Light
    signs: tuple[WeekSign, ...]
    ends_on: date
    exams: tuple[tuple[Decimal, Decimal], ...] = ()
    quality: Decimal | None = None
    missing: int = 0
    due: tuple[str, ...] = ()
    decision: str = ""


def week_lines(it: Gathered, today: date) -> list[Week]:
    """The weeks of one newcomer, each with its light and why."""
    until = min(today, it.row.ended_on or today)
    missing, late, due = it.missing(today), it.late_talks(today), rules.forms(it.programme)
    stands = {one.week: one.verb for one in it.decisions if one.undone_at is None}
    settled = max(stands, default=0)
    return [_week(it, week, until, missing, set(late.values()), due, (stands.get(week.number, ""), week.number <= settled))
            for week in weeks(it.programme)]


def week_to_decide(it: Gathered, today: date) -> int:
    """The week a decision of today is on: the last that is over while it is not decided, else the one that runs. A decision settles
    the weeks before it too."""
    settled = max((one.week for one in it.decisions if one.undone_at is None), default=0)
    ended = ended_weeks(it.programme, today)
    number, last = rules.number_on(it.programme, today), max(1, -(-it.programme.last // rules.WEEK))
    return ended if settled < ended else max(1, min(-(-number // rules.WEEK), last))


def ended_weeks(programme: Programme, today: date) -> int:
    """How many weeks of a programme are over."""
    number = rules.number_on(programme, today)
    if number > programme.last:
        return -(-programme.last // rules.WEEK)
    over = number if number and rules.day_of(programme, number) < today else number - 1
    return max(0, over) // rules.WEEK


def _week(it: Gathered, week: TraineeWeek, until: date, missing: Sequence[FormDue], late: set[date], due: Sequence[FormDue],
          decided: tuple[str, bool]) -> Week:
    first, last = week.days[0], week.days[-1]
    notes = [one for one in it.notes if first <= one.on <= last]
    numbers = range((week.number - 1) * rules.WEEK + 1, week.number * rules.WEEK + 1)
    scores = [one.score for one in notes if one.score is not None]
    exams = tuple((one.score, one.mark) for one in it.forms
                  if one.day in numbers and one.score is not None and one.mark is not None)
    facts = WeekFacts(
        begun=first <= until, missing_forms=sum(first <= one.due_on <= last for one in missing), exams=exams,
        quality=mean(scores) if scores else None, baseline=BASELINE,
        talk_overdue=any(first <= day < last + LEAST for day in late),
        absent_days=sum(one.kind == "absent" for one in notes), noted=any(one.kind == "attention" for one in notes),
        decided=decided[1] or it.row.ended_on is not None, days_since_end=workdays_between(last, until))
    return Week(week.number, first, light(facts), tuple(signs(facts)), last, exams, facts.quality, facts.missing_forms,
                tuple(one.form.value for one in due if one.number in numbers and one.form != NewcomerForm.TRAINING), decided[0])
