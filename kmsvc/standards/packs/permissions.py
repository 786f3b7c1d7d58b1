"""Who takes proof away."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

MAKE_PACK = Permission("standards.evidence.pack", N_("Take the proof of clauses away as a pack"))
