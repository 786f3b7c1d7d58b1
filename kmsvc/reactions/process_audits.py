"""The story of a process audit: who audits, that everything has a result, that it is closed and its clause done; who owns themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits.events import (
    OptimisationChanged,
    ProcessAuditClosed,
    ProcessesShared,
    ProcessJudged,
)
from kmsvc.process.audits.models import Optimisation, ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import LEAD_AUDIT, SEE_AUDITS
from kmsvc.process.audits.rules import ProcessAuditState
from kmsvc.standards.duties.life import settle
from kmsvc.standards.duties.proving import WAYS
from kmsvc.standards.evidence.rules import MODEL

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

CLAUSE = "42"
WAYS[(MODEL, CLAUSE)] = (SEE_AUDITS, N_("Closing the process audit of the year notes this duty as done."), N_("To the process audits"),
                                "/process/audits")


def _leads(work: Work) -> list[int]:
    return [one.id for one in directory(work.session).active() if LEAD_AUDIT.name in one.permissions and one.logins]


def tell_auditor(work: Work, fact: ProcessesShared, around: Surroundings) -> None:
    """Whoever was given processes hears how many wait; who gave them to themselves knows."""
    audit = work.get(ProcessAudit, fact.audit_id)
    if audit.state != ProcessAuditState.RUNNING or fact.by_id == fact.auditor_id:
        return
    first = work.session.scalars(select(ProcessAuditItem.id).where(
        ProcessAuditItem.audit_id == audit.id, ProcessAuditItem.auditor_id == fact.auditor_id,
        ProcessAuditItem.result.is_(None)).order_by(ProcessAuditItem.place).limit(1)).first()
    if first is not None:
        tell(work, [fact.auditor_id], "process.audit.shared", url=f"/process/audits/items/{first}", mail=True,
             params={"audit": audit.number, "count": str(fact.count), "due_on": audit.due_on.isoformat()},
             dedup=f"process_audit:{audit.id}:{fact.auditor_id}:{fact.turn}")


def tell_who_leads(work: Work, fact: ProcessJudged, around: Surroundings) -> None:
    """Everything has a result: who leads hears that it can be signed and closed."""
    audit = work.get(ProcessAudit, fact.audit_id)
    if not fact.left and audit.state == ProcessAuditState.RUNNING:
        tell(work, _leads(work), "process.audit.ready", url=f"/process/audits/{audit.id}", params={"audit": audit.number},
             dedup=f"process_audit_ready:{audit.id}")


def end_audit(work: Work, fact: ProcessAuditClosed, around: Surroundings) -> None:
    """The duty of clause 42 is done by it; whoever audited or owns something in it hears that it is closed."""
    audit = work.get(ProcessAudit, fact.audit_id)
    if audit.closed_on is None or audit.report is None:
        return
    settle(work, CLAUSE, on=audit.closed_on, kind="process_audit", thing_id=audit.id, number=audit.number,
           url=f"/process/audits/{audit.id}/report")
    people = {one for row in work.session.execute(select(ProcessAuditItem.auditor_id, ProcessAuditItem.owner_id).where(
        ProcessAuditItem.audit_id == audit.id)) for one in row if one is not None} - {audit.closed_by_id}
    tell(work, sorted(people), "process.audit.closed", url=f"/process/audits/{audit.id}/report",
         params={"audit": audit.number, **{name: str(audit.report["results"][name]) for name in ("update", "withdraw")}},
         dedup=f"process_audit_closed:{audit.id}")


def tell_owner_of_theme(work: Work, fact: OptimisationChanged, around: Surroundings) -> None:
    """Whoever answers for a theme hears of it."""
    row = work.get(Optimisation, fact.optimisation_id)
    if fact.verb == "begin" and row.owner_id != row.made_by_id:
        tell(work, [row.owner_id], "process.theme.given", url=f"/process/audits/themes/{row.id}", mail=True,
             params={"number": row.number, "theme": row.theme}, dedup=f"theme:{row.id}:{fact.turn}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ProcessesShared: (tell_auditor,),
    ProcessJudged: (tell_who_leads,),
    ProcessAuditClosed: (end_audit,),
    OptimisationChanged: (tell_owner_of_theme,),
}
