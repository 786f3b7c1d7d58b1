"""Who sits, who watches, who gives time or takes a sitting out of the count, and who reads answers."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.training.sittings.models import Sitting


def is_candidate(actor: Actor, row: Sitting | None) -> bool:
    """Whether a person speaks; of a sitting that is there, whether it is this person's own."""
    return actor.person_id is not None and (row is None or row.person_id == actor.person_id)


def is_another(actor: Actor, row: Sitting | None) -> bool:
    """Whether it is not the own sitting: nobody gives themselves time or reads what they wrote as a supervisor."""
    return row is None or actor.person_id is None or row.person_id != actor.person_id


SIT = Permission("training.sitting.sit", N_("Sit one's own exams"), is_candidate)
WATCH = Permission("training.sitting.watch", N_("Watch an exam while it is sat: who has begun, how far, how much time is left"))
STEER = Permission("training.sitting.steer", N_("Give more time, let somebody go on, take a sitting out of the count, with a reason"),
                   is_another)
READ_ANSWERS = Permission("training.sitting.read_answers", N_("Read what somebody answered in an exam; each look is noted"), is_another)
KEEP_TIME = Permission("training.sitting.keep_time", N_("Hand in sittings whose time is up"))
