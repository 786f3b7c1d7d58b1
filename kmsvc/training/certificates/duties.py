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
from kmsvc.training.certificates.reading import concerns, handled, held_by, needs
from kmsvc.training.certificates.rules import COUNTS, CertificateState, Held
from kmsvc.training.courses.models import Course
from kmsvc.training.courses.rules import CourseState

RENEW = "training.certificate.renew"
RETRAIN = "training.certificate.retrain"
FIRST = "training.certificate.first"
SUBJECT = "certificate"
REMIND_BEFORE = (90, 60, 30, 7)
"""days before the last day on which people are reminded, in place of the engine's own"""
SUPERVISOR_FROM, NEW_FROM = 30, 7
SINCE, ASKED = "since-", "asked-"


@dataclass(frozen=True)
class Holding:
    """A certificate of a person, as a row gives it. is_given: its course is not retired; person_works: the person is here and active;
    is_required: the person's post asks for it; clause: what it serves; asked_on: since when this person is asked; first_days: within
    which it is first proven; has_way: a course or an exam leads to it."""

    id: int
    person_id: int
    held: Held
    is_given: bool = True
    person_works: bool = True
    is_required: bool = True
    clause: str | None = None
    asked_on: date | None = None
    first_days: int = 30
    has_way: bool = True


@dataclass(frozen=True)
class Change:
    """A requirement of a post changed: whoever holds the post passes again by a day. passed_since: what was passed from this day on
    counts already; of_queue: it concerns whoever might handle a queue that day."""

    passed_since: date
    due_on: date
    of_queue: bool = False


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
    """Passing again after a requirement changed, once for each change; of a queue while what was passed still counts, whoever let it
    lapse has left the queue. Done by passing since. Source: clause 81."""
    if change is None or not (it.is_given and it.person_works):
        return
    if not it.is_required and not (change.of_queue and it.held.state(today) in COUNTS):
        return
    latest = it.held.latest(today)
    if latest is None or latest.passed_on < change.passed_since:
        yield Wanted(SUBJECT, it.id, Due(SINCE + change.passed_since.isoformat(), change.due_on), it.person_id, "81",
                     latest.passed_on if latest is not None else None)


def proving(it: Holding, change: Change | None, today: date) -> Iterator[Wanted]:
    """Whoever is newly asked, or lost what was passed, proves it within days; where a course or an exam leads to it. Once the
    requirement changed that asks instead."""
    if it.asked_on is None or not (it.is_given and it.person_works and it.is_required and it.has_way):
        return
    if (change is None or change.passed_since < it.asked_on) and it.held.latest(today) is None:
        yield Wanted(SUBJECT, it.id, Due(ASKED + it.asked_on.isoformat(), it.asked_on + timedelta(days=it.first_days)), it.person_id,
                     it.clause, None)


def fulfilled_on(held: Held, period: str) -> date | None:
    """The day on which a period of a duty was fulfilled, None when it was not: passed since a change, passed at all, or passed so that a
    term ends, before it was extended, after the last day the period is named by."""
    if period.startswith(SINCE):
        since = date.fromisoformat(period.removeprefix(SINCE))
        return next((one.passed_on for one in held.terms if one.passed_on >= since), None)
    if period.startswith(ASKED):
        return held.terms[-1].passed_on if held.terms else None
    last = date.fromisoformat(period)
    return next((one.passed_on for one in held.terms if one.until is None or (one.was or one.until) > last), None)


def tells_supervisor(rung: str, rule: str = RENEW) -> bool:
    """Whether a rung of the ladder is told to the supervisor as well: the last thirty days, of who is new the last seven, and everything
    late."""
    days = rung_days(rung)
    return days is not None and days >= -(NEW_FROM if rule == FIRST else SUPERVISOR_FROM)


def renewals(session: Session) -> Iterator[Holding]:
    """Every certificate as the engine looks at it."""
    yield from (holding for holding, _ in holdings(session))


def holdings(session: Session) -> Iterator[tuple[Holding, Change | None]]:
    """Every certificate, and the newest change of what asks for it."""
    wanted, people, tree = needs(session), directory(session).people, parents(session)
    retired = frozenset(session.scalars(select(Course.id).where(Course.state == CourseState.RETIRED)))
    ways: dict[int, frozenset[int]] = {}
    kinds = {one.id: one for one in session.scalars(select(CertificateKind).order_by(CertificateKind.id))}
    everything = held_by(session)
    of_queues = [one for one in wanted if one.whom == "queue" and one.passed_since and one.ended_on is None]
    its: dict[int, dict[int, Held]] = {}
    for (person_id, kind_id), (_, held) in everything.items() if of_queues else ():
        its.setdefault(person_id, {})[kind_id] = held
    for (person_id, kind_id), (row, held) in everything.items():
        person, kind = people[person_id], kinds[kind_id]
        above = ways.setdefault(person.unit_id, upward(tree, person.unit_id))
        asks = [one for one in wanted if one.kind_id == kind_id and one.ended_on is None and concerns(one, person, above)]
        queues = [one for one in of_queues if one.kind_id == kind_id and handled(one, its[person_id], wanted)]
        changes = [Change(one.passed_since, one.due_on, one.whom == "queue") for one in (*asks, *queues)
                   if one.passed_since and one.due_on]
        yield (Holding(row.id, person_id, held, kind.retired_at is None and _is_given(kind, retired), person.is_active, bool(asks),
                       kind.clause, row.asked_on, max((one.first_days for one in asks), default=30),
                       bool(kind.course_id or kind.exam_id)),
               max(changes, key=lambda one: one.passed_since, default=None))


def _is_given(kind: CertificateKind, retired: frozenset[int]) -> bool:
    """Nothing is sent of what only a retired course proves."""
    return kind.course_id not in retired or kind.exam_id is not None or kind.by_reading


def retrainings(session: Session) -> Iterator[_Changed]:
    """Every certificate whose requirement changed."""
    yield from (_Changed(holding.id, holding, change) for holding, change in holdings(session) if change is not None)


def asked(session: Session) -> Iterator[_Changed]:
    """Every certificate somebody is asked for."""
    yield from (_Changed(holding.id, holding, change) for holding, change in holdings(session) if holding.asked_on is not None)


@dataclass(frozen=True)
class _Changed:
    id: int
    holding: Holding
    change: Change | None


def done_on(session: Session, duty: Obligation) -> date | None:
    """When a period of a duty was fulfilled."""
    row = session.get(Certificate, duty.subject_id)
    return None if row is None else fulfilled_on(held_by(session, [row.person_id])[row.person_id, row.kind_id][1], duty.period)


register(DutyRule(RENEW, N_("Renewing a certificate"), renewals, renewal, SUBJECT, done_on, REMIND_BEFORE))
register(DutyRule(FIRST, N_("Proving a certificate for the first time"), asked, lambda one, today: proving(
    one.holding, one.change, today), SUBJECT, done_on, REMIND_BEFORE))
register(DutyRule(RETRAIN, N_("Passing anew after a requirement changed"), retrainings,
                  lambda one, today: retraining(one.holding, one.change, today), SUBJECT, done_on, REMIND_BEFORE))
