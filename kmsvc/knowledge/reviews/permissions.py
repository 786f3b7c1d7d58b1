"""Who sees, plans, judges and signs reviews of knowledge. Whoever sees one reads every article in it."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.reviews.models import Review


def is_reviewer(actor: Actor, review: Review | None) -> bool:
    """Whether this person was named as reviewer."""
    return actor.person_id is not None and (review is None or actor.person_id in review.reviewer_ids)


def is_person(actor: Actor, review: Review | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


SEE_REVIEWS = Permission("knowledge.review.see", N_("See the yearly reviews of knowledge"))
PLAN_REVIEW = Permission("knowledge.review.plan", N_("Plan the yearly review of knowledge and draw its sample"))
JUDGE_REVIEW = Permission("knowledge.review.judge", N_("Judge articles of a yearly review, where one is named"), is_reviewer)
SIGN_REVIEW = Permission("knowledge.review.sign", N_("Conclude and sign the yearly review of knowledge"), is_person)
