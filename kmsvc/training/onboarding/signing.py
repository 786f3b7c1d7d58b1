"""What the newcomer signs: a talk, a decision. Drafts of forms. Source: N16, domain 5.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.onboarding.models import (
    OnboardingDecision,
    OnboardingDraft,
    OnboardingSignature,
    OnboardingTalk,
    Trainee,
)
from kmsvc.training.onboarding.permissions import SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.rules import FILLED_BY, NewcomerForm
from kmsvc.training.onboarding.usecases import part_of


def sign_talk(work: Work, talk_id: int, *, word: str | None = None) -> OnboardingSignature:
    """The newcomer has read what was said in their talk, and signs; once."""
    made = work.get(OnboardingTalk, talk_id)
    row = _own(work, made.trainee_id)
    if work.session.scalar(select(OnboardingSignature.id).where(OnboardingSignature.talk_id == made.id)):
        raise RuleBroken("training.onboarding.signed", N_("This is signed already."))
    return _signed(work, row, talk_id=made.id, word=word)


def sign_decision(work: Work, decision_id: int, *, word: str | None = None) -> OnboardingSignature:
    """The newcomer has read a decision on themselves and its reason, and signs that they were told; once."""
    made = work.get(OnboardingDecision, decision_id)
    row = _own(work, made.trainee_id)
    if work.session.scalar(select(OnboardingSignature.id).where(OnboardingSignature.decision_id == made.id)):
        raise RuleBroken("training.onboarding.signed", N_("This is signed already."))
    if made.undone_at is not None:
        raise RuleBroken("training.onboarding.undone", N_("This decision was taken back."))
    return _signed(work, row, decision_id=made.id, word=word)


def _own(work: Work, trainee_id: int) -> Trainee:
    row = work.get(Trainee, trainee_id, lock=True)
    work.permit(SEE_OWN_ONBOARDING, row)
    if row.person_id != work.actor.person_id:
        raise NotFound()
    return row


def _signed(work: Work, row: Trainee, *, word: str | None, talk_id: int | None = None,
            decision_id: int | None = None) -> OnboardingSignature:
    assert work.actor.person_id is not None
    made = OnboardingSignature(trainee_id=row.id, talk_id=talk_id, decision_id=decision_id, word=word, by_id=work.actor.person_id,
                               at=work.now)
    work.session.add(made)
    work.session.flush()
    return made


def keep_draft(work: Work, trainee_id: int, *, form: str, day: int, part: str, answers: Mapping[str, Any]) -> OnboardingDraft:
    """Keep what somebody has written of their part so far; nobody else sees it, and it counts for nothing."""
    row = work.get(Trainee, trainee_id)
    work.permit(SEE_OWN_ONBOARDING, row)
    if part not in FILLED_BY[NewcomerForm(form)] or part not in part_of(work, row):
        raise NotFound()
    if row.ended_on is not None:
        raise RuleBroken("training.onboarding.over", N_("This onboarding is over."))
    if not any(str(one).strip() for one in answers.values() if one is not None):
        raise InvalidInput({"text": [N_("Nothing is written yet.")]})
    assert work.actor.person_id is not None
    held = draft_of(work, trainee_id, form, day, part)
    if held is None:
        held = OnboardingDraft(trainee_id=row.id, form=form, day=day, part=part, by_id=work.actor.person_id)
        work.session.add(held)
    held.answers, held.at = dict(answers), work.now
    work.session.flush()
    return held


def draft_of(work: Work, trainee_id: int, form: str, day: int, part: str) -> OnboardingDraft | None:
    """What the caller has kept of a part of a form."""
    return work.session.scalar(select(OnboardingDraft).where(
        OnboardingDraft.trainee_id == trainee_id, OnboardingDraft.form == form, OnboardingDraft.day == day,
        OnboardingDraft.part == part, OnboardingDraft.by_id == (work.actor.person_id or 0)))
