"""The clocks of a sitting: what its terms are, which instant counts now, and the one way a sitting is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kmsvc.core.clock import steady_reading
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.sittings import rules
from kmsvc.training.sittings.events import SittingHandedIn
from kmsvc.training.sittings.models import Answer, ExamPause, Sitting, SittingDevice
from kmsvc.training.sittings.rules import Deadline, Reading, SittingState, Terms

_LATEST = select(func.max(Answer.number).label("number"), func.max(Answer.id).label("mark"), func.max(Answer.at).label("answered"),
                 select(func.max(SittingDevice.seen_at)).where(SittingDevice.sitting_id == bindparam("sitting"))
                 .scalar_subquery().label("seen")).where(Answer.sitting_id == bindparam("sitting"))

PAUSED = select(ExamPause.id).where(ExamPause.exam_id == ExamCandidate.exam_id, ExamPause.resumed_at.is_(None)).exists()
"""whether the exam of a candidate stands still, beside the row of the candidate"""


def window_of(exam: Exam, candidate: ExamCandidate) -> tuple[datetime, datetime]:
    """From when to when this person may begin; who makes up sits in the second window."""
    if candidate.made_up and exam.make_up_opens_at is not None and exam.make_up_closes_at is not None:
        return exam.make_up_opens_at, exam.make_up_closes_at
    return exam.opens_at, exam.closes_at


def until(row: Sitting) -> Deadline:
    """When this sitting ends."""
    return rules.deadline(Terms(row.begun_at, row.length_s, row.window_ends_at, row.grace_s, row.more_s))


@dataclass(frozen=True)
class Newest:
    """The highest number of an answer; the mark of the row written last, which tells a window what it has not seen yet; the latest
    instant at which anything of this sitting counted."""

    number: int
    mark: int
    at: datetime


def newest(session: Session, row: Sitting) -> Newest:
    """What has come of a sitting until now."""
    found = session.execute(_LATEST, {"sitting": row.id}).one()
    return Newest(found.number or 0, found.mark or 0, max(one for one in (row.latest_at, found.answered, found.seen) if one is not None))


def latest_in(session: Session, exam_id: int, rows: Iterable[Sitting]) -> dict[int, datetime]:
    """By id of the sitting: the latest instant at which anything of it counted, of many sittings of an exam at once."""
    found = {row.id: row.latest_at for row in rows}
    for told in (select(Answer.sitting_id, func.max(Answer.at)).join(Sitting, Sitting.id == Answer.sitting_id).group_by(
                     Answer.sitting_id),
                 select(SittingDevice.sitting_id, func.max(SittingDevice.seen_at)).join(
                     Sitting, Sitting.id == SittingDevice.sitting_id).group_by(SittingDevice.sitting_id)):
        for sitting_id, at in session.execute(told.where(Sitting.exam_id == exam_id, Sitting.state == SittingState.RUNNING)):
            if sitting_id in found:
                found[sitting_id] = max(found[sitting_id], at)
    return found


def counting_at(row: Sitting, now: datetime, latest: datetime | None = None) -> datetime:
    """The instant that counts for this sitting (R-E3); while the exam is paused it stands still. now: of the server's wall clock."""
    return row.paused_at if row.paused_at is not None else ticking_at(row, now, latest)


def ticking_at(row: Sitting, now: datetime, latest: datetime | None = None) -> datetime:
    """The instant that counts without a pause."""
    steady_s, boot = steady_reading()
    return rules.trusted(Reading(row.begun_at, row.begun_steady_s, row.boot), Reading(now, steady_s, boot), latest or row.latest_at)


def hand_in(work: Work, row: Sitting, how: SittingState, ended_at: datetime, at: datetime) -> None:
    """The one way a sitting ends by itself or by its candidate; the caller holds the row and has asked the rules."""
    row.state, row.ended_at, row.latest_at, row.paused_at = how.value, ended_at, max(row.latest_at, at), None
    work.session.flush()
    work.record(SittingHandedIn(row.id, row.exam_id, how.value))


def close_if_due(work: Work, row: Sitting, at: datetime) -> bool:
    """Hand in what the clock has ended, as of the end of its time, whenever that is found."""
    end = until(row)
    if not rules.due_to_time_out(row.state, end, at):
        return False
    hand_in(work, row, SittingState.TIMED_OUT, end.ends_at, at)
    return True


def pause_of(session: Session, exam_id: int) -> ExamPause | None:
    """The pause an exam is in."""
    return session.scalars(select(ExamPause).where(ExamPause.exam_id == exam_id, ExamPause.resumed_at.is_(None))).one_or_none()


def is_paused(session: Session, exam_id: int) -> bool:
    """Whether an exam stands still now."""
    return pause_of(session, exam_id) is not None
