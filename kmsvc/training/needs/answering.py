"""Answering: one's own questionnaire; whatever is anonymous leads back to nobody. And notes of interviews."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.needs import rules
from kmsvc.training.needs.events import NeedsAnswered
from kmsvc.training.needs.models import Asked, Campaign, Interview, NeedsAnswer, NeedsForm
from kmsvc.training.needs.permissions import ANSWER_NEEDS, RUN_NEEDS
from kmsvc.training.needs.proving import opened, prove


def my_form(work: Work, campaign_id: int) -> tuple[Campaign, Asked, NeedsForm]:
    """The questionnaire this person was sent; NotFound where none was."""
    work.permit(ANSWER_NEEDS)
    asked = work.session.scalars(select(Asked).where(
        Asked.campaign_id == campaign_id, Asked.person_id == (work.actor.person_id or 0))).one_or_none()
    if asked is None:
        raise NotFound()
    return work.get(Campaign, campaign_id), asked, work.get(NeedsForm, asked.form_id)


def my_answers(work: Work, asked: Asked) -> dict[str, Any]:
    """What this person answered a named questionnaire; nothing is known of an anonymous one."""
    found = work.session.scalars(select(NeedsAnswer).where(NeedsAnswer.asked_id == asked.id)).one_or_none()
    return dict(found.answers) if found is not None else {}


def answer_needs(work: Work, campaign_id: int, answers: Mapping[str, Any], *, today: date) -> Asked:
    """Answer one's own questionnaire. A named one can be answered anew until answering ends; an anonymous one cannot, since
    nobody, the service included, knows which answers they were."""
    campaign, asked, form = my_form(work, campaign_id)
    if not rules.makes_sense("answer", campaign.state):
        raise RuleBroken("training.needs.answered_late", N_("Answering has ended."))
    work.session.refresh(asked, with_for_update=True)
    if form.anonymous and asked.answered_on is not None:
        raise RuleBroken("training.needs.answered", N_("You have answered. It was anonymous, so it cannot be found again to change it."))
    held = rules.checked_answers(form.questions, answers)
    if not held:
        raise InvalidInput({"_schema": [N_("Answer at least one question.")]})
    if form.anonymous:
        work.session.add(NeedsAnswer(key=secrets.token_hex(16), form_id=form.id, answers=held, **_group(work, asked, form)))
    else:
        mine = work.session.scalars(select(NeedsAnswer).where(NeedsAnswer.asked_id == asked.id)).one_or_none()
        if mine is None:
            work.session.add(NeedsAnswer(key=secrets.token_hex(16), form_id=form.id, asked_id=asked.id, answers=held,
                                         post_id=asked.post_id, unit_id=asked.unit_id))
        else:
            mine.answers = held
    first = asked.answered_on is None
    asked.answered_on = today
    if first:
        work.record(NeedsAnswered(campaign.id, asked.person_id))
    return asked


def _group(work: Work, asked: Asked, form: NeedsForm) -> dict[str, int | None]:
    """Post and unit of an anonymous answer, each only where at least five people of it were sent this questionnaire."""
    held: dict[str, int | None] = {}
    for name in ("post_id", "unit_id"):
        value = getattr(asked, name)
        n = work.session.scalar(select(func.count()).select_from(Asked).where(
            Asked.form_id == form.id, getattr(Asked, name) == value)) if value is not None else 0
        held[name] = value if (n or 0) >= rules.LEAST_GROUP else None
    return held


def note_interview(work: Work, campaign_id: int, interview_id: int, *, today: date, held_on: date | None = None,
                   confirms: str | None = None, note: str | None = None, skipped: str | None = None,
                   version: int | None = None) -> Interview:
    """Keep what an interview said, or why it was not held; until the interviews are finished it can be mended."""
    campaign = opened(work, campaign_id, "note", RUN_NEEDS)
    row = work.get(Interview, interview_id, lock=True, version=version)
    if row.campaign_id != campaign.id:
        raise NotFound()
    if (held_on is None) == (skipped is None):
        raise InvalidInput({"held_on": [N_("Say on which day it was held, or why it was not.")]})
    if held_on is not None and held_on > today:
        raise InvalidInput({"held_on": [N_("This day is still to come.")]})
    if held_on is not None and (not note or confirms is None):
        wrong = {"note": [N_("Say what was said.")]} if not note else {"confirms": [N_("This is needed.")]}
        raise InvalidInput(wrong)
    row.held_on, row.confirms, row.note, row.skipped = held_on, confirms if held_on else None, note, skipped
    row.noted_by_id, row.noted_at = work.actor.person_id, work.now
    prove(work, campaign, "note", place=row.place, held=held_on is not None)
    return row
