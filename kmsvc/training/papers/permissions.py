"""Who sees papers with their questions, who makes them."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_PAPERS = Permission("training.paper.see", N_("See papers with their questions"))
WRITE_PAPER = Permission("training.paper.write", N_("Make papers, change and withdraw them"))
