"""Acts on many certificates at once, seen before and taken back as a whole: noted from a sheet, extended, revoked. Source: C19."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import names
from kmsvc.training.certificates.events import CertificateRevoked
from kmsvc.training.certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateKind,
    Extension,
    Passing,
)
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE, REVOKE_CERTIFICATE
from kmsvc.training.certificates.reading import given_on, held_by
from kmsvc.training.certificates.rules import BatchAct, CertificateState
from kmsvc.training.certificates.usecases import counts_now, passed_anew, revoke, turn

MOST, MOST_EXTRA = 500, 365
UNDONE = N_("The act on many was taken back.")


@dataclass(frozen=True)
class Planned:
    """What an act would do to one certificate. refused: English source of why it would not; until, new: last day before and after."""

    certificate_id: int
    person_id: int
    person: str
    kind: str
    until: date | None
    new: date | None
    refused: str | None


def planned(work: Work, act: str, ids: Collection[int], *, days: int | None, today: date) -> list[Planned]:
    """What extending by days, or revoking, would do to each of these certificates; nothing is changed."""
    work.permit(REVOKE_CERTIFICATE)
    if not ids:
        raise InvalidInput({"ids": [N_("Tick at least one.")]})
    if len(ids) > MOST:
        raise InvalidInput({"ids": [Filled(N_("At most %(most)s at once."), most=MOST)]})
    if act == BatchAct.EXTEND and not 1 <= (days or 0) <= MOST_EXTRA:
        raise InvalidInput({"days": [Filled(N_("Say by how many days, from 1 to %(most)s."), most=MOST_EXTRA)]})
    rows = {one.id: one for one in work.session.scalars(select(Certificate).where(Certificate.id.in_(ids)).order_by(Certificate.id))}
    if len(rows) < len(set(ids)):
        raise NotFound()
    people = sorted({one.person_id for one in rows.values()})
    who, held = names(work.session, people), held_by(work.session, people)
    kinds = {one.id: one for one in work.session.scalars(select(CertificateKind))}
    found = []
    for row in rows.values():
        its = held[row.person_id, row.kind_id][1]
        latest, state = its.latest(today), its.state(today)
        until = latest.until if latest is not None else None
        refused = None
        if row.person_id == work.actor.person_id:
            refused = N_("Nobody does this to the own.")
        elif act == BatchAct.REVOKE:
            refused = (N_("It was never passed.") if latest is None else
                       N_("It is revoked already.") if row.revoked_on is not None and not passed_anew(work.session, row) else None)
        elif kinds[row.kind_id].retired_at is not None:
            refused = N_("This kind is retired.")
        elif state in (CertificateState.AHEAD, CertificateState.REVOKED) or latest is None:
            refused = N_("There is nothing that counts.")
        elif until is None:
            refused = N_("It counts always.")
        new = until + timedelta(days=days or 0) if until is not None and refused is None and act == BatchAct.EXTEND else None
        found.append(Planned(row.id, row.person_id, who.get(row.person_id, ""), kinds[row.kind_id].name, until, new, refused))
    return sorted(found, key=lambda one: (one.refused is not None, one.person, one.kind, one.certificate_id))


def begin_batch(work: Work, act: str, reason: str) -> CertificateBatch:
    """An act on many that begins now."""
    work.permit(AWARD_CERTIFICATE if act == BatchAct.AWARD else REVOKE_CERTIFICATE)
    batch = CertificateBatch(act=act, reason=reason, people=0, noted_by_id=work.actor.person_id, noted_at=work.now)
    work.session.add(batch)
    work.session.flush()
    return batch


def do_many(work: Work, act: str, ids: Collection[int], *, reason: str, today: date, days: int | None = None) -> CertificateBatch:
    """Extend or revoke these certificates; those that cannot are left as they are. RuleBroken when none can."""
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    todo = [one for one in planned(work, act, ids, days=days, today=today) if one.refused is None]
    if not todo:
        raise RuleBroken("training.certificate.none", N_("None of these can be changed like that."))
    work.because(reason)
    batch = begin_batch(work, act, reason)
    given = given_on(work.session, Passing.certificate_id.in_([one.certificate_id for one in todo]))
    for one in todo:
        if act == BatchAct.REVOKE:
            revoke(work, one.certificate_id, reason=reason, today=today, batch_id=batch.id)
        else:
            passing = [it.row for it in given[one.certificate_id] if it.counts and it.row.passed_on <= today][-1]
            assert one.new is not None
            work.session.add(Extension(passing_id=passing.id, until_on=one.new, on_day=today, reason=reason, batch_id=batch.id,
                                       noted_by_id=work.actor.person_id, noted_at=work.now))
    batch.people = len({one.person_id for one in todo})
    work.session.flush()
    return batch


def undo_batch(work: Work, batch_id: int, *, reason: str, today: date, version: int | None = None) -> CertificateBatch:
    """Take an act on many back as a whole: what it noted counts no more, what it extended ends as before, what it revoked counts again.
    What somebody changed since stays as that person left it."""
    batch = work.get(CertificateBatch, batch_id, lock=True, version=version)
    work.permit(AWARD_CERTIFICATE if batch.act == BatchAct.AWARD else REVOKE_CERTIFICATE, batch)
    if batch.undone_at is not None:
        raise RuleBroken("training.certificate.undone", N_("This was taken back already."))
    work.because(reason)
    for passing, row in work.session.execute(select(Passing, Certificate).join(
            Certificate, Certificate.id == Passing.certificate_id).where(Passing.batch_id == batch.id).order_by(Passing.id)).all():
        if row.person_id == work.actor.person_id:
            raise NotPermitted()
        if counts_now(work.session, passing.id):
            turn(work, passing, row, False, reason or UNDONE, today)
    for longer in work.session.scalars(select(Extension).where(Extension.batch_id == batch.id, Extension.ended_on.is_(None))):
        longer.ended_on = today
    for held in list(work.session.scalars(select(Certificate).where(Certificate.batch_id == batch.id).order_by(Certificate.id))):
        if held.person_id == work.actor.person_id:
            raise NotPermitted()
        held.revoked_on = held.reason = held.revoked_by_id = held.batch_id = None
        work.record(CertificateRevoked(held.id, True))
    batch.undone_at, batch.undone_by_id = work.now, work.actor.person_id
    work.session.flush()
    return batch


@dataclass(frozen=True)
class BatchLine:
    """An act on many. by: who did it; undone_by: who took it back."""

    row: CertificateBatch
    by: str
    undone_by: str


def batch_lines(work: Work, start: int, limit: int) -> tuple[list[BatchLine], int]:
    """(acts on many from a place on, newest first; how many there are) for who does such acts."""
    if not (can(work.actor, AWARD_CERTIFICATE) or can(work.actor, REVOKE_CERTIFICATE)):
        raise NotFound()
    total = work.session.scalar(select(func.count()).select_from(CertificateBatch)) or 0
    rows = list(work.session.scalars(select(CertificateBatch).order_by(CertificateBatch.id.desc()).offset(start).limit(limit)))
    who = names(work.session, [one.noted_by_id for one in rows] + [one.undone_by_id for one in rows])
    return [BatchLine(one, who.get(one.noted_by_id or 0, ""), who.get(one.undone_by_id or 0, "")) for one in rows], total
