"""What a supervisor does with somebody's sitting, each an act with its reason: more time, going on, out of the count."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import select, update

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings import rules
from kmsvc.training.sittings.events import SittingAnnulled, SittingReopened, SittingRestored
from kmsvc.training.sittings.models import ExamPause, Sitting, SittingItem
from kmsvc.training.sittings.permissions import STEER
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.timing import close_if_due, counting_at, hand_in, is_paused, newest, until

LONGEST_MIN = 480
LONGEST_REASON = 300


def _taken(work: Work, sitting_id: int, verb: str, reason: str | None, permission: Permission = STEER) -> Sitting:
    """The sitting, held, where the verb makes sense now and a reason was given."""
    row = work.get(Sitting, sitting_id, lock=True)
    work.permit(permission, row)
    if not (reason or "").strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    close_if_due(work, row, counting_at(row, work.now, newest(work.session, row).at))
    if rules.after(verb, row.state) is None:
        raise RuleBroken("training.sitting.state", N_("The sitting does not stand so that this makes sense."))
    if work.get(Exam, row.exam_id).state != ExamState.PUBLISHED:
        raise RuleBroken("training.sitting.released", N_("The results of this exam are released; a mark is changed by an appeal."))
    work.because(reason)
    return row


def minutes_of(minutes: int) -> timedelta:
    """Minutes that may be given."""
    if not 1 <= minutes <= LONGEST_MIN:
        raise InvalidInput({"minutes": [N_("From 1 to 480 minutes.")]})
    return timedelta(minutes=minutes)


def extend(work: Work, sitting_id: int, *, minutes: int, reason: str) -> Sitting:
    """Give somebody who sits more time; both ends move. Source: R-E3."""
    more = minutes_of(minutes)
    row = _taken(work, sitting_id, "extend", reason)
    row.more_s += int(more.total_seconds())
    return row


def reopen(work: Work, sitting_id: int, *, minutes: int, reason: str) -> Sitting:
    """Let somebody go on who has handed in: answers are there, so many minutes from now. What was marked is marked again later."""
    more = minutes_of(minutes)
    row = _taken(work, sitting_id, "reopen", reason)
    if work.session.scalar(select(Sitting.id).where(Sitting.exam_id == row.exam_id, Sitting.person_id == row.person_id,
                                                    Sitting.state == SittingState.RUNNING).limit(1)) is not None:
        raise RuleBroken("training.sitting.another_runs", N_("Another attempt of this person is running."))
    at = counting_at(row, work.now, newest(work.session, row).at)
    row.state, row.ended_at, row.latest_at = SittingState.RUNNING.value, None, at
    row.more_s += int((at + more - until(row).ends_at).total_seconds())
    row.score = row.passed = row.second_why = None
    row.paused_at = at if is_paused(work.session, row.exam_id) else None
    work.session.execute(update(SittingItem).where(SittingItem.sitting_id == row.id).values(stand="running", verdict=None, mark=None))
    work.record(SittingReopened(row.id, row.exam_id))
    return row


def annul(work: Work, sitting_id: int, *, reason: str) -> Sitting:
    """Take a sitting out of the count: it uses no attempt and has no result. Its answers stay."""
    row = _taken(work, sitting_id, "annul", reason)
    row.was, row.state = row.state, SittingState.VOID.value
    row.ended_at = row.ended_at or min(counting_at(row, work.now), until(row).ends_at)
    row.paused_at = None
    work.record(SittingAnnulled(row.id, row.exam_id))
    return row


def restore(work: Work, sitting_id: int, *, reason: str) -> Sitting:
    """Count a sitting again that was taken out: it stands where it stood, one that was being sat with the time it had left at its clock,
    which stood still in every pause meanwhile; whose time is up is handed in. Refused where another attempt was begun in its place."""
    row = _taken(work, sitting_id, "restore", reason)
    others = work.session.scalars(select(Sitting.state).where(
        Sitting.exam_id == row.exam_id, Sitting.person_id == row.person_id, Sitting.id != row.id,
        Sitting.state != SittingState.VOID)).all()
    if SittingState.RUNNING in others or len(others) >= work.get(Exam, row.exam_id).attempts:
        raise RuleBroken("training.sitting.another", N_("Another attempt was begun in its place; that one counts."))
    before = SittingState(row.was or SittingState.SUBMITTED)
    row.was = None
    work.record(SittingRestored(row.id, row.exam_id))
    if before == SittingState.RUNNING:
        assert row.ended_at is not None
        pauses = work.session.scalars(select(ExamPause).where(ExamPause.exam_id == row.exam_id).order_by(ExamPause.id))
        lost, stands = rules.stood_still(row.ended_at, [(one.paused_at, one.resumed_at) for one in pauses])
        row.more_s += math.ceil(lost.total_seconds())
        row.state, row.ended_at, row.paused_at = before.value, None, stands
        work.session.flush()
        close_if_due(work, row, counting_at(row, work.now, newest(work.session, row).at))
        return row
    assert row.ended_at is not None
    hand_in(work, row, before, row.ended_at, row.latest_at)
    return row
