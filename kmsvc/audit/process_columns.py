"""Words for columns of process audits and themed optimisations, as people see them: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled
from kmsvc.process.audits.rules import (
            OptimisationResult,
            OptimisationState,
            ProcessAuditResult,
            ProcessAuditState,
)
from kmsvc.process.definitions.rules import ProcessGroup

AUDIT, ITEM, THEME, TOUCHED = "process_audit", "process_audit_item", "process_theme", "process_theme_process"
SUBJECTS = {AUDIT: N_("Process audit"), ITEM: N_("Process of an audit"), THEME: N_("Themed optimisation"),
            TOUCHED: N_("Process of a themed optimisation")}
_CLOSED = {"closed_by_id": N_("Closed by"), "closed_on": N_("Closed on"), "conclusion": N_("Conclusion")}
OF_TABLE: dict[tuple[str, str], str] = {
    **{(table, name): words for table in (AUDIT, THEME) for name, words in _CLOSED.items()},
    (AUDIT, "purpose"): N_("What to look at most"), (AUDIT, "part"): N_("Part of the year"),
    (AUDIT, "planned_at"): N_("Planned at"), (AUDIT, "started_on"): N_("Began"),
    (AUDIT, "started_at"): N_("Began"), (AUDIT, "actions"): N_("Action plan"), (AUDIT, "report"): N_("Audit report"),
    (AUDIT, "content_hash"): N_("Digest of the text"),
    (ITEM, "audit_id"): N_("Process audit"), (ITEM, "place"): N_("Place"), (ITEM, "auditor_id"): N_("Audited by"),
    (ITEM, "needed"): N_("Still needed?"), (ITEM, "correct"): N_("Correct?"), (ITEM, "followed"): N_("Followed in daily work?"),
    (ITEM, "findings"): N_("Notes"), (ITEM, "action"): N_("What is to be done"), (ITEM, "due_on"): N_("By when"),
    (ITEM, "judged_by_id"): N_("Judged by"), (ITEM, "judged_at"): N_("When"), (ITEM, "review_id"): N_("Review of a process"),
    (ITEM, "signed_by_id"): N_("Signed by"), (ITEM, "signed_at"): N_("Signed"),
    (THEME, "theme"): N_("Theme"), (THEME, "why"): N_("Why, with figures"), (THEME, "expected"): N_("Expected effect"),
    (THEME, "measured"): N_("Measured effect"), (TOUCHED, "theme_id"): N_("Themed optimisation"),
}
CODES: dict[tuple[str, str], type[Labelled]] = {
    (AUDIT, "state"): ProcessAuditState, (ITEM, "result"): ProcessAuditResult, (ITEM, "process_group"): ProcessGroup,
    (ITEM, "group"): ProcessGroup, (THEME, "state"): OptimisationState, (THEME, "result"): OptimisationResult,
}
