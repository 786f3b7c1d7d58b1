"""What the marks of an answer come to, who gave them, and what they make of its sitting: the one place where marks become a score."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.marking import rules
from kmsvc.training.marking.models import Mark, MarkerSubstitute
from kmsvc.training.marking.rules import Hand, Involved, MarkingPart, Marks, MarkStand
from kmsvc.training.questions.models import QuestionRow, QuestionVersion
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.rules import SittingState

ENDED = (SittingState.SUBMITTED.value, SittingState.TIMED_OUT.value)
PART_OF = {MarkStand.FIRST: MarkingPart.MARK, MarkStand.SECOND: MarkingPart.SECOND, MarkStand.THIRD: MarkingPart.THIRD}
"""what an answer waits for -> what somebody does with it"""


def handle_of(sitting: Sitting, item_id: int) -> str:
    """The name an answer has for who marks it: it tells neither the person nor which answers are of one sitting."""
    return hashlib.sha256(f"{sitting.seed}:{item_id}".encode()).hexdigest()[:16]


def live_marks(session: Session, item_ids: Sequence[int]) -> dict[int, list[Mark]]:
    """item -> its marks that were not taken back, oldest first; those of the machine too."""
    found: dict[int, list[Mark]] = {one: [] for one in item_ids}
    for start in range(0, len(item_ids), 500):
        for row in session.scalars(select(Mark).where(
                Mark.item_id.in_(item_ids[start:start + 500]), Mark.undone_at.is_(None)).order_by(Mark.id)):
            found[row.item_id].append(row)
    return found


def by_person(marks: Iterable[Mark]) -> dict[str, Mark]:
    """part -> the mark a person gave; the last of each counts."""
    return {one.part: one for one in marks if one.part != "auto"}


def marks_of(marks: Iterable[Mark], sitting: Sitting) -> Marks:
    """As the rules see them; a flag of the first marker asks for a second as a draw does."""
    held = by_person(marks)
    flagged = MarkingPart.MARK in held and held[MarkingPart.MARK].flag is not None
    first, second, third = (held[part].points if part in held else None
                            for part in (MarkingPart.MARK, MarkingPart.SECOND, MarkingPart.THIRD))
    return Marks(first, second, third, wants_second=sitting.second_why is not None or flagged)


def settle_item(item: SittingItem, marks: Iterable[Mark], sitting: Sitting, exam: Exam) -> None:
    """Write where an answer that people mark stands, and its mark as soon as there is one."""
    found = rules.settled(marks_of(marks, sitting), exam.limit, exam.settling)
    item.stand, item.mark = found.stand.value, found.mark


def settle_sitting(session: Session, sitting: Sitting, exam: Exam) -> None:
    """Score and passing follow as soon as each answer has its mark; before that there is none."""
    session.flush()
    rows = session.execute(select(SittingItem.stand, SittingItem.mark).where(SittingItem.sitting_id == sitting.id)).all()
    if sitting.state not in ENDED or not rows or any(row.stand != MarkStand.SETTLED or row.mark is None for row in rows):
        sitting.score = sitting.passed = None
        return
    sitting.score = sum((row.mark for row in rows), Decimal(0))
    sitting.passed = rules.passes(sitting.score, sitting.most, exam.pass_percent)


def people_of(mark: Mark | None) -> frozenset[int]:
    """Everybody who counts as having given a mark."""
    return frozenset() if mark is None else frozenset({*(mark.behalf or ()), *([mark.marker_id] if mark.marker_id else [])})


def authors_of(session: Session, version_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """version of a question -> who wrote it: whoever made the question, and this version of it."""
    rows = session.execute(select(QuestionVersion.id, QuestionVersion.made_by_id, QuestionRow.made_by_id.label("first_by")).join(
        QuestionRow, QuestionRow.id == QuestionVersion.question_id).where(QuestionVersion.id.in_(sorted(set(version_ids)))))
    return {row.id: frozenset(one for one in (row.made_by_id, row.first_by) if one is not None) for row in rows}


def involved_of(sitting: Sitting, marks: Iterable[Mark], authors: frozenset[int]) -> Involved:
    """Who had to do with an answer before (R-E6)."""
    held = by_person(marks)
    return Involved(sitting.person_id, authors, *(people_of(held.get(part)) for part in (
        MarkingPart.MARK, MarkingPart.SECOND, MarkingPart.THIRD)))


def hand_of(session: Session, actor: Actor, exam_id: int) -> Hand | None:
    """As whom somebody marks an exam: by the own right where there is one, else in place of others, along the whole chain; None
    for who is neither a marker nor a substitute of one."""
    if actor.person_id is None:
        return None
    markers = set(session.scalars(select(ExamMarker.person_id).where(ExamMarker.exam_id == exam_id)))
    if actor.person_id in markers:
        return Hand(actor.person_id)
    chain = stands_for(session, exam_id, actor.person_id)
    return Hand(actor.person_id, chain) if chain & markers else None


def stands_for(session: Session, exam_id: int, person_id: int) -> frozenset[int]:
    """In whose place somebody acts in an exam, along the whole chain of substitutes."""
    direct: dict[int, set[int]] = {}
    for row in session.execute(select(MarkerSubstitute.person_id, MarkerSubstitute.for_id).where(
            MarkerSubstitute.exam_id == exam_id, MarkerSubstitute.ended_at.is_(None))):
        direct.setdefault(row.person_id, set()).add(row.for_id)
    chain, waiting = set[int](), [person_id]
    while waiting:
        for one in direct.get(waiting.pop(), set()) - chain:
            chain.add(one)
            waiting.append(one)
    return frozenset(chain - {person_id})


def ended_sittings(session: Session, exam_id: int) -> list[Sitting]:
    """Sittings that are handed in and count, by id."""
    return list(session.scalars(select(Sitting).where(Sitting.exam_id == exam_id, Sitting.state.in_(ENDED)).order_by(Sitting.id)))


def held_exam(work: Work, exam_id: int) -> Exam:
    """The exam, held: who marks, draws or releases at the same instant waits here."""
    return work.get(Exam, exam_id, lock=True)
