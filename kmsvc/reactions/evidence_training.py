"""What training knows of the clauses: sessions held, exams released, who passed what, talks with newcomers, surveys of needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.audit import AuditEntry
from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.texts import N_
from kmsvc.standards.evidence.register import SUBJECTS, Span, as_was, names_at, parts, register
from kmsvc.standards.evidence.rules import Asked, EvidenceRecord, EvidenceResult
from kmsvc.training.certificates.models import Certificate, CertificateKind, Passing, PassingTurn
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.needs.models import Campaign
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingSignature, OnboardingTalk, Trainee
from kmsvc.training.onboarding.rules import NewcomerTalk, Programme, talks
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import SessionState
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.rules import SittingState

SESSION, TRAINEE = TrainingSession.__tablename__, Trainee.__tablename__
NEWCOMER, GONE = "newcomer", ("transferred", "left")
FROM_CHANGES = ("change:", "change_line:")
"""What made a plan, when it is a process that was updated."""


def held(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Sessions that were noted as held by the cut and still stood so; the trail says when, and when and where they were held where that
    was changed since. Source: clauses 63, 67, 80."""
    names, titles = names_at(session, span.cut), as_was(session, Plan.__tablename__, "title", span.cut)
    noted: dict[int, tuple[str, datetime, int | None]] = {}
    state = AuditEntry.after["state"].as_string()
    for row_id, at, said, person_id in session.execute(select(
            AuditEntry.subject_id, AuditEntry.at, state, AuditEntry.person_id).where(
            AuditEntry.subject == SESSION, AuditEntry.at >= start_of_day(span.first - timedelta(days=1), span.zone),
            AuditEntry.at < span.cut, state.is_not(None)).order_by(AuditEntry.seq)):
        noted[int(row_id)] = (said, at, person_id)
    so = [one for one, (said, _, _) in noted.items() if said == SessionState.HELD]
    present = present_by(session, so, span.cut)
    over, rooms = (as_was(session, SESSION, name, span.cut, so) for name in ("ends_at", "room"))
    for row, plan in ((row, plan) for part in parts(so) for row, plan in session.execute(
            select(TrainingSession, Plan).join(Plan, Plan.id == TrainingSession.plan_id).where(
                TrainingSession.id.in_(part)).order_by(TrainingSession.id))):
        _, at, person_id = noted[row.id]
        on = local_date(datetime.fromisoformat(over[str(row.id)]) if str(row.id) in over else row.ends_at, span.zone)
        if not span.first <= on <= span.last:
            continue
        clauses = ("63", "80", *(["67"] if (plan.because or "").startswith(FROM_CHANGES) else []))
        yield EvidenceRecord(
            "training_session", row.id, row.number, titles.get(str(plan.id), plan.title), plan.number, clauses, on, at,
            names.get(person_id or 0), SessionState.HELD.value, f"/training/plans/sessions/{row.id}", SessionState.HELD.label,
            people=(person_id,) if person_id else (), more={"room": rooms.get(str(row.id), row.room), "present": present[row.id]})


def present_people(session: Session, sessions: Collection[int], cut: datetime) -> list[tuple[int, int]]:
    """(session, person) of who had signed in by the cut, also where that was taken back later."""
    rows = [row for part in parts(sessions) for row in session.execute(select(
        SessionPerson.id, SessionPerson.session_id, SessionPerson.person_id, SessionPerson.present_at).where(
        SessionPerson.session_id.in_(part)).order_by(SessionPerson.id))]
    older = as_was(session, SessionPerson.__tablename__, "present_at", cut, [one.id for one in rows])
    return [(of, person) for row_id, of, person, at in rows
            if (older[str(row_id)] is not None if str(row_id) in older else at is not None and at < cut)]


def present_by(session: Session, sessions: Collection[int], cut: datetime) -> Counter[int]:
    """Session -> how many had signed in by the cut."""
    return Counter(of for of, _ in present_people(session, sessions, cut))


