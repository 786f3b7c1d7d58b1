"""From rows to what the rules ask: validity, terms, who is asked for what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.training.certificates.models import Certificate, CertificateKind, CertificateNeed, Passing
from kmsvc.training.certificates.rules import Counting, Held, RollFrom, Validity, terms


def validity_of(row: Any) -> Validity:
    """How a kind, or a draft of one, counts."""
    return Validity(row.months, Counting(row.counting), RollFrom(row.roll_from), row.early_days, row.grace_days, row.anchor)


def needs(session: Session) -> list[CertificateNeed]:
    """Everything that is or was asked for, of kinds in use."""
    return list(session.scalars(select(CertificateNeed).join(CertificateKind, CertificateKind.id == CertificateNeed.kind_id).where(
        CertificateKind.retired_at.is_(None)).order_by(CertificateNeed.id)))


def concerns(it: CertificateNeed, person: Entry, above: Collection[int]) -> bool:
    """Whether a person is asked for it; above: the person's unit and those over it. A queue asks whoever would handle it."""
    return it.whom == "everybody" or (it.whom == "post" and it.post_id == person.post_id) or (
        it.whom == "unit" and it.unit_id in above) or (it.whom == "role" and it.role in person.role_names)


def in_force(it: CertificateNeed, day: date) -> bool:
    """Whether it is asked for on a day."""
    return it.since <= day and (it.ended_on is None or day < it.ended_on)


def asked_of(session: Session, it: CertificateNeed) -> list[Entry]:
    """Active people who are asked for it."""
    tree = parents(session)
    return [one for one in directory(session).active() if concerns(it, one, upward(tree, one.unit_id))]


def held_by(session: Session, people: Sequence[int] | None = None) -> dict[tuple[int, int], tuple[Certificate, Held]]:
    """(person, kind) -> the certificate and what it gives, of some people or of all."""
    query = select(Certificate, CertificateKind).join(CertificateKind, CertificateKind.id == Certificate.kind_id).order_by(
        Certificate.id)
    passed = select(Passing.certificate_id, Passing.passed_on).order_by(Passing.passed_on, Passing.id)
    if people is not None:
        query = query.where(Certificate.person_id.in_(people))
        passed = passed.where(Passing.certificate_id.in_(select(Certificate.id).where(Certificate.person_id.in_(people))))
    days: dict[int, list[date]] = {}
    for certificate_id, day in session.execute(passed):
        days.setdefault(certificate_id, []).append(day)
    found = {}
    for row, kind in session.execute(query):
        validity = validity_of(kind)
        found[row.person_id, row.kind_id] = row, Held(tuple(terms(validity, days.get(row.id, ()))), validity, row.revoked_on)
    return found
