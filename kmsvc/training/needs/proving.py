"""The proof of each step of a survey: who did what, when, with its figures; written beside the act, in the same transaction."""

from __future__ import annotations

from typing import Any

from kmsvc.core.errors import RuleBroken
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.needs import rules
from kmsvc.training.needs.models import Campaign, NeedsStep


def opened(work: Work, campaign_id: int, verb: str, permission: Permission, version: int | None = None) -> Campaign:
    """The survey, locked, where this verb makes sense and is this person's; a refusal otherwise."""
    row = work.get(Campaign, campaign_id, lock=True, version=version)
    work.permit(permission, row)
    if not rules.makes_sense(verb, row.state):
        raise RuleBroken("training.needs.state", N_("This survey does not stand where that can be done."))
    return row


def prove(work: Work, row: Campaign, verb: str, **facts: Any) -> None:
    """Note the step that was done."""
    work.session.add(NeedsStep(campaign_id=row.id, step=rules.STEP_OF[verb], verb=verb, person_id=work.actor.person_id, at=work.now,
                               facts=facts))
