"""Who sees figures, of which units, and who counts."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_FIGURES = Permission("knowledge.figure.see", N_("See figures of finding, of one's own unit and those below it"))
SEE_ALL_FIGURES = Permission("knowledge.figure.see_all", N_("See figures of finding of all units"))
COUNT_FIGURES = Permission("knowledge.figure.count", N_("Judge how searches ended and count them by day"))
