"""Who reads the records that prove clauses."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_EVIDENCE = Permission("standards.evidence.see", N_("See the records that prove clauses, of everybody"))
KEEP_PROOF = Permission("standards.evidence.keep", N_("Add files and links as proof, look through those of others, withdraw them"))
