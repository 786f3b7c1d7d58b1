"""The competency passport: what somebody has proven, what is missing, what expires, which queues it opens, as of any day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import all_posts, downward, parents, unit_names, upward
from kmsvc.training.certificates.models import Certificate, CertificateKind, CertificateNeed, Passing
from kmsvc.training.certificates.permissions import (
    SEE_ALL_CERTIFICATES,
    SEE_CERTIFICATES,
    SEE_TEAM_CERTIFICATES,
)
from kmsvc.training.certificates.queues import Lack, QueueRight, Requirement, queues_on
from kmsvc.training.certificates.reading import asked_of, concerns, held_by, in_force, needs
from kmsvc.training.certificates.rules import COUNTS, CertificateState, Held

C = CertificateState


@dataclass(frozen=True)
class PassingLine:
    """One passing as it stands on record."""

    passed_on: date
    source: str
    proof: str | None
    score: Decimal | None
    noted_by: str


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


def _visible_person(work: Work, person_id: int) -> Entry:
    person = directory(work.session).people.get(person_id)
    held = reach(work.session, work.actor)
    own = person_id == work.actor.person_id and can(work.actor, SEE_CERTIFICATES)
    if person is None or not (own or held is None or person.unit_id in held):
        raise NotFound()
    return person


def passport(work: Work, person_id: int, on: date) -> Passport:
    """The passport of one person this caller may see."""
    return _passports(work.session, [_visible_person(work, person_id)], on, passings=True)[0]


def team(work: Work, unit_id: int, on: date) -> tuple[str, list[Passport]]:
    """The name of a unit and the passports of its active people, with those of units below it, by name."""
    held = reach(work.session, work.actor)
    units = unit_names(work.session)
    if unit_id not in units or not (held is None or unit_id in held):
        raise NotFound()
    people = directory(work.session).active(downward(parents(work.session), unit_id))
    return units[unit_id], sorted(_passports(work.session, people, on), key=lambda one: (one.person, one.person_id))


def _passports(session: Session, people: Sequence[Entry], on: date, *, passings: bool = False) -> list[Passport]:
    kinds = list(session.scalars(select(CertificateKind).order_by(CertificateKind.number)))
    wanted, tree = needs(session), parents(session)
    everything = held_by(session, [one.id for one in people])
    units, posts = unit_names(session), {one.id: one.name for one in all_posts(session)}
    by_queue: dict[str, list[Requirement]] = {}
    for one in wanted:
        if one.whom == "queue" and one.queue and (one.ended_on is None or on < one.ended_on):
            since = one.passed_since if one.passed_since is not None and one.due_on is not None and on > one.due_on else None
            by_queue.setdefault(one.queue, []).append(Requirement(str(one.kind_id), one.since, since))
    told = _passings(session, [row.id for row, _ in everything.values()]) if passings else {}
    found = []
    for person in people:
        above = upward(tree, person.unit_id)
        asked = {one.kind_id: one for one in wanted if in_force(one, on) and concerns(one, person, above)}
        held = {kind_id: pair for (person_id, kind_id), pair in everything.items() if person_id == person.id}
        lines = tuple(_line(kind, held.get(kind.id), asked.get(kind.id), on, told) for kind in kinds
                      if kind.id in asked or (kind.id in held and held[kind.id][1].state(on) != C.AHEAD))
        queues = queues_on(on, by_queue, {str(kind_id): one for kind_id, (_, one) in held.items()})
        found.append(Passport(person.id, person.name, units.get(person.unit_id, ""), posts.get(person.post_id or 0, ""), on, lines,
                              tuple(queues)))
    return found


def _line(kind: CertificateKind, pair: tuple[Certificate, Held] | None, need: CertificateNeed | None, on: date,
          told: Mapping[int, Sequence[PassingLine]]) -> HeldLine:
    row, held = pair if pair is not None else (None, None)
    state = held.state(on) if held is not None else C.AHEAD
    latest = held.latest(on) if held is not None else None
    lack = None
    if state not in COUNTS:
        lack = {C.AHEAD: Lack.NEVER, C.REVOKED: Lack.REVOKED}.get(state, Lack.EXPIRED)
    elif need is not None and need.passed_since is not None and latest is not None and latest.passed_on < need.passed_since:
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


def _passings(session: Session, ids: Sequence[int]) -> dict[int, list[PassingLine]]:
    rows = list(session.scalars(select(Passing).where(Passing.certificate_id.in_(ids)).order_by(Passing.passed_on.desc(), Passing.id)))
    who = names(session, [one.noted_by_id for one in rows])
    found: dict[int, list[PassingLine]] = {}
    for one in rows:
        found.setdefault(one.certificate_id, []).append(
            PassingLine(one.passed_on, one.source, one.proof, one.score, who.get(one.noted_by_id or 0, "")))
    return found


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


def need_lines(session: Session, kind_id: int) -> list[NeedLine]:
    """What asks for a kind, newest first."""
    posts, units = {one.id: one.name for one in all_posts(session)}, unit_names(session)
    roles = {one.value: one.label for one in Role}
    return [NeedLine(one.id, one.whom, posts.get(one.post_id or 0) or units.get(one.unit_id or 0) or roles.get(one.role or "")  # type: ignore[call-overload]
                     or one.queue or "", one.since, one.passed_since, one.due_on, one.ended_on, len(asked_of(session, one)), one.version)
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
    counts = {row[0]: row[1] for row in session.execute(select(Certificate.kind_id, func.count()).group_by(Certificate.kind_id))}
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



def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The own certificates, and those of people this caller sees."""
    held, people = reach(session, actor), directory(session).people
    found = {}
    for row, kind in session.execute(select(Certificate, CertificateKind).join(
            CertificateKind, CertificateKind.id == Certificate.kind_id).where(Certificate.id.in_(ids))):
        unit = people[row.person_id].unit_id if row.person_id in people else 0
        if row.person_id == actor.person_id or held is None or unit in held:
            found[row.id] = ThingCard("certificate", row.id, kind.number, kind.name, renewing(kind) or "/training/certificates")
    return found


cards.register(cards.Kind("certificate", C.VALID.label, _cards))
