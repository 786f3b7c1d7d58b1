"""The competency passport: what somebody has proven, what is missing, what expires, which queues it opens, as of any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import all_posts, downward, parents, unit_names, upward
from kmsvc.training.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateNeed,
    Passing,
    PassingTurn,
)
from kmsvc.training.certificates.permissions import (
    SEE_ALL_CERTIFICATES,
    SEE_CERTIFICATES,
    SEE_TEAM_CERTIFICATES,
)
from kmsvc.training.certificates.queues import Lack, QueueRight, Requirement, queues_on
from kmsvc.training.certificates.reading import asked_of, concerns, given_on, held_by, in_force, needs
from kmsvc.training.certificates.rules import COUNTS, EXPIRING_DAYS, CertificateState, Held

C = CertificateState


@dataclass(frozen=True)
class PassingLine:
    """One passing as it stands on record. counts: not taken back; turned: why it was, or why it counts again; until_on: extended to."""

    id: int
    passed_on: date
    source: str
    proof: str | None
    score: Decimal | None
    noted_by: str
    counts: bool = True
    turned: str | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class HeldLine:
    """A kind with a person on a day. id: of the certificate, None without one; needed: asked of this person; lack: why it does not
    count; renew: where it is renewed."""

    id: int | None
    kind_id: int
    number: str
    name: str
    purpose: str
    clause: str | None
    state: str
    needed: bool
    lack: Lack | None
    passed_on: date | None
    until: date | None
    reason: str | None
    renew: str | None
    passings: tuple[PassingLine, ...]
    version: int | None


@dataclass(frozen=True)
class Passport:
    """One person on a day."""

    person_id: int
    person: str
    unit: str
    post: str
    on: date
    lines: tuple[HeldLine, ...]
    queues: tuple[QueueRight, ...]

    @property
    def missing(self) -> int:
        """How many needed certificates do not count."""
        return sum(one.lack is not None for one in self.lines if one.needed)

    @property
    def expiring(self) -> int:
        """How many expire within ninety days, or live by grace."""
        return sum(one.state in (C.EXPIRING, C.GRACE) for one in self.lines)


def reach(session: Session, actor: Actor) -> frozenset[int] | None:
    """Units whose people's certificates this caller sees beside the own: None for all."""
    if can(actor, SEE_ALL_CERTIFICATES):
        return None
    if can(actor, SEE_TEAM_CERTIFICATES) and actor.unit_id is not None:
        return downward(parents(session), actor.unit_id)
    return frozenset()


def visible_person(work: Work, person_id: int) -> Entry:
    """A person whose certificates this caller sees, or NotFound."""
    person = directory(work.session).people.get(person_id)
    held = reach(work.session, work.actor)
    own = person_id == work.actor.person_id and can(work.actor, SEE_CERTIFICATES)
    if person is None or not (own or held is None or person.unit_id in held):
        raise NotFound()
    return person


def passport(work: Work, person_id: int, on: date) -> Passport:
    """The passport of one person this caller may see."""
    return _passports(work.session, [visible_person(work, person_id)], on, passings=True)[0]


def team(work: Work, unit_id: int, on: date) -> tuple[str, list[Passport]]:
    """The name of a unit and the passports of its active people, with those of units below it, by name."""
    held = reach(work.session, work.actor)
    units = unit_names(work.session)
    if unit_id not in units or not (held is None or unit_id in held):
        raise NotFound()
    people = directory(work.session).active(downward(parents(work.session), unit_id))
    return units[unit_id], sorted(_passports(work.session, people, on), key=lambda one: (one.person, one.person_id))


