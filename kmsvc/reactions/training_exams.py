"""The story of an exam plan: its people hear that it is announced, moved, near, or does not take place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.training.exams.events import (
    CandidatesAdded,
    CandidatesRemoved,
    ExamCancelled,
    ExamMoved,
    ExamNear,
    ExamPublished,
    ExamTakenBack,
)
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import candidates_of
from kmsvc.training.exams.states import ExamState

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _tell(work: Work, row: Exam, people: Sequence[int], kind: str, at: datetime, dedup: str, around: Surroundings) -> None:
    tell(work, list(people), f"training.exam.{kind}", url="/training/exams/mine", mail=True, dedup=f"exam:{row.id}:{dedup}", params={
        "number": row.number, "title": row.title, "opens_on": local_date(at, around.zone).isoformat(),
        "time": at.astimezone(ZoneInfo(around.zone)).strftime("%H:%M"), "minutes": row.duration_min})


def _invite(work: Work, row: Exam, people: Sequence[int] | None, kind: str, dedup: str, around: Surroundings) -> None:
    """Each by the own window; whoever sits in the make-up hears of that."""
    windows: dict[datetime, list[int]] = {}
    for one in candidates_of(work.session, row):
        if people is None or one.person_id in people:
            windows.setdefault(one.window.opens_at, []).append(one.person_id)
    for at, its in windows.items():
        _tell(work, row, its, kind, at, f"{dedup}:{at.isoformat()}", around)


def invite_candidates(work: Work, fact: ExamPublished, around: Surroundings) -> None:
    """Everybody who is to sit it hears when; nobody of one that was taken back meanwhile."""
    row = work.get(Exam, fact.exam_id)
    if row.state == ExamState.PUBLISHED and row.published_at is not None:
        _invite(work, row, None, "published", f"published:{row.published_at.isoformat()}", around)


def invite_added(work: Work, fact: CandidatesAdded, around: Surroundings) -> None:
    """Who came in later hears of it as the others did, once: the announcement may be delivered after it."""
    row = work.get(Exam, fact.exam_id)
    if row.state == ExamState.PUBLISHED and row.published_at is not None:
        _invite(work, row, fact.person_ids, "published", f"published:{row.published_at.isoformat()}", around)


def tell_moved(work: Work, fact: ExamMoved, around: Surroundings) -> None:
    """Whom it concerns hears of the new time."""
    row = work.get(Exam, fact.exam_id)
    if row.state == ExamState.PUBLISHED:
        _invite(work, row, fact.person_ids or None, "moved", f"moved:{fact.opens_at}", around)


def tell_not_to_sit(work: Work, fact: CandidatesRemoved, around: Surroundings) -> None:
    """Who was taken off the list need not come."""
    row = work.get(Exam, fact.exam_id)
    _tell(work, row, fact.person_ids, "removed", row.opens_at, f"removed:{around.at.isoformat() if around.at else ''}", around)


def tell_taken_back(work: Work, fact: ExamTakenBack, around: Surroundings) -> None:
    """Who had heard of it hears that it is planned anew."""
    row = work.get(Exam, fact.exam_id)
    _tell(work, row, fact.person_ids, "taken_back", row.opens_at, f"back:{around.at.isoformat() if around.at else ''}", around)


def tell_cancelled(work: Work, fact: ExamCancelled, around: Surroundings) -> None:
    """Nobody waits for an exam that does not take place."""
    row = work.get(Exam, fact.exam_id)
    if fact.announced:
        _tell(work, row, [one.person_id for one in candidates_of(work.session, row)], "cancelled", row.opens_at, "cancelled", around)


def remind_candidates(work: Work, fact: ExamNear, around: Surroundings) -> None:
    """Those of the window that is near are reminded: of the first one, later of the make-up."""
    row = work.get(Exam, fact.exam_id)
    made_up = row.make_up_reminded_at is not None
    if row.state == ExamState.PUBLISHED:
        its = [one.person_id for one in candidates_of(work.session, row) if one.made_up == made_up]
        _invite(work, row, its, "near", "near_make_up" if made_up else "near", around)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ExamPublished: (invite_candidates,), CandidatesAdded: (invite_added,), ExamMoved: (tell_moved,),
    CandidatesRemoved: (tell_not_to_sit,), ExamTakenBack: (tell_taken_back,), ExamCancelled: (tell_cancelled,),
    ExamNear: (remind_candidates,),
}
