"""Who keeps saved searches, and who runs them."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_BENCH = Permission("knowledge.bench.keep", N_("Keep saved searches and see how they stand"))
RUN_BENCH = Permission("knowledge.bench.run", N_("Ask all saved searches again"))
