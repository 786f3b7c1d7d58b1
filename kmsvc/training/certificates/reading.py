"""From rows to what the rules ask: validity, terms, who is asked for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.training.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateNeed,
    Extension,
    Passing,
    PassingTurn,
)
from kmsvc.training.certificates.rules import COUNTS, Counting, Held, RollFrom, Validity, terms


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


def asked_anew(session: Session, it: CertificateNeed) -> list[Entry]:
    """Active people whom a change of it concerns; of a queue those who might handle it on the day it changed."""
    if it.whom != "queue" or it.passed_since is None:
        return asked_of(session, it)
    people, wanted = directory(session).active(), needs(session)
    held: dict[int, dict[int, Held]] = {}
    for (person_id, kind_id), (_, one) in held_by(session).items():
        held.setdefault(person_id, {})[kind_id] = one
    return [one for one in people if handled(it, held.get(one.id, {}), wanted)]


def handled(it: CertificateNeed, held: Mapping[int, Held], wanted: Sequence[CertificateNeed]) -> bool:
    """Whether somebody might handle the queue on the day its requirement changed; held: by kind."""
    day = it.passed_since
    if it.whom != "queue" or day is None:
        return False
    kinds = {one.kind_id for one in wanted if one.whom == "queue" and one.queue == it.queue and in_force(one, day)} | {it.kind_id}
    return all(kind in held and held[kind].state(day) in COUNTS for kind in kinds)


@dataclass(frozen=True)
class Given:
    """A passing on a day: the row, and whether it counted then."""

    row: Passing
    counts: bool
    until: date | None


def given_on(session: Session, chosen: ColumnElement[bool] | None = None, on: date | None = None) -> dict[int, list[Given]]:
    """certificate -> its passings, oldest first, with what was known of each on a day: taken back, lasting longer. Now without a day."""
    passed, turned, longer = select(Passing), select(PassingTurn), select(Extension)
    if chosen is not None:
        ids = select(Passing.id).where(chosen)
        passed, turned, longer = passed.where(chosen), turned.where(PassingTurn.passing_id.in_(ids)), longer.where(
            Extension.passing_id.in_(ids))
    if on is not None:
        turned, longer = turned.where(PassingTurn.on_day <= on), longer.where(Extension.on_day <= on)
    counts = {one.passing_id: one.counts for one in session.scalars(turned.order_by(PassingTurn.id))}
    until = {one.passing_id: one.until_on for one in session.scalars(longer.order_by(Extension.id))
             if one.ended_on is None or (on is not None and on < one.ended_on)}
    found: dict[int, list[Given]] = {}
    for row in session.scalars(passed.order_by(Passing.passed_on, Passing.id)):
        found.setdefault(row.certificate_id, []).append(Given(row, counts.get(row.id, True), until.get(row.id)))
    return found


def held_by(session: Session, people: Sequence[int] | None = None, on: date | None = None) -> dict[
        tuple[int, int], tuple[Certificate, Held]]:
    """(person, kind) -> the certificate and what it gives, of some people or of all, as it was known on a day. A few queries whatever
    their number."""
    query = select(Certificate).order_by(Certificate.id)
    chosen = None
    if people is not None:
        query = query.where(Certificate.person_id.in_(people))
        chosen = Passing.certificate_id.in_(select(Certificate.id).where(Certificate.person_id.in_(people)))
    kinds = {one.id: validity_of(one) for one in session.scalars(select(CertificateKind))}
    given = given_on(session, chosen, on)
    found = {}
    for row in session.scalars(query):
        its = [one for one in given.get(row.id, ()) if one.counts]
        longer = {one.row.passed_on: one.until for one in its if one.until is not None}
        validity = kinds[row.kind_id]
        found[row.person_id, row.kind_id] = row, Held(
            tuple(terms(validity, (one.row.passed_on for one in its), longer)), validity, row.revoked_on)
    return found
