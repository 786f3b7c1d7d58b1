"""Who keeps the values."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_SCOPES = Permission("knowledge.scope.keep", N_("Keep products, regions, channels and customer types"))
