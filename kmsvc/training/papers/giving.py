"""Which questions somebody is asked: the rows of a paper that is the same for all, or the paper composed for this person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import RuleBroken
from kmsvc.core.memory import move_one
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.papers.blueprint import Feasibility
from kmsvc.training.papers.composing import Batch, TooFew, compose
from kmsvc.training.papers.keeping import blueprint_of
from kmsvc.training.papers.models import PaperQuestion, PaperRow, PersonPaper
from kmsvc.training.papers.rules import PaperWay
from kmsvc.training.papers.stocking import QUESTIONS, current_versions, not_counting, pool_for
from kmsvc.training.questions.models import QuestionUse

Given = list[tuple[int, int, int, Decimal]]
"""(place from 1, question, version, points) in the order in which they are asked"""
TOLERANCE = 20
"""thousandths of mean difficulty two papers may lie apart where a paper says nothing else"""


class Asks(Protocol):
    """An exam as giving papers sees it: something with a paper and a seed."""

    id: int
    paper_id: int
    seed: str


class BankTooSmall(RuleBroken):
    """The bank cannot give this paper; `found` names the exact shortage."""

    def __init__(self, found: Feasibility) -> None:
        self.found = found
        super().__init__("training.paper.short", N_("The question bank lacks %(count)s questions for this paper."),
                         count=found.missing)


def seed_of(exam: Asks, attempt: int = 1) -> str:
    """What the lots of an exam's papers fall by: a second attempt gets other questions."""
    return exam.seed if attempt == 1 else f"{exam.seed}/{attempt}"


def composed(session: Session, paper: PaperRow, seed: str, people: Collection[int], *, aim: int | None = None) -> Batch:
    """Papers for these people by the blueprint of a paper, equally difficult. BankTooSmall with the exact shortage."""
    if paper.blueprint is None:
        raise ValueError("a paper picked by hand has no blueprint")
    try:
        return compose(blueprint_of(paper.blueprint, paper.pass_percent), pool_for(session, paper.banks), seed, people,
                       tolerance=TOLERANCE if paper.tolerance is None else paper.tolerance, aim=aim)
    except TooFew as error:
        raise BankTooSmall(error.found) from error


def rows_of(session: Session, paper_id: int) -> Given:
    """The questions of a paper that is the same for all, as they stand in it."""
    rows = session.scalars(select(PaperQuestion).where(PaperQuestion.paper_id == paper_id).order_by(
        PaperQuestion.place, PaperQuestion.id))
    return [(place, row.question_id, row.version_id, row.points) for place, row in enumerate(rows, 1)]


def paper_for(session: Session, exam: Asks, person_ids: Collection[int], attempt: int = 1) -> dict[int, Given]:
    """person -> what they are asked in this exam. Papers picked or fixed are the same for everybody; others were composed when the
    exam was announced; for whom none was kept one is composed now, by the same seed and to the same difficulty."""
    paper = session.get_one(PaperRow, exam.paper_id)
    if paper.way != PaperWay.EACH:
        rows = rows_of(session, paper.id)
        return dict.fromkeys(person_ids, rows)
    kept = _kept(session, exam.id, person_ids, attempt)
    missing = sorted(set(person_ids) - kept.keys())
    found = {one: _given(row.questions) for one, row in kept.items()}
    if missing:
        batch = composed(session, paper, seed_of(exam, attempt), missing, aim=_aim(session, exam.id))
        versions = current_versions(session, {placed.question_id for one in batch.papers for placed in one.questions})
        for one in batch.papers:
            found[one.person] = _given([[placed.question_id, versions[placed.question_id], str(placed.points)]
                                        for placed in one.questions])
    return found


