"""Who makes and approves training plans, runs sessions, and takes part."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, thing: object | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


SEE_PLANS = Permission("training.plan.see", N_("See training plans, sessions, who came and what was said of them"))
MAKE_PLANS = Permission("training.plan.make", N_("Make training plans and sessions, sign people in by hand"))
APPROVE_PLANS = Permission("training.plan.approve", N_("Approve training plans"))
ATTEND = Permission("training.plan.attend", N_("Take part in sessions: seat, sign-in, feedback"), is_person)
