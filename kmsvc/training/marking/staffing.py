"""Substitutes of markers: somebody who marks in place of another, for whom the same separation of people holds (R-E6)."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.models import MarkerSubstitute
from kmsvc.training.marking.permissions import LEAD, MARK
from kmsvc.training.marking.settling import hand_of


def appoint(work: Work, exam_id: int, *, for_id: int, person_id: int, reason: str) -> MarkerSubstitute:
    """Let somebody mark in place of a marker, or of a substitute; by whoever leads the marking, or by the marker for themselves."""
    exam = work.get(Exam, exam_id, lock=True)
    work.permit(MARK if for_id == work.actor.person_id else LEAD)
    people = directory(work.session).people
    wrong = {}
    if not reason.strip():
        wrong["reason"] = [N_("Say why.")]
    if person_id not in people or not people[person_id].is_active or MARK.name not in people[person_id].permissions:
        wrong["person"] = [N_("This is nobody who may mark.")]
    elif person_id == for_id:
        wrong["person"] = [N_("Somebody else is needed.")]
    if wrong:
        raise InvalidInput(wrong)
    if for_id == work.actor.person_id and hand_of(work.session, work.actor, exam.id) is None:
        raise NotPermitted()
    if work.session.scalar(select(MarkerSubstitute.id).where(
            MarkerSubstitute.exam_id == exam_id, MarkerSubstitute.for_id == for_id, MarkerSubstitute.person_id == person_id,
            MarkerSubstitute.ended_at.is_(None))) is not None:
        raise RuleBroken("training.marking.substitute", N_("This person stands in already."))
    work.because(reason)
    row = MarkerSubstitute(exam_id=exam_id, for_id=for_id, person_id=person_id, reason=reason, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def end_substitute(work: Work, substitute_id: int) -> MarkerSubstitute:
    """Let it end; what was marked in place of somebody stays so."""
    row = work.get(MarkerSubstitute, substitute_id, lock=True)
    work.permit(MARK if row.for_id == work.actor.person_id else LEAD)
    row.ended_at = row.ended_at or work.now
    return row
