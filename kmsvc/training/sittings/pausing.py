"""What who watches does for everybody who sits an exam: more time for all or for a room, and a pause of the whole exam."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.rules import Window, after_pause
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings.models import ExamPause, Sitting
from kmsvc.training.sittings.permissions import STEER
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.steering import minutes_of
from kmsvc.training.sittings.timing import close_if_due, counting_at, latest_in, pause_of, ticking_at


def _held(work: Work, exam_id: int, reason: str | None, *, over: bool = False) -> Exam:
    """The exam, held; refused without a reason, where it is not sat any more (over: unless it was cancelled), and for who sits it."""
    exam = work.get(Exam, exam_id, lock=True)
    work.permit(STEER)
    if not (reason or "").strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    if exam.state != ExamState.PUBLISHED and not (over and exam.state == ExamState.CANCELLED):
        raise RuleBroken("training.sitting.not_open", N_("This exam is not being sat."))
    work.because(reason)
    return exam


def _running(work: Work, exam_id: int, room: str | None = None) -> list[tuple[Sitting, datetime]]:
    """Everybody who sits it now, held, with the latest instant that counted; whose time is up is handed in. room: only who has a seat
    there."""
    query = select(Sitting).where(Sitting.exam_id == exam_id, Sitting.state == SittingState.RUNNING)
    if room:
        query = query.where(Sitting.person_id.in_(select(ExamCandidate.person_id).where(
            ExamCandidate.exam_id == exam_id, ExamCandidate.room == room)))
    rows = list(work.session.scalars(query.order_by(Sitting.id).with_for_update()))
    latest = latest_in(work.session, exam_id, rows)
    return [(row, latest[row.id]) for row in rows if not close_if_due(work, row, counting_at(row, work.now, latest[row.id]))]


def extend_all(work: Work, exam_id: int, *, minutes: int, reason: str, room: str | None = None) -> int:
    """Give everybody who sits the exam more time, or everybody in one room, as after a power cut; the own sitting is left out.
    How many got it. Source: R-E3, C7."""
    more = minutes_of(minutes)
    _held(work, exam_id, reason)
    rows = [row for row, _ in _running(work, exam_id, room) if row.person_id != work.actor.person_id]
    for row in rows:
        row.more_s += int(more.total_seconds())
    if not rows:
        raise RuleBroken("training.sitting.nobody", N_("Nobody sits the exam there now."))
    return len(rows)


def pause(work: Work, exam_id: int, *, reason: str) -> ExamPause:
    """Let the exam stand still: every clock stops, nobody begins, questions are covered. Whoever sits it does not pause it."""
    exam = _held(work, exam_id, reason)
    if pause_of(work.session, exam_id) is not None:
        raise RuleBroken("training.sitting.paused_already", N_("The exam is paused already."))
    rows = _running(work, exam_id)
    if any(row.person_id == work.actor.person_id for row, _ in rows):
        raise NotPermitted()
    for row, latest in rows:
        row.paused_at = counting_at(row, work.now, latest)
    made = ExamPause(exam_id=exam.id, paused_at=work.now)
    work.session.add(made)
    return made


def resume(work: Work, exam_id: int, *, reason: str) -> ExamPause:
    """Let the exam go on: everybody who sat it has as much time as when it was paused; both ends of a sitting move by the pause, and
    whoever could not begin because of it has as long for that as before. One that was cancelled in its pause goes on too, so that no
    paper stays open for ever."""
    exam = _held(work, exam_id, reason, over=True)
    held = pause_of(work.session, exam_id)
    if held is None:
        raise RuleBroken("training.sitting.not_paused", N_("The exam is not paused."))
    rows = _running(work, exam_id)
    if any(row.person_id == work.actor.person_id for row, _ in rows):
        raise NotPermitted()
    for row, latest in rows:
        if row.paused_at is not None:
            at = ticking_at(row, work.now, latest)
            row.more_s += math.ceil((at - row.paused_at).total_seconds())
            row.paused_at, row.latest_at = None, max(row.latest_at, at)
    held.resumed_at = max(work.now, held.paused_at)
    if exam.state == ExamState.PUBLISHED:
        stood = Window(held.paused_at, held.resumed_at)
        first = after_pause(Window(exam.opens_at, exam.closes_at), stood)
        exam.opens_at, exam.closes_at = first.opens_at, first.closes_at
        if exam.make_up_opens_at is not None and exam.make_up_closes_at is not None:
            second = after_pause(Window(exam.make_up_opens_at, exam.make_up_closes_at), stood)
            shift = max(first.closes_at - second.opens_at, timedelta())
            exam.make_up_opens_at, exam.make_up_closes_at = second.opens_at + shift, second.closes_at + shift
    return held
