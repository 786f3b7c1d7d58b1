"""Sample answers to be marked before real ones: who wrote them, what they should get, how near somebody came. Source: C13, clause 49."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking import rubrics, rules
from kmsvc.training.marking.calibration import Calibration, CalibrationStand, Comparison, Limits, calibration
from kmsvc.training.marking.models import MarkSample, SampleMark
from kmsvc.training.marking.permissions import LEAD, MARK
from kmsvc.training.marking.settling import hand_of
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionVersion
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import Sitting, SittingItem

SAMPLES = Option("training.marking.samples", 5, N_("Sample answers of a question to mark before real ones, at most"), maximum=20)
MEAN = Option("training.marking.mean_off", 10, N_("Per cent marks of samples may be off on average"), minimum=1, maximum=100)
WORST = Option("training.marking.worst_off", 30, N_("Per cent the mark of any one sample may be off"), minimum=1, maximum=100)
DRIFT = Option("training.marking.drift", 5, N_("Per cent the last marks of a marker may lie beside the agreed ones"), minimum=1,
               maximum=100)
CLOSED = N_("Nothing of this exam is marked any more; a released mark is changed with a reason.")
LONGEST_SAMPLE = 5_000


def limits_now(session: Session, samples: int = 5) -> Limits:
    """The limits in force. samples: how many there are to mark."""
    return Limits(min(value(session, SAMPLES), samples), value(session, MEAN), value(session, WORST), value(session, DRIFT))


@dataclass(frozen=True)
class Standing:
    """How somebody stands with the samples of a question. following: the next one to mark, None when there is none."""

    calibration: Calibration
    wanted: int
    following: MarkSample | None = None

    @property
    def is_near(self) -> bool:
        """Whether real answers may be marked."""
        return self.wanted == 0 or self.calibration.stand is CalibrationStand.NEAR


def samples_of(session: Session, exam_id: int, question_id: int | None = None) -> list[MarkSample]:
    """Samples in use, oldest first."""
    query = select(MarkSample).where(MarkSample.exam_id == exam_id, MarkSample.removed_at.is_(None))
    return list(session.scalars((query if question_id is None else query.where(MarkSample.question_id == question_id)).order_by(
        MarkSample.id)))


def standing(session: Session, exam_id: int, question_id: int, person_id: int) -> Standing:
    """How near somebody came to the reference; who wrote a sample does not mark it. Marks set aside do not count."""
    rows = [one for one in samples_of(session, exam_id, question_id) if one.made_by_id != person_id]
    limits = limits_now(session, len(rows))
    own = {one.sample_id: one for one in session.scalars(select(SampleMark).where(
        SampleMark.person_id == person_id, SampleMark.set_aside_at.is_(None),
        SampleMark.sample_id.in_([one.id for one in rows])).order_by(SampleMark.id))}
    most = worth_of(session, exam_id, question_id) if rows else Decimal(1)
    found = calibration([Comparison(own[one.id].points, one.points, most) for one in rows if one.id in own], limits)
    if limits.samples == 0:
        return Standing(found, 0)
    following = next((one for one in rows if one.id not in own), None)
    return Standing(found, limits.samples, following if found.stand is CalibrationStand.OPEN else None)


def is_calibrated(session: Session, exam_id: int, question_id: int, person_id: int) -> bool:
    """Whether somebody may mark real answers to a question: near enough to its samples, or it has none."""
    return standing(session, exam_id, question_id, person_id).is_near


def _asked_item(session: Session, exam_id: int, question_id: int) -> SittingItem:
    found = session.scalars(select(SittingItem).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam_id, SittingItem.question_id == question_id).order_by(SittingItem.id).limit(1)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def worth_of(session: Session, exam_id: int, question_id: int) -> Decimal:
    """What a question is worth in an exam; NotFound where nobody was asked it."""
    return _asked_item(session, exam_id, question_id).points


def question_of(session: Session, exam_id: int, question_id: int) -> tuple[Question, Decimal]:
    """A question as it was asked in an exam, and its worth there."""
    item = _asked_item(session, exam_id, question_id)
    version = session.get(QuestionVersion, item.version_id)
    assert version is not None
    return from_json(version.content), item.points


def add_sample(work: Work, exam_id: int, question_id: int, *, answer: str, lines: Mapping[str, Decimal], why: str) -> MarkSample:
    """Add a sample answer with the points it should get, and why."""
    work.permit(LEAD)
    exam = work.get(Exam, exam_id)
    if exam.state != ExamState.PUBLISHED:
        raise RuleBroken("training.marking.closed", CLOSED)
    question, worth = question_of(work.session, exam_id, question_id)
    asked = rubrics.asked_of(question, worth)
    if not asked:
        raise RuleBroken("training.marking.automatic", N_("This question is marked by the service."))
    if not answer.strip() or not why.strip():
        raise InvalidInput({name: [N_("This is needed.")] for name, text in (("answer", answer), ("why", why)) if not text.strip()})
    flaws = rules.mark_flaws(rubrics.tops(asked), lines, worth)
    if flaws:
        raise InvalidInput({(flaw.where or "points"): [Filled(rules.SAID[flaw.code], **flaw.params)] for flaw in flaws})
    row = MarkSample(exam_id=exam_id, question_id=question_id, words={"answer": answer}, points=rubrics.given(asked, lines),
                     lines={key: str(points) for key, points in lines.items()}, why=why, made_by_id=work.actor.person_id,
                     made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def remove_sample(work: Work, sample_id: int, *, back: bool = False) -> MarkSample:
    """Take a sample out of use, or put it back; what was given it stays on record."""
    work.permit(LEAD)
    row = work.get(MarkSample, sample_id, lock=True)
    row.removed_at = None if back else row.removed_at or work.now
    return row


@dataclass(frozen=True)
class Told:
    """What whoever marked a sample is told: the reference and why, and how the samples stand now."""

    sample: MarkSample
    own: Decimal
    standing: Standing


def mark_sample(work: Work, sample_id: int, lines: Mapping[str, Decimal]) -> Told:
    """Mark a sample as a real answer; then the reference is shown with its reason."""
    work.permit(MARK)
    row = work.get(MarkSample, sample_id, lock=True)
    hand = hand_of(work.session, work.actor, row.exam_id)
    if hand is None:
        raise NotPermitted()
    before = standing(work.session, row.exam_id, row.question_id, hand.person_id)
    if before.following is None or before.following.id != row.id:
        raise RuleBroken("training.marking.moved", N_("Somebody else has marked this answer meanwhile. Go on with the next one."))
    question, worth = question_of(work.session, row.exam_id, row.question_id)
    asked = rubrics.asked_of(question, worth)
    flaws = rules.mark_flaws(rubrics.tops(asked), lines, worth)
    if flaws:
        raise InvalidInput({(flaw.where or "points"): [Filled(rules.SAID[flaw.code], **flaw.params)] for flaw in flaws})
    own = rubrics.given(asked, lines)
    work.session.add(SampleMark(sample_id=row.id, person_id=hand.person_id, points=own, at=work.now,
                                lines={key: str(points) for key, points in lines.items()}))
    work.session.flush()
    return Told(row, own, standing(work.session, row.exam_id, row.question_id, hand.person_id))


def set_aside(work: Work, exam_id: int, question_id: int, person_id: int, *, reason: str) -> int:
    """Let somebody who was too far off mark the samples again, after a talk; the marks so far stay on record. How many they were."""
    work.permit(LEAD)
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    work.because(reason)
    rows = list(work.session.scalars(select(SampleMark).join(MarkSample, MarkSample.id == SampleMark.sample_id).where(
        MarkSample.exam_id == exam_id, MarkSample.question_id == question_id, SampleMark.person_id == person_id,
        SampleMark.set_aside_at.is_(None)).order_by(SampleMark.id)))
    for one in rows:
        one.set_aside_at = work.now
    return len(rows)


def sample_json(row: MarkSample) -> dict[str, Any]:
    """A sample with its reference, for who leads the marking."""
    return {"id": row.id, "question_id": row.question_id, "answer": row.words.get("answer"), "lines": row.lines,
            "points": str(row.points), "why": row.why, "removed": row.removed_at is not None}
