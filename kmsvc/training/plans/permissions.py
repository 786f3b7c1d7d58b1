"""Who makes and approves training plans, runs sessions, and takes part."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, thing: object | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


def is_self(actor: Actor, person_id: int | None) -> bool:
    """Whether this person speaks; None: any person."""
    return actor.person_id is not None and person_id in (None, actor.person_id)


SEE_PLANS = Permission("training.plan.see", N_("See training plans, sessions, who came and what was said of them"))
TEACH = Permission("training.plan.teach", N_("Hold the sessions one teaches: code on the wall, attendance, minutes, materials"), is_self)
MAKE_PLANS = Permission("training.plan.make", N_("Make training plans and sessions, sign people in by hand"))
APPROVE_PLANS = Permission("training.plan.approve", N_("Approve training plans"))
ATTEND = Permission("training.plan.attend", N_("Take part in sessions: seat, sign-in, feedback"), is_person)
