"""Who has passed an exam that step 9 of a change names: told to the field work of changes. Only released results count."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.process.fieldwork import teaching
from kmsvc.training.exams.models import Exam
from kmsvc.training.sittings.models import Sitting


def passed(session: Session, exam: str, people: Collection[int]) -> frozenset[int] | None:
    """Who of these has passed the exam of this number; None where there is no exam of it."""
    row = session.execute(select(Exam.id, Exam.released_at).where(Exam.number == exam.strip().upper())).one_or_none()
    if row is None:
        return None
    if row.released_at is None:
        return frozenset()
    return frozenset(session.scalars(select(Sitting.person_id).where(
        Sitting.exam_id == row.id, Sitting.person_id.in_(people), Sitting.state != "void", Sitting.passed.is_(True))))


teaching.EXAMS.append(passed)
