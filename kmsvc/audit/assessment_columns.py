"""Words for columns of self-assessments and plans, as people see them: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled
from kmsvc.standards.assessments.campaign_rules import AnswerState, ImprovementState, RoundState

ROUND, ANSWER, RESULT, ITEM, STEP = (
    "standards_self_assessment", "standards_clause_answer", "standards_assessment_result", "standards_improvement",
    "standards_improvement_step")
SUBJECTS = {ROUND: N_("Self-assessment"), ANSWER: N_("Answer to a clause"), RESULT: N_("Result of a self-assessment"),
            ITEM: N_("Improvement"), STEP: N_("Step of an improvement")}
_ALL = {"by_id": N_("By whom"), "at": N_("When"), "no": N_("Number"), "title": N_("Title"), "name": N_("Clause"),
        "assessment_id": N_("Self-assessment"), "due_on": N_("To be done by"), "effort_days": N_("Days of work"),
        "conclusion": N_("Conclusion"), "digest": N_("Digest of the text")}
OF_TABLE: dict[tuple[str, str], str] = {
    **{(table, name): words for table in SUBJECTS for name, words in _ALL.items()},
    (ROUND, "purpose"): N_("What it is for"), (ROUND, "model_id"): N_("Standard"), (ROUND, "basis"): N_("How items are counted"),
    (ROUND, "sections"): N_("Only these sections"), (ROUND, "unit_id"): N_("Only this unit"), (ROUND, "target"): N_("Level aimed at"),
    (ROUND, "is_baseline"): N_("It is the baseline that later rounds are compared with"), (ROUND, "earlier_id"): N_("Earlier round"),
    (ROUND, "lead_id"): N_("Who looks at the answers"), (ROUND, "opened_at"): N_("Opened at"), (ROUND, "closed_at"): N_("Closed at"),
    (ROUND, "due_on"): N_("To be closed by"), (ROUND, "reason"): N_("Reason"),
    (ANSWER, "clause_id"): N_("Clause"), (ANSWER, "place"): N_("Place"), (ANSWER, "respondent_id"): N_("Respondent"),
    (ANSWER, "c"): N_("Method (C)"), (ANSWER, "f"): N_("Execution (F)"), (ANSWER, "reason"): N_("Why these marks"),
    (ANSWER, "strengths"): N_("What is good"), (ANSWER, "gaps"): N_("What is missing"), (ANSWER, "target_c"): N_("Method aimed at"),
    (ANSWER, "target_f"): N_("Execution aimed at"), (ANSWER, "due_on"): N_("Aimed at by"), (ANSWER, "proof"): N_("Records named"),
    (ANSWER, "carried"): N_("Where the marks came from"), (ANSWER, "remark"): N_("Remark"),
    (ANSWER, "answered_by_id"): N_("Answered by"), (ANSWER, "answered_at"): N_("Answered at"),
    (ANSWER, "judged_by_id"): N_("Judged by"), (ANSWER, "judged_at"): N_("Judged at"),
    (RESULT, "closed_on"): N_("Closed on"), (RESULT, "level"): N_("Level"), (RESULT, "body"): N_("Result of a self-assessment"),
    (ITEM, "answer_id"): N_("Answer to a clause"), (ITEM, "aim_c"): N_("Method aimed at"), (ITEM, "aim_f"): N_("Execution aimed at"),
    (ITEM, "owner_id"): N_("Who improves it"), (ITEM, "done_on"): N_("Done on"),
    (STEP, "improvement_id"): N_("Improvement"), (STEP, "step"): N_("Step"), (STEP, "note"): N_("What was done"),
    (STEP, "day"): N_("Day"),
}
CODES: dict[tuple[str, str], type[Labelled]] = {
    (ROUND, "state"): RoundState, (ANSWER, "state"): AnswerState, (ITEM, "state"): ImprovementState}
