"""What the one engine of duties is asked about files and links as proof: renewing each before its last day. Source: E6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.standards.evidence.models import ProofPiece, ProofRevision
from kmsvc.standards.evidence.proof_rules import REMIND_BEFORE
from kmsvc.standards.evidence.proof_things import KIND

RENEW = "standards.evidence.renew"


def expiring(session: Session) -> Iterable[ProofPiece]:
    """Those that count and have a last day."""
    return session.scalars(select(ProofPiece).where(
        ProofPiece.withdrawn_at.is_(None), ProofPiece.valid_to.is_not(None)).order_by(ProofPiece.id))


def renewing(piece: ProofPiece, today: date) -> Iterator[Wanted]:
    """One open period, named by the last day; a revision with a later one closes it."""
    if piece.valid_to is not None:
        yield Wanted(KIND, piece.id, Due(piece.valid_to.isoformat(), piece.valid_to), piece.owner_id)


def done_on(session: Session, duty: Obligation) -> date | None:
    """The day on which a revision counted longer than the period that was asked for; None where it was withdrawn instead."""
    last = date.fromisoformat(duty.period)
    for row in session.scalars(select(ProofRevision).where(
            ProofRevision.proof_id == duty.subject_id).order_by(ProofRevision.no)):
        if (row.valid_to is None or row.valid_to > last) and row.added_at >= duty.created_at:
            return centre_day(session, row.added_at)
    return None


register(DutyRule(RENEW, N_("Renewing a proof before it expires"), expiring, renewing, KIND, done_on, REMIND_BEFORE))
