"""Who keeps reader groups."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_READERS = Permission("people.readers.keep", N_("Keep reader groups: whom texts are for, by post and role"))
