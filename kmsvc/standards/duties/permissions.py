"""Who sees duties, who answers for them, who keeps the rules and who runs the engine."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def _own(actor: Actor, duty: Any) -> bool:
    return duty is None or (actor.person_id is not None and duty.owner_id == actor.person_id)


SEE_DUTIES = Permission("standards.duty.see", N_("See the duties of the centre"))
SEE_OWN_DUTIES = Permission("standards.duty.see_own", N_("See the own duties"), _own)
RUN_DUTIES = Permission("standards.duty.run", N_("Compute duties and reminders"))
COMPLETE_DUTY = Permission("standards.duty.complete", N_("Note that a duty is done"))
ANSWER_DUTY = Permission("standards.duty.answer", N_("Do the own duties: note that they are done, with their record"), _own)
KEEP_DUTIES = Permission("standards.duty.keep", N_("Steer duties: move, waive, cancel, give to somebody else, plan the year"))
KEEP_DUTY_RULES = Permission("standards.duty.rule", N_("Keep the rules that make duties"))