def draw(work: Work, exam: Asks, person_ids: Collection[int], attempts: int = 1, *, anew: bool = False) -> int:
    """Compose and keep the papers of these people for every attempt, in one go; those that were kept stay unless it is `anew`.
    How many were written. Nothing where the paper is the same for all."""
    session = work.session
    paper = session.get_one(PaperRow, exam.paper_id)
    if paper.way != PaperWay.EACH:
        note_uses(work, exam)
        return 0
    if anew:
        session.execute(delete(PersonPaper).where(PersonPaper.exam_id == exam.id))
    written = 0
    aim = None if anew else _aim(session, exam.id)
    for attempt in range(1, attempts + 1):
        missing = sorted(set(person_ids) - _kept(session, exam.id, person_ids, attempt).keys())
        if not missing:
            continue
        batch = composed(session, paper, seed_of(exam, attempt), missing, aim=aim)
        aim = batch.aim
        versions = current_versions(session, {placed.question_id for one in batch.papers for placed in one.questions})
        session.add_all(PersonPaper(
            exam_id=exam.id, person_id=one.person, attempt=attempt, load=one.load, aim=batch.aim, drawn_at=work.now,
            questions=[[placed.question_id, versions[placed.question_id], str(placed.points)] for placed in one.questions])
            for one in batch.papers)
        written += len(missing)
    session.flush()
    note_uses(work, exam)
    return written


def undraw(work: Work, exam: Asks, person_ids: Collection[int] | None = None) -> None:
    """Forget the papers of an exam nobody has begun, or of some of its people."""
    statement = delete(PersonPaper).where(PersonPaper.exam_id == exam.id)
    if person_ids is not None:
        statement = statement.where(PersonPaper.person_id.in_(sorted(set(person_ids))))
    work.session.execute(statement)
    note_uses(work, exam, none=person_ids is None)


def note_uses(work: Work, exam: Asks, *, none: bool = False) -> None:
    """Write down which questions this exam asks, for their exposure: what was asked less comes first when the next paper is composed.
    none: it asks nothing any more, as it was taken back before anybody saw it."""
    asked = frozenset() if none else asked_in(work.session, exam)
    held = {one.question_id: one for one in work.session.scalars(select(QuestionUse).where(QuestionUse.exam_id == exam.id))}
    for question, row in held.items():
        if question not in asked:
            work.session.delete(row)
    work.session.add_all(QuestionUse(question_id=one, exam_id=exam.id) for one in sorted(asked - held.keys()))
    if asked ^ held.keys():
        work.session.flush()
        move_one(work.session, QUESTIONS)


def stale_in(session: Session, exam: Asks) -> frozenset[int]:
    """The questions of an exam's papers that count no more: flagged, withdrawn or written anew since they were taken."""
    paper = session.get_one(PaperRow, exam.paper_id)
    if paper.way != PaperWay.EACH:
        return not_counting(session, {question: version for _, question, version, _ in rows_of(session, paper.id)})
    asked: dict[int, int] = {}
    old: set[int] = set()
    for questions in session.scalars(select(PersonPaper.questions).where(PersonPaper.exam_id == exam.id)):
        for question, version, _ in questions:
            if asked.setdefault(question, version) != version:
                old.add(question)
    return not_counting(session, asked) | old


def asked_in(session: Session, exam: Asks) -> frozenset[int]:
    """Every question that stands in a paper of this exam."""
    paper = session.get_one(PaperRow, exam.paper_id)
    if paper.way != PaperWay.EACH:
        return frozenset(question for _, question, _, _ in rows_of(session, paper.id))
    return frozenset(one[0] for questions in session.scalars(select(PersonPaper.questions).where(
        PersonPaper.exam_id == exam.id)) for one in questions)


def loads(session: Session, exam_id: int, attempt: int = 1) -> dict[int, int]:
    """person -> difficulty × hundredths of points of the paper kept for them."""
    return dict(session.execute(select(PersonPaper.person_id, PersonPaper.load).where(
        PersonPaper.exam_id == exam_id, PersonPaper.attempt == attempt).order_by(PersonPaper.person_id)).all())


def _aim(session: Session, exam_id: int) -> int | None:
    return session.scalar(select(PersonPaper.aim).where(PersonPaper.exam_id == exam_id).order_by(PersonPaper.id).limit(1))


def _kept(session: Session, exam_id: int, person_ids: Collection[int], attempt: int) -> Mapping[int, PersonPaper]:
    wanted = sorted(set(person_ids))
    found: dict[int, PersonPaper] = {}
    for start in range(0, len(wanted), 500):
        found.update({row.person_id: row for row in session.scalars(select(PersonPaper).where(
            PersonPaper.exam_id == exam_id, PersonPaper.attempt == attempt,
            PersonPaper.person_id.in_(wanted[start:start + 500])))})
    return found


def _given(questions: Sequence[Any]) -> Given:
    return [(place, question, version, Decimal(points)) for place, (question, version, points) in enumerate(questions, 1)]
