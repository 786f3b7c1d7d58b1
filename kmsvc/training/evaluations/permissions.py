"""Who says what they think, sees results, runs evaluations and adjusts trainings."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.training.evaluations.models import Adjustment


def is_person(actor: Actor, thing: object | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


def is_owner(actor: Actor, row: Adjustment | None) -> bool:
    """Whether this person is to adjust it."""
    return actor.person_id is not None and (row is None or actor.person_id == row.owner_id)


RATE_TRAINING = Permission("training.evaluation.rate", N_("Say what one thinks of a training one took part in"), is_person)
SEE_EVALUATIONS = Permission("training.evaluation.see", N_("See evaluations of trainings, their figures and adjustments"))
RUN_EVALUATION = Permission("training.evaluation.run", N_("Evaluate trainings, tell results, record adjustments"))
FINISH_ADJUSTMENT = Permission("training.evaluation.adjust", N_("Finish an adjustment of a training, where one is named"), is_owner)