def _passports(session: Session, people: Sequence[Entry], on: date, *, passings: bool = False) -> list[Passport]:
    """A few queries and one pass over the people, whatever their number."""
    kinds = list(session.scalars(select(CertificateKind).order_by(CertificateKind.number)))
    wanted, tree = needs(session), parents(session)
    living = [one for one in wanted if in_force(one, on) and one.whom != "queue"]
    everything = held_by(session, [one.id for one in people], on)
    of_person: dict[int, dict[int, tuple[Certificate, Held]]] = {}
    for (person_id, kind_id), pair in everything.items():
        of_person.setdefault(person_id, {})[kind_id] = pair
    units, posts = unit_names(session), {one.id: one.name for one in all_posts(session)}
    by_queue = queue_requirements(wanted, on)
    told = _passings(session, [row.id for row, _ in everything.values()], on) if passings else {}
    ways: dict[int, frozenset[int]] = {}
    found = []
    for person in people:
        above = ways.setdefault(person.unit_id, upward(tree, person.unit_id))
        asked: dict[int, CertificateNeed] = {}
        for one in living:
            if concerns(one, person, above) and (one.kind_id not in asked or stricter(one, asked[one.kind_id])):
                asked[one.kind_id] = one
        held = of_person.get(person.id, {})
        lines = tuple(_line(kind, held.get(kind.id), asked.get(kind.id), on, told) for kind in kinds
                      if kind.id in asked or (kind.id in held and (
                          held[kind.id][1].state(on) != C.AHEAD or told.get(held[kind.id][0].id))))
        queues = queues_on(on, by_queue, {str(kind_id): one for kind_id, (_, one) in held.items()})
        found.append(Passport(person.id, person.name, units.get(person.unit_id, ""), posts.get(person.post_id or 0, ""), on, lines,
                              tuple(queues)))
    return found


def stricter(one: CertificateNeed, other: CertificateNeed) -> bool:
    """Of two that ask for the same: whether the first asks for something newer."""
    return one.passed_since is not None and (other.passed_since is None or one.passed_since > other.passed_since)


def queue_requirements(wanted: Iterable[CertificateNeed], on: date) -> dict[str, list[Requirement]]:
    """What each queue asks for on a day; what changed counts once its day has passed."""
    found: dict[str, list[Requirement]] = {}
    for one in sorted((it for it in wanted if it.whom == "queue" and it.queue), key=lambda it: (it.queue or "", it.id)):
        if one.ended_on is None or on < one.ended_on:
            since = one.passed_since if one.passed_since is not None and one.due_on is not None and on > one.due_on else None
            found.setdefault(one.queue or "", []).append(Requirement(str(one.kind_id), one.since, since))
    return found


def _line(kind: CertificateKind, pair: tuple[Certificate, Held] | None, need: CertificateNeed | None, on: date,
          told: Mapping[int, Sequence[PassingLine]]) -> HeldLine:
    row, held = pair if pair is not None else (None, None)
    state = held.state(on) if held is not None else C.AHEAD
    latest = held.latest(on) if held is not None else None
    lack = None
    if state not in COUNTS:
        lack = {C.AHEAD: Lack.NEVER, C.REVOKED: Lack.REVOKED}.get(state, Lack.EXPIRED)
    elif need is not None and need.passed_since is not None and latest is not None and latest.passed_on < need.passed_since <= on:
        lack = Lack.CHANGED
    return HeldLine(row.id if row else None, kind.id, kind.number, kind.name, kind.purpose, kind.clause, state, need is not None, lack,
                    latest.passed_on if latest else None, latest.until if latest else None, row.reason if row else None,
                    renewing(kind), tuple(it for it in told.get(row.id if row else 0, ()) if it.passed_on <= on),
                    row.version if row else None)


def renewing(kind: CertificateKind) -> str | None:
    """Where a certificate is renewed: its course, or the own exams; nothing for a retired one."""
    if kind.retired_at is not None:
        return None
    return f"/training/learning/courses/{kind.course_id}" if kind.course_id else "/training/exams/mine" if kind.exam_id else None


def _passings(session: Session, ids: Sequence[int], on: date) -> dict[int, list[PassingLine]]:
    chosen = Passing.certificate_id.in_(ids)
    given = given_on(session, chosen, on)
    turned = {one.passing_id: one.reason for one in session.scalars(select(PassingTurn).where(PassingTurn.passing_id.in_(
        select(Passing.id).where(chosen)), PassingTurn.on_day <= on).order_by(PassingTurn.id))}
    who = names(session, [one.row.noted_by_id for its in given.values() for one in its])
    return {certificate_id: [
        PassingLine(it.row.id, it.row.passed_on, it.row.source, it.row.proof, it.row.score, who.get(it.row.noted_by_id or 0, ""),
                    it.counts, turned.get(it.row.id), it.until) for it in reversed(its)] for certificate_id, its in given.items()}


