"""What happens by itself: answers the machine can judge are judged when a paper is handed in, and as soon as everything has its first
mark it is drawn which sittings a second person marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import plan_of
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking import rubrics, rules
from kmsvc.training.marking.events import SecondsDrawn
from kmsvc.training.marking.models import Mark, MarkHold, Regrade
from kmsvc.training.marking.permissions import FOLLOW
from kmsvc.training.marking.rules import MarkingPart, MarkStand
from kmsvc.training.marking.settling import (
    by_person,
    ended_sittings,
    held_exam,
    live_marks,
    settle_item,
    settle_sitting,
)
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionVersion
from kmsvc.training.questions.scoring import Score, score
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.frozen import frozen_items
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.timing import is_paused

WAITING = ("running", MarkStand.FIRST.value)


def corrected_keys(session: Session, exam_id: int) -> dict[int, Question]:
    """question -> how it is marked in this exam since its key was corrected and that was confirmed."""
    rows = session.execute(select(Regrade.question_id, QuestionVersion.content).join(
        QuestionVersion, QuestionVersion.id == Regrade.by_version_id).where(
        Regrade.exam_id == exam_id, Regrade.state == "confirmed").order_by(Regrade.id))
    return {row.question_id: from_json(row.content) for row in rows}


def mark_sitting(work: Work, sitting_id: int) -> int:
    """Judge the answers of a sitting that was handed in; twice changes nothing. How many were judged. Source: C10."""
    work.permit(FOLLOW)
    sitting = work.get(Sitting, sitting_id, lock=True)
    if sitting.state not in (SittingState.SUBMITTED, SittingState.TIMED_OUT):
        return 0
    exam = work.get(Exam, sitting.exam_id)
    items = list(work.session.scalars(select(SittingItem).where(
        SittingItem.sitting_id == sitting.id, SittingItem.stand == "running").order_by(SittingItem.place)))
    if not items:
        return 0
    keys = corrected_keys(work.session, exam.id)
    frozen = {one.id: keys.get(one.question_id, one.question) for one in frozen_items(work.session, sitting.id, sitting.seed)}
    answers = answers_of(work.session, [sitting.id])
    for marks in live_marks(work.session, [one.id for one in items]).values():
        for mark in marks:  # of answers before somebody was let go on
            mark.undone_at = work.now
    for item in items:
        kept = answers.get(item.id)
        judge(work, item, score(frozen[item.id], kept.value.get("answer") if kept is not None else None, item.points))
    settle_sitting(work.session, sitting, exam)
    return len(items)


def judge(work: Work, item: SittingItem, judged: Score) -> None:
    """Write what the machine says of an answer; one it cannot judge waits for a person, unless nothing was answered."""
    item.verdict = judged.verdict.value
    points = judged.points
    if points is None and rubrics.left_empty(judged):
        points = rubrics.by_machine(judged)
    if points is None:
        item.stand, item.mark = MarkStand.FIRST.value, None
        return
    item.stand, item.mark = MarkStand.SETTLED.value, points
    work.session.add(Mark(item_id=item.id, part="auto", marker_id=None, behalf=[], points=points, lines={}, comment=None, at=work.now))


def is_ready(session: Session, exam: Exam, now: datetime) -> bool:
    """Whether nothing more can come and everything has its first mark, so that it can be drawn what is marked twice."""
    if exam.state != ExamState.PUBLISHED or exam.seconds_at is not None or plan_of(exam, (), ()).ends_at > now:
        return False
    if is_paused(session, exam.id):  # whoever has not begun may still begin when it goes on
        return False
    session.flush()
    left = session.scalar(select(func.count()).select_from(Sitting).where(
        Sitting.exam_id == exam.id, Sitting.state == SittingState.RUNNING))
    return not left and not session.scalar(select(func.count()).select_from(SittingItem).join(
        Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam.id, Sitting.state != SittingState.VOID, SittingItem.stand.in_(WAITING)))


def draw_seconds(work: Work, exam_id: int) -> bool:
    """Draw which sittings a second person marks, once everything has its first mark: near the pass mark all, of the others a share by
    lot. What was drawn before stays. Whether it was drawn now. Source: C12, domain 5.2."""
    work.permit(FOLLOW)
    exam = held_exam(work, exam_id)
    if not is_ready(work.session, exam, work.now):
        return False
    draw(work, exam)
    return True


def draw(work: Work, exam: Exam) -> None:
    """The draw itself; the caller holds the exam and has asked `is_ready`."""
    sittings = ended_sittings(work.session, exam.id)
    items = _items(work.session, [one.id for one in sittings])
    marks = live_marks(work.session, [one.id for its in items.values() for one in its])
    scores: dict[int, Decimal] = {}
    for one in sittings:
        firsts = [by_person(marks[item.id]).get(MarkingPart.MARK) for item in items[one.id]]
        if any(first is not None for first in firsts):
            total = sum(((first.points if first is not None else item.mark or Decimal(0))
                         for item, first in zip(items[one.id], firsts, strict=True)), Decimal(0))
            scores[one.id] = total - one.most * exam.pass_percent / 100
    chosen = rules.for_second(scores, Decimal(0), exam.border, exam.second_percent, exam.seed)
    for one in sittings:
        if one.id in chosen and one.second_why is None:
            one.second_why = chosen[one.id]
            for item in items[one.id]:
                if by_person(marks[item.id]):
                    settle_item(item, marks[item.id], one, exam)
        settle_sitting(work.session, one, exam)
    exam.seconds_at = work.now
    work.record(SecondsDrawn(exam.id))


def _items(session: Session, sitting_ids: Sequence[int]) -> dict[int, list[SittingItem]]:
    found: dict[int, list[SittingItem]] = {one: [] for one in sitting_ids}
    for row in session.scalars(select(SittingItem).where(SittingItem.sitting_id.in_(sitting_ids)).order_by(
            SittingItem.sitting_id, SittingItem.place)):
        found[row.sitting_id].append(row)
    return found


def draw_again(work: Work, exam_id: int, sitting_id: int) -> None:
    """Somebody goes on after having handed in: nobody has an answer of theirs in hand, and the draw waits for them again."""
    work.permit(FOLLOW)
    exam = held_exam(work, exam_id)
    if exam.state != ExamState.PUBLISHED:
        return
    if exam.seconds_at is not None:
        exam.seconds_at = None
    for hold in work.session.scalars(select(MarkHold).join(SittingItem, SittingItem.id == MarkHold.item_id).where(
            SittingItem.sitting_id == sitting_id).order_by(MarkHold.item_id)):
        work.session.delete(hold)


def due_to_draw(session: Session, now: datetime) -> list[int]:
    """Announced exams that may be ready to be drawn."""
    rows = session.scalars(select(Exam).where(
        Exam.state == ExamState.PUBLISHED, Exam.seconds_at.is_(None), Exam.closes_at <= now).order_by(Exam.id))
    return [one.id for one in rows if is_ready(session, one, now)]
