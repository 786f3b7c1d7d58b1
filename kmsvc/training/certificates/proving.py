"""A certificate on paper, and whether a paper is genuine: its number, and a code only this house can have written. Nothing is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import all_posts, root_unit, unit_names
from kmsvc.training.certificates.models import Certificate, CertificateKind, Passing
from kmsvc.training.certificates.permissions import SEE_CERTIFICATES
from kmsvc.training.certificates.queries import visible_person
from kmsvc.training.certificates.reading import given_on, held_by
from kmsvc.training.certificates.rules import COUNTS, CertificateState

CODE_LENGTH = 12


@dataclass(frozen=True)
class Paper:
    """What stands on a certificate. number: of the paper; code: what proves it; until: last day of what this passing gives, None for
    always; counts: whether the certificate counts on the day; newest: whether a later passing took its place."""

    certificate_id: int
    person_id: int
    number: str
    code: str
    kind: str
    kind_number: str
    proves: str | None
    clause: str | None
    person: str
    unit: str
    post: str
    house: str
    passed_on: date
    until: date | None
    score: Decimal | None
    noted_by: str
    state: CertificateState
    counts: bool
    newest: bool
    taken_back: bool


def _code(row: Certificate, passing: Passing) -> str:
    at = passing.noted_at.astimezone(UTC).isoformat()
    text = f"kmsvc.certificate:{row.id}:{row.person_id}:{row.kind_id}:{passing.id}:{passing.passed_on}:{at}"
    return hashlib.sha256(text.encode()).hexdigest()[:CODE_LENGTH].upper()


def _paper(session: Session, row: Certificate, passing: Passing, on: date) -> Paper:
    kind, person = session.get_one(CertificateKind, row.kind_id), directory(session).people[row.person_id]
    held = held_by(session, [row.person_id], on)[row.person_id, row.kind_id][1]
    latest = held.latest(on)
    term = next((one for one in reversed(held.terms) if one.passed_on == passing.passed_on), None)
    taken_back = not any(one.counts for its in given_on(session, Passing.id == passing.id, on).values() for one in its)
    root = root_unit(session)
    posts = {one.id: one.name for one in all_posts(session)}
    return Paper(row.id, row.person_id, f"{kind.number}-{row.id:06d}", _code(row, passing), kind.name, kind.number, kind.proves,
                 kind.clause, person.name, unit_names(session).get(person.unit_id, ""), posts.get(person.post_id or 0, ""),
                 root.name if root is not None else "", passing.passed_on, term.until if term is not None else None, passing.score,
                 names(session, [passing.noted_by_id]).get(passing.noted_by_id or 0, ""), held.state(on), held.state(on) in COUNTS,
                 latest is not None and latest.passed_on == passing.passed_on, taken_back)


def paper_of(work: Work, certificate_id: int, on: date) -> Paper:
    """The paper of what counts of a certificate this caller may see; RuleBroken when nothing counts: no paper says what is not."""
    row = work.session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound()
    visible_person(work, row.person_id)
    given = [one.row for one in given_on(work.session, Passing.certificate_id == row.id, on).get(row.id, ()) if one.counts
             and one.row.passed_on <= on]
    found = _paper(work.session, row, given[-1], on) if given else None
    if found is None or not found.counts:
        raise RuleBroken("training.certificate.no_paper", N_("It does not count now, so there is nothing to print."))
    return found


def verified(work: Work, code: str, on: date) -> Paper:
    """The paper a code stands on, as it counts on a day; for whoever holds the paper; one sentence when none of this house has it."""
    work.permit(SEE_CERTIFICATES)
    wrong = InvalidInput({"code": [N_("No certificate of this house has this code.")]})
    parts = code.strip().upper().rsplit("-", 2)
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 9) or len(parts[2]) != CODE_LENGTH:
        raise wrong
    row = work.session.get(Certificate, int(parts[1]))
    if row is None:
        raise wrong
    for passing in work.session.scalars(select(Passing).where(Passing.certificate_id == row.id).order_by(Passing.id.desc())):
        found = _paper(work.session, row, passing, on)
        if f"{found.number}-{found.code}" == code.strip().upper():
            return found
    raise wrong


def square(address: str) -> str:
    """A code that phones read, as SVG, dark on white in every theme."""
    return segno.make(address, error="m").svg_inline(scale=3, border=2, dark="#000", light="#fff")
