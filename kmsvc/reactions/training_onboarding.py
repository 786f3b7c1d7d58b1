"""The story of newcomers: who hears of a decision, whose signature or part of a form is waited for, what duties remind of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.reactions.training_certificates import superiors
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import rung_days
from kmsvc.standards.duties.usecases import look_again
from kmsvc.training.onboarding import duties
from kmsvc.training.onboarding.events import DecisionUndone, FormHandedIn, TalkHeld, TraineeDecided
from kmsvc.training.onboarding.gathering import gather
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingDecision, Trainee
from kmsvc.training.onboarding.rules import FILLED_BY, NewcomerForm
from kmsvc.training.onboarding.weeks import OnboardingStep

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

TODAY, NEWCOMER, CLASS = "/training/onboarding/today", "/training/onboarding/trainees/{}", "/training/onboarding/classes/{}"
TOLD_LEADER = frozenset({OnboardingStep.ENTER_TEAM, OnboardingStep.OBSERVE, OnboardingStep.TRANSFER, OnboardingStep.LEAVE})
STEP, FORM = "onboarding_step", "newcomer_form"


def _name(work: Work, person_id: int | None) -> str:
    people = directory(work.session).people
    return people[person_id].name if person_id in people else ""


def _active(work: Work, *people: int | None) -> list[int]:
    """Those who are here."""
    held = directory(work.session).people
    return [one for one in people if one is not None and one in held and held[one].is_active]


def tell_decision(work: Work, fact: TraineeDecided, around: Surroundings) -> None:
    """The newcomer reads why and signs; the mentor and the class teacher hear so; at team entry and wherever the team is concerned
    its leader too. One that was taken back meanwhile tells nobody."""
    made, row = work.get(OnboardingDecision, fact.decision_id), work.get(Trainee, fact.trainee_id)
    if made.undone_at is not None:
        return
    its = work.get(OnboardingClass, row.class_id)
    params = {"number": its.number, "step": {"enum": STEP, "code": fact.verb}}
    tell(work, _active(work, row.person_id), "training.onboarding.decided", mail=True, params=params, url=NEWCOMER.format(row.id),
         dedup=f"onboarding_decided:{made.id}")
    if fact.verb == OnboardingStep.GO_ON:
        return
    others = {row.mentor_id, its.teacher_id, *(superiors(work, row.person_id) if fact.verb in TOLD_LEADER else ())}
    tell(work, _active(work, *(others - {made.by_id, row.person_id})), "training.onboarding.decided_of", mail=True,
         params=params | {"person": _name(work, row.person_id)}, url=NEWCOMER.format(row.id), dedup=f"onboarding_decided_of:{made.id}")


def tell_undone(work: Work, fact: DecisionUndone, around: Surroundings) -> None:
    """Whoever heard of a decision hears that it was taken back."""
    made, row = work.get(OnboardingDecision, fact.decision_id), work.get(Trainee, fact.trainee_id)
    its = work.get(OnboardingClass, row.class_id)
    others = set() if made.verb == OnboardingStep.GO_ON else {
        row.mentor_id, its.teacher_id, *(superiors(work, row.person_id) if made.verb in TOLD_LEADER else ())}
    tell(work, _active(work, *({row.person_id, *others} - {made.undone_by_id})), "training.onboarding.undone", mail=True,
         params={"number": its.number, "step": {"enum": STEP, "code": made.verb}, "person": _name(work, row.person_id)},
         url=NEWCOMER.format(row.id), dedup=f"onboarding_undone:{made.id}")


def tell_talk(work: Work, fact: TalkHeld, around: Surroundings) -> None:
    """The newcomer reads what was said and signs."""
    row = work.get(Trainee, fact.trainee_id)
    tell(work, _active(work, row.person_id), "training.onboarding.sign", mail=True, url=NEWCOMER.format(row.id),
         params={"number": work.get(OnboardingClass, row.class_id).number}, dedup=f"onboarding_talk:{fact.talk_id}")


def tell_other_part(work: Work, fact: FormHandedIn, around: Surroundings) -> None:
    """Whose part of a form of one day is still missing hears that the other is there; the daily form has its duty alone."""
    row = work.get(Trainee, fact.trainee_id)
    if fact.form == NewcomerForm.TRAINING or row.ended_on is not None:
        return
    it = gather(work.session, [row])[0]
    there = {part for form, day, part in duties.handed_in(it) if (form, day) == (fact.form, fact.day)}
    for part in FILLED_BY[NewcomerForm(fact.form)]:
        if part not in there:
            tell(work, _active(work, duties.owner_of(it, part)), "training.onboarding.part", mail=True,
                 url=f"{NEWCOMER.format(row.id)}/forms/{fact.form}/{fact.day}",
                 dedup=f"onboarding_part:{row.id}:{fact.form}:{fact.day}:{part}",
                 params={"number": it.its.number, "form": {"enum": FORM, "code": fact.form}, "person": _name(work, row.person_id)})


def follow_newcomer(work: Work, fact: TraineeDecided | DecisionUndone | FormHandedIn | TalkHeld, around: Surroundings) -> None:
    """What is done is no duty any more, at once; what moved has its new day."""
    row = work.get(Trainee, fact.trainee_id)
    today = local_date(around.at or work.now, around.zone)
    for rule in duties.RULES:
        look_again(work, rule, row.class_id if rule == duties.DAILY else row.id, today)


def remind_of_onboarding(work: Work, duty: Obligation, rung: str) -> None:
    """Whoever answers for a form, a talk or a decision; once it is late, the superior too. Nothing of a newcomer who has entered the
    team, was transferred or has left, nor of a class in which nobody is left."""
    if duty.owner_id is None:
        return
    days, due = rung_days(rung), duty.due_on.isoformat()
    late = days is not None and days >= 0
    dedup = f"reminder:{duty.id}:{duty.due_on}:{rung}"
    if duty.subject_kind == duties.CLASS:
        its = work.get(OnboardingClass, duty.subject_id)
        told: dict[str, Any] = {"number": its.number, "title": its.name, "due_on": due}
        tell(work, _active(work, duty.owner_id), "training.onboarding.daily_due", mail=True, url=TODAY, dedup=dedup, params=told)
        if late and _active(work, duty.owner_id):
            tell(work, superiors(work, duty.owner_id), "training.onboarding.daily_late_of", mail=True, url=CLASS.format(its.id),
                 dedup=f"{dedup}:copy", params=told | {"owner": _name(work, duty.owner_id)})
        return
    row = work.get(Trainee, duty.subject_id)
    if row.ended_on is not None or not _active(work, row.person_id):
        return
    its = work.get(OnboardingClass, row.class_id)
    what, params, url = _what(duty, row)
    told = {"number": its.number, "due_on": due, "person": _name(work, row.person_id)} | params
    tell(work, _active(work, duty.owner_id), f"training.onboarding.{what}", mail=True, url=url, dedup=dedup, params=told)
    if late and _active(work, duty.owner_id):
        above = [its.teacher_id] if duty.owner_id == row.person_id else superiors(work, duty.owner_id)
        tell(work, _active(work, *(one for one in above if one != duty.owner_id)), f"training.onboarding.{what}_late_of", mail=True,
             url=NEWCOMER.format(row.id), dedup=f"{dedup}:copy", params=told | {"owner": _name(work, duty.owner_id)})


def _what(duty: Obligation, row: Trainee) -> tuple[str, dict[str, Any], str]:
    """(kind of notice, its parameters, address) of a duty about one newcomer."""
    word = duty.period.split(" ")[0]
    if duty.rule in (duties.FORM, duties.OWN):
        return "form_due", {"form": {"enum": FORM, "code": word}}, TODAY if word == duties.TRAINING else NEWCOMER.format(row.id)
    return ("talk_due" if duty.rule == duties.TALK else "decision_due"), {}, NEWCOMER.format(row.id)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    TraineeDecided: (tell_decision, follow_newcomer), DecisionUndone: (tell_undone, follow_newcomer),
    TalkHeld: (tell_talk, follow_newcomer), FormHandedIn: (tell_other_part, follow_newcomer)}