@dataclass(frozen=True)
class NeedLine:
    """Who needs a kind. name: of the post, unit, role or queue."""

    id: int
    whom: str
    name: str
    since: date
    passed_since: date | None
    due_on: date | None
    ended_on: date | None
    people: int
    version: int
    first_days: int = 30


def need_lines(session: Session, kind_id: int) -> list[NeedLine]:
    """What asks for a kind, newest first."""
    posts, units = {one.id: one.name for one in all_posts(session)}, unit_names(session)
    roles = {one.value: one.label for one in Role}
    return [NeedLine(one.id, one.whom, posts.get(one.post_id or 0) or units.get(one.unit_id or 0) or roles.get(one.role or "")  # type: ignore[call-overload]
                     or one.queue or "", one.since, one.passed_since, one.due_on, one.ended_on, len(asked_of(session, one)), one.version,
                     one.first_days)
            for one in session.scalars(select(CertificateNeed).where(CertificateNeed.kind_id == kind_id).order_by(
                CertificateNeed.id.desc()))]


def kind_lines(session: Session, *, q: str | None = None, purpose: str | None = None) -> list[tuple[CertificateKind, int]]:
    """Kinds by number, each with how many people ever passed."""
    query = select(CertificateKind).order_by(CertificateKind.number)
    if q:
        query = query.where(or_(CertificateKind.name.icontains(q, autoescape=True),
                                CertificateKind.number.icontains(q, autoescape=True)))
    if purpose:
        query = query.where(CertificateKind.purpose == purpose)
    counts = {row[0]: row[1] for row in session.execute(select(Certificate.kind_id, func.count()).where(
        Certificate.id.in_(select(Passing.certificate_id))).group_by(Certificate.kind_id))}
    return [(one, counts.get(one.id, 0)) for one in session.scalars(query)]


def visible_kind(session: Session, kind_id: int) -> CertificateKind:
    """The kind, or NotFound."""
    row = session.get(CertificateKind, kind_id)
    if row is None:
        raise NotFound()
    return row


def teams(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Units whose passports this caller may open."""
    held = reach(session, actor)
    return [(one, name) for one, name in unit_names(session).items() if held is None or one in held]



@dataclass(frozen=True)
class Short:
    """Somebody whose certificate ends soon, has ended, or is missing. certificate_id: None without one; expires: it had a last day,
    which is near or over; lack: why it does not count now."""

    person_id: int
    person: str
    unit: str
    kind_id: int
    number: str
    name: str
    certificate_id: int | None
    state: str
    until: date | None
    passed_on: date | None
    lack: Lack | None
    needed: bool
    expires: bool


def short_of(session: Session, on: date, *, kind_id: int | None = None, units: frozenset[int] | None = None,
             days: int = EXPIRING_DAYS) -> list[Short]:
    """Active people of some units, or all, whose certificates end within days, are over though asked for, or are missing: what ends
    first comes first, missing ones last."""
    people = directory(session).active(units)
    found = []
    for card in _passports(session, people, on):
        for one in card.lines:
            if kind_id not in (None, one.kind_id) or one.state == C.REVOKED and not one.needed:
                continue
            ends = one.until is not None and (one.until - on).days <= days and one.state in (C.EXPIRING, C.GRACE, C.VALID)
            over = one.needed and one.state == C.EXPIRED
            if ends or over or (one.needed and one.lack is not None):
                found.append(Short(card.person_id, card.person, card.unit, one.kind_id, one.number, one.name, one.id, one.state,
                                   one.until, one.passed_on, one.lack, one.needed, ends or over))
    return sorted(found, key=lambda it: (not it.expires, it.until or on, it.number, it.person, it.person_id))


def is_what(one: Short, what: str) -> bool:
    """Whether it is `missing`, `over`, or `expires`, which holds what is over too."""
    return one.expires and one.state == C.EXPIRED if what == "over" else one.expires == (what == "expires")


def units_seen(work: Work, unit_id: int | None) -> frozenset[int] | None:
    """The units a list is of: what this caller sees, cut to one unit and those below it; NotFound for a unit not seen."""
    held = reach(work.session, work.actor)
    if held is not None and not held:
        raise NotFound()
    if unit_id is None:
        return held
    if unit_id not in unit_names(work.session) or not (held is None or unit_id in held):
        raise NotFound()
    return downward(parents(work.session), unit_id)
