"""Which words stand for the codes a column holds: states, roles, verbs, verdicts. English sources.

A column that is not here holds text, a number, a day or the id of another row."""

from __future__ import annotations

from collections.abc import Mapping

from kmsvc.audit import (
    assessment_columns,
    audit_columns,
    duty_columns,
    process_columns,
    proof_columns,
    room_columns,
)
from kmsvc.core.texts import N_, Labelled
from kmsvc.knowledge.alignment.rules import AlignmentState, Found, Question
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.bulletins.rules import BulletinUrgency
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.gaps.rules import GapState
from kmsvc.knowledge.licences.rules import Level
from kmsvc.knowledge.proposals.rules import ProposalKind, ProposalState
from kmsvc.knowledge.relations.rules import RelationKind
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState
from kmsvc.knowledge.reviews.rules import ReviewResult, ReviewState, ReviewVerdict
from kmsvc.knowledge.scopes.rules import Dimension
from kmsvc.knowledge.vocabulary.rules import Direction
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.roles import Role
from kmsvc.process.changes.enums import Capacity, ReleaseAct, Trigger, Urgency, VerdictKind
from kmsvc.process.changes.rules import STEPS, VERBS, State
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup, PublicationKind
from kmsvc.process.fieldwork.rules import FeedbackRoute, FeedbackSource, SampleResult, TaughtVerdict
from kmsvc.training.certificates.rules import Counting, Purpose, RollFrom
from kmsvc.training.evaluations.rules import AdjustmentState, EvaluationState, SubjectKind
from kmsvc.training.evaluations.rules import Level as EffectLevel
from kmsvc.training.evaluations.rules import Part as AdjustedPart
from kmsvc.training.exams.states import ExamState
from kmsvc.training.exams.templates import ExamTemplate
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.rules import ScoreCause
from kmsvc.training.needs.rules import (
    CampaignState,
    Delivery,
    EvaluationMethod,
    Grade,
    LineState,
    SourceKind,
    SuggestionState,
)
from kmsvc.training.onboarding.deciding import OnboardingState
from kmsvc.training.onboarding.rules import NewcomerForm, NewcomerTalk
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.sittings.rules import SittingState

LANGUAGES = {"zh": N_("Chinese"), "zh_Hans_CN": N_("Chinese"), "en": N_("English")}
ASSISTANCE = {"named": N_("asked"), "accepted": N_("accepted"), "declined": N_("declined"), "replaced": N_("replaced")}
KINDS = {"article": N_("Article"), "process": N_("Process"), "change": N_("Change request"),
         "review": N_("Yearly review"), "licence": N_("Licence to write"), "knowledge_year": N_("Year"), "duty": N_("Duty"),
         "process_audit_item": N_("Process of an audit")}
ACTS = {name: rule.label for name, rule in VERBS.items()} | {
    "submit": N_("Ask for a change"), "close": N_("Closed"), "overtaken": N_("Overtaken by a newer version")}

