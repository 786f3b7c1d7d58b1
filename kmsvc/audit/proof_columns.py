"""Words for columns and inputs of packs and of files and links as proof: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled
from kmsvc.standards.evidence.proof_rules import ProofReview
from kmsvc.standards.packs.rules import PackState
from kmsvc.standards.packs.tongue import PackLang

ORDER, PIECE, REVISION, STEP = "standards_pack_order", "standards_proof", "standards_proof_revision", "standards_proof_step"
SUBJECTS = {ORDER: N_("Ordered pack of proof"), PIECE: N_("File or link as proof"), REVISION: N_("Revision of a proof"),
            STEP: N_("Step of a proof")}
COLUMNS: dict[str, str] = {
    "ordered_at": N_("Ordered"), "pack_id": N_("Pack of proof"), "kept_until": N_("Kept until"), "why": N_("Why it failed"),
    "revision_no": N_("Newest revision"), "review": N_("Review"), "withdrawn_at": N_("Withdrawn"), "evidence_on": N_("Day it speaks of"),
    "valid_to": N_("Valid until"), "attachment_id": N_("File"), "file_name": N_("Name of the file"),
    "proof_id": N_("File or link as proof"),
    "on_revision": N_("Revision"), "added_by_id": N_("Added by"), "fresh": N_("How fresh"), "by": N_("Expires by"),
}
OF_TABLE: dict[tuple[str, str], str] = {
    (ORDER, "model"): N_("Standard"), (ORDER, "lang"): N_("Language"), (ORDER, "as_of"): N_("As of"), (ORDER, "clauses"): N_("Clauses"),
    (ORDER, "records"): N_("Records"), (ORDER, "sha256"): N_("SHA-256"), (ORDER, "size"): N_("Bytes"),
    (ORDER, "ended_at"): N_("Ended"), (PIECE, "model"): N_("Standard"),
    (REVISION, "no"): N_("Revision"), (REVISION, "clauses"): N_("Clauses"), (REVISION, "valid_from"): N_("Valid from"),
    (REVISION, "sha256"): N_("SHA-256"), (REVISION, "url"): N_("Address"), (REVISION, "note"): N_("Remark"),
    (STEP, "verb"): N_("Step"), (STEP, "owner_id"): N_("Who answers for it"),
}
CODES: dict[tuple[str, str], type[Labelled]] = {(ORDER, "state"): PackState, (ORDER, "lang"): PackLang, (PIECE, "review"): ProofReview}
