"""The verbs of onboarding: a class, its newcomers and timetable, what is filled in day by day, talks, decisions on the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.onboarding import deciding, rules
from kmsvc.training.onboarding.deciding import OnboardingState
from kmsvc.training.onboarding.events import DecisionUndone, FormHandedIn, TalkHeld, TraineeDecided
from kmsvc.training.onboarding.gathering import gather, week_to_decide
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingDraft,
    OnboardingForm,
    OnboardingHour,
    OnboardingItem,
    OnboardingNote,
    OnboardingTalk,
    OnboardingTick,
    Trainee,
)
from kmsvc.training.onboarding.permissions import (
    DECIDE_ONBOARDING,
    PLAN_ONBOARDING,
    SEE_ONBOARDING,
    SEE_OWN_ONBOARDING,
)
from kmsvc.training.onboarding.points import BY_HAND_NEVER, DEFAULTS, OnboardingList, Point, knows, points_of
from kmsvc.training.onboarding.queries import programme_of, record_of
from kmsvc.training.onboarding.rules import (
    BEST,
    FACTORS,
    FILLED_BY,
    PARTS,
    SCORED,
    NewcomerForm,
    NewcomerTalk,
)

FINAL = frozenset({"enter_team", "transfer", "leave"})


def plan_class(work: Work, *, name: str, teacher_id: int, starts_on: date, exams: tuple[int, ...] = (10, 20, 30),
               material: str | None = None, inspector_id: int | None = None) -> OnboardingClass:
    """A new class with the points every list begins with; its day of entry is a working day, its business training ends with an exam.
    inspector_id: who inspects the quality of the mentoring days."""
    work.permit(PLAN_ONBOARDING)
    check_class(work, starts_on, exams, teacher_id, inspector_id)
    row = OnboardingClass(number=number_of_year(work.session, "OB", "onboarding", starts_on.year), name=name,
                          teacher_id=teacher_id, starts_on=starts_on, exams=sorted(exams), material=material, created_at=work.now,
                          inspector_id=inspector_id)
    work.session.add(row)
    work.session.flush()
    for name, codes in DEFAULTS.items():
        work.session.add_all([OnboardingItem(class_id=row.id, list=name, code=code, place=place) for place, code in enumerate(codes, 1)])
    work.session.flush()
    return row


def check_class(work: Work, starts_on: date, exams: tuple[int, ...], teacher_id: int, inspector_id: int | None) -> None:
    """Refuse what a class cannot be like."""
    wrong = rules.flaws(rules.Programme(starts_on, exams))
    if wrong:
        raise InvalidInput({"starts_on" if one == "start" else "exams": [rules.SAID[one]] for one in wrong})
    people = directory(work.session).people
    for name, one in (("teacher", teacher_id), ("inspector", inspector_id)):
        if one is not None and (one not in people or not people[one].is_active):
            raise InvalidInput({name: [N_("This cannot be chosen now.")]})


def planned(work: Work, class_id: int, version: int | None = None) -> OnboardingClass:
    """The class for whoever plans: its teacher, and who sees all classes; NotFound for others."""
    row = work.get(OnboardingClass, class_id, lock=True, version=version)
    work.permit(PLAN_ONBOARDING, row)
    if row.teacher_id != work.actor.person_id and not can(work.actor, SEE_ONBOARDING):
        raise NotFound()
    return row


def plans(work: Work, row: OnboardingClass) -> bool:
    """Whether the caller plans this class."""
    return can(work.actor, PLAN_ONBOARDING, row) and (row.teacher_id == work.actor.person_id or can(work.actor, SEE_ONBOARDING))


def check_hour(day: int, begins: str, ends: str) -> None:
    """Refuse what a line of a timetable cannot be like."""
    if not 1 <= day <= rules.LENGTH + rules.MOST_EXTENSION:
        raise InvalidInput({"day": [N_("This is no day of the programme.")]})
    if begins >= ends:
        raise InvalidInput({"ends": [N_("It ends after it begins.")]})


def add_hour(work: Work, class_id: int, *, day: int, begins: str, ends: str, title: str, place: str | None = None,
             speaker: str | None = None) -> OnboardingHour:
    """A line of the timetable."""
    row = planned(work, class_id)
    check_hour(day, begins, ends)
    hour = OnboardingHour(class_id=row.id, day=day, begins=begins, ends=ends, title=title, place=place, speaker=speaker)
    work.session.add(hour)
    work.session.flush()
    return hour


def add_trainee(work: Work, class_id: int, person_id: int, *, mentor_id: int | None = None, confidential: bool = True,
                confirmation_on: date | None = None) -> Trainee:
    """Somebody belongs to a class, once; nobody mentors themselves."""
    row = planned(work, class_id)
    people = directory(work.session).people
    if person_id not in people or not people[person_id].is_active:
        raise InvalidInput({"person": [N_("This cannot be chosen now.")]})
    if mentor_id is not None and (mentor_id == person_id or mentor_id not in people or not people[mentor_id].is_active):
        raise InvalidInput({"mentor": [N_("This cannot be chosen now.")]})
    if confirmation_on is not None and confirmation_on <= row.starts_on:
        raise InvalidInput({"confirmation_on": [rules.SAID["confirmation"]]})
    if work.session.scalar(select(Trainee.id).where(Trainee.person_id == person_id, Trainee.ended_on.is_(None))):
        raise RuleBroken("training.onboarding.twice", N_("This person is in a class already."))
    made = Trainee(class_id=row.id, person_id=person_id, mentor_id=mentor_id, state=OnboardingState.RUNNING, confidential=confidential,
                   extensions=[], observation_days=0, confirmation_on=confirmation_on)
    work.session.add(made)
    work.session.flush()
    return made


def part_of(work: Work, row: Trainee) -> frozenset[str]:
    """What somebody is to a newcomer: newcomer, mentor, class_teacher, trainer, qa_inspector; the class teacher is everything that
    nobody is named for, as the duties have it."""
    me = work.actor.person_id
    roles = directory(work.session).people[me].role_names if me in directory(work.session).people else frozenset()
    its = work.get(OnboardingClass, row.class_id)
    found = {part for part in PARTS if me is not None and rules.answers_for(
        part, newcomer_id=row.person_id, mentor_id=row.mentor_id, inspector_id=its.inspector_id, teacher_id=its.teacher_id) == me}
    named = {"trainer"} if its.inspector_id is not None else {"trainer", "qa_inspector"}
    return frozenset(found | (named & roles if me != row.person_id else set()))


def decides(work: Work, row: Trainee) -> bool:
    """Whether the caller decides on this newcomer: their class teacher, and who sees all classes."""
    its = work.get(OnboardingClass, row.class_id)
    return can(work.actor, DECIDE_ONBOARDING, row) and row.person_id != work.actor.person_id and (
        its.teacher_id == work.actor.person_id or can(work.actor, SEE_ONBOARDING))


def _running(work: Work, trainee_id: int, version: int | None = None) -> Trainee:
    row = work.get(Trainee, trainee_id, lock=True, version=version)
    work.permit(SEE_OWN_ONBOARDING, row)
    if not part_of(work, row) and not decides(work, row):
        raise NotPermitted()
    if row.ended_on is not None:
        raise RuleBroken("training.onboarding.over", N_("This onboarding is over."))
    return row


def _decided(work: Work, trainee_id: int, version: int | None = None) -> Trainee:
    row = _running(work, trainee_id, version)
    work.permit(DECIDE_ONBOARDING, row)
    if not decides(work, row):
        raise NotPermitted()
    return row


def hand_in(work: Work, trainee_id: int, *, form: str, day: int, part: str, answers: Mapping[str, Any], today: date,
            score: Decimal | None = None, mark: Decimal | None = None) -> OnboardingForm:
    """Fill one part of a form of a day; each part by whom it is asked of, until the onboarding is over also anew."""
    row = _running(work, trainee_id)
    if part not in FILLED_BY[NewcomerForm(form)] or part not in part_of(work, row):
        raise NotPermitted()
    due = next((one for one in rules.forms(programme_of(work.session, row)) if (one.form, one.number) == (form, day)), None)
    if due is None:
        raise InvalidInput({"day": [N_("This form is not due on this day.")]})
    if due.due_on > today:
        raise InvalidInput({"day": [N_("This day is still to come.")]})
    if (form in SCORED) != (score is not None and mark is not None):
        raise InvalidInput({"score": [N_("An exam form has a score and a pass mark, another form has none.")]})
    if form == NewcomerForm.EVALUATION:
        _check_factors(answers)
    assert work.actor.person_id is not None
    held = work.session.scalar(select(OnboardingForm).where(
        OnboardingForm.trainee_id == row.id, OnboardingForm.form == form, OnboardingForm.day == day, OnboardingForm.part == part))
    if held is None:
        held = OnboardingForm(trainee_id=row.id, form=form, day=day, part=part)
        work.session.add(held)
    held.answers, held.score, held.mark, held.by_id, held.at = dict(answers), score, mark, work.actor.person_id, work.now
    for draft in work.session.scalars(select(OnboardingDraft).where(
            OnboardingDraft.trainee_id == row.id, OnboardingDraft.form == form, OnboardingDraft.day == day, OnboardingDraft.part == part,
            OnboardingDraft.by_id == held.by_id).order_by(OnboardingDraft.id)):
        work.session.delete(draft)
    work.session.flush()
    work.record(FormHandedIn(row.id, str(NewcomerForm(form)), day, part))
    return held


def _check_factors(answers: Mapping[str, Any]) -> None:
    missing = [one for one in FACTORS if answers.get(one) not in range(1, BEST + 1)]
    if missing:
        raise InvalidInput({one: [N_("Judge this factor from 1 to 5.")] for one in missing})


def note_day(work: Work, trainee_id: int, *, kind: str, on: date, today: date, text: str | None = None,
             score: Decimal | None = None) -> OnboardingNote:
    """A quality result of a mentoring day, a day missed, a call for attention or a note; not by the newcomer."""
    row = _running(work, trainee_id)
    if part_of(work, row) <= {"newcomer"} and not decides(work, row):
        raise NotPermitted()
    if (kind == "quality") != (score is not None) or (score is not None and not 0 <= score <= 100):
        raise InvalidInput({"score": [N_("A quality result is from 0 to 100; nothing else has a score.")]})
    if not programme_of(work.session, row).starts_on <= on <= today:
        raise InvalidInput({"on": [N_("This is no day of the programme so far.")]})
    assert work.actor.person_id is not None
    note = OnboardingNote(trainee_id=row.id, kind=kind, on=on, text=text, score=score, by_id=work.actor.person_id, at=work.now)
    work.session.add(note)
    work.session.flush()
    return note


def take_note_back(work: Work, trainee_id: int, note_id: int) -> None:
    """A day missed, a call for attention or a note goes again, by whoever noted it or decides; the trail keeps that it was there.
    Quality results go where they are entered."""
    row = _running(work, trainee_id)
    note = work.get(OnboardingNote, note_id, lock=True)
    if note.trainee_id != row.id or note.kind == "quality":
        raise NotFound()
    if note.by_id != work.actor.person_id and not decides(work, row):
        raise NotPermitted()
    work.session.delete(note)
    work.session.flush()


def hold_talk(work: Work, trainee_id: int, *, talk: str, held_on: date, shortcomings: str, advice: str, today: date) -> OnboardingTalk:
    """A formal talk with shortcomings and advice, by whoever decides. Source: N16."""
    row = _decided(work, trainee_id)
    if held_on > today:
        raise InvalidInput({"held_on": [N_("This day is still to come.")]})
    assert work.actor.person_id is not None
    made = OnboardingTalk(trainee_id=row.id, talk=NewcomerTalk(talk), held_on=held_on, shortcomings=shortcomings, advice=advice,
                          by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    work.record(TalkHeld(row.id, made.id))
    return made


def tick(work: Work, trainee_id: int, item: str, *, proof: str | None = None, reason: str | None = None) -> OnboardingTick:
    """Something stands ready or is proven; what goes live needs a proof, what the service knows by itself a reason too, and nobody
    ticks their own."""
    row, point = _open_point(work, trainee_id, item)
    if item in BY_HAND_NEVER:
        raise InvalidInput({"item": [N_("The results of the quality inspections alone settle this point.")]})
    if point.list == OnboardingList.GOLIVE and not (proof or "").strip():
        raise InvalidInput({"proof": [N_("Say what proves it.")]})
    if point.list == OnboardingList.GOLIVE and knows(item) and not (reason or "").strip():
        raise InvalidInput({"reason": [N_("The service knows this by itself. Say why it is ticked by hand.")]})
    return _settle(work, row, item, proof=proof, reason=reason)


def leave_out(work: Work, trainee_id: int, item: str, *, reason: str) -> OnboardingTick:
    """A point is left out for this newcomer, with the reason; before going live by whoever decides."""
    row, point = _open_point(work, trainee_id, item)
    if point.list == OnboardingList.GOLIVE:
        work.permit(DECIDE_ONBOARDING, row)
        if not decides(work, row):
            raise NotPermitted()
    if item in BY_HAND_NEVER:
        raise InvalidInput({"item": [N_("The results of the quality inspections alone settle this point.")]})
    if not (reason or "").strip():
        raise InvalidInput({"reason": [N_("Say why it is left out.")]})
    work.because(reason)
    return _settle(work, row, item, reason=reason, left_out=True)


def untick(work: Work, trainee_id: int, item: str) -> None:
    """Take a tick or a leaving out back; the trail keeps that it was there."""
    row = _listed(work, trainee_id)
    held = work.session.scalar(select(OnboardingTick).where(OnboardingTick.trainee_id == row.id, OnboardingTick.item == item))
    if held is not None:
        work.session.delete(held)
        work.session.flush()


def _listed(work: Work, trainee_id: int) -> Trainee:
    row = _running(work, trainee_id)
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    return row


def _open_point(work: Work, trainee_id: int, item: str) -> tuple[Trainee, Point]:
    row = _listed(work, trainee_id)
    point = next((one for one in points_of(gather(work.session, [row])[0]) if one.key == item), None)
    if point is None:
        raise InvalidInput({"item": [N_("This cannot be chosen now.")]})
    return row, point


def _settle(work: Work, row: Trainee, item: str, *, proof: str | None = None, reason: str | None = None,
            left_out: bool = False) -> OnboardingTick:
    held = work.session.scalar(select(OnboardingTick).where(OnboardingTick.trainee_id == row.id, OnboardingTick.item == item))
    if held is None:
        held = OnboardingTick(trainee_id=row.id, item=item)
        work.session.add(held)
    held.proof, held.reason, held.left_out, held.by_id, held.at = proof, reason, left_out, work.actor.person_id, work.now
    work.session.flush()
    return held


def decide(work: Work, trainee_id: int, verb: str, *, reason: str, today: date, days: int | None = None,
           version: int | None = None) -> OnboardingDecision:
    """Decide on the week: go_on, extend, observe, enter_team, transfer or leave; with a reason, signed by whoever decides."""
    row = _decided(work, trainee_id, version)
    before_it = gather(work.session, [row])[0]
    number = rules.number_on(before_it.programme, today)
    if not reason.strip():
        raise InvalidInput({"reason": [deciding.HINDERED["reason"]]})
    if verb != "go_on":
        found = deciding.hindrances(verb, row.state, record_of(work.session, row, today), reason)
        if found:
            raise RuleBroken("training.onboarding.hindered", deciding.HINDERED[found[0]])
    before = row.state
    if verb in ("extend", "observe") and (days is None or days < 1):
        raise InvalidInput({"days": [N_("Say how many working days.")]})
    if verb == "extend":
        row.extensions = [*row.extensions, [number, days]]
    if verb == "observe":
        row.observation_days = days or 0
    wrong = rules.flaws(programme_of(work.session, row)) if verb in ("extend", "observe") else []
    if wrong:
        raise InvalidInput({"days": [_SAID[wrong[0]]]})
    if verb != "go_on":
        row.state = deciding.VERBS[verb][1]
    if verb in FINAL:
        row.ended_on = today
    work.because(reason)
    assert work.actor.person_id is not None
    made = OnboardingDecision(trainee_id=row.id, week=week_to_decide(before_it, today), verb=verb, days=days, reason=reason,
                              state_before=before, by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    work.record(TraineeDecided(row.id, made.id, verb))
    return made


_SAID = rules.SAID | {"extension": N_("All extensions together have at most 20 working days."),
                      "observation": N_("An observation period has at most 20 working days.")}


def undo_decision(work: Work, decision_id: int, *, reason: str, today: date | None = None) -> OnboardingDecision:
    """Take the last decision back; it stays on record. One that ends the onboarding only on its day, which `today` says."""
    made = work.get(OnboardingDecision, decision_id, lock=True)
    row = work.get(Trainee, made.trainee_id, lock=True)
    if row.ended_on is None or row.ended_on != today:
        row = _decided(work, made.trainee_id)
    else:
        work.permit(DECIDE_ONBOARDING, row)
        if not decides(work, row):
            raise NotPermitted()
    last = work.session.scalar(select(OnboardingDecision.id).where(
        OnboardingDecision.trainee_id == row.id, OnboardingDecision.undone_at.is_(None)).order_by(OnboardingDecision.id.desc()))
    if last != made.id:
        raise RuleBroken("training.onboarding.not_last", N_("Only the last decision can be taken back."))
    if row.ended_on is not None and work.session.scalar(select(Trainee.id).where(
            Trainee.person_id == row.person_id, Trainee.ended_on.is_(None))):
        raise RuleBroken("training.onboarding.twice", N_("This person is in a class already."))
    work.because(reason)
    made.undone_at, made.undone_by_id, row.state, row.ended_on = work.now, work.actor.person_id, made.state_before, None
    if made.verb == "extend":
        row.extensions = row.extensions[:-1]
    if made.verb == "observe":
        row.observation_days = 0
    work.session.flush()
    work.record(DecisionUndone(row.id, made.id))
    return made
