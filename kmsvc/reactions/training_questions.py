"""What follows for questions. That a changed paragraph pulls exactly those that cite it stands in `questions/citing.py`, by the seam of
citations; who keeps them hears of that from there. Here: a question that figures or people took out of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.training.questions.citing import address, keepers
from kmsvc.training.questions.events import QuestionFlagged
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.questions.rules import State, Why
from kmsvc.training.questions.usecases import open_flags

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_question_keeper(work: Work, fact: QuestionFlagged, around: Surroundings) -> None:
    """Whoever keeps the bank hears which question left the pool and why; of a changed paragraph the citations tell. Nobody hears of
    one that is back already, and nobody of what they did themselves."""
    row = work.session.get(QuestionRow, fact.question_id)
    if row is None or row.state != State.FLAGGED or fact.why == Why.CITATION:
        return
    held = open_flags(work, row.id)
    by = held[-1].raised_by_id if held else None
    people = directory(work.session).people
    told = [one for one in keepers(work.session, row.id) if one != by and one in people and people[one].is_active]
    tell(work, told, "training.question.flagged", url=address(row.id), dedup=f"question_flagged:{row.id}:{held[-1].id if held else 0}",
         params={"number": row.number, "why_label": {"enum": "question_why", "code": fact.why}})


REACTIONS: dict[Any, tuple[Any, ...]] = {QuestionFlagged: (tell_question_keeper,)}
