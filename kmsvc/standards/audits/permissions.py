"""Who sees, plans, leads and does audits, and who answers findings."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_lead(actor: Actor, thing: Any) -> bool:
    """Whether this person leads the audit."""
    return actor.person_id is not None and (thing is None or thing.lead_id == actor.person_id)


def is_auditor(actor: Actor, thing: Any) -> bool:
    """Whether this person leads the audit or is one of its auditors."""
    return actor.person_id is not None and (thing is None or thing.lead_id == actor.person_id or actor.person_id in thing.auditors)


def is_respondent(actor: Actor, thing: Any) -> bool:
    """Whether this person answers for the audited side of a finding, or owns its action."""
    return actor.person_id is not None and (thing is None or actor.person_id in thing.answerers)


SEE_ENGAGEMENTS = Permission("standards.audit.see", N_("See audits, their checklists, samples and findings"))
PLAN_AUDITS = Permission("standards.audit.plan", N_("Write the audit programme of a year and give audits to people"))
APPROVE_PROGRAMME = Permission("standards.audit.approve", N_("Approve the audit programme that somebody else wrote"))
LEAD_ENGAGEMENT = Permission("standards.audit.lead", N_("Lead an audit that was given to one: begin, publish, finish, close"), is_lead)
DO_ENGAGEMENT = Permission("standards.audit.check", N_("Audit what one was named for: checklist, sample, findings"), is_auditor)
ANSWER_FINDING = Permission("standards.finding.answer", N_("Answer findings for the audited side: response, action, proof"),
                            is_respondent)
SEE_OWN_FINDINGS = Permission("standards.finding.see_own", N_("See findings that one answers or does something about"))
