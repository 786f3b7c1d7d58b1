"""Duties of marking in the one engine: to decide an appeal by its day, of whoever it went to; to mark what waits before results are
to be released, of each marker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.models import Mark, MarkAppeal
from kmsvc.training.sittings.models import Sitting, SittingItem

DECIDE, APPEAL = "training.marking.decide", "mark_appeal"
MARK, MARKING = "training.marking.mark", "exam_marking"


def open_appeals(session: Session) -> Iterator[Any]:
    """Appeals that wait for a decision."""
    yield from session.execute(select(MarkAppeal.id, MarkAppeal.decide_by, MarkAppeal.decider_id).where(
        MarkAppeal.state == AppealState.OPEN).order_by(MarkAppeal.id))


def wanted(row: Any, today: date) -> Iterator[Wanted]:
    """By the day the candidate was told."""
    yield Wanted(APPEAL, row.id, Due("once", row.decide_by), row.decider_id)


def decided_on(session: Session, duty: Obligation) -> date | None:
    """The day it was decided; one taken back asks nobody for anything."""
    row = session.get(MarkAppeal, duty.subject_id)
    if row is None or row.decided_at is None or row.state == AppealState.WITHDRAWN:
        return None
    return centre_day(session, row.decided_at)


class ToMark(NamedTuple):
    """Somebody who has answers of an exam to mark, and the day on which its results are to be released."""

    id: int
    person_id: int
    release_on: date


def unmarked(session: Session) -> Iterator[ToMark]:
    """Exam and marker of announced exams with answers that wait for people."""
    waiting = select(Sitting.exam_id).join(SittingItem, SittingItem.sitting_id == Sitting.id).where(
        Sitting.state.in_(("submitted", "timed_out")), SittingItem.stand.in_(("first", "second", "third")))
    for exam_id, release_at, person_id in session.execute(select(Exam.id, Exam.release_at, ExamMarker.person_id).join(
            ExamMarker, ExamMarker.exam_id == Exam.id).where(Exam.state == "published", Exam.id.in_(waiting)).order_by(
            Exam.id, ExamMarker.person_id)):
        yield ToMark(exam_id, person_id, centre_day(session, release_at))


def wanted_marks(row: ToMark, today: date) -> Iterator[Wanted]:
    """By the day on which results are to be released."""
    yield Wanted(MARKING, row.id, Due(f"person {row.person_id}", row.release_on), row.person_id)


def marked_on(session: Session, duty: Obligation) -> date | None:
    """The day of the last mark somebody gave in the exam; none for who gave none."""
    at = session.scalar(select(func.max(Mark.at)).join(SittingItem, SittingItem.id == Mark.item_id).join(
        Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == duty.subject_id, Mark.marker_id == int(duty.period.removeprefix("person "))))
    return centre_day(session, at) if at is not None else None


register(DutyRule(DECIDE, N_("Deciding a marking appeal"), open_appeals, wanted, APPEAL, decided_on))
register(DutyRule(MARK, N_("Marking what waits of an exam"), unmarked, wanted_marks, MARKING, marked_on, again=True))
