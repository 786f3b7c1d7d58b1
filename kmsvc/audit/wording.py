"""Words for what the trail holds as codes: tables and acts. English sources, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from kmsvc.audit import (
    assessment_columns,
    audit_columns,
    duty_columns,
    model_columns,
    process_columns,
    proof_columns,
    room_columns,
)
from kmsvc.core.texts import N_, Labelled


class Act(Labelled):
    """What was done to a row."""

    INSERT = "insert", N_("Added")
    UPDATE = "update", N_("Changed")
    DELETE = "delete", N_("Removed")
    CLOCK_BACK = "clock_back", N_("Clock set back")
    RETRY = "retry", N_("Tried again")
    REBUILD = "rebuild", N_("Built anew")
    RESTORE = "restore", N_("Restored")
    END_SESSIONS = "end_sessions", N_("Signed out by somebody else")
    EXPORT = "export", N_("Taken out")
    RUN = "run", N_("Run")
    USE_RECOVERY_CODE = "use_recovery_code", N_("Signed in with a recovery code")
    RENEW_RECOVERY_CODES = "renew_recovery_codes", N_("Made fresh recovery codes")


class Via(Labelled):
    """By which way somebody came."""

    COOKIE = "cookie", N_("Browser")
    TOKEN = "token", N_("API token")
    CLI = "cli", N_("Command line")
    WORKER = "worker", N_("Worker")


class NoPerson(Labelled):
    """Who acts without being a person, by login."""

    SYSTEM = "system", N_("the service")
    OPERATOR = "operator", N_("the operator")


SUBJECTS: dict[str, str] = {
    "clock": N_("Clock of the machine"),
    "core_audit": N_("Audit trail"),
    "core_delivery": N_("Delivery of the outbox"),
    "core_option": N_("Setting of the centre"),
    "database": N_("Database"),
    "files_attachment": N_("Attachment"),
    "files_file": N_("Stored file"),
    "knowledge_article": N_("Article"),
    "knowledge_article_version": N_("Version of an article"),
    "knowledge_bulletin": N_("Bulletin"),
    "knowledge_bulletin_reading": N_("Bulletin read"),
    "knowledge_bulletin_reminder": N_("Reminder of a bulletin"),
    "knowledge_bulletin_text": N_("Text of a bulletin"),
    "knowledge_bulletin_unit": N_("Audience of a bulletin"),
    "knowledge_category": N_("Category"),
    "knowledge_confirmation": N_("Read and understood"),
    "knowledge_feedback": N_("Feedback on an answer"),
    "knowledge_gap": N_("Knowledge gap"),
    "knowledge_licence": N_("Licence to write"), "knowledge_proposal": N_("Proposal"),
    "knowledge_template": N_("Template of articles"), "knowledge_template_use": N_("Article begun with a template"),
    "knowledge_reshape": N_("Merge or split"), "knowledge_reshape_part": N_("Part of a merge or split"),
    "knowledge_saved_search": N_("Saved search"),
    "knowledge_bench_run": N_("Run of the search bench"),
    "knowledge_term": N_("Term of the vocabulary"),
    "knowledge_export": N_("Export of articles"),
    "knowledge_scope": N_("Where articles apply"),
    "search_unit_filter": N_("Search filter of a unit"),
    "knowledge_saying": N_("What customers say"),
    "knowledge_publication": N_("Publication of an article"),
    "knowledge_citation": N_("Citation"), "knowledge_citation_look": N_("Look at a citation"),
    "knowledge_outside_work": N_("Work of another system"), "knowledge_lesson": N_("Lesson"), "hooks_hook": N_("Hook"),
    "knowledge_relation": N_("Relation of two articles"), "knowledge_pin": N_("Pin of an article"),
    "knowledge_learned_off": N_("Use does not move this article"), "knowledge_learned_reset": N_("What was learned is forgotten"),
    "knowledge_twin_check": N_("Twins found equal"), "knowledge_health_word": N_("Word on a sign"),
    "knowledge_health_batch": N_("Many put in order"), "knowledge_review": N_("Yearly review"),
    "knowledge_checklist": N_("Checklist of good content"),
    "knowledge_review_item": N_("Article of a yearly review"), "knowledge_contact_check": N_("Word on a link to a contact"),
    "training_course": N_("Course"), "training_course_category": N_("Category of courses"),
    "training_course_version": N_("Version of a course"), "training_course_lesson": N_("Lesson of a course"),
    "training_course_text": N_("Text of a lesson"), "training_course_package": N_("Package of a course"),
    "training_course_assignment": N_("Assignment of a course"), "training_course_assignee": N_("Course to be taken"),
    "training_course_attempt": N_("Attempt of a course"), "training_course_record": N_("Entry of the learning history"),
    "knowledge_alignment": N_("Process alignment review"), "knowledge_alignment_item": N_("Contact of a process alignment review"),
    "knowledge_alignment_reply": N_("Answer to a process alignment review"),
    "knowledge_flow": N_("Guided flow"), "knowledge_flow_version": N_("Version of a guided flow"),
    "knowledge_flow_publication": N_("Publication of a guided flow"), "knowledge_flow_link": N_("What a guided flow points to"),
    "notices_mail": N_("Mail"),
    "people_account": N_("Account"),
    "people_person": N_("Person"),
    "people_post": N_("Post"),
    "people_role_grant": N_("Role of a person"),
    "people_session": N_("Session of a person"),
    "people_token": N_("API token"),
    "people_unit": N_("Unit"),
    "process_affected_unit": N_("Unit affected by a change"),
    "process_assistant": N_("Assisting unit"),
    "process_change": N_("Change request"),
    "process_change_history": N_("Step of a change"),
    "process_comment": N_("Comment on a draft"),
    "process_definition": N_("Process"),
    "process_feedback_item": N_("Feedback item"),
    "process_plan_line": N_("Training plan line"),
    "process_plan_person": N_("Person planned for training"),
    "process_publication": N_("Publication of a process"),
    "process_release": N_("Release"),
    "process_research": N_("Research"),
    "process_review": N_("Review of a process"), **process_columns.SUBJECTS, **audit_columns.SUBJECTS,
    **assessment_columns.SUBJECTS,
    "process_sample": N_("Sampled contact"),
    "process_signature": N_("Signature"),
    "process_sit_in": N_("Sit-in"),
    "process_verdict": N_("Verdict on a draft"),
    "process_version": N_("Version of a process"),
    "search_index": N_("Search index"),
    "training_paper": N_("Paper"), "training_paper_question": N_("Question of a paper"), "training_exam": N_("Exam"),
    "training_exam_room": N_("Room of an exam"), "training_exam_candidate": N_("Candidate of an exam"),
    "training_exam_marker": N_("Marker of an exam"),
    "training_bank": N_("Question bank"), "training_topic": N_("Topic"), "training_question": N_("Exam question"),
    "training_question_version": N_("Version of a question"), "training_question_flag": N_("Doubt about a question"),
    "training_sitting": N_("Sitting"), "training_exam_pause": N_("Pause of an exam"),
    "training_score_change": N_("Change of a released mark"), "training_marker_substitute": N_("Substitute of a marker"),
    "training_mark_sample": N_("Sample answer"), "training_sample_mark": N_("Mark of a sample answer"),
    "training_regrade": N_("Corrected key"), "training_mark_appeal": N_("Marking appeal"),
    "training_appeal_note": N_("Message of a marking appeal"),
    "training_needs_campaign": N_("Survey of training needs"), "training_needs_form": N_("Questionnaire"),
    "training_needs_asked": N_("Person asked in a survey"), "training_needs_interview": N_("Interview on training needs"),
    "training_needs_answer": N_("Answer of a questionnaire"), "training_needs_step": N_("Step of a survey"),
    "training_need_entry": N_("Entry of what hurts"), "training_suggestion": N_("Training suggestion"),
    "training_annual_line": N_("Line of the annual plan"), "training_delivery_step": N_("Step of delivery"),
    "training_trainer": N_("Trainer file"), "training_trainer_authorisation": N_("Authorisation of a trainer"),
    "training_trainer_observation": N_("Observation of a trainer"), "training_plan": N_("Training plan"),
    "training_plan_rule": N_("Rule of training plans"), "training_plan_catch": N_("Event caught by a rule"),
    "training_plan_leaver": N_("Somebody taken off a training plan"),
    "training_plan_person": N_("Person of a training plan"), "training_session": N_("Session of a training"),
    "training_session_person": N_("Person of a session"), "training_busy": N_("Leave, shift or peak interval"),
    "training_busy_import": N_("Import of leave, shifts and peaks"), "training_busy_import_row": N_("Row of an import of busy times"),
    "training_calendar_link": N_("Calendar link"),
    "training_evaluation": N_("Evaluation"), "training_evaluation_participant": N_("Participant of an evaluation"),
    "training_evaluation_rating": N_("Answer of an evaluation"), "training_evaluation_step": N_("Step of an evaluation"),
    "training_evaluation_measure": N_("Figure of an effect"), "training_adjustment": N_("Adjustment of a training"),
    "training_certificate_kind": N_("Kind of certificate"), "training_certificate_need": N_("Requirement of a certificate"),
    "training_certificate": N_("Certificate"), "training_certificate_passing": N_("Passing of a certificate"),
    "training_certificate_turn": N_("Passing taken back"), "training_certificate_extension": N_("Longer term of a certificate"),
    "training_certificate_batch": N_("Act on many certificates"),
    "training_onboarding_class": N_("Class of newcomers"), "training_onboarding_hour": N_("Line of a timetable"),
    "training_onboarding_item": N_("Point of a list of a class"), "training_onboarding_draft": N_("Draft of a newcomer's form"),
    "training_onboarding_import": N_("Import of quality results"),
    "training_onboarding_import_row": N_("Row of an import of quality results"),
    "training_onboarding_signature": N_("Signature of a newcomer"),
    "training_onboarding_trainee": N_("Newcomer"), "training_onboarding_tick": N_("Point of a newcomer's checklist"),
    "training_onboarding_form": N_("Form of a newcomer"), "training_onboarding_talk": N_("Talk with a newcomer"),
    "training_onboarding_note": N_("Note on a newcomer"), "training_onboarding_decision": N_("Decision on a newcomer"),
    "standards_obligation": N_("Duty"), **duty_columns.SUBJECTS, **model_columns.SUBJECTS,
    **proof_columns.SUBJECTS, **room_columns.SUBJECTS,
}

# Where a row can be opened; %s is its id.
PLACES = {
    "people_person": "/people/accounts/%s",
    "standards_obligation": "/standards/duties/%s", "standards_duty_rule": "/standards/duties/rules/%s",
    "standards_proof": "/standards/evidence/files/%s", "standards_room": "/standards/rooms/%s",
    "knowledge_article": "/knowledge/articles/%s",
    "knowledge_term": "/knowledge/vocabulary/%s",
    "knowledge_scope": "/knowledge/scopes/%s",
    "knowledge_saved_search": "/knowledge/bench/%s",
    "knowledge_bulletin": "/knowledge/bulletins/%s",
    "knowledge_feedback": "/knowledge/feedback/%s",
    "knowledge_flow": "/knowledge/flows/%s/about",
    "knowledge_gap": "/knowledge/gaps/%s",
    "knowledge_citation": "/knowledge/citations/%s",
    "knowledge_outside_work": "/knowledge/citations/works/%s",
    "knowledge_lesson": "/knowledge/lessons/%s",
    "hooks_hook": "/hooks/%s",
    "knowledge_proposal": "/knowledge/proposals/%s", "knowledge_template": "/knowledge/templates/%s",
    "knowledge_reshape": "/knowledge/reshapes/%s",
    "process_change": "/process/changes/%s",
    "process_definition": "/process/definitions/%s",
    "training_paper": "/training/papers/%s", "training_exam": "/training/exams/%s",
    "training_bank": "/training/questions/banks/%s", "training_topic": "/training/questions/topics/%s",
    "training_question": "/training/questions/%s",
    "training_sitting": "/training/sittings/%s/protocol",
    "training_mark_appeal": "/training/marking/appeals/%s", "training_regrade": "/training/marking/regrades/%s",
    "training_needs_campaign": "/training/needs/%s", "training_suggestion": "/training/needs/suggestions/%s",
    "training_annual_line": "/training/needs/lines/%s", "training_evaluation": "/training/evaluations/%s",
    "training_adjustment": "/training/evaluations/adjustments/%s", "training_trainer": "/training/trainers/%s",
    "training_certificate_kind": "/training/certificates/kinds/%s",
    "core_option": "/operations/settings",
}

# Words of articles and processes may be secret: they are shown to those alone who may read that. For the others these columns
# are withheld; without columns the whole entry is.
RESTRICTED: Mapping[str, frozenset[str]] = {
    "knowledge_article_version": frozenset(),
    "process_version": frozenset({"purpose", "body", "blocks"}),
    "process_change": frozenset({"draft"}),
    "knowledge_feedback": frozenset({"note", "answer", "query"}),
}
RESTRICTED_RIGHT = "knowledge.article.read_secret"
WITHHELD = "[withheld]"


def subject_label(table: str) -> str:
    """The English source for a table; the table's own name where a new one has no word yet."""
    return SUBJECTS.get(table, table)
