"""Who reports a gap, who sees and closes gaps, who sees who searched."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, subject: object) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


REPORT_GAP = Permission("knowledge.gap.report", N_("Report that a search finds nothing that answers it"), is_person)
SEE_GAPS = Permission("knowledge.gap.see", N_("See what is searched and not found"))
HANDLE_GAP = Permission("knowledge.gap.handle", N_("Assign, answer, join and dismiss gaps"))
SEE_ASKERS = Permission("knowledge.gap.see_people", N_("See who searched for what was not found"))
FOLLOW_GAPS = Permission("knowledge.gap.follow", N_("Gather searches into gaps and replay them"))