CODES: dict[tuple[str, str], type[Labelled] | Mapping[str, str]] = {
    ("process_change", "state"): State, ("process_change", "trigger"): Trigger, ("process_change", "urgency"): Urgency,
    ("process_change_history", "verb"): ACTS, ("process_change_history", "from_state"): State,
    ("process_change_history", "to_state"): State, ("process_assistant", "state"): ASSISTANCE,
    ("process_verdict", "verdict"): VerdictKind, ("process_signature", "capacity"): Capacity,
    ("process_signature", "meaning"): {"approved": N_("Approved")}, ("process_release", "act"): ReleaseAct,
    ("process_definition", "group"): ProcessGroup, ("process_definition", "klass"): ProcessClass,
    ("process_publication", "kind"): PublicationKind, ("knowledge_publication", "kind"): PublicationKind,
    ("process_sit_in", "verdict"): TaughtVerdict, ("process_sample", "result"): SampleResult,
    ("process_feedback_item", "source"): FeedbackSource, ("process_feedback_item", "route"): FeedbackRoute,
    ("knowledge_article_version", "confidentiality"): Confidentiality, ("knowledge_article_version", "language"): LANGUAGES,
    ("people_person", "state"): PersonState, ("people_person", "language"): LANGUAGES, ("people_role_grant", "role"): Role,
    ("knowledge_bulletin", "urgency"): BulletinUrgency, ("knowledge_bulletin_text", "link_kind"): KINDS,
    ("knowledge_feedback", "kind"): FeedbackKind, ("knowledge_feedback", "state"): FeedbackState,
    ("knowledge_flow_version", "confidentiality"): Confidentiality, ("knowledge_flow_version", "language"): LANGUAGES,
    ("knowledge_flow_publication", "kind"): PublicationKind, ("knowledge_flow_link", "kind"): KINDS,
    ("knowledge_review", "state"): ReviewState, ("knowledge_review", "complete"): ReviewVerdict,
    ("knowledge_review", "fit"): ReviewVerdict, ("knowledge_review_item", "result"): ReviewResult,
    ("knowledge_alignment", "state"): AlignmentState,
    **{("knowledge_alignment_item", one.value): Found for one in Question},
    ("knowledge_gap", "state"): GapState, ("knowledge_relation", "kind"): RelationKind,
    **process_columns.CODES, **assessment_columns.CODES, **audit_columns.CODES, **duty_columns.CODES, **proof_columns.CODES,
    **room_columns.CODES, ("standards_obligation", "subject_kind"): KINDS,
    ("files_attachment", "subject_kind"): KINDS, ("knowledge_term", "direction"): Direction,
    ("knowledge_scope", "dimension"): Dimension,
    ("knowledge_licence", "level"): Level, ("knowledge_proposal", "level"): Level, ("knowledge_proposal", "kind"): ProposalKind,
    ("knowledge_proposal", "state"): ProposalState, ("knowledge_proposal", "confidentiality"): Confidentiality,
    ("knowledge_template", "confidentiality"): Confidentiality, ("knowledge_template", "language"): LANGUAGES,
    ("training_needs_campaign", "state"): CampaignState, ("training_suggestion", "state"): SuggestionState,
    ("training_annual_line", "state"): LineState, ("training_annual_line", "evaluation"): EvaluationMethod,
    ("training_need_entry", "source"): SourceKind, ("training_delivery_step", "step"): Delivery,
    ("training_needs_asked", "grade"): Grade, ("training_evaluation", "state"): EvaluationState,
    ("training_evaluation", "subject_kind"): SubjectKind, ("training_evaluation_measure", "level"): EffectLevel,
    ("training_adjustment", "part"): AdjustedPart, ("training_adjustment", "state"): AdjustmentState,
    ("training_certificate_kind", "purpose"): Purpose, ("training_certificate_kind", "counting"): Counting,
    ("training_certificate_kind", "roll_from"): RollFrom, ("training_onboarding_trainee", "state"): OnboardingState,
    ("training_onboarding_form", "form"): NewcomerForm, ("training_onboarding_talk", "talk"): NewcomerTalk,
    ("training_paper", "state"): PaperState, ("training_paper", "way"): PaperWay,
    ("training_exam", "state"): ExamState, ("training_exam", "template"): ExamTemplate,
    ("training_sitting", "state"): SittingState, ("training_sitting", "was"): SittingState,
    ("training_mark_appeal", "state"): AppealState, ("training_score_change", "cause"): ScoreCause,
    ("knowledge_reshape", "kind"): ReshapeKind, ("knowledge_reshape", "state"): ReshapeState,
}
STEP_TABLES = frozenset({"process_change_history", "process_signature", "process_release"})
STEP_STATES = {step.number: step.state for step in STEPS}


def code_source(table: str, column: str, code: str) -> str | None:
    """The English source for a code, or None where the column holds no codes or this one is unknown."""
    kind = CODES.get((table, column))
    if kind is None:
        return None
    if isinstance(kind, Mapping):
        return kind.get(code)
    return kind(code).label if code in {member.value for member in kind} else None
