"""Files and links as proof: added, revised, looked at by somebody else, given to another owner, withdrawn and put back.

Nothing that was shown is changed: a revision is a new row beside the old one, a withdrawal a step with its reason. Source: E6, E7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.files.models import Attachment
from kmsvc.files.store import Stored
from kmsvc.files.usecases import attach
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.evidence.models import ProofPiece, ProofRevision, ProofStep
from kmsvc.standards.evidence.permissions import KEEP_PROOF
from kmsvc.standards.evidence.proof_rules import ProofReview
from kmsvc.standards.evidence.proof_things import KIND
from kmsvc.standards.evidence.queries import clauses_in
from kmsvc.standards.evidence.rules import MODEL


@dataclass(frozen=True)
class ProofText:
    """What is said of a proof. clauses: names; evidence_on: the day it speaks of; valid_from: that day unless said; valid_to: the last
    day on which it counts, None where it does not expire; url: of a link."""

    title: str
    clauses: Sequence[str]
    evidence_on: date
    valid_from: date | None = None
    valid_to: date | None = None
    url: str | None = None
    note: str | None = None


def add_proof(work: Work, text: ProofText, *, today: date, owner: int | None = None, stored: Stored | None = None,
              model: str = MODEL) -> ProofPiece:
    """A file or a link proves clauses from now on. owner: who answers for it, the caller unless named; stored: the file, on disk.

    Raises InvalidInput, NotPermitted."""
    work.permit(KEEP_PROOF)
    _check(work, text, model, today, bool(stored) + bool(text.url), needed=True)
    person_id = owner if owner is not None else work.actor.person_id
    _check_owner(work, person_id)
    assert person_id is not None
    piece = ProofPiece(model=model, made_at=work.now, made_by_id=work.actor.person_id, owner_id=person_id, title=text.title,
                       revision_no=1, valid_to=text.valid_to)
    work.session.add(piece)
    work.session.flush()
    _revise(work, piece, text, stored, None)
    _step(work, piece, "add", None, person_id)
    return piece


def revise_proof(work: Work, proof_id: int, text: ProofText, *, today: date, stored: Stored | None = None,
                 version: int | None = None) -> ProofPiece:
    """A newer file, link or wording takes the place of the old one, which stays; it has to be looked at anew. Without a file or an
    address those of the revision before are kept."""
    piece = _piece(work, proof_id, version)
    _check(work, text, piece.model, today, bool(stored) + bool(text.url), needed=False)
    before = work.session.scalars(select(ProofRevision).where(
        ProofRevision.proof_id == piece.id, ProofRevision.no == piece.revision_no)).one()
    piece.revision_no += 1
    piece.title, piece.valid_to, piece.review = text.title, text.valid_to, ProofReview.OPEN.value
    _revise(work, piece, text, stored, before)
    _step(work, piece, "revise", None)
    return piece


def withdraw(work: Work, proof_id: int, *, reason: str, version: int | None = None) -> ProofPiece:
    """It counts no more; what it counted for on earlier days stays."""
    piece = _piece(work, proof_id, version)
    piece.withdrawn_at = work.now
    _step(work, piece, "withdraw", reason)
    return piece


def restore(work: Work, proof_id: int, *, reason: str, version: int | None = None) -> ProofPiece:
    """Take the withdrawal back."""
    piece = _piece(work, proof_id, version, withdrawn=True)
    piece.withdrawn_at = None
    _step(work, piece, "restore", reason)
    return piece


def look_through(work: Work, proof_id: int, *, accepted: bool, reason: str | None = None, version: int | None = None) -> ProofPiece:
    """Somebody who neither added nor owns it says whether it shows what it should; a refused one counts no more."""
    piece = _piece(work, proof_id, version)
    added = work.session.scalar(select(ProofRevision.added_by_id).where(
        ProofRevision.proof_id == piece.id, ProofRevision.no == piece.revision_no))
    if work.actor.person_id is not None and work.actor.person_id in (piece.owner_id, added):
        raise RuleBroken("standards.proof.own", N_("Somebody else has to look at it: you added it or answer for it."))
    if not accepted and not reason:
        raise InvalidInput({"reason": [N_("This is needed.")]})
    piece.review = (ProofReview.ACCEPTED if accepted else ProofReview.REFUSED).value
    _step(work, piece, "accept" if accepted else "refuse", reason)
    return piece


def give(work: Work, proof_id: int, *, owner: int, reason: str | None = None, version: int | None = None) -> ProofPiece:
    """Somebody else answers for it."""
    piece = _piece(work, proof_id, version)
    _check_owner(work, owner)
    piece.owner_id = owner
    _step(work, piece, "give", reason, owner)
    return piece


def _piece(work: Work, proof_id: int, version: int | None, *, withdrawn: bool = False) -> ProofPiece:
    work.permit(KEEP_PROOF)
    piece = work.get(ProofPiece, proof_id, lock=True, version=version)
    if withdrawn != (piece.withdrawn_at is not None):
        raise RuleBroken("standards.proof.withdrawn", N_("This proof is withdrawn.") if piece.withdrawn_at is not None
                         else N_("This proof is not withdrawn."))
    return piece


def _check_owner(work: Work, person_id: int | None) -> None:
    person = directory(work.session).people.get(person_id) if person_id is not None else None
    if person is None or not person.is_active:
        raise InvalidInput({"owner": [N_("Name a person who works here.")]})


def _check(work: Work, text: ProofText, model: str, today: date, shown: int, *, needed: bool) -> None:
    wrong: dict[str, list[str]] = {}
    known = {one.name for one in clauses_in(work.session, model)}
    if not text.clauses:
        wrong["clauses"] = [N_("Name at least one clause.")]
    elif missing := sorted(set(text.clauses) - known):
        wrong["clauses"] = [Filled(N_("%(standard)s has no clause %(clause)s."), standard=model, clause=", ".join(missing)[:60])]
    if text.evidence_on > today:
        wrong["evidence_on"] = [N_("This day is still to come.")]
    if text.valid_to is not None and text.valid_to < (text.valid_from or text.evidence_on):
        wrong["valid_to"] = [N_("It would end before it begins.")]
    if shown > 1:
        wrong["url"] = [N_("A file or an address, not both.")]
    elif needed and not shown:
        wrong["file"] = [N_("Choose a file, or give an address.")]
    if text.url and not text.url.startswith(("https://", "http://")):
        wrong["url"] = [N_("An address begins with https:// or http://.")]
    if wrong:
        raise InvalidInput(wrong)


def _revise(work: Work, piece: ProofPiece, text: ProofText, stored: Stored | None, before: ProofRevision | None) -> None:
    row: Attachment | None = attach(work, KIND, piece.id, stored) if stored is not None else None
    keeps = before if row is None and text.url is None else None
    work.session.add(ProofRevision(
        proof_id=piece.id, no=piece.revision_no, title=text.title, clauses=list(dict.fromkeys(text.clauses)),
        evidence_on=text.evidence_on, valid_from=text.valid_from or text.evidence_on, valid_to=text.valid_to,
        attachment_id=row.id if row is not None else keeps.attachment_id if keeps else None,
        file_name=row.name if row is not None else keeps.file_name if keeps else None,
        sha256=row.sha256 if row is not None else keeps.sha256 if keeps else None,
        url=text.url or (keeps.url if keeps else None), note=text.note, added_at=work.now, added_by_id=work.actor.person_id))


def _step(work: Work, piece: ProofPiece, verb: str, reason: str | None, owner_id: int | None = None) -> None:
    work.because(reason)
    work.session.add(ProofStep(proof_id=piece.id, on_revision=piece.revision_no, verb=verb, at=work.now, by_id=work.actor.person_id,
                               reason=reason, owner_id=owner_id))
    work.session.flush()
