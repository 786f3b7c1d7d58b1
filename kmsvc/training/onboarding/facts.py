"""What other nouns of training know of newcomers: certificates that count, exams passed since the day of entry, courses finished, texts
acknowledged. Fills the register that the welcome pack, the list before going live and the board read. Source: clauses 28, 63, 73, 80."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.work import centre_day
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.reading import held_by
from kmsvc.training.certificates.rules import COUNTS, Purpose
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.templates import ExamTemplate
from kmsvc.training.onboarding.deciding import GoLive
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.proofs import Finder, Proof, register
from kmsvc.training.sittings.models import Sitting

RELEASED = ("released", "final")
PROVES: dict[GoLive, tuple[Purpose, ...]] = {
    GoLive.SECURITY: (Purpose.SECURITY,), GoLive.PROCESSES: (Purpose.PROCESSES, Purpose.AWARENESS), GoLive.SKILLS: (Purpose.SKILLS,)}
"""point -> purposes of certificates that prove it"""


def certificates(purposes: Collection[Purpose]) -> Finder:
    """A certificate of one of these purposes that counts today."""
    def find(session: Session, people: Collection[int], today: date) -> dict[int, Proof]:
        kinds = {one.id: one for one in session.scalars(select(CertificateKind).where(
            CertificateKind.purpose.in_([one.value for one in purposes])).order_by(CertificateKind.id))}
        found: dict[int, Proof] = {}
        for (person, kind_id), (_, held) in held_by(session, sorted(people)).items():
            latest = held.latest(today)
            if kind_id in kinds and latest is not None and held.state(today) in COUNTS and person not in found:
                kind = kinds[kind_id]
                found[person] = Proof(f"{kind.number} {kind.name}", latest.passed_on, f"/training/certificates/people/{person}")
        return found
    return find


def exams(*, template: str | None = None, of_process: bool = False) -> Finder:
    """An exam passed since the day of entry whose results are released: of a template, or one about a process."""
    def find(session: Session, people: Collection[int], today: date) -> dict[int, Proof]:
        entered = dict(session.execute(select(Trainee.person_id, func.max(OnboardingClass.starts_on)).join(
            OnboardingClass, OnboardingClass.id == Trainee.class_id).where(Trainee.person_id.in_(people)).group_by(
            Trainee.person_id)).all())
        query = select(Sitting.person_id, Sitting.ended_at, Exam.number, Exam.title, Sitting.id).join(
            Exam, Exam.id == Sitting.exam_id).where(
            Sitting.person_id.in_(people), Sitting.passed.is_(True), Sitting.state != "void", Exam.state.in_(RELEASED)).order_by(
            Sitting.ended_at.desc())
        query = query.where(Exam.template == template) if template else query
        query = query.where(Exam.process_id.is_not(None)) if of_process else query
        found: dict[int, Proof] = {}
        for person, ended_at, number, title, sitting_id in session.execute(query):
            if person in entered and ended_at is not None and centre_day(session, ended_at) >= entered[person]:
                found[person] = Proof(f"{number} {title}", centre_day(session, ended_at), f"/training/marking/results/{sitting_id}")
        return found
    return find


def acknowledged(session: Session, people: Collection[int], today: date) -> dict[int, Proof]:
    """An exam on a process passed, and every text one was asked to read and confirm is confirmed, at least one."""
    asked: dict[int, tuple[int, int]] = {}
    for person, every, done in session.execute(select(
            Confirmation.person_id, func.count(), func.count(Confirmation.confirmed_at)).where(
            Confirmation.person_id.in_(people), Confirmation.overtaken_at.is_(None)).group_by(Confirmation.person_id)):
        asked[person] = every, done
    passed = exams(of_process=True)(session, people, today)
    return {person: Proof(f"{proof.title} · {asked[person][1]}", proof.on, proof.url) for person, proof in passed.items()
            if person in asked and asked[person][0] == asked[person][1]}


for _point, _purposes in PROVES.items():
    register(_point.value, certificates(_purposes))
register(GoLive.PROCESSES.value, acknowledged)
register(GoLive.POST_EXAM.value, exams(template=ExamTemplate.GO_LIVE.value))
