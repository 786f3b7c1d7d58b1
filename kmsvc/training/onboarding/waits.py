"""What of the onboarding waits for somebody on their day and is no duty with a day of its own: signatures, results of the day, weeks
to decide. Asked on every page, so it looks at nothing of who has nothing to do with newcomers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.gathering import ended_weeks, programme_with
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingNote,
    OnboardingSignature,
    OnboardingTalk,
    Trainee,
)
from kmsvc.training.onboarding.rules import OnboardingPhase

BASE = "/training/onboarding"


@dataclass(frozen=True)
class OnboardingWaiting:
    """One line of the day. what: sign_talk, sign_decision, result or decide; title: the talk, the decision, the class; count: of
    newcomers; number: of the class; url: where it is done."""

    what: str
    title: str
    url: str
    number: str
    count: int = 1


def waiting_for(session: Session, actor: Actor, today: date) -> list[OnboardingWaiting]:
    """What waits for the caller today."""
    me = actor.person_id or 0
    rows = [(row, its) for row, its in session.execute(select(Trainee, OnboardingClass).join(
        OnboardingClass, OnboardingClass.id == Trainee.class_id).where(or_(
            Trainee.person_id == me, Trainee.ended_on.is_(None) & or_(
                Trainee.mentor_id == me, OnboardingClass.teacher_id == me, OnboardingClass.inspector_id == me))).order_by(
        Trainee.id)).all()]
    if not rows:
        return []
    found = [one for row, its in rows if row.person_id == me for one in _unsigned(session, row, its)]
    running = [(row, its) for row, its in rows if row.ended_on is None and row.person_id != me]
    near = [(row, its) for row, its in running if me in (row.mentor_id, its.inspector_id) and _is_live(row, its, today)]
    noted = set(session.scalars(select(OnboardingNote.trainee_id).where(
        OnboardingNote.kind == "quality", OnboardingNote.on == today, OnboardingNote.trainee_id.in_([row.id for row, _ in near])
    ))) if near else set()
    silent = [(row, its) for row, its in near if row.id not in noted]
    if silent:
        found.append(OnboardingWaiting("result", "", f"{BASE}/today", silent[0][1].number, len(silent)))
    return found + _undecided(session, [(row, its) for row, its in running if its.teacher_id == me], today)


def _unsigned(session: Session, row: Trainee, its: OnboardingClass) -> list[OnboardingWaiting]:
    page = f"{BASE}/trainees/{row.id}"
    talks = session.scalars(select(OnboardingTalk.talk).where(
        OnboardingTalk.trainee_id == row.id, OnboardingTalk.id.not_in(select(OnboardingSignature.talk_id).where(
            OnboardingSignature.talk_id.is_not(None)))).order_by(OnboardingTalk.id))
    decisions = session.scalars(select(OnboardingDecision.verb).where(
        OnboardingDecision.trainee_id == row.id, OnboardingDecision.undone_at.is_(None), OnboardingDecision.verb != "go_on",
        OnboardingDecision.id.not_in(select(OnboardingSignature.decision_id).where(OnboardingSignature.decision_id.is_not(None)))
    ).order_by(OnboardingDecision.id))
    return [*(OnboardingWaiting("sign_talk", one, f"{page}#talks", its.number) for one in talks),
            *(OnboardingWaiting("sign_decision", one, f"{page}#decisions", its.number) for one in decisions)]


def _undecided(session: Session, rows: list[tuple[Trainee, OnboardingClass]], today: date) -> list[OnboardingWaiting]:
    if not rows:
        return []
    settled = dict(session.execute(select(OnboardingDecision.trainee_id, func.max(OnboardingDecision.week)).where(
        OnboardingDecision.trainee_id.in_([row.id for row, _ in rows]), OnboardingDecision.undone_at.is_(None)).group_by(
        OnboardingDecision.trainee_id)).all())
    found: dict[int, list[tuple[Trainee, OnboardingClass]]] = {}
    for row, its in rows:
        if settled.get(row.id, 0) < ended_weeks(programme_with(its, row), today):
            found.setdefault(its.id, []).append((row, its))
    return [OnboardingWaiting("decide", of[0][1].name, f"{BASE}/trainees/{of[0][0].id}/decide?queue=1", of[0][1].number, len(of))
            for of in found.values()]


def _is_live(row: Trainee, its: OnboardingClass, today: date) -> bool:
    programme = programme_with(its, row)
    number = rules.number_on(programme, today)
    live = {OnboardingPhase.MENTORING, OnboardingPhase.OBSERVATION} & set(rules.phases_on(programme, number))
    return bool(live) and rules.day_of(programme, max(1, number)) == today
