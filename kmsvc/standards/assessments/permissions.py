"""Who sees rounds of self-assessment, who runs them, who answers, who improves."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_respondent(actor: Actor, thing: Any) -> bool:
    """Whether the clause was given to this person."""
    return actor.person_id is not None and (thing is None or thing.respondent_id == actor.person_id)


def is_owner(actor: Actor, thing: Any) -> bool:
    """Whether the item of the plan is this person's."""
    return actor.person_id is not None and (thing is None or thing.owner_id == actor.person_id)


SEE_ASSESSMENTS = Permission("standards.assessment.see", N_("See rounds of self-assessment, their answers, scores and plans"))
RUN_ASSESSMENTS = Permission("standards.assessment.run",
                             N_("Run self-assessments: give clauses to people, look at answers, close rounds, plan improvements"))
ANSWER_CLAUSES = Permission("standards.assessment.answer", N_("Answer the clauses that were given to one in a self-assessment"),
                            is_respondent)
IMPROVE = Permission("standards.improvement.do", N_("Take items of an improvement plan that are one's own through their steps"),
                     is_owner)
