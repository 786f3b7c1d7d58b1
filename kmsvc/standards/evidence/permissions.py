"""Who reads the records that prove clauses."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_EVIDENCE = Permission("standards.evidence.see", N_("See the records that prove clauses, of everybody"))
