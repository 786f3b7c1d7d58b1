"""What stands behind the records of processes and of training in an auditor's room: the text of that day and what it changed, the
fifteen steps, who has read it, what was taught and passed; all as it stood on the day that is shown. Source: ux.md 4.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.markup.blocks import IdentifiedBlock, visible_blocks
from kmsvc.markup.diff import diff_blocks
from kmsvc.markup.fences import INTERNAL
from kmsvc.markup.kept import revive
from kmsvc.process.audits.models import ProcessAudit
from kmsvc.process.audits.rules import ProcessAuditResult
from kmsvc.process.changes.fifteen import label_of
from kmsvc.process.changes.models import Change, HistoryEntry
from kmsvc.process.changes.rules import STEPS
from kmsvc.process.definitions.models import ProcessReview, ProcessVersion, Publication
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.reactions.evidence_training import passed_by, present_by, present_people, sat_people
from kmsvc.standards.evidence.panels import RecordPart, Word, register, table
from kmsvc.standards.evidence.register import Span, as_was, names_at
from kmsvc.standards.evidence.rules import EvidenceRecord
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.plans.models import TrainingSession
from kmsvc.training.plans.rules import SessionState

STEP_NAMES = {one.number: one.state.label for one in STEPS}
LINE = PlanLine.__tablename__


def of_version(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of a move of the published pointer: the text it put in force, or took out of it."""
    row = session.get(Publication, record.id)
    if row is not None:
        yield from _parts(session, span, row.new_version_id or row.old_version_id, row.change_id, before=row.old_version_id)


