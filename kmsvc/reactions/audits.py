"""What follows from audits: who was named hears of it, a finished one does the duty of its clauses, findings wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.standards.audits.duties import AUDIT, OF_FINDINGS
from kmsvc.standards.audits.events import AuditFinished, AuditGiven, FindingMoved
from kmsvc.standards.audits.findings import newest_action
from kmsvc.standards.audits.models import Engagement, EngagementReport, Finding, FindingStep
from kmsvc.standards.audits.permissions import SEE_ENGAGEMENTS
from kmsvc.standards.audits.rules import SUBJECTS
from kmsvc.standards.duties.life import settle
from kmsvc.standards.duties.proving import WAYS
from kmsvc.standards.duties.usecases import look_again
from kmsvc.standards.evidence.rules import MODEL

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

for _clause in {name for subject, _, names in SUBJECTS if subject != "process" for name in names}:
    WAYS[(MODEL, _clause)] = (SEE_ENGAGEMENTS, N_("Finishing the audit of this clause notes this duty as done."), N_("Open the audits"),
                              f"/standards/audits?clause={_clause}")
TO_HOUSE = frozenset({"publish", "correct", "withdraw", "restore", "send_back", "verify", "close", "reopen", "effect_fails"})
"""acts of the auditors that the audited side hears of"""
TO_AUDIT = frozenset({"respond", "act"})


def tell_who_audits(work: Work, fact: AuditGiven, around: Surroundings) -> None:
    """Lead, auditors and who answers hear that the audit is theirs; who gave it knows."""
    row = work.get(Engagement, fact.engagement_id)
    people = [one for one in dict.fromkeys([row.lead_id, *row.auditors, row.answerable_id]) if one is not None and one != fact.by_id]
    tell(work, people, "standards.audit.given", mail=True, url=f"/standards/audits/{row.id}",
         params={"number": row.number, "title": row.title, "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()},
         dedup=f"audit:{row.id}:{fact.turn}")
    look_again(work, AUDIT, row.id, local_date(work.now, around.zone))


def settle_clauses(work: Work, fact: AuditFinished, around: Surroundings) -> None:
    """The duties of the audited clauses are done by the report, and that of the audit itself."""
    look_again(work, AUDIT, fact.engagement_id, local_date(work.now, around.zone))
    row = work.get(Engagement, fact.engagement_id)
    report = work.session.scalars(select(EngagementReport).where(
        EngagementReport.engagement_id == row.id, EngagementReport.no == fact.no)).one()
    for clause in row.clauses:
        settle(work, clause, on=report.finished_on, kind="audit", thing_id=report.id, number=f"{row.number}-{report.no}",
               url=f"/standards/audits/{row.id}/report")


def move_finding(work: Work, fact: FindingMoved, around: Surroundings) -> None:
    """Duties follow, and the other side hears of it."""
    finding, step = work.get(Finding, fact.finding_id), work.get(FindingStep, fact.step_id)
    for rule in OF_FINDINGS:
        look_again(work, rule, finding.id, local_date(work.now, around.zone))
    audit, action = work.get(Engagement, finding.engagement_id), newest_action(work, finding.id)
    house = [finding.respondent_id, *([action.owner_id] if action else [])]
    team = [one for one in (audit.lead_id,) if one is not None]
    to = house if step.verb in TO_HOUSE else team if step.verb in TO_AUDIT else [*house, *team]
    tell(work, [one for one in dict.fromkeys(to) if one != step.by_id], f"standards.finding.{step.verb}", mail=step.verb != "correct",
         url=f"/standards/audits/findings/{finding.id}",
         params={"number": finding.number or "", "title": finding.title, "clause": finding.clause,
                 **({"due_on": action.due_on.isoformat()} if action else {})}, dedup=f"finding:{step.id}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    AuditGiven: (tell_who_audits,), AuditFinished: (settle_clauses,), FindingMoved: (move_finding,)}
