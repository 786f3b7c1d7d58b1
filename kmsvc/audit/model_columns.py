"""Words for columns of standards, as people see them: merged into those of `columns`. English sources."""

from __future__ import annotations

from kmsvc.core.texts import N_

MODEL, LICENSED, MAPPING = "standards_model", "standards_licensed_text", "standards_mapping"
SUBJECTS = {MODEL: N_("Standard"), LICENSED: N_("Licensed text of a clause"), MAPPING: N_("How clauses of two standards correspond")}
OF_TABLE: dict[tuple[str, str], str] = {
    (MODEL, "code"): N_("Code"), (MODEL, "edition"): N_("Edition"), (MODEL, "title_zh"): N_("Chinese title"),
    (MODEL, "title_en"): N_("English title"), (MODEL, "frame"): N_("Levels and figures"), (MODEL, "digest"): N_("Digest of the content"),
    (MODEL, "is_packaged"): N_("Comes with the product"), (MODEL, "newest"): N_("Newest edition"),
    (LICENSED, "clause_id"): N_("Clause"), (LICENSED, "text"): N_("Licensed text"),
    (MAPPING, "from_model_id"): N_("From the standard"), (MAPPING, "to_model_id"): N_("To the standard"),
    (MAPPING, "from_clause_id"): N_("From the clause"), (MAPPING, "to_clause_id"): N_("To the clause"),
    (MAPPING, "relation"): N_("How they correspond"), (MAPPING, "note"): N_("Note"),
}
