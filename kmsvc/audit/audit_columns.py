"""Words for columns of audits and findings, as people see them: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled
from kmsvc.standards.audits.rules import (
    CheckResult,
    EngagementState,
    FindingState,
    Grade,
    NoteKind,
    ProgrammeState,
    Side,
)

PROGRAMME, ENGAGEMENT, POINT, SAMPLE, REPORT = (
    "standards_programme", "standards_engagement", "standards_check_point", "standards_audit_sample", "standards_engagement_report")
FINDING, REVISION, ACTION, STEP = (
    "standards_finding", "standards_finding_revision", "standards_finding_action", "standards_finding_step")
SUBJECTS = {
    PROGRAMME: N_("Audit programme"), ENGAGEMENT: N_("Audit engagement"),
    POINT: N_("Point of a checklist"), SAMPLE: N_("Sample of an audit"),
    REPORT: N_("Audit report"), FINDING: N_("Audit finding"),
    REVISION: N_("Revision of a finding"), ACTION: N_("Action about a finding"),
    STEP: N_("Step of a finding")}
_BY = {"by_id": N_("By whom"), "at": N_("When"), "no": N_("Number"), "clause": N_("Clause"), "finding_id": N_("Audit finding"),
       "engagement_id": N_("Audit"), "digest": N_("Digest of the text"), "grade": N_("How grave"), "title": N_("Title"),
       "text": N_("Text"),
       "note": N_("Note")}
OF_TABLE: dict[tuple[str, str], str] = {
    **{(table, name): words for table in SUBJECTS for name, words in _BY.items()},
    (PROGRAMME, "goals"): N_("What it is for"), (PROGRAMME, "conclusion"): N_("Conclusion"), (PROGRAMME,
    "completed_at"): N_("Completed at"),
    (PROGRAMME, "approved_by_id"): N_("Approved by"), (PROGRAMME, "approved_at"): N_("Approved at"),
    (ENGAGEMENT, "programme_id"): N_("Audit programme"), (ENGAGEMENT, "subject"): N_("What is audited"), (ENGAGEMENT,
    "scope"): N_("Scope"),
    (ENGAGEMENT, "model"): N_("Standard"), (ENGAGEMENT, "clauses"): N_("Clauses"), (ENGAGEMENT, "lead_id"): N_("Lead"),
    (ENGAGEMENT, "auditors"): N_("Auditors"), (ENGAGEMENT, "answerable_id"): N_("Who answers for what is audited"),
    (ENGAGEMENT, "unit_id"): N_("Audited unit"), (ENGAGEMENT, "starts_on"): N_("From"), (ENGAGEMENT, "ends_on"): N_("To"),
    (POINT, "place"): N_("Place"), (POINT, "result"): N_("Result"), (POINT, "note_kind"): N_("How you know"),
    (SAMPLE, "first"): N_("Records from"), (SAMPLE, "last"): N_("Records to"), (SAMPLE, "as_of"): N_("As of"), (SAMPLE,
    "seed"): N_("Seed"),
    (SAMPLE, "size"): N_("How many records"), (SAMPLE, "population"): N_("Population"),
    (SAMPLE, "population_hash"): N_("Hash of the population"), (SAMPLE, "rows"): N_("Records"),
    (REPORT, "finished_on"): N_("Finished on"), (REPORT, "conclusion"): N_("Conclusion"), (REPORT, "body"): N_("Audit report"),
    (FINDING, "point_id"): N_("Point of a checklist"), (FINDING, "respondent_id"): N_("Who answers"), (FINDING,
    "revision"): N_("Revision"),
    (FINDING, "published_at"): N_("Published at"), (FINDING, "containment"): N_("What was done at once"),
    (FINDING, "root_cause"): N_("Why it came to this"), (FINDING, "effect_on"): N_("Look at the effect on"),
    (FINDING, "closed_at"): N_("Closed at"), (REVISION, "reason"): N_("Reason"),
    (ACTION, "correction"): N_("What is put right"), (ACTION, "prevention"): N_("What keeps it from coming again"),
    (ACTION, "owner_id"): N_("Who does it"), (ACTION, "due_on"): N_("To be done by"), (ACTION,
    "audit_by_id"): N_("Accepted for the auditors by"),
    (ACTION, "audit_at"): N_("Accepted by the auditors"), (ACTION, "house_by_id"): N_("Accepted for the audited side by"),
    (ACTION, "house_at"): N_("Accepted by the audited side"), (ACTION, "done_on"): N_("Done on"), (ACTION,
    "done_by_id"): N_("Done by whom"),
    (ACTION, "proof"): N_("What shows it"), (ACTION, "records"): N_("Records that show it"),
    (STEP, "verb"): N_("Act"), (STEP, "side"): N_("For which side"), (STEP, "day"): N_("Day"),
}
CODES: dict[tuple[str, str], type[Labelled]] = {
    (PROGRAMME, "state"): ProgrammeState, (ENGAGEMENT, "state"): EngagementState, (POINT, "result"): CheckResult,
    (POINT, "note_kind"): NoteKind, (FINDING, "state"): FindingState, (FINDING, "grade"): Grade, (REVISION, "grade"): Grade,
    (STEP, "side"): Side}
