"""Words for columns and inputs of duties, as people see them: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_
from kmsvc.standards.duties.rules import DutyMode, DutyOwner, DutyRecord, DutyScope, DutyState, DutyTrigger

RULE, SPAN, DUTY, STEP, PROOF = (f"standards_{name}" for name in ("duty_rule", "duty_span", "obligation", "duty_step", "duty_proof"))
PACK = "standards_pack"
SUBJECTS = {RULE: N_("Rule of duties"), SPAN: N_("Duties of a period"), STEP: N_("Step of a duty"), PROOF: N_("Record of a duty"),
            PACK: N_("Pack of proof")}
COLUMNS: dict[str, str] = {
    "clause_no": N_("Number of the clause"), "name_zh": N_("Chinese name"), "scope": N_("For whom it is made"),
    "on_days": N_("On days of the year"), "trigger": N_("Upon what"), "owner_kind": N_("Who answers"), "owner_role": N_("Role"),
    "owner_unit_id": N_("Unit"), "owner_person_id": N_("Person"), "owner_now_id": N_("Who answers for it"),
    "every": N_("Once late, reminded every so many days"), "superior_after": N_("The superior hears after days late"),
    "manager_after": N_("The manager hears after days late"), "needs_record": N_("Done only with a record"),
    "archive": N_("What the archive must hold"), "since": N_("Since"), "made_until": N_("Made to the day"),
    "people_mark": N_("State of the people it was made for"), "is_on": N_("Switched on"), "rule_id": N_("Rule of duties"),
    "begins_on": N_("Begins"), "planned_on": N_("Best done on"), "remind_on": N_("Looked at again for a reminder"),
    "revision": N_("Changed so many times"), "obligation_id": N_("Duty"), "dropped_at": N_("Struck out"), "earliest": N_("Due from"),
    "latest": N_("Due to"),
}
OF_TABLE: dict[tuple[str, str], str] = {
    (RULE, "months"): N_("Every so many months"), (RULE, "days"): N_("Due within days after it"),
    (RULE, "mode"): N_("How the next day is found"), (RULE, "before"): N_("Days before on which is reminded"),
    (RULE, "record"): N_("Record"), (RULE, "proof"): N_("What record proves it"), (RULE, "minutes"): N_("Minutes it takes"),
    (RULE, "model"): N_("Standard"), (RULE, "code"): N_("Duty"), (RULE, "name_en"): N_("English name"),
    (SPAN, "made"): N_("Duties made"), (SPAN, "reminded"): N_("Reminded"), (STEP, "before"): N_("Before"), (STEP, "after"): N_("After"),
    (STEP, "verb"): N_("Step"), (PROOF, "thing_id"): N_("Thing"), (PROOF, "number"): N_("Record"),
    (PACK, "model"): N_("Standard"), (PACK, "edition"): N_("Edition"), (PACK, "as_of"): N_("As of"), (PACK, "clauses"): N_("Clauses"),
    (PACK, "records"): N_("Records"), (PACK, "sha256"): N_("SHA-256"), (PROOF, "url"): N_("Address"), (PROOF, "kind"): N_("Kind"),
}
CODES = {
    (RULE, "scope"): DutyScope, (RULE, "mode"): DutyMode, (RULE, "trigger"): DutyTrigger, (RULE, "owner_kind"): DutyOwner,
    (RULE, "record"): DutyRecord, (DUTY, "state"): DutyState,
}
