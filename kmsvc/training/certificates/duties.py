"""What the one engine of duties is asked about certificates: renewing each before it expires, and passing anew when a requirement
changed. Source: clauses 64, 80, 81, C19."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due, rung_days
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.certificates.models import Certificate, CertificateKind
from kmsvc.training.certificates.reading import concerns, held_by, needs
from kmsvc.training.certificates.rules import CertificateState, Held

RENEW = "training.certificate.renew"
RETRAIN = "training.certificate.retrain"
SUBJECT = "certificate"
REMIND_BEFORE = (90, 60, 30, 7)
"""days before the last day on which people are reminded, in place of the engine's own"""
SUPERVISOR_FROM = 30
SINCE = "since-"


@dataclass(frozen=True)
class Holding:
    """A certificate of a person, as a row gives it. is_given: its course is not retired; person_works: the person is here and active;
    is_required: the person's post asks for it; clause: what it serves."""

    id: int
    person_id: int
    held: Held
    is_given: bool = True
    person_works: bool = True
    is_required: bool = True
    clause: str | None = None


@dataclass(frozen=True)
class Change:
    """A requirement of a post changed: whoever holds the post passes again by a day. passed_since: what was passed from this day on
    counts already."""

    passed_since: date
    due_on: date


def renewal(it: Holding, today: date) -> Iterator[Wanted]:
    """One open period, named by the last day; renewed, it is done and the next one opens. Nothing of a retired course, of whoever has
    left, of what was revoked or counts always; nor, once grace is over, of what nobody asks for."""
    latest = it.held.latest(today)
    if not it.is_given or not it.person_works or latest is None or latest.until is None:
        return
    if it.held.state(today) == CertificateState.REVOKED:
        return
    if it.is_required or today <= latest.until + timedelta(days=it.held.validity.grace_days):
        yield Wanted(SUBJECT, it.id, Due(latest.until.isoformat(), latest.until), it.person_id, it.clause, latest.passed_on)


def retraining(it: Holding, change: Change | None, today: date) -> Iterator[Wanted]:
    """Passing again after the requirement of a post changed, once for each change. Done by passing since. Source: clause 81."""
    if change is None or not (it.is_given and it.person_works and it.is_required):
        return
    latest = it.held.latest(today)
    if latest is None or latest.passed_on < change.passed_since:
        yield Wanted(SUBJECT, it.id, Due(SINCE + change.passed_since.isoformat(), change.due_on), it.person_id, "81",
                     latest.passed_on if latest is not None else None)


def fulfilled_on(held: Held, period: str) -> date | None:
    """The day on which a period of either duty was fulfilled, None when it was not: passed since a change, or passed so that a term
    ends after the last day the period is named by."""
    if period.startswith(SINCE):
        since = date.fromisoformat(period.removeprefix(SINCE))
        return next((one.passed_on for one in held.terms if one.passed_on >= since), None)
    last = date.fromisoformat(period)
    return next((one.passed_on for one in held.terms if one.until is None or one.until > last), None)


def tells_supervisor(rung: str) -> bool:
    """Whether a rung of the ladder is told to the supervisor as well: the last thirty days, and everything late."""
    days = rung_days(rung)
    return days is not None and days >= -SUPERVISOR_FROM


def renewals(session: Session) -> Iterator[Holding]:
    """Every certificate as the engine looks at it."""
    yield from (holding for holding, _ in holdings(session))


def holdings(session: Session) -> Iterator[tuple[Holding, Change | None]]:
    """Every certificate, and the newest change of what asks for it."""
    wanted, people, tree = needs(session), directory(session).people, parents(session)
    kinds = {one.id: one for one in session.scalars(select(CertificateKind).order_by(CertificateKind.id))}
    for (person_id, kind_id), (row, held) in held_by(session).items():
        person, kind = people[person_id], kinds[kind_id]
        above = upward(tree, person.unit_id)
        asks = [one for one in wanted if one.kind_id == kind_id and one.ended_on is None and concerns(one, person, above)]
        changes = [Change(one.passed_since, one.due_on) for one in asks if one.passed_since and one.due_on]
        yield (Holding(row.id, person_id, held, kind.retired_at is None, person.is_active, bool(asks), kind.clause),
               max(changes, key=lambda one: one.passed_since, default=None))


def retrainings(session: Session) -> Iterator[_Changed]:
    """Every certificate whose requirement changed."""
    yield from (_Changed(holding.id, holding, change) for holding, change in holdings(session) if change is not None)


@dataclass(frozen=True)
class _Changed:
    id: int
    holding: Holding
    change: Change


def done_on(session: Session, duty: Obligation) -> date | None:
    """When a period of either duty was fulfilled."""
    row = session.get(Certificate, duty.subject_id)
    return None if row is None else fulfilled_on(held_by(session, [row.person_id])[row.person_id, row.kind_id][1], duty.period)


register(DutyRule(RENEW, N_("Renewing a certificate"), renewals, renewal, SUBJECT, done_on, REMIND_BEFORE))
register(DutyRule(RETRAIN, N_("Passing anew after a requirement changed"), retrainings,
                  lambda one, today: retraining(one.holding, one.change, today), SUBJECT, done_on, REMIND_BEFORE))
