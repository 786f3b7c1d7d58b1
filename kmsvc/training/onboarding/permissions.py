"""Who plans classes of newcomers, who sees and steers which newcomer."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, row: object | None) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


SEE_OWN_ONBOARDING = Permission("training.onboarding.see", N_("See one's own onboarding and that of the newcomers one mentors"))
SEE_CLASSES = Permission("training.onboarding.classes", N_("See the classes of newcomers one teaches"))
SEE_ONBOARDING = Permission("training.onboarding.see_all", N_("See all classes of newcomers"))
PLAN_ONBOARDING = Permission("training.onboarding.plan", N_("Plan classes of newcomers, their timetable and mentors"))
DECIDE_ONBOARDING = Permission("training.onboarding.decide", N_("Decide on the weeks of newcomers"), is_person)
ENTER_RESULTS = Permission("training.onboarding.enter_results", N_("Enter and import quality results of newcomers, and take them out"))
