"""Who may take articles away as a file, and who sees that it was done."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

EXPORT_ARTICLES = Permission("knowledge.export.make", N_("Export articles"))
SEE_EXPORTS = Permission("knowledge.export.see", N_("See which articles were exported"))
