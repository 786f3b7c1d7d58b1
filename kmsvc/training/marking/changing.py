"""Changes of marks that were released: each says who, why, old and new; the only way a released score changes. Source: C15."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking import rules
from kmsvc.training.marking.events import ScoreChanged
from kmsvc.training.marking.models import ScoreChangeRow
from kmsvc.training.marking.permissions import CORRECT
from kmsvc.training.marking.rules import ScoreCause
from kmsvc.training.marking.settling import held_exam, settle_sitting
from kmsvc.training.sittings.models import Sitting, SittingItem

RELEASED = (ExamState.RELEASED.value, ExamState.FINAL.value)


@dataclass(frozen=True)
class Wanted:
    """A mark that is to become another one."""

    item: SittingItem
    new: Decimal
    cause: str


def change_marks(work: Work, exam: Exam, wanted: Sequence[Wanted], *, why: str, appeal_id: int | None = None) -> int:
    """Write changes of released marks, all or none; scores follow, and each candidate is told. The caller has asked for its permission
    and holds the exam. How many sittings changed."""
    if exam.state not in RELEASED:
        raise RuleBroken("training.marking.unreleased", N_("Results are not released yet; marks still change at the desk."))
    touched: dict[int, list[Wanted]] = {}
    for one in wanted:
        old = one.item.mark if one.item.mark is not None else Decimal(0)
        change = rules.ScoreChange(one.item.sitting_id, one.item.question_id, work.actor.person_id, why, one.cause, work.now, old,
                                   one.new, appeal_id)
        flaws = rules.change_flaws(change, old, one.item.points)
        if flaws:
            raise RuleBroken(f"training.marking.change_{flaws[0]}", WRONG[flaws[0]])
        assert work.actor.person_id is not None
        work.session.add(ScoreChangeRow(item_id=one.item.id, sitting_id=one.item.sitting_id, who_id=work.actor.person_id, why=why,
                                        cause=one.cause, at=work.now, old=old, new=one.new, appeal_id=appeal_id))
        one.item.mark = one.new
        touched.setdefault(one.item.sitting_id, []).append(one)
    for sitting_id, its in sorted(touched.items()):
        sitting = work.get(Sitting, sitting_id, lock=True)
        before = sitting.passed
        settle_sitting(work.session, sitting, exam)
        work.record(ScoreChanged(sitting_id, exam.id, [one.item.id for one in its], its[0].cause, sitting.passed != before))
    return len(touched)


WRONG = {
    "who": N_("A person must answer for a change of a released mark. Act as one (--as)."),
    "why": N_("Say why the mark changes."),
    "appeal": N_("Say which appeal it follows from."),
    "old": N_("The mark has changed meanwhile. Look again."),
    "same": N_("This is the mark that stands already."),
    "range": N_("The mark lies outside the points of the question."),
}


def correct_mark(work: Work, sitting_id: int, place: int, *, new: Decimal, why: str) -> SittingItem:
    """Correct one released mark after an error in marking."""
    sitting = work.get(Sitting, sitting_id)
    work.permit(CORRECT, sitting)
    exam = held_exam(work, sitting.exam_id)
    item = item_at(work.session, sitting_id, place)
    if not 0 <= new <= item.points or new != new.quantize(rules.CENT):
        raise InvalidInput({"points": [Filled(rules.SAID["range"], most=item.points)]})
    if not why.strip():
        raise InvalidInput({"why": [WRONG["why"]]})
    work.because(why)
    change_marks(work, exam, [Wanted(item, new, ScoreCause.ERROR.value)], why=why)
    return item


def item_at(session: Session, sitting_id: int, place: int) -> SittingItem:
    """A question of a sitting by its place, from 1."""
    item = session.scalars(select(SittingItem).where(SittingItem.sitting_id == sitting_id, SittingItem.place == place)).one_or_none()
    if item is None:
        raise NotFound()
    return item


def history_of(session: Session, item_ids: Sequence[int]) -> dict[int, list[ScoreChangeRow]]:
    """item -> its changes since the release, oldest first."""
    found: dict[int, list[ScoreChangeRow]] = {}
    for row in session.scalars(select(ScoreChangeRow).where(ScoreChangeRow.item_id.in_(item_ids)).order_by(ScoreChangeRow.id)):
        found.setdefault(row.item_id, []).append(row)
    return found
