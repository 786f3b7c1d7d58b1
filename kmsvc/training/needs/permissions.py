"""Who answers, suggests, runs the survey, keeps the annual plan, signs the report."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.training.needs.models import Campaign


def is_person(actor: Actor, thing: object | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


def is_another(actor: Actor, campaign: Campaign | None) -> bool:
    """Whether a person speaks who is not the one that ran the survey."""
    return actor.person_id is not None and (campaign is None or actor.person_id != campaign.planned_by_id)


ANSWER_NEEDS = Permission("training.needs.answer", N_("Answer the yearly survey of training needs"), is_person)
SUGGEST = Permission("training.needs.suggest", N_("Suggest a training"), is_person)
SEE_NEEDS = Permission("training.needs.see", N_("See surveys of needs, what hurts and the annual training plan"))
RUN_NEEDS = Permission("training.needs.run", N_("Run the yearly survey of training needs"))
PLAN_YEAR = Permission("training.needs.plan", N_("Keep the annual training plan, answer training suggestions"))
SIGN_NEEDS = Permission("training.needs.sign", N_("Sign the needs report of another"), is_another)
