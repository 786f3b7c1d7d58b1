"""What is noted when proof is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kmsvc.core.work import Work
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.packs.models import ProofPack
from kmsvc.standards.packs.permissions import MAKE_PACK


def note_pack(work: Work, model: StandardModel, year: int, as_of: date, clauses: Sequence[str], records: int, sha256: str) -> ProofPack:
    """Note who takes which proof. clauses: names, none for all of the standard."""
    work.permit(MAKE_PACK)
    row = ProofPack(at=work.now, person_id=work.actor.person_id, model=model.code, edition=model.edition, year=year, as_of=as_of,
                    clauses=list(clauses), records=records, sha256=sha256)
    work.session.add(row)
    return row
