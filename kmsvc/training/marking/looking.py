"""Looking at somebody's marked paper: only with a reason, and each look is noted before anything is shown (R-A8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.access.models import AccessEntry
from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.core.actors import Actor
from kmsvc.core.cards import SecretText
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.appeal_queries import seen_appeal
from kmsvc.training.marking.duties import MARKING
from kmsvc.training.marking.permissions import READ_RESULT, SEE_OWN
from kmsvc.training.sittings.models import Sitting

KIND = "sitting"
LASTS = timedelta(minutes=30)
"""for so long a reason somebody gave holds; each look is a line of its own"""


def noted_as(sitting: Sitting, exam: Exam) -> SecretText:
    """What is written into the log of looks."""
    return SecretText(KIND, sitting.id, exam.number, sitting.attempt, str(sitting.attempt), True, (), lambda _: "")


def results_of(exam: Exam) -> SecretText:
    """Results of an exam with names, as the log of looks holds it."""
    return SecretText(MARKING, exam.id, exam.number, 0, "", True, (), lambda _: "")


def note_results(work: Work, exam: Exam) -> None:
    """One line into the log of looks: somebody is shown results with names beside them."""
    note(work, Act.SEEN, results_of(exam), place=place_of(work.actor))


def note_answer(work: Work, sitting: Sitting) -> None:
    """One line into the log of looks: somebody is shown an answer of another person outside the desk, or a file of one."""
    note(work, Act.SEEN, noted_as(sitting, work.get(Exam, sitting.exam_id)), place=place_of(work.actor))


def note_appeal(work: Work, appeal_id: int) -> None:
    """The same for an appeal: whose it is stays hidden from who decides it, the answer in it is somebody's all the same."""
    row = seen_appeal(work.session, work.actor, appeal_id)
    if row.person_id != work.actor.person_id:
        note_answer(work, work.get(Sitting, row.sitting_id))


def place_of(actor: Actor) -> Place:
    """By which door somebody looks."""
    return {"token": Place.PROGRAM, "cli": Place.COMMAND}.get(actor.via, Place.PAGE)


class ReasonNeeded(RuleBroken):
    """Another person's paper is looked at with a reason alone."""

    def __init__(self) -> None:
        super().__init__("training.marking.reason", N_("Say why you look at this paper; the look is noted."))


def note_look(work: Work, sitting_id: int, reason: str) -> None:
    """One line into the log of looks, before anything is shown."""
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    sitting = work.get(Sitting, sitting_id)
    work.permit(READ_RESULT, sitting)
    note(work, Act.SEEN, noted_as(sitting, work.get(Exam, sitting.exam_id)), place=place_of(work.actor), reason=reason)


def needs_reason(session: Session, actor: Actor, sitting_id: int) -> bool:
    """Whether it is another person's paper."""
    return not can(actor, SEE_OWN, session.get(Sitting, sitting_id))


def reason_given(session: Session, actor: Actor, sitting_id: int, now: datetime) -> str | None:
    """The reason this caller gave for looking at this paper a little while ago."""
    return session.scalars(select(AccessEntry.reason).where(
        AccessEntry.kind == KIND, AccessEntry.ref_id == sitting_id, AccessEntry.person_id == (actor.person_id or 0),
        AccessEntry.login == actor.login, AccessEntry.reason.is_not(None), AccessEntry.at > now - LASTS).order_by(
        AccessEntry.id.desc()).limit(1)).one_or_none()