def of_review(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of a review: the text that was looked at."""
    row = session.get(ProcessReview, record.id)
    if row is not None:
        yield from _parts(session, span, row.version_id, None)


def of_change(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of a change request: the last text written for it by the day that is shown."""
    version_id = session.scalar(select(ProcessVersion.id).where(
        ProcessVersion.change_id == record.id, ProcessVersion.recorded_at < span.cut).order_by(ProcessVersion.id.desc()).limit(1))
    yield from _parts(session, span, version_id, record.id)


def _parts(session: Session, span: Span, version_id: int | None, change_id: int | None,
           before: int | None = None) -> Iterator[RecordPart]:
    version = session.get(ProcessVersion, version_id) if version_id is not None else None
    names = names_at(session, span.cut)
    if version is not None:
        yield _text(session, span, version, names)
        yield _difference(session, span, version, before)
        change_id = change_id or version.change_id
    if change_id is not None:
        yield _steps(session, span, change_id, names)
    if version is not None:
        yield _readers(session, span, version, names)
    if change_id is not None:
        yield _results(session, span, change_id)


def _blocks(version: ProcessVersion) -> list[IdentifiedBlock]:
    """Its paragraphs without secret ones: they stay in the house, whoever looks."""
    return visible_blocks(revive(version.blocks), INTERNAL)


def _published(session: Session, span: Span, version: ProcessVersion) -> Publication | None:
    """How it came into force, if it had by the day that is shown."""
    return session.scalars(select(Publication).where(
        Publication.new_version_id == version.id, Publication.done_at < span.cut, Publication.recorded_at < span.cut).order_by(
        Publication.id).limit(1)).one_or_none()


def _text(session: Session, span: Span, version: ProcessVersion, names: dict[int, str]) -> RecordPart:
    put = _published(session, span, version)
    facts = [(N_("Version"), f"V{version.label}"), (N_("Name"), version.name),
             (N_("In force from"), put.effective_on if put is not None else Word(N_("Not in force on this day"))),
             (N_("Written by"), names.get(version.author_id or 0)), (N_("Written"), version.recorded_at), (N_("Remark"), version.note),
             (N_("Digest of the text"), version.content_hash)]
    return RecordPart("text", N_("Text of that day"), [one for one in facts if one[1]], text=[one.text for one in _blocks(version)])


def _difference(session: Session, span: Span, version: ProcessVersion, before: int | None) -> RecordPart:
    put = _published(session, span, version)
    old_id = before or (put.old_version_id if put is not None else None) or session.scalar(select(ProcessVersion.id).where(
        ProcessVersion.process_id == version.process_id, ProcessVersion.ordinal < version.ordinal).order_by(
        ProcessVersion.ordinal.desc()).limit(1))
    old = session.get(ProcessVersion, old_id) if old_id not in (None, version.id) else None
    label = N_("What changed")
    if old is None:
        return RecordPart("difference", label, empty=N_("It is the first text; there is none to compare it with."))
    found = diff_blocks(_blocks(old), _blocks(version))
    return RecordPart("difference", label, [(N_("Compared with"), f"V{old.label}")], changes=found)


def _steps(session: Session, span: Span, change_id: int, names: dict[int, str]) -> RecordPart:
    rows = [(one.step, Word(STEP_NAMES[one.step]) if one.step in STEP_NAMES else None, Word(label_of(one.verb)),
             names.get(one.person_id or 0), one.at, one.comment)
            for one in session.scalars(select(HistoryEntry).where(
                HistoryEntry.change_id == change_id, HistoryEntry.at < span.cut).order_by(HistoryEntry.id))]
    number = session.scalar(select(Change.number).where(Change.id == change_id))
    head = (N_("No."), N_("Step"), N_("What was done"), N_("Who"), N_("When"), N_("Remark"))
    return table("steps", N_("Log of the fifteen steps"), head, rows, N_("No step was taken by this day."),
                 [(N_("Change request"), number)])


def _readers(session: Session, span: Span, version: ProcessVersion, names: dict[int, str]) -> RecordPart:
    def by(at: datetime | None) -> datetime | None:
        return at if at is not None and at < span.cut else None
    rows = [(names.get(one.person_id), one.asked_at, by(one.confirmed_at) or Word(N_("not confirmed")))
            for one in session.scalars(select(Confirmation).join(ArticleVersion, ArticleVersion.id == Confirmation.version_id).where(
                ArticleVersion.process_version_id == version.id, Confirmation.asked_at < span.cut).order_by(Confirmation.id))]
    done = sum(isinstance(row[2], datetime) for row in rows)
    return table("readers", N_("Read and understood"), (N_("Who"), N_("Asked"), N_("Confirmed")), rows,
                 N_("Nobody was asked to confirm this text by this day."), [(N_("Confirmed"), f"{done} / {len(rows)}")] if rows else [])


def _results(session: Session, span: Span, change_id: int) -> RecordPart:
    """Sessions of the plans of step 9 with who was there, and exams it names with who passed."""
    lines = list(session.scalars(select(PlanLine).where(
        PlanLine.change_id == change_id, PlanLine.recorded_at < span.cut).order_by(PlanLine.id)))
    ids = [one.id for one in lines]
    courses, days = (as_was(session, LINE, name, span.cut, ids) for name in ("course", "held_on"))
    plans = {one.plan_id for one in lines if one.plan_id is not None}
    sessions = list(session.scalars(select(TrainingSession).where(
        TrainingSession.plan_id.in_(sorted(plans)), TrainingSession.made_at < span.cut).order_by(TrainingSession.id)))
    states = as_was(session, TrainingSession.__tablename__, "state", span.cut, [one.id for one in sessions])
    present = present_by(session, [one.id for one in sessions], span.cut)
    exams = {one.number: one for one in session.scalars(select(Exam).where(
        Exam.number.in_(sorted({one.exam for one in lines if one.exam})), Exam.released_at < span.cut).order_by(Exam.id))}
    passed = passed_by(session, [one.id for one in exams.values()], span.cut)
    rows: list[tuple[object, ...]] = []
    for line in lines:
        rows.append((courses.get(str(line.id), line.course), str(days.get(str(line.id), line.held_on)),
                     Word(N_("entered by hand")) if line.by_hand else Word(N_("planned")), len(line.people)))
        rows += [(one.number, one.starts_at, Word(SessionState(states.get(str(one.id), one.state)).label), present[one.id])
                 for one in sessions if one.plan_id == line.plan_id and line.plan_id is not None]
        if line.exam in exams:
            rows.append((line.exam, exams[line.exam].released_at, Word(N_("passed")), passed[exams[line.exam].id]))
    return table("results", N_("Training and its results"), (N_("What"), N_("When"), N_("State"), N_("People")), rows,
                 N_("No training was planned for it by this day."))


def of_session(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of a session that was held: who was there."""
    names = names_at(session, span.cut)
    rows = [(names.get(person),) for _, person in present_people(session, [record.id], span.cut)]
    yield table("present", N_("Who was present"), (N_("Name"),), rows, N_("Nobody had signed in by this day."))


def of_exam(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of an exam: who sat it, and once the results were final who passed."""
    names, final = names_at(session, span.cut), record.result == ExamState.FINAL
    told: dict[int, bool] = {}
    for _, person, passed in sat_people(session, [record.id], span.cut):
        told[person] = told.get(person, False) or passed
    rows = [(names.get(person), Word(N_("not final yet") if not final else N_("passed") if passed else N_("not passed")))
            for person, passed in told.items()]
    yield table("results", N_("Who sat it"), (N_("Name"), N_("Result")), rows, N_("Nobody had sat it by this day."))


def of_audit(session: Session, record: EvidenceRecord, span: Span) -> Iterator[RecordPart]:
    """Of a yearly process audit: its archived lines, one a process."""
    row = session.get(ProcessAudit, record.id)
    held = row.report["items"] if row is not None and row.report is not None else []
    rows = [(one["number"], one["name"], f"V{one['label']}", Word(ProcessAuditResult(one["result"]).label), one["auditor"],
             one["signed_by"], one["findings"]) for one in held]
    head = (N_("Number"), N_("Process"), N_("Version"), N_("Result"), N_("Auditor"), N_("Signed by"), N_("What was found"))
    yield table("items", N_("Process by process"), head, rows, N_("It holds no process."))


register("training_session", of_session)
register("exam", of_exam)
register("process_audit", of_audit)
register("process_version", of_version)
register("process_review", of_review)
register("process_change", of_change)