def released(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Exams whose results were released by the cut. Who passed is counted when they are final: until then it may change.
    Source: clauses 63, 78, 80 and the clause of the certificate that passing gives."""
    names, titles = names_at(session, span.cut), as_was(session, Exam.__tablename__, "title", span.cut)
    asked = as_was(session, CertificateKind.__tablename__, "clause", span.cut)
    kinds = {one.id: asked.get(str(one.id), one.clause) for one in session.scalars(select(CertificateKind))}
    sat = dict(session.execute(select(Sitting.exam_id, func.count(Sitting.person_id.distinct())).where(
        Sitting.begun_at < span.cut).group_by(Sitting.exam_id)).all())
    rows = list(session.scalars(select(Exam).where(
        Exam.released_at >= start_of_day(span.first, span.zone), Exam.released_at < min(span.cut, span.over),
        or_(Exam.cancelled_at.is_(None), Exam.cancelled_at >= span.cut)).order_by(Exam.id)))
    passed = passed_by(session, [one.id for one in rows if one.final_at is not None and one.final_at < span.cut], span.cut)
    for row in rows:
        assert row.released_at is not None
        final = row.final_at is not None and row.final_at < span.cut
        state = ExamState.FINAL if final else ExamState.RELEASED
        clauses = {"78", "80", *_clauses(kinds.get(row.proves_id or 0)), *(["63"] if row.process_id else [])}
        yield EvidenceRecord(
            "exam", row.id, row.number, titles.get(str(row.id), row.title), row.number, tuple(sorted(clauses, key=int)),
            local_date(row.released_at, span.zone), row.released_at, names.get(row.owner_id or 0), state.value,
            f"/training/exams/{row.id}", state.label, process_id=row.process_id, people=(row.owner_id,) if row.owner_id else (),
            more={"pass_percent": row.pass_percent, "sat": sat.get(row.id, 0), "passed": passed[row.id] if final else None})


def sat_people(session: Session, exams: Collection[int], cut: datetime) -> list[tuple[int, int, bool]]:
    """(exam, person, whether they had passed) of the sittings that counted at the cut; a mark may be corrected and a sitting taken out
    of the count later still."""
    rows = [row for part in parts(exams) for row in session.execute(select(
        Sitting.id, Sitting.exam_id, Sitting.person_id, Sitting.passed, Sitting.state).where(
        Sitting.exam_id.in_(part), Sitting.begun_at < cut).order_by(Sitting.id))]
    marks, states = (as_was(session, Sitting.__tablename__, name, cut, [one.id for one in rows]) for name in ("passed", "state"))
    return [(one.exam_id, one.person_id, bool(marks.get(str(one.id), one.passed))) for one in rows
            if states.get(str(one.id), one.state) != SittingState.VOID]


def passed_by(session: Session, exams: Collection[int], cut: datetime) -> Counter[int]:
    """Exam -> how many had passed by the cut."""
    return Counter(exam for exam, _ in {(exam, person) for exam, person, passed in sat_people(session, exams, cut) if passed})


def _clauses(said: str | None) -> list[str]:
    return [one for one in (said or "").replace("#", " ").replace(",", " ").split() if one.isdecimal()]


def given(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Passings of certificates noted by the cut; one that counts no more stays in sight as such. Source: clauses 28, 63, 64, 73, 80."""
    names, titles = names_at(session, span.cut), as_was(session, CertificateKind.__tablename__, "name", span.cut)
    asked = as_was(session, CertificateKind.__tablename__, "clause", span.cut)
    turned: dict[int, bool] = {one.passing_id: one.counts for one in session.scalars(
        select(PassingTurn).where(PassingTurn.noted_at < span.cut).order_by(PassingTurn.id))}
    for row, held_by, kind in session.execute(select(Passing, Certificate, CertificateKind).join(
            Certificate, Certificate.id == Passing.certificate_id).join(
            CertificateKind, CertificateKind.id == Certificate.kind_id).where(
            Passing.passed_on.between(span.first, span.last), Passing.noted_at < span.cut).order_by(Passing.id)):
        result = EvidenceResult.PASSED if turned.get(row.id, True) else EvidenceResult.WITHDRAWN
        said = _clauses(asked.get(str(kind.id), kind.clause))
        clauses = sorted({*said, *(["73"] if {"63", "80"} & set(said) else [])}, key=int)
        yield EvidenceRecord(
            "certificate", row.id, f"{kind.number}-{row.id}", titles.get(str(kind.id), kind.name), names.get(held_by.person_id, ""),
            tuple(clauses), row.passed_on, row.noted_at, names.get(row.noted_by_id or 0), result.value,
            f"/training/certificates/kinds/{kind.id}", result.label,
            people=tuple(sorted({held_by.person_id, *([row.noted_by_id] if row.noted_by_id else [])})),
            more={"source": row.source, "proof": row.proof})


def talked(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Formal talks with newcomers. What was said in them stays with those who may read it. Source: clause 74."""
    names = names_at(session, span.cut)
    for row, trainee, signed_at in session.execute(select(OnboardingTalk, Trainee, OnboardingSignature.at).join(
            Trainee, Trainee.id == OnboardingTalk.trainee_id).outerjoin(
            OnboardingSignature, OnboardingSignature.talk_id == OnboardingTalk.id).where(
            OnboardingTalk.held_on.between(span.first, span.last), OnboardingTalk.at < span.cut).order_by(OnboardingTalk.id)):
        signed = signed_at is not None and signed_at < span.cut
        result, talk = (EvidenceResult.SIGNED if signed else EvidenceResult.DONE), NewcomerTalk(row.talk)
        yield EvidenceRecord(
            "newcomer_talk", row.id, f"TALK-{row.id}", talk.label, names.get(trainee.person_id, ""), ("74",), row.held_on, row.at,
            names.get(row.by_id), result.value, f"/training/onboarding/trainees/{trainee.id}", result.label,
            people=tuple(sorted({trainee.person_id, row.by_id})),
            title_label=talk.label, about=(NEWCOMER, trainee.id) if talk is NewcomerTalk.FIRST else None,
            more={"signed_on": local_date(signed_at, span.zone) if signed else None})


def newcomers(session: Session, span: Span) -> Mapping[int, Asked]:
    """Newcomers whose first talk had to be held by a day of the span that was over at its end, as it stood at the cut: not who had gone
    before, nor who had talked before these days began. Source: clause 74, N16."""
    ids = [int(one) for one in session.scalars(select(AuditEntry.subject_id).where(
        AuditEntry.subject == TRAINEE, AuditEntry.act == "insert", AuditEntry.at < span.cut))]
    begun = as_was(session, OnboardingClass.__tablename__, "starts_on", span.cut)
    confirmed, ended, states = (as_was(session, TRAINEE, name, span.cut) for name in ("confirmation_on", "ended_on", "state"))
    talked_to = set(session.scalars(select(OnboardingTalk.trainee_id).where(
        OnboardingTalk.talk == NewcomerTalk.FIRST, OnboardingTalk.held_on < span.first, OnboardingTalk.at < span.cut)))
    names = names_at(session, span.cut)
    found: dict[int, Asked] = {}
    for row, its in ((row, its) for part in parts(ids) for row, its in session.execute(select(Trainee, OnboardingClass).join(
            OnboardingClass, OnboardingClass.id == Trainee.class_id).where(Trainee.id.in_(part)).order_by(Trainee.id))):
        key = str(row.id)
        programme = Programme(_day(begun.get(str(its.id), its.starts_on)), confirmation_on=_day(confirmed.get(key, row.confirmation_on)))
        by, gone = next(talks(programme))[1], _day(ended.get(key, row.ended_on))
        if row.id in talked_to or not span.first <= by <= min(span.last, span.as_of):
            continue
        if states.get(key, row.state) in GONE and gone is not None and gone <= by:
            continue
        found[row.id] = Asked(f"{its.number}-{row.id}", names.get(row.person_id, ""), f"/training/onboarding/trainees/{row.id}", by)
    return found


def _day(said: date | str | None) -> Any:
    return date.fromisoformat(said) if isinstance(said, str) else said


def surveyed(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Surveys of training needs, as they were signed: what career paths and training plans stand on."""
    names = names_at(session, span.cut)
    for row in session.scalars(select(Campaign).where(
            Campaign.signed_at >= start_of_day(span.first, span.zone),
            Campaign.signed_at < min(span.cut, span.over)).order_by(Campaign.id)):
        assert row.signed_at is not None
        yield EvidenceRecord(
            "needs_survey", row.id, row.number, row.purpose or row.number, str(row.year), ("82",), local_date(row.signed_at, span.zone),
            row.signed_at, names.get(row.signed_by_id or 0), EvidenceResult.SIGNED.value, f"/training/needs/{row.id}",
            EvidenceResult.SIGNED.label, people=(row.signed_by_id,) if row.signed_by_id else (),
            more={"conclusion": row.conclusion, "content_hash": row.content_hash})


register("training_session", N_("Training session held"), held, {"room": N_("Room"), "present": N_("Present")})
register("exam", N_("Exam with its results"), released, {
    "pass_percent": N_("Pass mark in percent"), "sat": N_("Sat the exam"), "passed": N_("Passed")},
         (N_("To the exams"), "/training/exams"))
register("certificate", N_("Certificate earned"), given, {"source": N_("Proven by"), "proof": N_("Proof")},
         (N_("To the certificates"), "/training/certificates"))
register("newcomer_talk", N_("Talk with a newcomer"), talked, {"signed_on": N_("Signed by the newcomer on")},
         (N_("Note the talk"), ""))
register("needs_survey", N_("Survey of training needs"), surveyed, {
    "conclusion": N_("Conclusion"), "content_hash": N_("Digest of what was signed")}, (N_("To the surveys"), "/training/needs"))
SUBJECTS[NEWCOMER] = newcomers
