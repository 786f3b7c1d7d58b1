"""Files and links as proof by the register of cards: whoever sees evidence reads their files, revisions included.

Nobody takes one away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.standards.evidence.models import ProofPiece
from kmsvc.standards.evidence.permissions import KEEP_PROOF, SEE_EVIDENCE

KIND = "proof"


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, cards.ThingCard]:
    if not can(actor, SEE_EVIDENCE):
        return {}
    return {one.id: cards.ThingCard(KIND, one.id, one.number, one.title, f"/standards/evidence/files/{one.id}", one.review,
                                    valid_to=one.valid_to)
            for one in session.scalars(select(ProofPiece).where(ProofPiece.id.in_(list(ids))).order_by(ProofPiece.id))}


def _keeps(session: Session, actor: Actor, proof_id: int) -> bool:
    """What was shown as proof stays."""
    return False


def _adds(session: Session, actor: Actor, proof_id: int) -> bool:
    return can(actor, KEEP_PROOF)


def _texts(session: Session, actor: Actor, proof_id: int) -> Iterable[str]:
    if can(actor, SEE_EVIDENCE):
        yield from (f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
            Attachment.subject_kind == KIND, Attachment.subject_id == proof_id).order_by(Attachment.id)))


cards.register(cards.Kind(KIND, N_("Files and links as proof"), _cards, keeps=_keeps, adds=_adds, texts=_texts))
