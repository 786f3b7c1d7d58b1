"""The verbs of certificates: keep kinds, say who needs them, note a passing, revoke and take that back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.certificates import rules
from kmsvc.training.certificates.events import (
    CertificateAwarded,
    CertificateRevoked,
    NeedChanged,
    PassingTurned,
)
from kmsvc.training.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateNeed,
    Passing,
    PassingTurn,
)
from kmsvc.training.certificates.permissions import (
    AWARD_CERTIFICATE,
    FOLLOW_CERTIFICATES,
    KEEP_CERTIFICATES,
    REVOKE_CERTIFICATE,
)
from kmsvc.training.certificates.reading import asked_of, validity_of
from kmsvc.training.certificates.rules import Counting, RollFrom

OLDEST = 3650
FIRST_DAYS = 30
FIELD_OF = {"months": "months", "days": "early_days", "early": "early_days", "anchor": "anchor", "always": "months"}


@dataclass(frozen=True)
class KindDraft:
    """What is said of a kind. months: None for always; course_id, exam_id: what proves it."""

    name: str
    purpose: str
    proves: str | None = None
    clause: str | None = None
    months: int | None = None
    counting: str = Counting.ROLLING.value
    roll_from: str = RollFrom.EXPIRY.value
    early_days: int = 90
    grace_days: int = 0
    anchor: date | None = None
    course_id: int | None = None
    exam_id: int | None = None
    by_reading: bool = False


def _check(draft: KindDraft) -> None:
    found = rules.flaws(validity_of(draft))
    wrong: dict[str, list[str]] = {}
    for code in found:
        said = rules.SAID[code]
        most = {"months": rules.MOST_MONTHS, "days": rules.MOST_DAYS}.get(code)
        wrong.setdefault(FIELD_OF[code], []).append(said if most is None else _SAID[code])
    if wrong:
        raise InvalidInput(wrong)


_SAID = {"months": N_("A certificate counts for 1 to 120 months, or always."), "days": N_("Days are from 0 to 365.")}


def make_kind(work: Work, draft: KindDraft, *, preset: str | None = None) -> CertificateKind:
    """A new kind of certificate. preset: which of the defaults it is."""
    work.permit(KEEP_CERTIFICATES)
    _check(draft)
    row = CertificateKind(number=f"CT-{next_number(work.session, 'certificate'):04d}", preset=preset, **asdict(draft))
    work.session.add(row)
    work.session.flush()
    return row


def change_kind(work: Work, kind_id: int, draft: KindDraft, *, version: int | None = None) -> CertificateKind:
    """Say something else of it. What somebody holds is counted by the kind as it is."""
    row = work.get(CertificateKind, kind_id, lock=True, version=version)
    work.permit(KEEP_CERTIFICATES, row)
    _check(draft)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    return row


def retire_kind(work: Work, kind_id: int, *, reason: str, version: int | None = None) -> CertificateKind:
    """It is asked for no more and nobody is reminded of it."""
    row = work.get(CertificateKind, kind_id, lock=True, version=version)
    work.permit(KEEP_CERTIFICATES, row)
    if row.retired_at is not None:
        raise RuleBroken("training.certificate.retired", N_("This kind is retired."))
    work.because(reason)
    row.retired_at = work.now
    return row


def restore_kind(work: Work, kind_id: int, *, version: int | None = None) -> CertificateKind:
    """It is asked for again."""
    row = work.get(CertificateKind, kind_id, lock=True, version=version)
    work.permit(KEEP_CERTIFICATES, row)
    if row.retired_at is None:
        raise RuleBroken("training.certificate.in_use", N_("This kind is not retired."))
    row.retired_at = None
    return row


def add_need(work: Work, kind_id: int, *, since: date, post_id: int | None = None, unit_id: int | None = None,
             role: str | None = None, queue: str | None = None, first_days: int = FIRST_DAYS) -> CertificateNeed:
    """Ask for it: of a post, a unit, a role, whoever handles a queue; of everybody when nothing is named."""
    kind = work.get(CertificateKind, kind_id)
    work.permit(KEEP_CERTIFICATES, kind)
    named = [name for name, value in (("post", post_id), ("unit", unit_id), ("role", role), ("queue", queue)) if value]
    if len(named) > 1:
        raise InvalidInput({"whom": [N_("Name one: a post, a unit, a role or a queue.")]})
    whom = named[0] if named else "everybody"
    if any(one.whom == whom and (one.post_id, one.unit_id, one.role, one.queue) == (post_id, unit_id, role, queue)
           for one in work.session.scalars(select(CertificateNeed).where(
               CertificateNeed.kind_id == kind.id, CertificateNeed.ended_on.is_(None)).order_by(CertificateNeed.id))):
        raise RuleBroken("training.certificate.asked", N_("This is asked for already."))
    row = CertificateNeed(kind_id=kind.id, whom=whom, post_id=post_id, unit_id=unit_id, role=role, queue=queue, since=since,
                          first_days=first_days)
    work.session.add(row)
    work.session.flush()
    return row


def change_need(work: Work, need_id: int, *, reason: str, due_on: date, today: date, version: int | None = None) -> CertificateNeed:
    """The requirement changed: whoever is asked passes anew, from today on, by a day. Source: clause 81."""
    row = work.get(CertificateNeed, need_id, lock=True, version=version)
    work.permit(KEEP_CERTIFICATES, row)
    if row.ended_on is not None:
        raise RuleBroken("training.certificate.need_ended", N_("This is asked for no longer."))
    if due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    work.because(reason)
    row.passed_since, row.due_on = today, due_on
    work.session.flush()
    for person in asked_of(work.session, row):
        _held(work, row.kind_id, person.id)
    work.record(NeedChanged(row.id))
    return row


def end_need(work: Work, need_id: int, *, reason: str, today: date, version: int | None = None) -> CertificateNeed:
    """Ask for it no longer."""
    row = work.get(CertificateNeed, need_id, lock=True, version=version)
    work.permit(KEEP_CERTIFICATES, row)
    if row.ended_on is not None:
        raise RuleBroken("training.certificate.need_ended", N_("This is asked for no longer."))
    work.because(reason)
    row.ended_on = today
    return row


def _held(work: Work, kind_id: int, person_id: int) -> Certificate:
    row = work.session.scalar(select(Certificate).where(Certificate.kind_id == kind_id, Certificate.person_id == person_id))
    if row is None:
        row = Certificate(kind_id=kind_id, person_id=person_id)
        work.session.add(row)
        work.session.flush()
    return row


def award(work: Work, kind_id: int, person_id: int, passed_on: date, *, today: date, source: str = "manual",
          source_id: int | None = None, proof: str | None = None, score: Decimal | None = None,
          batch_id: int | None = None) -> Certificate:
    """Note that somebody passed; each passing stays. The same sitting or attempt twice is noted once; it counts again if it was taken
    back. By hand it needs a proof. batch_id: the act on many it comes with."""
    kind = work.get(CertificateKind, kind_id)
    work.permit(AWARD_CERTIFICATE, kind)
    person = directory(work.session).people.get(person_id)
    if person is None:
        raise NotFound()
    if person_id == work.actor.person_id and source == "manual":
        raise NotPermitted()
    if kind.retired_at is not None:
        raise RuleBroken("training.certificate.retired", N_("This kind is retired."))
    if source == "manual" and not (proof or "").strip():
        raise InvalidInput({"proof": [N_("Say what proves it.")]})
    if not today - timedelta(days=OLDEST) <= passed_on <= today:
        raise InvalidInput({"passed_on": [N_("This day is still to come, or lies more than ten years back.")]})
    row = _held(work, kind.id, person_id)
    same = work.session.scalars(select(Passing).where(Passing.certificate_id == row.id, Passing.source == source,
                                                      Passing.source_id == source_id)).first() if source_id is not None else None
    if same is not None:
        if not counts_now(work.session, same.id):
            turn(work, same, row, True, PASSED_AGAIN, today)
        return row
    passing = Passing(certificate_id=row.id, passed_on=passed_on, source=source, source_id=source_id, proof=proof, score=score,
                      noted_by_id=work.actor.person_id, noted_at=work.now, batch_id=batch_id)
    work.session.add(passing)
    work.session.flush()
    work.record(CertificateAwarded(row.id, passing.id))
    return row


PASSED_AGAIN = N_("The result is a passing one again.")
"""the reason the service gives by itself, an English source"""


def counts_now(session: Session, passing_id: int) -> bool:
    """Whether a passing counts, by its newest turn."""
    counts = session.scalar(select(PassingTurn.counts).where(PassingTurn.passing_id == passing_id).order_by(
        PassingTurn.id.desc()).limit(1))
    return counts is None or counts


def turn(work: Work, passing: Passing, row: Certificate, counts: bool, reason: str, today: date) -> PassingTurn:
    """Write down that a passing counts no more, or again; whoever is asked and lacks it by that has the days of the newly asked."""
    one = PassingTurn(passing_id=passing.id, counts=counts, on_day=today, reason=reason, noted_by_id=work.actor.person_id,
                      noted_at=work.now)
    work.session.add(one)
    if not counts and row.asked_on is not None:
        row.asked_on = today
    work.session.flush()
    work.record(PassingTurned(row.id, passing.id, counts, one.id))
    return one


def _passing(work: Work, passing_id: int, version: int | None) -> tuple[Passing, Certificate]:
    passing = work.get(Passing, passing_id)
    row = work.get(Certificate, passing.certificate_id, lock=True, version=version)
    work.permit(REVOKE_CERTIFICATE, row)
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    return passing, row


def take_back(work: Work, passing_id: int, *, reason: str, today: date, version: int | None = None) -> PassingTurn:
    """One passing counts no more from today on, e.g. because it was noted of the wrong person. The record stays; the way back is
    give_back."""
    passing, row = _passing(work, passing_id, version)
    if not counts_now(work.session, passing.id):
        raise RuleBroken("training.certificate.taken_back", N_("This passing is taken back already."))
    work.because(reason)
    return turn(work, passing, row, False, reason, today)


def give_back(work: Work, passing_id: int, *, reason: str, today: date, version: int | None = None) -> PassingTurn:
    """A passing that was taken back counts again."""
    passing, row = _passing(work, passing_id, version)
    if counts_now(work.session, passing.id):
        raise RuleBroken("training.certificate.counts", N_("This passing counts."))
    work.because(reason)
    return turn(work, passing, row, True, reason, today)


def follow_result(work: Work, source: str, source_id: int, *, reason: str, today: date) -> int:
    """What proved something is a passing result no more: every passing that rests on it is taken back. How many were."""
    work.permit(FOLLOW_CERTIFICATES)
    rows = work.session.execute(select(Passing, Certificate).join(Certificate, Certificate.id == Passing.certificate_id).where(
        Passing.source == source, Passing.source_id == source_id).order_by(Passing.id)).all()
    taken = [(passing, row) for passing, row in rows if counts_now(work.session, passing.id)]
    for passing, row in taken:
        turn(work, passing, row, False, reason, today)
    return len(taken)


def passed_anew(session: Session, row: Certificate) -> bool:
    """Whether somebody whose certificate was revoked has passed since, so that it counts again."""
    later = session.scalars(select(Passing.id).where(
        Passing.certificate_id == row.id, Passing.passed_on > row.revoked_on)).all() if row.revoked_on is not None else ()
    return any(counts_now(session, one) for one in later)


def revoke(work: Work, certificate_id: int, *, reason: str, today: date, version: int | None = None,
           batch_id: int | None = None) -> Certificate:
    """It counts no more from today on. What was passed stays on record; passing anew makes it count again."""
    row = work.get(Certificate, certificate_id, lock=True, version=version)
    work.permit(REVOKE_CERTIFICATE, row)
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    if row.revoked_on is not None and not passed_anew(work.session, row):
        raise RuleBroken("training.certificate.revoked", N_("This certificate is revoked already."))
    work.because(reason)
    row.revoked_on, row.reason, row.revoked_by_id, row.batch_id = today, reason, work.actor.person_id, batch_id
    work.record(CertificateRevoked(row.id, False))
    return row


def reinstate(work: Work, certificate_id: int, *, reason: str, version: int | None = None) -> Certificate:
    """Take the revocation back; it counts as if there had been none."""
    row = work.get(Certificate, certificate_id, lock=True, version=version)
    work.permit(REVOKE_CERTIFICATE, row)
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    if row.revoked_on is None:
        raise RuleBroken("training.certificate.not_revoked", N_("This certificate is not revoked."))
    work.because(reason)
    row.revoked_on = row.reason = row.revoked_by_id = row.batch_id = None
    work.record(CertificateRevoked(row.id, True))
    return row
