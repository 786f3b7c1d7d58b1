"""Duties that complete themselves when their subject is proven: the yearly checks of clauses 64 and 80 when nobody is missing, what
clause 67 asked for when an update took effect, once everybody it concerns is trained."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.people.accounts.events import PersonRightsChanged
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.rules import PersonState
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.training import training_of
from kmsvc.process.definitions.events import VersionWentLive
from kmsvc.process.definitions.models import Publication
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.standards.duties.life import is_waiting, settle, settle_case
from kmsvc.training.certificates.events import CertificateAwarded
from kmsvc.training.certificates.models import Certificate, CertificateKind, Passing
from kmsvc.training.certificates.yearly import YearState, nearly_done, year_of, yearly_kinds
from kmsvc.training.exams.events import ExamReleased
from kmsvc.training.exams.models import Exam
from kmsvc.training.plans.events import SignedIn

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

YEARLY = ("64", "80")
MASTERED = "67"


def settle_yearly_check(work: Work, fact: CertificateAwarded, around: Surroundings) -> None:
    """The last one who was missing has passed: the yearly check of the clause is done. Source: clauses 64, 80."""
    kind = work.get(CertificateKind, work.get(Certificate, fact.certificate_id).kind_id)
    _settle_check(work, kind, work.get(Passing, fact.passing_id), local_date(work.now, around.zone))


def settle_check_without(work: Work, fact: PersonRightsChanged, around: Surroundings) -> None:
    """Who was the last one missing has left: the yearly check of the clause is done. Source: clauses 64, 80."""
    if work.get(Person, fact.person_id).state != PersonState.SUSPENDED:
        return
    today = local_date(work.now, around.zone)
    for kind in yearly_kinds(work.session):
        newest = work.session.scalars(select(Passing).join(Certificate, Certificate.id == Passing.certificate_id).where(
            Certificate.kind_id == kind.id, Passing.passed_on.between(date(today.year, 1, 1), today)).order_by(
            Passing.passed_on.desc(), Passing.id.desc()).limit(1)).first()
        if newest is not None:
            _settle_check(work, kind, newest, today)


def _settle_check(work: Work, kind: CertificateKind, passing: Passing, today: date) -> None:
    clause, on = (kind.clause or "").strip("# "), passing.passed_on
    if clause not in YEARLY or not is_waiting(work.session, clause, on) or not nearly_done(work.session, kind.id, on.year):
        return
    if _is_done(work, clause, on.year, today):
        settle(work, clause, on=on, kind="certificate", thing_id=passing.id, number=f"{kind.number} {on.year}",
               url=f"/training/certificates/years?kind={kind.number}&year={on.year}")


def _is_done(work: Work, clause: str, year: int, today: date) -> bool:
    """Whether every kind of the clause has been passed by everybody who is asked in the year."""
    kinds = [one for one in yearly_kinds(work.session) if (one.clause or "").strip("# ") == clause]
    runs = [year_of(work.session, one, year, today) for one in kinds]
    return bool(runs) and all(not one.counts[YearState.OPEN] and not one.counts[YearState.LATE] for one in runs) and any(
        one.counts[YearState.DONE] for one in runs)


def settle_update_by_training(work: Work, fact: SignedIn, around: Surroundings) -> None:
    """Somebody was trained: where that was the last one of an update, everybody has mastered it. Source: clause 67."""
    for change_id in sorted(set(work.session.scalars(select(PlanLine.change_id).where(PlanLine.plan_id == fact.plan_id)))):
        _settle_update(work, work.get(Change, change_id), local_date(around.at or work.now, around.zone))


def settle_update_by_exam(work: Work, fact: ExamReleased, around: Surroundings) -> None:
    """Results are out: where the exam was the last thing an update waited for, everybody has mastered it. Source: clause 67."""
    exam = work.get(Exam, fact.exam_id)
    for change_id in sorted(set(work.session.scalars(select(PlanLine.change_id).where(PlanLine.exam == exam.number)))):
        _settle_update(work, work.get(Change, change_id), local_date(around.at or work.now, around.zone))


def settle_update_at_once(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """A version took effect of an update in which everybody is trained already. Source: clause 67."""
    publication = work.get(Publication, fact.publication_id)
    if publication.change_id is not None:
        _settle_update(work, work.get(Change, publication.change_id), local_date(around.at or work.now, around.zone))


def _settle_update(work: Work, change: Change, on: date) -> None:
    if change.process_id is None:
        return
    found = training_of(work.session, change, on)
    if found.people and found.is_real and not found.missing:
        settle_case(work, MASTERED, subject_kind="process", subject_id=change.process_id, on=on, kind="change", thing_id=change.id,
                    number=change.number, url=f"/process/changes/{change.id}/training")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    CertificateAwarded: (settle_yearly_check,), PersonRightsChanged: (settle_check_without,),
    SignedIn: (settle_update_by_training,),
    ExamReleased: (settle_update_by_exam,),
    VersionWentLive: (settle_update_at_once,),
}
