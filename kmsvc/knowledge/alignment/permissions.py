"""Who draws and judges contacts, who sees which reviews, who answers."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.alignment.models import Alignment


def is_coach(actor: Actor, row: Alignment | None) -> bool:
    """Whether a person speaks; of a review that is there, whoever drew it."""
    return actor.person_id is not None and (row is None or row.coach_id == actor.person_id)


def is_person(actor: Actor, row: Alignment | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


COACH = Permission("knowledge.alignment.coach", N_("Draw contacts of one's people, judge them and sign the review"), is_coach)
SEE_ALIGNMENT = Permission("knowledge.alignment.see", N_("See process alignment reviews of one's own contacts"))
SEE_ALL_ALIGNMENTS = Permission("knowledge.alignment.see_all", N_("See process alignment reviews of everybody"))
REPLY_ALIGNMENT = Permission("knowledge.alignment.reply", N_("Answer a review of one's own contacts"), is_person)
