"""Certificates and passports as others point to them: cards, the files that prove a passing, what is noted when somebody looks at
other people's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, SecretText, ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.training.certificates.models import Certificate, CertificateKind
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE
from kmsvc.training.certificates.queries import reach, renewing

CERTIFICATE, PASSPORT, TEAM = "certificate", "passport", "passports"


def _certificates(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The own certificates, and those of people this caller sees."""
    held, people = reach(session, actor), directory(session).people
    found = {}
    for row, kind in session.execute(select(Certificate, CertificateKind).join(
            CertificateKind, CertificateKind.id == Certificate.kind_id).where(Certificate.id.in_(ids))):
        unit = people[row.person_id].unit_id if row.person_id in people else 0
        own = row.person_id == actor.person_id
        if own or held is None or unit in held:
            found[row.id] = ThingCard(CERTIFICATE, row.id, kind.number, kind.name, (renewing(kind) if own else None)
                                      or f"/training/certificates/people/{row.person_id}")
    return found


def _keeps(session: Session, actor: Actor, certificate_id: int) -> bool:
    """Who notes passings adds and takes away what proves them; nobody to the own."""
    row = session.get(Certificate, certificate_id)
    return row is not None and row.person_id != actor.person_id and can(actor, AWARD_CERTIFICATE, row)


def _texts(session: Session, actor: Actor, certificate_id: int) -> Iterable[str]:
    """Whoever may open the passport reads what proves it."""
    return [f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
        Attachment.subject_kind == CERTIFICATE, Attachment.subject_id == certificate_id).order_by(Attachment.id))]


def files_of_person(session: Session, person_id: int) -> dict[int, list[tuple[int, str]]]:
    """certificate -> (id, name) of the files that prove it."""
    found: dict[int, list[tuple[int, str]]] = {}
    for row in session.scalars(select(Attachment).where(
            Attachment.subject_kind == CERTIFICATE, Attachment.removed_at.is_(None), Attachment.subject_id.in_(
                select(Certificate.id).where(Certificate.person_id == person_id))).order_by(Attachment.id)):
        found.setdefault(row.subject_id, []).append((row.id, row.name))
    return found


def _passports(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Passports of people this caller sees."""
    held, people = reach(session, actor), directory(session).people
    return {one: ThingCard(PASSPORT, one, people[one].login, people[one].name, f"/training/certificates/people/{one}")
            for one in ids if one in people and (one == actor.person_id or held is None or people[one].unit_id in held)}


def _teams(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Passports of teams this caller sees."""
    held, units = reach(session, actor), unit_names(session)
    return {one: ThingCard(TEAM, one, "", units[one], f"/training/certificates/teams/{one}")
            for one in ids if one in units and (held is None or one in held)}


def look_at_person(session: Session, actor: Actor, person_id: int, what: str) -> SecretText | None:
    """What is noted when somebody looks at another person's certificates; None for the own. what: as which."""
    if person_id == actor.person_id:
        return None
    person = directory(session).people[person_id]
    return SecretText(PASSPORT, person_id, person.login or str(person_id), 0, what[:64], True, (), lambda _: "")


def look_at_team(session: Session, unit_id: int | None, what: str) -> SecretText:
    """What is noted when somebody looks at the certificates of many at once. unit_id: of whom, None for everybody this caller sees."""
    name = unit_names(session).get(unit_id or 0, "")
    return SecretText(TEAM, unit_id or 0, name[:64] or "*", 0, what[:64], True, (), lambda _: "")


cards.register(Kind(CERTIFICATE, N_("Certificate"), _certificates, keeps=_keeps, adds=_keeps, texts=_texts))
cards.register(Kind(PASSPORT, N_("Competency passport"), _passports))
cards.register(Kind(TEAM, N_("Competency passports of a team"), _teams))
