"""Who searches and who keeps the index."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEARCH = Permission("search.query", N_("Search"))
WRITE_INDEX = Permission("search.index.write", N_("Write the search index"))
REBUILD_INDEX = Permission("search.index.rebuild", N_("Build the search index anew"))
SET_UNIT_FILTER = Permission("search.filter.set_unit", N_("Set what the searches of the own unit start with"))
