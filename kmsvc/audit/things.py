"""What a row of the trail belongs to: the number of a request, process or article, the name of a person or unit.

Titles are not shown here, they may be secret; a number is none. The history of a thing is every entry of its rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, Table, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.audit import AuditEntry
from kmsvc.core.db import Base

Key = tuple[str, str]
"""table and id of a row"""

NAMED_BY = {
    "process_change": "number", "process_definition": "number", "knowledge_article": "number", "people_person": "name",
    "people_account": "login", "people_unit": "name", "people_post": "name", "knowledge_category": "name",
    "knowledge_bulletin": "number", "knowledge_bulletin_text": "title", "knowledge_feedback": "number",
    "knowledge_gap": "number", "knowledge_proposal": "number", "knowledge_template": "name", "knowledge_reshape": "number",
    "knowledge_outside_work": "number", "knowledge_lesson": "number", "hooks_hook": "name",
    "process_plan_line": "course", "process_sample": "contact", "files_attachment": "name",
    "knowledge_article_version": "label", "knowledge_term": "term", "knowledge_scope": "name",
    "training_paper": "number", "training_exam": "number",
    "training_bank": "name", "training_topic": "name", "training_question": "number",
    "training_course": "number", "training_course_category": "name", "training_course_text": "title",
    "training_needs_campaign": "number", "training_suggestion": "number", "training_annual_line": "number",
    "training_trainer": "number", "training_plan": "number", "training_session": "number",
    "process_audit": "number", "standards_programme": "number", "standards_engagement": "number", "standards_finding": "number",
    "standards_self_assessment": "number", "standards_improvement": "number",
    "process_theme": "number", "standards_duty_rule": "code", "standards_pack_order": "number",
    "standards_proof": "number", "standards_room": "number", "standards_room_request": "number",
    "standards_model": "code", "training_plan_rule": "number", "training_busy": "kind",
    "training_evaluation": "number", "training_adjustment": "number", "training_needs_form": "title",
    "training_need_entry": "subject", "training_certificate_kind": "number", "training_onboarding_class": "number",
    "training_onboarding_import": "file", "training_busy_import": "file", "training_certificate_batch": "act",
    "knowledge_saying": "text", "training_mark_appeal": "number", "knowledge_alignment": "number", "knowledge_saved_search": "query",
}
"""the column people know a row by"""
PART_OF = {
    "training_certificate": ("kind_id", "training_certificate_kind"),
    "training_certificate_need": ("kind_id", "training_certificate_kind"),
    "training_certificate_passing": ("certificate_id", "training_certificate"),
    **{f"training_certificate_{part}": ("passing_id", "training_certificate_passing") for part in ("turn", "extension")},
    **{f"training_onboarding_{part}": ("class_id", "training_onboarding_class") for part in ("trainee", "hour", "item")},
    **{f"training_onboarding_{part}": ("trainee_id", "training_onboarding_trainee")
       for part in ("tick", "form", "talk", "note", "decision", "draft", "signature")},
    "training_onboarding_import_row": ("import_id", "training_onboarding_import"),
    "training_busy_import_row": ("import_id", "training_busy_import"),
    **{f"training_needs_{part}": ("campaign_id", "training_needs_campaign") for part in ("form", "asked", "interview", "step")},
    **{f"training_evaluation_{part}": ("evaluation_id", "training_evaluation") for part in ("participant", "step", "measure")},
    **{f"training_trainer_{part}": ("trainer_id", "training_trainer") for part in ("authorisation", "observation")},
    "training_plan_catch": ("rule_id", "training_plan_rule"), "standards_duty_span": ("rule_id", "standards_duty_rule"),
    **{f"standards_room_{part}": ("room_id", "standards_room") for part in ("guest", "sample", "mark", "request")},
    "standards_room_word": ("request_id", "standards_room_request"), "people_factor": ("person_id", "people_person"),
    **{f"standards_proof_{part}": ("proof_id", "standards_proof") for part in ("revision", "step")},
    **{f"standards_duty_{part}": ("obligation_id", "standards_obligation") for part in ("step", "proof")},
    "training_plan_person": ("plan_id", "training_plan"), "training_plan_leaver": ("plan_id", "training_plan"),
    "training_session_person": ("session_id", "training_session"),
    "training_delivery_step": ("line_id", "training_annual_line"),
    "training_paper_question": ("paper_id", "training_paper"),
    **{f"training_exam_{part}": ("exam_id", "training_exam") for part in ("room", "candidate", "marker")},
    "training_question": ("bank_id", "training_bank"), "training_question_version": ("question_id", "training_question"),
    "training_question_flag": ("question_id", "training_question"),
    "process_change_history": ("change_id", "process_change"), "process_research": ("change_id", "process_change"),
    "process_affected_unit": ("change_id", "process_change"), "process_assistant": ("change_id", "process_change"),
    "process_verdict": ("change_id", "process_change"), "process_comment": ("change_id", "process_change"),
    "process_signature": ("change_id", "process_change"), "process_release": ("change_id", "process_change"),
    "process_plan_line": ("change_id", "process_change"), "process_sit_in": ("change_id", "process_change"),
    "process_sample": ("change_id", "process_change"), "process_feedback_item": ("change_id", "process_change"),
    "process_plan_person": ("line_id", "process_plan_line"), "process_version": ("process_id", "process_definition"),
    "standards_engagement": ("programme_id", "standards_programme"), "standards_check_point": ("engagement_id", "standards_engagement"),
    "standards_audit_sample": ("engagement_id", "standards_engagement"),
    "standards_engagement_report": ("engagement_id", "standards_engagement"),
    "standards_clause_answer": ("assessment_id", "standards_self_assessment"),
    "standards_assessment_result": ("assessment_id", "standards_self_assessment"),
    "standards_improvement_step": ("improvement_id", "standards_improvement"),
    "standards_finding": ("engagement_id", "standards_engagement"), "standards_finding_revision": ("finding_id", "standards_finding"),
    "standards_finding_action": ("finding_id", "standards_finding"), "standards_finding_step": ("finding_id", "standards_finding"),
    "process_audit_item": ("audit_id", "process_audit"), "process_theme_process": ("theme_id", "process_theme"),
    "process_publication": ("process_id", "process_definition"), "process_review": ("process_id", "process_definition"),
    "knowledge_article_version": ("article_id", "knowledge_article"),
    "search_unit_filter": ("unit_id", "people_unit"),
    "knowledge_publication": ("article_id", "knowledge_article"), "knowledge_saying": ("term_id", "knowledge_term"),
    "knowledge_saved_search": ("article_id", "knowledge_article"),
    "knowledge_bulletin_text": ("bulletin_id", "knowledge_bulletin"), "knowledge_bulletin_unit": ("bulletin_id", "knowledge_bulletin"),
    "knowledge_bulletin_reading": ("bulletin_id", "knowledge_bulletin"),
    "knowledge_bulletin_reminder": ("bulletin_id", "knowledge_bulletin"),
    "knowledge_learned_off": ("article_id", "knowledge_article"), "knowledge_pin": ("article_id", "knowledge_article"),
    "knowledge_citation_look": ("citation_id", "knowledge_citation"),
    "knowledge_relation": ("from_id", "knowledge_article"), "knowledge_twin_check": ("relation_id", "knowledge_relation"),
    "knowledge_health_word": ("article_id", "knowledge_article"), "knowledge_review_item": ("review_id", "knowledge_review"),
    "knowledge_alignment_item": ("alignment_id", "knowledge_alignment"),
    "knowledge_alignment_reply": ("alignment_id", "knowledge_alignment"),
    "knowledge_flow_version": ("flow_id", "knowledge_flow"), "knowledge_flow_publication": ("flow_id", "knowledge_flow"),
    "knowledge_flow_link": ("version_id", "knowledge_flow_version"),
    "knowledge_licence": ("person_id", "people_person"), "knowledge_template_use": ("article_id", "knowledge_article"),
    "knowledge_reshape_part": ("reshape_id", "knowledge_reshape"),
    "training_course_version": ("course_id", "training_course"), "training_course_lesson": ("course_id", "training_course"),
    "training_course_package": ("course_id", "training_course"), "training_course_assignment": ("course_id", "training_course"),
    "training_course_assignee": ("course_id", "training_course"), "training_course_attempt": ("course_id", "training_course"),
    "training_course_record": ("attempt_id", "training_course_attempt"),
    "knowledge_confirmation": ("article_id", "knowledge_article"), "people_role_grant": ("person_id", "people_person"),
    "people_token": ("person_id", "people_person"), "training_sitting": ("exam_id", "training_exam"),
    "training_exam_pause": ("exam_id", "training_exam"),
    "training_score_change": ("sitting_id", "training_sitting"), "training_appeal_note": ("appeal_id", "training_mark_appeal"),
    "training_marker_substitute": ("exam_id", "training_exam"), "training_mark_sample": ("exam_id", "training_exam"),
    "training_sample_mark": ("sample_id", "training_mark_sample"), "training_regrade": ("exam_id", "training_exam"),
}
"""rows that people know by what they are part of"""
ALSO_OF = (("process_version", "change_id", "process_change"), ("process_publication", "change_id", "process_change"),
           ("knowledge_relation", "to_id", "knowledge_article"))
KIND_TABLES = {"change": "process_change", "process": "process_definition", "article": "knowledge_article",
               "duty": "standards_obligation", "process_audit_item": "process_audit_item", "proof": "standards_proof"}
BY_KIND = ("files_attachment", "standards_obligation")
"""tables that name a thing by subject_kind and subject_id"""
POINTERS = {
    "draft_version_id": "_version", "published_version_id": "_version", "change_id": "process_change",
    "process_id": "process_definition", "audience_unit_id": "people_unit", "process_version_id": "process_version",
}
"""columns that point without a foreign key; `_version`: at a version of the thing itself"""


def table_of(name: str) -> Table | None:
    """The table of this name, if there still is one."""
    return Base.metadata.tables.get(name)


def target_of(table: str, column: str) -> str | None:
    """The table a column points at by id."""
    known = table_of(table)
    found = next((one for one in known.columns if one.key == column), None) if known is not None else None
    if found is None:
        return None
    for key in found.foreign_keys:
        return key.column.table.name if key.column.name == "id" else None
    points = POINTERS.get(column)
    if points == "_version":
        return "knowledge_article_version" if table == "knowledge_article" else "process_version"
    return points


def named(session: Session, keys: Iterable[Key]) -> dict[Key, str]:
    """What people call these rows; rows that are gone, or have no name, are left out. One question a table."""
    wanted: dict[str, set[int]] = {}
    for table, key in keys:
        if key.isdigit():
            wanted.setdefault(table, set()).add(int(key))
    found: dict[Key, str] = {}
    for name, ids in wanted.items():
        rows = table_of(name)
        if rows is None or "id" not in rows.c:
            continue
        if name == "process_version":
            for row in session.execute(select(rows.c.id, rows.c.major, rows.c.minor).where(rows.c.id.in_(ids))):
                found[name, str(row.id)] = f"{row.major}.{row.minor}"
        elif column := NAMED_BY.get(name):
            said = rows.c.get(column)
            if said is None:  # made of others, as a number of its id
                said = getattr(next(one.class_ for one in Base.registry.mappers if one.local_table is rows), column)
            for row_id, text in session.execute(select(rows.c.id, said).where(rows.c.id.in_(ids))):
                found[name, str(row_id)] = str(text)
    return found


def wholes(session: Session, keys: Iterable[Key]) -> dict[Key, Key]:
    """The thing each of these rows is part of, asked of the present tables; the others are left out."""
    wanted: dict[str, set[int]] = {}
    for table, key in keys:
        if (table in PART_OF or table in BY_KIND) and key.isdigit():
            wanted.setdefault(table, set()).add(int(key))
    found: dict[Key, Key] = {}
    for name, ids in wanted.items():
        rows = Base.metadata.tables[name]
        if name in BY_KIND:
            asked = select(rows.c.id, rows.c.subject_kind, rows.c.subject_id).where(rows.c.id.in_(ids))
            found |= {(name, str(row[0])): (KIND_TABLES[row[1]], str(row[2])) for row in session.execute(asked)
                      if row[1] in KIND_TABLES}
            continue
        column, whole = PART_OF[name]
        found |= {(name, str(row[0])): (whole, str(row[1])) for row in session.execute(
            select(rows.c.id, rows.c[column]).where(rows.c.id.in_(ids)))}
    above = wholes(session, {key for key in found.values() if key[0] in PART_OF}) if found else {}
    return {part: above.get(whole, whole) for part, whole in found.items()}


def history_of(session: Session, number: str) -> ColumnElement[bool] | None:
    """The condition for every entry of the thing with this number and of its parts; None when nothing has that number."""
    for kind, name in KIND_TABLES.items():
        rows = Base.metadata.tables[name]
        if "number" not in rows.c:
            continue
        found = session.scalar(select(rows.c.id).where(func.lower(rows.c.number) == number.strip().lower()))
        if found is not None:
            return or_(*_of(kind, name, int(found)))
    return None


def _of(kind: str, name: str, row_id: int) -> list[ColumnElement[bool]]:
    parts: list[tuple[str, Table, ColumnElement[bool]]] = []
    for part, column, whole in (*((part, *at) for part, at in PART_OF.items()), *ALSO_OF):
        if whole == name:
            rows = Base.metadata.tables[part]
            parts.append((part, rows, rows.c[column] == row_id))
    for part, rows, condition in list(parts):
        for below, (column, whole) in PART_OF.items():
            if whole == part:
                lower = Base.metadata.tables[below]
                parts.append((below, lower, lower.c[column].in_(select(rows.c.id).where(condition))))
    for part in BY_KIND:
        rows = Base.metadata.tables[part]
        parts.append((part, rows, and_(rows.c.subject_kind == kind, rows.c.subject_id == row_id)))
    return [and_(AuditEntry.subject == name, AuditEntry.subject_id == str(row_id)),
            *(and_(AuditEntry.subject == part, AuditEntry.subject_id.in_(select(cast(rows.c.id, String)).where(condition)))
              for part, rows, condition in parts)]
