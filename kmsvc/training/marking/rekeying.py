"""Marking anew after a key was corrected: asked for, reported for everybody it changes, and only then confirmed. Source: C10."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking import regrading, rubrics
from kmsvc.training.marking.automatic import corrected_keys
from kmsvc.training.marking.changing import RELEASED, Wanted, change_marks
from kmsvc.training.marking.events import ExamRegraded, RegradeAsked
from kmsvc.training.marking.models import Mark, Regrade
from kmsvc.training.marking.permissions import FOLLOW, LEAD
from kmsvc.training.marking.rules import MarkStand, ScoreCause
from kmsvc.training.marking.settling import ENDED, held_exam, live_marks, settle_item, settle_sitting
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionRow, QuestionVersion
from kmsvc.training.questions.scoring import Score, score
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of


def ask_regrade(work: Work, exam_id: int, question_id: int, *, why: str, never_lower: bool | None = None) -> Regrade:
    """Ask that an exam be marked anew by the newest version of one of its questions. never_lower: nobody loses points; by default so
    once results are released. What it changes stands in `report_of` before anybody confirms it."""
    work.permit(LEAD)
    if not why.strip():
        raise InvalidInput({"why": [N_("Say why.")]})
    question = work.get(QuestionRow, question_id)
    exam = held_exam(work, exam_id)
    row = _asked(work, exam, question, why, never_lower)
    if row is None:
        raise RuleBroken("training.marking.same_key", N_("The answers are marked by the newest version of this question already."))
    return row


def _asked(work: Work, exam: Exam, question: QuestionRow, why: str, never_lower: bool | None, *,
           only_if_it_matters: bool = False) -> Regrade | None:
    if exam.state not in (ExamState.PUBLISHED, *RELEASED):
        raise RuleBroken("training.marking.nothing_sat", N_("Nobody has sat this exam."))
    asked = set(work.session.scalars(select(SittingItem.version_id).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam.id, SittingItem.question_id == question.id)))
    if not asked:
        raise NotFound()
    latest = question.current_version_id
    if latest is None or asked == {latest} or work.session.scalar(select(Regrade.id).where(
            Regrade.exam_id == exam.id, Regrade.by_version_id == latest)) is not None:
        return None
    new = from_json(work.get(QuestionVersion, latest).content)
    if any(from_json(work.get(QuestionVersion, one).content).kind != new.kind for one in asked):
        if only_if_it_matters:
            return None
        raise RuleBroken("training.marking.other_kind", N_("The question is of another kind now; its answers cannot be marked by it."))
    row = Regrade(exam_id=exam.id, question_id=question.id, by_version_id=latest, state="open", why=why,
                  asked_by_id=work.actor.person_id, asked_at=work.now, lines=[],
                  never_lower=exam.state in RELEASED if never_lower is None else never_lower)
    if only_if_it_matters and not lines_json(report_of(work.session, row)):
        return None
    work.session.add(row)
    work.session.flush()
    work.record(RegradeAsked(row.id))
    return row


def preview(work: Work, exam_id: int, question_id: int, *, why: str, never_lower: bool | None = None) -> tuple[
        Regrade, regrading.Report]:
    """What `ask_regrade` would report, without asking for it."""
    work.permit(LEAD)
    exam, question = work.get(Exam, exam_id), work.get(QuestionRow, question_id)
    if question.current_version_id is None:
        raise NotFound()
    row = Regrade(exam_id=exam.id, question_id=question.id, by_version_id=question.current_version_id, state="open", why=why, lines=[],
                  never_lower=exam.state in RELEASED if never_lower is None else never_lower)
    return row, report_of(work.session, row)


def follow_key(work: Work, question_id: int, why: str) -> list[int]:
    """A key was corrected: each exam that asked the question and is not over waits for somebody to look at what it changes."""
    work.permit(FOLLOW)
    question = work.get(QuestionRow, question_id)
    exams = work.session.scalars(select(Exam).join(Sitting, Sitting.exam_id == Exam.id).join(
        SittingItem, SittingItem.sitting_id == Sitting.id).where(
        SittingItem.question_id == question_id, Exam.state.in_((ExamState.PUBLISHED, ExamState.RELEASED))).distinct().order_by(Exam.id))
    made = [_asked(work, exam, question, why, None, only_if_it_matters=True) for exam in list(exams)]
    return [one.id for one in made if one is not None]


def _judged(question: Question, answer: Any, item: SittingItem) -> tuple[Score, Decimal]:
    judged = score(question, answer, item.points)
    return judged, judged.points if judged.points is not None else rubrics.by_machine(judged)


def _anew(session: Session, row: Regrade) -> list[tuple[SittingItem, Sitting, Score, Decimal]]:
    """(answer, sitting, as the new key judges it, its points then): what people gave stays, what the machine gives is the new."""
    exam_keys = corrected_keys(session, row.exam_id)
    new = from_json(session.get_one(QuestionVersion, row.by_version_id).content)
    rows = session.execute(select(SittingItem, Sitting).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == row.exam_id, Sitting.state.in_(ENDED), SittingItem.question_id == row.question_id,
        SittingItem.stand != "running").order_by(Sitting.id)).all()
    answers = answers_of(session, [sitting.id for _, sitting in rows])
    old: dict[int, Question] = {}
    found = []
    for item, sitting in rows:
        if item.version_id not in old:
            old[item.version_id] = exam_keys.get(item.question_id) or from_json(
                session.get_one(QuestionVersion, item.version_id).content)
        kept = answers.get(item.id)
        answer = kept.value.get("answer") if kept is not None else None
        judged, points = _judged(new, answer, item)
        stood = item.mark if item.mark is not None else Decimal(0)
        if judged.points is None:
            points = min(max(stood + points - _judged(old[item.version_id], answer, item)[1], Decimal(0)), item.points)
        found.append((item, sitting, judged, points))
    return found


def report_of(session: Session, row: Regrade) -> regrading.Report:
    """What marking anew changes for whom, as it would be now."""
    exam = session.get_one(Exam, row.exam_id)
    anew = _anew(session, row)
    marks: dict[int, dict[int, Decimal]] = {}
    for sitting_id, question_id, mark in session.execute(select(SittingItem.sitting_id, SittingItem.question_id, SittingItem.mark).where(
            SittingItem.sitting_id.in_([sitting.id for _, sitting, *_ in anew]))):
        marks.setdefault(sitting_id, {})[question_id] = mark if mark is not None else Decimal(0)
    results = [regrading.Result(sitting.id, sitting.person_id, marks[sitting.id], sitting.most) for _, sitting, *_ in anew]
    return regrading.report(row.question_id, results, {sitting.id: points for _, sitting, _, points in anew}, exam.pass_percent,
                            never_lower=row.never_lower)


def lines_json(report: regrading.Report) -> list[dict[str, Any]]:
    """The lines of a report that change something, as they are kept."""
    return [{"sitting_id": one.sitting_id, "person_id": one.person_id, "old": str(one.old), "new": str(one.new), "passed": one.passed,
             "passes": one.passes, "kept": str(one.kept)} for one in report.lines if one.new != one.old or one.kept]


def digest_of(report: regrading.Report) -> str:
    """What tells a report from another one: whoever confirms one confirms this."""
    return hashlib.sha256(json.dumps(lines_json(report), sort_keys=True).encode()).hexdigest()[:32]


def confirm_regrade(work: Work, regrade_id: int, *, digest: str | None = None, version: int | None = None) -> Regrade:
    """Do what the report says. digest: of the report that was looked at; refused where it says something else now. Before the release
    marks just change; after it each is a change of a score with its reason, and the person is told."""
    row, exam = _open(work, regrade_id, version)
    found = report_of(work.session, row)
    if digest is not None and digest != digest_of(found):
        raise RuleBroken("training.marking.report_moved", N_("The report says something else now. Look at it again."))
    keeps = {line.sitting_id: line.kept for line in found.lines}
    changed = [(item, sitting, judged, points + keeps.get(sitting.id, Decimal(0)))
               for item, sitting, judged, points in _anew(work.session, row)]
    if exam.state in RELEASED:
        wanted = [Wanted(item, points, ScoreCause.KEY.value) for item, _, _, points in changed if points != item.mark]
        change_marks(work, exam, wanted, why=row.why)
        for item, _, judged, _ in changed:
            item.verdict = judged.verdict.value
    else:
        _before_release(work, exam, changed)
    row.state, row.decided_by_id, row.decided_at, row.lines = "confirmed", work.actor.person_id, work.now, lines_json(found)
    work.record(ExamRegraded(exam.id, row.id))
    return row


def _before_release(work: Work, exam: Exam, changed: Iterable[tuple[SittingItem, Sitting, Score, Decimal]]) -> None:
    """A new mark of the machine; marks of people are kept with what the machine gives beside them now."""
    rows = list(changed)
    marks = live_marks(work.session, [item.id for item, *_ in rows])
    for item, sitting, judged, points in rows:
        by = points - (item.mark or Decimal(0))
        item.verdict = judged.verdict.value
        if judged.points is None and item.stand != MarkStand.SETTLED and not marks[item.id]:
            continue
        for one in marks[item.id] if by else ():
            one.undone_at = work.now
            work.session.add(Mark(item_id=item.id, part=one.part, marker_id=one.marker_id, behalf=one.behalf, lines=one.lines,
                                  points=points if one.part == "auto" else min(max(one.points + by, Decimal(0)), item.points),
                                  comment=one.comment, flag=one.flag, at=work.now))
        if judged.points is not None or all(one.part == "auto" for one in marks[item.id]):
            item.mark = points
        else:
            work.session.flush()
            settle_item(item, live_marks(work.session, [item.id])[item.id], sitting, exam)
        settle_sitting(work.session, sitting, exam)


def drop_regrade(work: Work, regrade_id: int, *, reason: str, version: int | None = None) -> Regrade:
    """Leave the marks as they are, with the reason; the exam waits for this key no longer."""
    row, _ = _open(work, regrade_id, version)
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    work.because(reason)
    row.state, row.decided_by_id, row.decided_at = "dropped", work.actor.person_id, work.now
    return row


def _open(work: Work, regrade_id: int, version: int | None) -> tuple[Regrade, Exam]:
    row = work.get(Regrade, regrade_id, lock=True, version=version)
    work.permit(LEAD)
    if row.state != "open":
        raise RuleBroken("training.marking.decided", N_("This was decided already."))
    return row, held_exam(work, row.exam_id)
