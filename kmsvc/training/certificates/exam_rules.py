"""People for an exam by their certificates: whose expires or is over, who lacks it. Fills the register of exams. Source: ux 3.2."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.queries import short_of
from kmsvc.training.certificates.yearly import missing_of, yearly_kinds
from kmsvc.training.exams.finding import Choice, Rule, register

EXPIRING, LACKING, THIS_YEAR = "certificate_expiring", "certificate_lacking", "certificate_year"


def _kinds(session: Session) -> list[Choice]:
    return [(row.number, f"{row.number} {row.name}") for row in session.scalars(select(CertificateKind).where(
        CertificateKind.retired_at.is_(None)).order_by(CertificateKind.number))]


def _people(session: Session, number: str, today: date, *, lacking: bool) -> list[int]:
    kind = session.scalars(select(CertificateKind.id).where(CertificateKind.number == number)).one()
    active = {one.id for one in directory(session).active()}
    return [one.person_id for one in short_of(session, today, kind_id=kind)
            if one.person_id in active and one.expires != lacking]


register(Rule(EXPIRING, N_("Certificate expires within 90 days"), _kinds, lambda session, number, today: _people(
    session, number, today, lacking=False)))
def _yearly(session: Session) -> list[Choice]:
    return [(row.number, f"{row.number} {row.name}") for row in yearly_kinds(session)]


def _this_year(session: Session, number: str, today: date) -> list[int]:
    kind = session.scalars(select(CertificateKind).where(CertificateKind.number == number)).one()
    return missing_of(session, kind, today)


register(Rule(THIS_YEAR, N_("Yearly check still to be passed this year"), _yearly, _this_year))
register(Rule(LACKING, N_("Certificate asked for and missing"), _kinds, lambda session, number, today: _people(
    session, number, today, lacking=True)))
