"""What pages and JSON of sittings share: compose before the transaction, hand in what the clock has ended before it is shown."""

from __future__ import annotations

from kmsvc.core.errors import NotFound
from kmsvc.core.web import begin, database, look
from kmsvc.people.system import SYSTEM
from kmsvc.training.exams.models import Exam
from kmsvc.training.sittings import queries, usecases
from kmsvc.training.sittings.frozen import Drawn, drawn_for
from kmsvc.training.sittings.permissions import SIT
from kmsvc.training.sittings.queries import OwnSitting
from kmsvc.training.sittings.rules import SittingState


def composed(exam_id: int) -> tuple[Drawn, ...]:
    """The paper the caller of this request gets; NotFound for who is not invited, nothing for who sits it already."""
    settle_own(exam_id)
    with look() as work:
        work.permit(SIT)
        exam = work.session.get(Exam, exam_id)
        if exam is None or work.actor.person_id is None or not queries.is_invited(work.session, exam_id, work.actor.person_id):
            raise NotFound()
        before, _ = queries.own_sittings(work.session, work.actor, work.now, exam_id=exam_id)
        if any(one.state == SittingState.RUNNING for one in before):
            return ()
        return drawn_for(work.session, exam, work.actor.person_id, len(before) + 1)


def settled(sitting_id: int) -> OwnSitting:
    """The caller's sitting; one whose time is up is handed in first."""
    with look() as work:
        card = queries.own_card(work.session, work.actor, sitting_id, work.now)
    if not card.due:
        return card
    with database().begin(SYSTEM) as work:
        usecases.time_out(work, sitting_id)
    with look() as work:
        return queries.own_card(work.session, work.actor, sitting_id, work.now)


def settle_exam(exam_id: int) -> None:
    """Hand in every sitting of an exam whose time is up, one transaction each."""
    with look() as work:
        due = queries.due_sittings(work.session, work.now, exam_id)
    for one in due:
        with database().begin(SYSTEM) as work:
            usecases.time_out(work, one)


def heard(card: OwnSitting, device: str) -> OwnSitting:
    """Note that a window of the candidate is there, where that has not been noted lately."""
    with look() as work:
        known = queries.heard_lately(work.session, card, device)
    if known or card.state != SittingState.RUNNING:
        return card
    with begin() as work:
        usecases.hear(work, card.id, device)
    return card



def settle_own(exam_id: int) -> None:
    """Hand in the caller's sitting of an exam if its time is up."""
    with look() as work:
        rows, _ = queries.own_sittings(work.session, work.actor, work.now, exam_id=exam_id, state=SittingState.RUNNING, limit=5)
    for one in rows:
        settled(one.id)
