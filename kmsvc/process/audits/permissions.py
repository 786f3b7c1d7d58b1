"""Who sees, leads, judges and signs process audits; who keeps themed optimisations. Whoever sees an audit sees every process in it."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_auditor(actor: Actor, item: Any) -> bool:
    """Whether this process was given to this person."""
    return actor.person_id is not None and (item is None or item.auditor_id == actor.person_id)


def is_person(actor: Actor, thing: Any) -> bool:
    """Whether a person speaks."""
    return actor.person_id is not None


SEE_AUDITS = Permission("process.audit.see", N_("See the process audits and the themed optimisations"))
LEAD_AUDIT = Permission("process.audit.lead", N_("Plan, start, share out and close the process audit of a year"))
JUDGE_PROCESS = Permission("process.audit.judge", N_("Audit the processes that were given to one"), is_auditor)
SIGN_KEPT = Permission("process.audit.sign", N_("Sign that audited processes are kept as they are"), is_person)
KEEP_THEMES = Permission("process.audit.theme", N_("Keep the themed optimisations of the year"), is_person)
