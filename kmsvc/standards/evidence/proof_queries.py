"""Reads over files and links as proof: the list as it stands, one with its history, and the records of a day that is past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.evidence.models import ProofPiece, ProofRevision, ProofStep
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.proof_rules import Freshness, ProofReview, counts_from, freshness, standing
from kmsvc.standards.evidence.register import Span, names_at, register
from kmsvc.standards.evidence.rules import PROOF_KIND, EvidenceRecord, EvidenceResult


@dataclass(frozen=True)
class ProofFilters:
    """What a list is narrowed to. q: in number, title, name of the file, address or remark; by: it expires before this day."""

    q: str | None = None
    clause: str | None = None
    owner: int | None = None
    fresh: str | None = None
    review: str | None = None
    by: date | None = None


@dataclass(frozen=True)
class ProofCard:
    """A proof as it stands, in its newest revision."""

    id: int
    number: str
    version: int
    title: str
    clauses: Sequence[str]
    owner_id: int
    owner: str
    revision: int
    evidence_on: date
    valid_from: date
    valid_to: date | None
    fresh: Freshness
    review: str
    file_name: str | None
    attachment_id: int | None
    sha256: str | None
    url: str | None
    note: str | None
    added_at: datetime
    added_by: str
    added_by_id: int | None
    withdrawn: bool


@dataclass(frozen=True)
class ProofHistory:
    """Revisions and steps of a proof, newest first, with the names of people by id."""

    revisions: Sequence[ProofRevision]
    steps: Sequence[ProofStep]
    names: Mapping[int, str]


def proof_cards(session: Session, actor: Actor, asked: ProofFilters, today: date, cut: datetime | None = None) -> list[ProofCard]:
    """Those that fit: what expires first stands first, withdrawn ones last. cut: as they stood then; today is the day of it. Raises
    NotPermitted."""
    require(actor, SEE_EVIDENCE)
    typed, clause = (asked.q or "").strip().casefold(), (asked.clause or "").strip().lstrip("#")
    found = [one for one in (_cards(session, today) if cut is None else _cards_at(session, today, cut))
             if (not clause or clause in one.clauses or any(name.startswith(f"{clause}.") for name in one.clauses))
             and (asked.owner is None or one.owner_id == asked.owner) and (asked.fresh is None or one.fresh == asked.fresh)
             and (asked.review is None or one.review == asked.review)
             and (asked.by is None or (not one.withdrawn and one.valid_to is not None and one.valid_to < asked.by))
             and (not typed or typed.lstrip("#") in one.clauses or any(
                 typed in (said or "").casefold() for said in (one.number, one.title, one.file_name, one.url, one.note, one.sha256)))]
    return sorted(found, key=lambda one: (one.withdrawn, one.valid_to or date.max, one.id))


def proof_card(session: Session, actor: Actor, proof_id: int, today: date) -> ProofCard:
    """One of them; NotFound where there is none."""
    require(actor, SEE_EVIDENCE)
    for one in _cards(session, today, proof_id):
        return one
    raise NotFound()


def _cards(session: Session, today: date, proof_id: int | None = None) -> Iterator[ProofCard]:
    people = directory(session).people
    query = select(ProofPiece, ProofRevision).join(ProofRevision, and_(
        ProofRevision.proof_id == ProofPiece.id, ProofRevision.no == ProofPiece.revision_no)).order_by(ProofPiece.id)
    for piece, row in session.execute(query if proof_id is None else query.where(ProofPiece.id == proof_id)):
        yield ProofCard(
            piece.id, piece.number, piece.version, row.title, row.clauses, piece.owner_id,
            people[piece.owner_id].name if piece.owner_id in people else "", row.no, row.evidence_on, row.valid_from, row.valid_to,
            freshness(row.valid_to, today, withdrawn=piece.withdrawn_at is not None), piece.review, row.file_name, row.attachment_id,
            row.sha256, row.url, row.note, row.added_at, people[row.added_by_id].name if row.added_by_id in people else "",
            row.added_by_id, piece.withdrawn_at is not None)


def _cards_at(session: Session, day: date, cut: datetime) -> Iterator[ProofCard]:
    """The same out of what had been appended by the cut."""
    versions = {one.id: one.version for one in session.scalars(select(ProofPiece))}
    revisions, steps, names = _past(session, cut)
    for proof_id, held in revisions.items():
        row, its = held[-1], steps.get(proof_id, [])
        withdrawn, review = standing(its, row.no)
        owner = _owner(its) or 0
        yield ProofCard(
            proof_id, f"PF-{proof_id}", versions[proof_id], row.title, row.clauses, owner, names.get(owner, ""), row.no, row.evidence_on,
            row.valid_from, row.valid_to, freshness(row.valid_to, day, withdrawn=withdrawn), review.value, row.file_name,
            row.attachment_id, row.sha256, row.url, row.note, row.added_at, names.get(row.added_by_id or 0, ""), row.added_by_id,
            withdrawn)


def _past(session: Session, cut: datetime) -> tuple[dict[int, list[ProofRevision]], dict[int, list[ProofStep]], Mapping[int, str]]:
    """Revisions and steps of each proof that were there at the cut, in their order, and names as they were."""
    revisions: dict[int, list[ProofRevision]] = {}
    for row in session.scalars(select(ProofRevision).where(ProofRevision.added_at < cut).order_by(
            ProofRevision.proof_id, ProofRevision.no)):
        revisions.setdefault(row.proof_id, []).append(row)
    steps: dict[int, list[ProofStep]] = {}
    for step in session.scalars(select(ProofStep).where(ProofStep.at < cut).order_by(ProofStep.id)) if revisions else ():
        steps.setdefault(step.proof_id, []).append(step)
    return revisions, steps, names_at(session, cut) if revisions else {}


def _owner(steps: Sequence[ProofStep]) -> int | None:
    return next((one.owner_id for one in reversed(steps) if one.owner_id is not None), None)


def history(session: Session, actor: Actor, proof_id: int) -> ProofHistory:
    """What became of a proof."""
    require(actor, SEE_EVIDENCE)
    return ProofHistory(
        session.scalars(select(ProofRevision).where(ProofRevision.proof_id == proof_id).order_by(ProofRevision.no.desc())).all(),
        session.scalars(select(ProofStep).where(ProofStep.proof_id == proof_id).order_by(ProofStep.id.desc())).all(),
        {one.id: one.name for one in directory(session).people.values()})


def expiring_before(session: Session, day: date, today: date) -> int:
    """How many that count today will not count on a day any more."""
    return session.scalar(select(func.count(ProofPiece.id)).where(
        ProofPiece.withdrawn_at.is_(None), ProofPiece.valid_to >= today, ProofPiece.valid_to < day)) or 0


def shown(session: Session, span: Span) -> Iterator[EvidenceRecord]:
    """Files and links as they stood at the cut: of each the newest revision of a year, and of a later year that the newest is valid in.
    Revisions and steps are never changed, so the answer stays the same."""
    revisions, steps, names = _past(session, span.cut)
    models = {one.id: one.model for one in session.scalars(select(ProofPiece))} if revisions else {}
    for proof_id, held in revisions.items():
        its = steps.get(proof_id, [])
        owner = _owner(its)
        for row in {one.evidence_on.year: one for one in held}.values():
            withdrawn, review = standing(its, row.no)
            begins = counts_from(row.evidence_on, row.valid_to, span.first) if row is held[-1] else row.evidence_on
            result = (EvidenceResult.WITHDRAWN if withdrawn else EvidenceResult.REFUSED if review is ProofReview.REFUSED else
                      EvidenceResult.EXPIRED if row.valid_to is not None and row.valid_to < min(span.as_of, span.last)
                      else EvidenceResult.SHOWN)
            yield EvidenceRecord(
                PROOF_KIND, row.id, f"PF-{proof_id}", row.title, row.file_name or row.url or "", tuple(row.clauses), begins,
                row.added_at, names.get(row.added_by_id) if row.added_by_id else None, result.value,
                f"/standards/evidence/files/{proof_id}", result.label, model=models.get(proof_id, ""),
                people=tuple(sorted({one for one in (row.added_by_id, owner) if one})),
                more={"evidence_on": row.evidence_on.isoformat(), "valid_from": row.valid_from.isoformat(),
                      "valid_to": row.valid_to.isoformat() if row.valid_to else None, "revision": row.no, "file": row.file_name,
                      "address": row.url, "sha256": row.sha256, "owner": names.get(owner) if owner else None,
                      "review": review.value})


register(PROOF_KIND, N_("File or link"), shown, {
    "evidence_on": N_("Day it speaks of"), "valid_from": N_("Valid from"), "valid_to": N_("Valid until"), "revision": N_("Revision"),
    "file": N_("File"), "address": N_("Address"), "sha256": N_("SHA-256"), "owner": N_("Owner"), "review": N_("Review")},
    (N_("Add a file or link"), "/standards/evidence/files/new?clause={clause}"))
