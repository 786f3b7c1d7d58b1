"""What follows from sittings: who may go on, or whose sitting counts no more or again, hears of it. Marking has its own reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.training.exams.models import Exam
from kmsvc.training.sittings.events import SittingAnnulled, SittingReopened, SittingRestored
from kmsvc.training.sittings.models import Sitting

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _tell(work: Work, sitting_id: int, kind: str) -> None:
    row = work.get(Sitting, sitting_id)
    exam = work.get(Exam, row.exam_id)
    tell(work, [row.person_id], f"training.sitting.{kind}", url=f"/training/sittings/{row.id}",
         dedup=f"sitting:{row.id}:{kind}:{row.version}", params={"number": exam.number, "title": exam.title}, about=("sitting", row.id))


def tell_candidate_of_reopening(work: Work, fact: SittingReopened, around: Surroundings) -> None:
    """Whoever handed in and may go on hears of it."""
    _tell(work, fact.sitting_id, "reopened")


def tell_candidate_of_annulment(work: Work, fact: SittingAnnulled, around: Surroundings) -> None:
    """Whoever sat in vain hears of it, and that the attempt is not used."""
    _tell(work, fact.sitting_id, "annulled")


def tell_candidate_of_restoring(work: Work, fact: SittingRestored, around: Surroundings) -> None:
    """Whoever was told that a sitting does not count hears that it does."""
    _tell(work, fact.sitting_id, "restored")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    SittingReopened: (tell_candidate_of_reopening,),
    SittingAnnulled: (tell_candidate_of_annulment,),
    SittingRestored: (tell_candidate_of_restoring,),
}
